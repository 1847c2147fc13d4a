"""What a load contract leaves of somebody's open starts: pure, in the days and weeks of their own wall clock."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from scheduling.availability import OpenStart

DAY, WEEK = timedelta(days=1), timedelta(days=7)


class Given(NamedTuple):
    """A visit that somebody gives: its start (UTC) and whole minutes. It counts where it starts."""

    starts_at: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class Limits:
    """At the most so much; None is no limit."""

    minutes_a_week: int | None = None
    visits_a_day: int | None = None
    visits_a_week: int | None = None


def within(starts: Iterable[OpenStart], given: Sequence[Given], limits: Limits, zone: ZoneInfo) -> list[OpenStart]:
    """Return the starts that the limits leave, none with more minutes free than its local week has left."""
    days = Counter(_day(visit.starts_at, zone) for visit in given)
    weeks = Counter(_monday(visit.starts_at, zone) for visit in given)
    minutes: Counter[date] = Counter()
    for visit in given:
        minutes[_monday(visit.starts_at, zone)] += visit.minutes
    kept = []
    for start in starts:
        day, week = _day(start.starts_at, zone), _monday(start.starts_at, zone)
        if _is_full(days[day], limits.visits_a_day) or _is_full(weeks[week], limits.visits_a_week):
            continue
        left = start.free_minutes if limits.minutes_a_week is None else limits.minutes_a_week - minutes[week]
        if left > 0:
            kept.append(start._replace(free_minutes=min(start.free_minutes, left)))
    return kept


def weeks_around(since: datetime, until: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when the local week of `since` begins and that of `until` ends (UTC)."""
    first, last = _monday(since, zone), _monday(until, zone) + WEEK
    begins, ends = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, last))
    return begins, ends


def _is_full(count: int, limit: int | None) -> bool:
    return limit is not None and count >= limit


def _day(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()


def _monday(instant: datetime, zone: ZoneInfo) -> date:
    day = _day(instant, zone)
    return day - day.weekday() * DAY
