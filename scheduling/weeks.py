"""The weekly hours of a schedule: what they may be, and how they hold from a day on or for some weeks.

The verbs on them are in `schedules`; here nothing is locked and nothing recorded.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, time, timedelta

from scheduling.availability import Kept
from scheduling.models import AvailabilityRule, Schedule, VisitType
from scheduling.refusals import Invalid

DAY = timedelta(days=1)
MINUTES_OF_A_DAY, MINUTES_OF_A_WEEK = 24 * 60, 7 * 24 * 60


@dataclass(frozen=True)
class Hours:
    """A window of the week by the schedule's wall clock: weekday 0 is Monday.

    An end not after its start is the next day's. Kept for visit types by code (none: all), and for what is urgent until
    so many hours before (None: for everybody).
    """

    weekday: int
    starts: time
    ends: time
    visit_types: tuple[str, ...] = ()
    release_hours: int | None = None

    @property
    def kept(self) -> Kept:
        return Kept(self.visit_types, self.release_hours)

    @property
    def minutes(self) -> range:
        """Return its minutes, counted from Monday's midnight; those of Sunday night go beyond the week."""
        begins, ends = (moment.hour * 60 + moment.minute for moment in (self.starts, self.ends))
        start = self.weekday * MINUTES_OF_A_DAY + begins
        return range(start, start + ((ends - begins - 1) % MINUTES_OF_A_DAY) + 1)


@dataclass(frozen=True)
class Weeks:
    """Hours that stand in for the usual ones, from a day to a day before `until`."""

    first: date
    until: date
    hours: tuple[Hours, ...]

    @property
    def last(self) -> date:
        """Return the last day, itself included."""
        return self.until - DAY


def check(week: Sequence[Hours]) -> None:
    """Raise Invalid if hours overlap that are kept for different things, or for visits nobody knows."""
    codes = {code for hours in week for code in hours.visit_types}
    if codes and VisitType.objects.filter(code__in=codes).count() < len(codes):
        raise Invalid("visit_types", "unknown")
    if overlapping(week) is not None:
        raise Invalid("week", "hours_overlap")


def overlapping(week: Sequence[Hours]) -> tuple[Hours, Hours] | None:
    """Return two windows that share time but keep it for different things: nobody could say which one counts."""
    for place, one in enumerate(week):
        for other in week[:place]:
            if one.kept != other.kept and _meet(one.minutes, other.minutes):
                return other, one
    return None


def _meet(one: range, other: range) -> bool:
    """Return whether two ranges share a minute of the week, which begins again after Sunday."""
    return any(
        one.start < other.stop + turn and other.start + turn < one.stop
        for turn in (-MINUTES_OF_A_WEEK, 0, MINUTES_OF_A_WEEK)
    )


def set_usual(schedule: Schedule, hours: Sequence[Hours], first: date) -> None:
    """Give the days from `first` on these hours, except those for which temporary ones are set."""
    for begins, ends in list(_gaps(planned(schedule, first), first)):
        replace(schedule, hours, begins, ends)


def _gaps(weeks: Iterable[Weeks], first: date) -> Iterator[tuple[date, date | None]]:
    for one in weeks:
        if first < one.first:
            yield first, one.first
        first = max(first, one.until)
    yield first, None


def planned(schedule: Schedule, today: date) -> list[Weeks]:
    """Return the temporary hours that are not over, in order."""
    grouped: dict[tuple[date, date], list[Hours]] = {}
    for rule in schedule.rules.filter(temporary=True, valid_until__gt=today).order_by(
        "valid_from", "weekday", "starts"
    ):
        assert rule.valid_until, "the database keeps it so"
        grouped.setdefault((rule.valid_from, rule.valid_until), []).append(hours_of(rule))
    return [Weeks(first, until, tuple(hours)) for (first, until), hours in grouped.items()]


def usual(schedule: Schedule) -> list[Hours]:
    """Return the hours of the week that hold until they are changed."""
    return [hours_of(rule) for rule in schedule.rules.filter(valid_until=None)]


def hours_of(rule: AvailabilityRule) -> Hours:
    """Return what a rule says, without from when until when."""
    return Hours(rule.weekday, rule.starts, rule.ends, tuple(rule.visit_types), rule.release_hours)


def replace(
    schedule: Schedule, hours: Iterable[Hours], first: date, until: date | None, *, temporary: bool = False
) -> None:
    """Let only these hours hold from `first` to before `until`; what held before and after goes on as it was."""
    rules = AvailabilityRule.objects.filter(schedule=schedule).exclude(valid_until__lte=first)
    for rule in rules.filter(valid_from__lt=until) if until else rules:
        _cut(rule, first, until)
    AvailabilityRule.objects.bulk_create(
        AvailabilityRule(schedule=schedule, valid_from=first, valid_until=until, temporary=temporary, **_columns(one))
        for one in hours
    )


def _columns(hours: Hours) -> dict[str, object]:
    return asdict(hours) | {"visit_types": list(hours.visit_types), "urgent": hours.release_hours is not None}


def _cut(rule: AvailabilityRule, first: date, until: date | None) -> None:
    """Take [first, until) out of a rule's validity: what is left before stays, what is left behind is a new rule."""
    begins, ends = rule.valid_from, rule.valid_until
    if begins < first:
        rule.valid_until = first
        rule.save(update_fields=["valid_until"])
    else:
        rule.delete()
    if until is not None and (ends is None or until < ends):
        AvailabilityRule.objects.create(
            schedule=rule.schedule,
            valid_from=until,
            valid_until=ends,
            temporary=rule.temporary,
            **_columns(hours_of(rule)),
        )
