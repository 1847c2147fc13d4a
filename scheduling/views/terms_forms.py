"""What the page of hours asks beside the week: days off, extra time, a pause, how much somebody gives, and a clock."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from scheduling.forms import DayField, Described
from scheduling.schedules import RANGES, Terms
from scheduling.views.hours_forms import DAY_ERRORS, day_input, time_input


class DayOffForm(Described):
    """Days on which nothing is offered, both included."""

    first = DayField(label=lazy("First day off"), widget=day_input(), error_messages=DAY_ERRORS)
    last = DayField(
        label=lazy("Last day off"),
        required=False,
        help_text=lazy("Empty: only that day."),
        widget=day_input(),
        error_messages=DAY_ERRORS,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first = cleaned.get("first")
        last = cleaned["last"] = cleaned.get("last") or first
        if first and last and last < first:
            self.add_error("last", _("The last day is before the first."))
        return cleaned


class ExtraForm(Described):
    """Hours given once, on a day; an end not after the start is the next day's."""

    day = DayField(
        label=lazy("Day"), widget=day_input(), error_messages=DAY_ERRORS | {"required": lazy("Choose the day.")}
    )
    starts = forms.TimeField(
        label=lazy("From"),
        widget=time_input(),
        error_messages={
            "required": lazy("Write from when until when."),
            "invalid": lazy("Write the hour as 17:00."),
        },
    )
    ends = forms.TimeField(
        label=lazy("Until"),
        help_text=lazy("Before the start: until that hour of the next day."),
        widget=time_input(),
        error_messages=starts.error_messages,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("starts") is not None and cleaned.get("starts") == cleaned.get("ends"):
            self.add_error("ends", _("The end is the same as the start."))
        return cleaned

    def span(self) -> tuple[datetime, datetime]:
        """Return when it begins and ends, by the wall clock."""
        day, starts, ends = (self.cleaned_data[name] for name in ("day", "starts", "ends"))
        begins = datetime.combine(day, starts)
        return begins, datetime.combine(day if ends > starts else day + timedelta(days=1), ends)


class PauseForm(Described):
    """From now until a day, or until they come back."""

    until = DayField(
        label=lazy("I am back on"),
        required=False,
        help_text=lazy("Empty: until you press “I am back”."),
        widget=day_input(),
        error_messages=DAY_ERRORS,
    )


def number(label: Any, name: str, **how: Any) -> forms.IntegerField:
    """Return a field for a whole number within what the verb takes."""
    allowed = RANGES[name]
    return forms.IntegerField(
        label=label,
        min_value=allowed.start,
        max_value=allowed.stop - 1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": lazy("Write a number; 0 for none."),
            "invalid": lazy("Write a whole number."),
            "min_value": lazy("Write a number from %(limit_value)s up."),
            "max_value": lazy("Write a number up to %(limit_value)s."),
        },
        **how,
    )


NOTICES = (0, 30, 60, 120, 240, 720, 1440, 2880)  # minutes
HORIZONS = (7, 14, 28, 42, 56, 84)  # days
NO_LIMIT = lazy("Empty: no limit.")


class TermsForm(Described):
    """Buffers and rest, notice and horizon, and how much at the most, in words of every day."""

    rest_minutes = number(lazy("Minutes of rest between two visits, at least"), "rest_minutes")
    before_minutes = number(lazy("Minutes to prepare before each visit"), "before_minutes")
    after_minutes = number(lazy("Minutes for notes after each visit"), "after_minutes")
    visits_a_day = number(lazy("Visits a day, at the most"), "visits_a_day", required=False, help_text=NO_LIMIT)
    visits_a_week = number(lazy("Visits a week, at the most"), "visits_a_week", required=False, help_text=NO_LIMIT)
    hours_a_week = forms.DecimalField(
        label=lazy("Hours a week, at the most"),
        required=False,
        help_text=NO_LIMIT,
        min_value=Decimal("0.25"),
        max_value=168,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.25"}),
        error_messages={"invalid": lazy("Write hours, for example 4 or 2.5.")},
    )
    notice_minutes = forms.TypedChoiceField(label=lazy("Until how long before may somebody book?"), coerce=int)
    horizon_days = forms.TypedChoiceField(label=lazy("How far ahead may people book?"), coerce=int)

    def __init__(self, *args: Any, terms: Terms, **kwargs: Any) -> None:
        hours = round(terms.minutes_a_week / 60, 2) if terms.minutes_a_week else None
        initial = vars(terms) | {"hours_a_week": f"{hours:g}" if hours else None}
        self.now = terms
        super().__init__(*args, **{"initial": initial} | kwargs)

    def prepare(self) -> None:
        """Let what holds now be chosen too, also if it is on no list."""
        notices, horizons = sorted({*NOTICES, self.now.notice_minutes}), sorted({*HORIZONS, self.now.horizon_days})
        self.fields["notice_minutes"].choices = [(one, _notice(one)) for one in notices]  # type: ignore[attr-defined]
        self.fields["horizon_days"].choices = [(one, _horizon(one)) for one in horizons]  # type: ignore[attr-defined]

    def terms(self) -> Terms:
        """Return what was agreed to."""
        given = dict(self.cleaned_data)
        hours = given.pop("hours_a_week")
        return Terms(**given, minutes_a_week=round(hours * 60) if hours else None)


def _notice(minutes: int) -> str:
    if minutes % 60:
        return ngettext("%(count)s minute before", "%(count)s minutes before", minutes) % {"count": minutes}
    if not minutes:
        return _("Until it begins")
    return ngettext("%(count)s hour before", "%(count)s hours before", minutes // 60) % {"count": minutes // 60}


def _horizon(days: int) -> str:
    if days % 7:
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    return ngettext("%(count)s week", "%(count)s weeks", days // 7) % {"count": days // 7}


class ZoneForm(Described):
    """By which clock the hours are written."""

    zone = forms.ChoiceField(
        label=lazy("Clock of your hours"),
        widget=forms.Select,
        error_messages={"invalid_choice": lazy("Choose one of the clocks of the list.")},
    )

    def __init__(self, *args: Any, zones: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        self.zones = zones
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        """Let the clocks we know be chosen, and the schedule's own."""
        self.fields["zone"].choices = self.zones  # type: ignore[attr-defined]
