"""The hours of a week as the page asks for them, and what fills them in with one press."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from scheduling import weeks
from scheduling.forms import DayField
from scheduling.models import VisitType, Weekday
from scheduling.weeks import Hours

Typed = dict[str, Any]

WINDOWS, MOST_WINDOWS = 3, 12
NUMBERED = re.compile(r"[A-Z]{2}_(\d{1,2})_from")
WORKDAYS = ["MO", "TU", "WE", "TH", "FR"]
# What can be filled in with one press: which days, from when until when.
PRESETS = {
    "evenings": (WORKDAYS, "17:00", "20:00"),
    "mornings": (WORKDAYS, "09:00", "12:00"),
    "weekend": (["SA", "SU"], "09:00", "13:00"),
}
RELEASES = (2, 6, 12, 24, 48, 72)
DAY_ERRORS = {"required": lazy("Choose the first day."), "invalid": lazy("Write the day as 2027-03-12.")}


def day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "input"})


def time_input() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "input", "step": "900"})


@dataclass
class Window:
    """One window of a day, as the page shows it."""

    start: forms.BoundField
    end: forms.BoundField
    types: forms.BoundField | None
    kept: forms.BoundField

    @property
    def is_empty(self) -> bool:
        return not (self.start.value() or self.end.value())

    @property
    def is_kept(self) -> bool:
        return bool(self.kept.value() or (self.types and self.types.value()))


@dataclass
class Day:
    """A day of the week: the windows shown at once, and those that are there when somebody wants more."""

    code: str
    name: str
    windows: list[Window]
    more: list[Window]

    @property
    def is_open(self) -> bool:
        """Whether something in the folded part wants to be seen."""
        return any(one.is_kept or not one.is_empty for one in self.more) or any(one.is_kept for one in self.windows)


class WeekForm(forms.Form):
    """The hours of the week: as many windows a day as there are, three at least; empty ones are left out.

    An end before its start is the next day's. With two dates the hours stand in for the usual ones between them.
    """

    from_day = DayField(label=lazy("From"), required=False, widget=day_input(), error_messages=DAY_ERRORS)
    to_day = DayField(
        label=lazy("Until, that day included"), required=False, widget=day_input(), error_messages=DAY_ERRORS
    )

    def __init__(self, *args: Any, kinds: Sequence[VisitType] = (), language: str = "es", **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": ""} | kwargs)
        self.count = _windows([*self.data, *self.initial])
        self.kinds = [(kind.code, kind.name(language)) for kind in kinds]
        self.asks_kinds = len(self.kinds) > 1 or _keeps(self.initial) or _keeps(self.data)
        for day in Weekday:
            for number in range(1, self.count + 1):
                self._add_window(f"{day.name}_{number}", str(day.label))

    def _add_window(self, name: str, day: str) -> None:
        for end, words in (("from", _("from")), ("to", _("until"))):
            self.fields[f"{name}_{end}"] = forms.TimeField(
                label=f"{day}, {words}",
                required=False,
                widget=time_input(),
                error_messages={"invalid": _("Write the hour as 17:00.")},
            )
        if self.asks_kinds:
            self.fields[f"{name}_types"] = forms.MultipleChoiceField(
                label=_("Only for these visits"),
                required=False,
                choices=self.kinds,
                widget=forms.CheckboxSelectMultiple,
            )
        self.fields[f"{name}_kept"] = forms.ChoiceField(
            label=_("Who may book them"),
            required=False,
            choices=_releases(),
            widget=forms.Select(attrs={"class": "input"}),
        )

    def days(self) -> list[Day]:
        """Return each day with its windows: one at least to fill in, more when asked for."""
        return [self._day(day) for day in Weekday]

    def _day(self, day: Weekday) -> Day:
        windows = [self._window(f"{day.name}_{number}") for number in range(1, self.count + 1)]
        shown = max([1, *(place for place, one in enumerate(windows, 1) if not one.is_empty)])
        return Day(day.name, str(day.label), windows[:shown], windows[shown:])

    def _window(self, name: str) -> Window:
        types = self[f"{name}_types"] if f"{name}_types" in self.fields else None
        return Window(self[f"{name}_from"], self[f"{name}_to"], types, self[f"{name}_kept"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in self._names():
            self._check(name, cleaned.get(f"{name}_from"), cleaned.get(f"{name}_to"))
        self._check_dates(cleaned.get("from_day"), cleaned.get("to_day"))
        if not self.errors and (both := weeks.overlapping(self.hours())):
            self._overlap(both[1])
        return cleaned

    def _check(self, name: str, start: time | None, end: time | None) -> None:
        if start is None and end is None:
            return
        if (start is None) != (end is None):
            missing = "to" if start is not None else "from"
            if f"{name}_{missing}" not in self.errors:
                self.add_error(f"{name}_{missing}", _("Write from when until when, or leave both empty."))
        elif start == end:
            self.add_error(f"{name}_to", _("The end is the same as the start."))

    def _check_dates(self, first: Any, last: Any) -> None:
        if {"from_day", "to_day"} & set(self.errors):
            return
        if (first is None) != (last is None):
            missing = "to_day" if first else "from_day"
            self.add_error(missing, _("Write both days, or leave both empty."))
        elif first and last < first:
            self.add_error("to_day", _("The last day is before the first."))
        elif first and not self.hours():
            self.add_error("from_day", _("For weeks without hours, take days off instead."))

    def _overlap(self, one: Hours) -> None:
        day = Weekday(one.weekday)
        name = next(name for name in self._names(day) if self.cleaned_data.get(f"{name}_from") == one.starts)
        words = _("On %(day)s two of your hours overlap but are for different visits. Change one of them.")
        self.add_error(f"{name}_from", words % {"day": day.label})

    def _names(self, *days: Weekday) -> Iterator[str]:
        for day in days or Weekday:
            yield from (f"{day.name}_{number}" for number in range(1, self.count + 1))

    def hours(self) -> list[Hours]:
        """Return the windows that were given."""
        given = self.cleaned_data
        return [
            Hours(
                Weekday[name[:2]].value,
                given[f"{name}_from"],
                given[f"{name}_to"],
                tuple(given.get(f"{name}_types") or ()),
                int(kept) if (kept := given.get(f"{name}_kept")) else None,
            )
            for name in self._names()
            if given.get(f"{name}_from") is not None and given.get(f"{name}_to") is not None
        ]


def _windows(names: Sequence[str]) -> int:
    """Return how many windows a day the fields of these names need."""
    numbers = [int(found[1]) for name in names if (found := NUMBERED.fullmatch(name))]
    return min(max([WINDOWS, *numbers]), MOST_WINDOWS)


def _keeps(values: Mapping[str, Any]) -> bool:
    """Return whether values keep hours for some visits: then that is asked about, also where there is one kind only."""
    return any(value for name, value in values.items() if name.endswith("_types"))


def _releases() -> list[tuple[str, str]]:
    said = [
        ngettext(
            "Only for urgent needs, until %(hours)s hour before; then everybody",
            "Only for urgent needs, until %(hours)s hours before; then everybody",
            hours,
        )
        % {"hours": hours}
        for hours in RELEASES
    ]
    return [("", _("Everybody")), *((str(hours), words) for hours, words in zip(RELEASES, said, strict=True))]


# --- filling the week in ---------------------------------------------------------------------------------------------


def week_of(hours: Sequence[Hours]) -> Typed:
    """Return hours as the form's values."""
    values: Typed = {}
    for one in hours:
        day = Weekday(one.weekday).name
        number = next(n for n in range(1, len(hours) + 1) if f"{day}_{n}_from" not in values)
        name = f"{day}_{number}"
        values |= {f"{name}_from": one.starts.strftime("%H:%M"), f"{name}_to": one.ends.strftime("%H:%M")}
        values |= {f"{name}_types": list(one.visit_types), f"{name}_kept": str(one.release_hours or "")}
    return values


def typed(data: Any) -> Typed:
    """Return what was typed into a week, right or wrong, as values to show again."""
    return {name: data.getlist(name) if name.endswith("_types") else data[name] for name in data}


def filled(values: Typed, preset: str) -> Typed:
    """Return the values with one of the presets in its days, which replaces what was in them."""
    days, start, end = PRESETS[preset]
    kept = {name: value for name, value in values.items() if name[:2] not in days or name[2:3] != "_"}
    return kept | {f"{day}_1_{side}": value for day in days for side, value in (("from", start), ("to", end))}


def copied(values: Typed, day: str) -> Typed:
    """Return the values with a day's windows in all the days from Monday to Friday; as they are for what is no day."""
    if day not in Weekday.names:
        return values
    source = {name[2:]: value for name, value in values.items() if name.startswith(f"{day}_")}
    others = {name: value for name, value in values.items() if name[:2] not in WORKDAYS or name[2:3] != "_"}
    return others | {f"{other}{rest}": value for other in {*WORKDAYS, day} for rest, value in source.items()}
