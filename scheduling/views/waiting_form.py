"""What the waiting list asks: which days and hours suit, and until when; and the wish that comes of it."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from scheduling import places
from scheduling.forms import NAME_LENGTH, DayField, Described, PhoneForm
from scheduling.models import Care, Modality, Specialty, Weekday
from scheduling.waiting import Span
from scheduling.waitlist import Wish

PARTS = {
    "morning": (time(6), time(12), lazy("Mornings, 6 to 12")),
    "afternoon": (time(12), time(17), lazy("Afternoons, 12 to 5")),
    "evening": (time(17), time(23), lazy("Evenings, after 5")),
}


class SuitsForm(Described):
    """Which days and parts of the day suit somebody; nothing chosen means any."""

    days = forms.TypedMultipleChoiceField(
        label=lazy("Which days suit you?"),
        help_text=lazy("If any day does, leave it empty."),
        choices=Weekday.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    parts = forms.MultipleChoiceField(
        label=lazy("At what hours?"),
        help_text=lazy("If any hour does, leave it empty."),
        choices=[(code, words) for code, (_, _, words) in PARTS.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    last_day = DayField(
        label=lazy("Until which day do you want to wait?"),
        help_text=lazy("Empty: until there is a time for you."),
        required=False,
    )

    def typed(self) -> dict[str, Any]:
        """Return what was answered, as it is kept beside a phone code."""
        answers = self.cleaned_data
        last: date | None = answers.get("last_day")
        return answers | {"last_day": last.isoformat() if last else ""}


class WaitForm(SuitsForm, PhoneForm):
    """The same, and who waits: a name they choose and a phone to prove."""

    field_order = ["days", "parts", "last_day", "name", "country", "phone"]
    name = forms.CharField(
        label=lazy("What should we call you?"),
        max_length=NAME_LENGTH,
        help_text=lazy("Your name or a nickname."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": lazy("Write a name or a nickname.")},
    )


def asked(query: Mapping[str, str]) -> dict[str, str] | None:
    """Return what an address says somebody waits for, or None if it names no state we know."""
    try:
        place = places.of_state(query.get("state", ""))
        zone = places.zone_named(query.get("zone") or place.zone)
    except places.PlaceUnknown:
        return None
    language = query.get("language", "")[:16]
    return {
        "state": place.state,
        "zone": zone,
        "language": language if language.replace("-", "").isalpha() else "",
        "specialty": _one_of(Specialty.values, query.get("specialty"), Specialty.FAMILY),
        "care": _one_of(Care.values, query.get("care"), Care.CLINICAL),
        "modality": _one_of(Modality.values, query.get("modality"), ""),
    }


def _one_of(known: list[str], given: str | None, otherwise: str) -> str:
    return given if given and given in known else str(otherwise)


def wish(what: Mapping[str, Any], typed: Mapping[str, Any]) -> Wish:
    """Return the wish made of what is waited for and what was answered about days and hours."""
    days, parts = typed.get("days") or [], typed.get("parts") or []
    last = typed.get("last_day")
    return Wish(**what, last_day=date.fromisoformat(last) if last else None, hours=_hours(days, parts))


def _hours(days: list[int], parts: list[str]) -> tuple[Span, ...]:
    if not days and not parts:
        return ()
    windows = [PARTS[part][:2] for part in parts] or [(time(0), time(23, 59))]
    return tuple(Span(day, *window) for day in days or Weekday.values for window in windows)
