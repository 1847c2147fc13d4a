"""A time zone as calendars want it defined (RFC 5545, VTIMEZONE): by a rule for each yearly change of the clock.

The rules are read off the zone's own transitions, and only written if they hold for the years around the time asked
for. Lists of dates (RDATE), which some libraries write, are read wrongly by others.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

YEARS = 5  # for so many a rule must hold, from the year before on
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True)
class Change:
    """One change of a clock: the wall time at which it happens, read on the clock before, and the offsets."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    daylight: bool

    @property
    def rule(self) -> dict[str, object]:
        """Return the yearly rule it follows: a month and the first, second… or last weekday of it."""
        last = (self.at + timedelta(days=7)).month != self.at.month
        which = -1 if last else (self.at.day - 1) // 7 + 1
        return {"FREQ": "YEARLY", "BYMONTH": self.at.month, "BYDAY": f"{which}{DAYS[self.at.weekday()]}"}

    @property
    def pattern(self) -> tuple[object, ...]:
        """Return what is the same of it every year."""
        return (*self.rule.values(), self.at.time(), self.before, self.after, self.name)


def definition(zone: str, since: datetime) -> Timezone | None:
    """Return the zone's VTIMEZONE for times from `since` on; None if its clock follows no yearly rule there."""
    years = [_changes(zone, since.year - 1 + number) for number in range(YEARS)]
    patterns = [{change.pattern for change in changes} for changes in years]
    if any(pattern != patterns[0] for pattern in patterns) or len(years[0]) not in (0, 2):
        return None
    made = Timezone()
    made.add("tzid", zone)
    for change in years[0] or [_always(zone, since)]:
        made.add_component(_part(change, yearly=bool(years[0])))
    return made


def _part(change: Change, *, yearly: bool) -> TimezoneDaylight | TimezoneStandard:
    part = TimezoneDaylight() if change.daylight else TimezoneStandard()
    part.add("dtstart", change.at)
    part.add("tzoffsetfrom", change.before)
    part.add("tzoffsetto", change.after)
    part.add("tzname", change.name)
    if yearly:
        part.add("rrule", change.rule)
    return part


def _always(zone: str, since: datetime) -> Change:
    """Return the one offset of a zone whose clock never changes, as a change from itself."""
    there = datetime(since.year - 1, 1, 1, tzinfo=UTC).astimezone(ZoneInfo(zone))
    offset = there.utcoffset() or timedelta(0)
    return Change(datetime(1970, 1, 1), offset, offset, there.tzname() or zone, False)  # noqa: DTZ001 (a wall clock)


def _changes(zone: str, year: int) -> list[Change]:
    """Return how the clock changes in a year, found by halving the days on which its offset differs."""
    place = ZoneInfo(zone)
    days = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(366)]
    found = []
    for day, after in pairwise(days):
        if _offset(day, place) != _offset(after, place):
            found.append(_change(day, after, place))
    return found


def _change(low: datetime, high: datetime, place: ZoneInfo) -> Change:
    before = _offset(low, place)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if _offset(middle, place) == before else (low, middle)
    high = high.replace(second=0, microsecond=0)
    there = high.astimezone(place)
    wall = (high + before).replace(tzinfo=None)
    return Change(wall, before, _offset(high, place), there.tzname() or "", bool(there.dst()))


def _offset(instant: datetime, place: ZoneInfo) -> timedelta:
    return instant.astimezone(place).utcoffset() or timedelta(0)


@dataclass(frozen=True)
class Shift:
    """One clock of two that changes before a visit: when (UTC), in which zone, and whether it is put forward."""

    at: datetime
    zone: str
    forward: bool


def changing(instant: datetime, seen_at: datetime, mine: str, other: str) -> Shift | None:
    """Return which of two clocks changes without the other between now and a visit, or None; see `shift`."""
    at = shift(instant, seen_at, mine, other)
    if at is None:
        return None
    before = at - timedelta(minutes=2)  # more than the minute to which it is known
    moves = _offset(at, ZoneInfo(mine)) != _offset(before, ZoneInfo(mine))
    zone = mine if moves else other
    return Shift(at, zone, _offset(at, ZoneInfo(zone)) > _offset(before, ZoneInfo(zone)))


def shift(instant: datetime, booked_at: datetime, mine: str, other: str) -> datetime | None:
    """Return when, between two instants, one of two clocks changes and the other does not; None if none does.

    That is: when the difference between them is another at the visit than it was when it was booked. In UTC.
    """
    here, there = ZoneInfo(mine), ZoneInfo(other)
    if instant <= booked_at or _gap(booked_at, here, there) == _gap(instant, here, there):
        return None
    low, high = booked_at, instant
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if _gap(middle, here, there) == _gap(booked_at, here, there) else (low, middle)
    return high


def _gap(instant: datetime, here: ZoneInfo, there: ZoneInfo) -> timedelta:
    return _offset(instant, here) - _offset(instant, there)
