"""What the page of other calendars asks, and what it says when one cannot be read."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from scheduling import spoken
from scheduling.forms import Described
from scheduling.models import Weekday
from scheduling.weeks import Hours

MONDAY = datetime(2026, 6, 8, tzinfo=UTC)  # any, to say minutes of the week as hours


def feed_words(code: str) -> str:
    """Return what is wrong with a calendar and what to do about it; for no code, nothing."""
    words = {
        "": "",
        "bad_address": _("That is not a calendar’s address. It begins with https:// or webcal://."),
        "has_password": _("Paste the secret address, without a user name or password in it."),
        "private_address": _("That address is inside a private network. We only read from the internet."),
        "not_found": _("There is no calendar at that address any more. Copy the address again."),
        "needs_password": _("That calendar asks for a password. Copy its secret address, which asks for none."),
        "not_a_calendar": _("What is there is not a calendar. Look for the address that ends in .ics."),
        "too_big": _("That calendar is larger than 5 MB. Publish one with fewer years in it."),
        "too_slow": _("That calendar took too long to answer. Try again in a few minutes."),
        "too_much": _("That calendar takes too long to read. Look for an event that repeats too often."),
        "too_many_redirects": _("That address leads on and on. Copy the last one."),
        "server_error": _("The calendar’s server is failing. Try again in a few minutes."),
        "unreachable": _("We could not reach that address. Check it, or try again in a few minutes."),
        "already_there": _("You already added that calendar."),
        "too_many": _("Five calendars are the most. Remove one first."),
    }
    return words.get(code, words["unreachable"])


class FeedForm(Described):
    """The secret address of another calendar."""

    address = forms.CharField(
        label=lazy("Secret address of your calendar"),
        max_length=2000,
        help_text=lazy("In Google: Settings, your calendar, “Secret address in iCal format”. It ends in .ics."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": lazy("Paste the address of your calendar.")},
    )


class CoverForm(Described):
    """In which hours of the week a calendar matters; no day means always."""

    days = forms.TypedMultipleChoiceField(
        label=lazy("On which days? None: the whole week."),
        coerce=int,
        choices=Weekday.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    starts = forms.TimeField(
        label=lazy("from"),
        initial="00:00",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"required": lazy("Write the hour as 17:00."), "invalid": lazy("Write the hour as 17:00.")},
    )
    ends = forms.TimeField(
        label=lazy("until"),
        initial="00:00",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"required": lazy("Write the hour as 17:00."), "invalid": lazy("Write the hour as 17:00.")},
    )

    def hours(self) -> list[Hours]:
        """Return the hours of each chosen day; from midnight until midnight is all of it."""
        typed: dict[str, Any] = self.cleaned_data
        return [Hours(day, typed["starts"], typed["ends"]) for day in typed["days"]]


def covered(hours: Iterable[NumericRange]) -> list[str]:
    """Return minutes of the week as a person says them: ``Thursday, 3:00 p.m. – 5:00 p.m.``."""
    return [_covered(part) for part in hours]


def _covered(part: NumericRange) -> str:
    begins, ends = (MONDAY + timedelta(minutes=minute) for minute in (part.lower, part.upper))
    since, until = (spoken.hour(edge, "UTC", get_language()) for edge in (begins, ends))
    day = str(Weekday(begins.weekday()).label)
    return f"{day if get_language() == 'en' else day.lower()}, {since} – {until}"
