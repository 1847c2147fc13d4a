"""When somebody's time is open: weekly rules and exceptions on the wall clock, minus what takes the time.

One sweep answers display, booking, impact preview and waitlist:

    windows = windows_between(rules, extras, first, last)
    taken = [*off, *with_buffers(busy, before_minutes, after_minutes)]
    open_starts(windows, taken)

What comes out is UTC and half-open. Wall times are naive and belong to the zone beside them; real times that come in
are UTC too (``datetime.UTC``), because Python adds to an instant of any other zone by its wall clock.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import chain, groupby
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_INSTANT = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Interval:
    """Real time from ``start`` to just before ``end``, both UTC; no time at all when ``end`` is not after ``start``."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Window(Interval):
    """Time that somebody opened; visits may start every ``step_minutes`` of real time from its beginning.

    ``key`` is the caller's own (the rule's id, say) and is handed on to the starts.
    """

    step_minutes: int
    key: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A weekly window on the wall clock of ``zone``.

    ``weekday`` counts from Monday = 0. An ``end`` not after ``start`` is on the next day, so 00:00 is midnight.
    ``valid_from`` and ``valid_until`` (itself excluded) bound the local date on which the window starts.
    """

    weekday: int
    start: time
    end: time
    zone: ZoneInfo
    step_minutes: int
    valid_from: date | None = None
    valid_until: date | None = None
    key: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """For what hours are kept: visit types by code (none: all), and until how many hours before for what is urgent.

    `release_hours` None: for everybody at any time.
    """

    visit_types: tuple[str, ...] = ()
    release_hours: int | None = None

    def __bool__(self) -> bool:
        return bool(self.visit_types) or self.release_hours is not None

    def allows(self, visit_type: str, starts_at: datetime, *, at: datetime, urgent: bool) -> bool:
        """Return whether such a visit may be booked at `at`; `urgent` is for whoever books what is urgent."""
        if self.visit_types and visit_type not in self.visit_types:
            return False
        return self.release_hours is None or urgent or starts_at <= at + timedelta(hours=self.release_hours)


@dataclass(frozen=True, slots=True)
class Extra:
    """A window that happens once, between two naive wall-clock instants of ``zone``."""

    start: datetime
    end: datetime
    zone: ZoneInfo
    step_minutes: int
    key: int | None = None


class OpenStart(NamedTuple):
    """An instant (UTC) at which a visit may start, and the whole minutes that are free from there on.

    ``key`` is that of the window on whose grid it lies; where grids meet, of the window given first. Not a dataclass,
    because a search makes thousands and a frozen dataclass takes twice as long to make.
    """

    starts_at: datetime
    free_minutes: int
    key: int | None = None


def is_zone(name: str) -> bool:
    """Return whether there is a clock of that IANA name."""
    return _zone(name) is not None


def zone(name: str) -> ZoneInfo:
    """Return the clock of that IANA name; UTC for one that nobody knows, by which nothing should be offered."""
    return _zone(name) or ZoneInfo("UTC")


@cache
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder, such as America
        return None


def resolve(start: datetime, end: datetime, zone: ZoneInfo) -> Interval:
    """Turn two naive wall-clock instants into the real time between them.

    It lasts from the first instant at which the clock reads ``start`` to the last at which it reads ``end``: an hour
    lost in spring is not there, one repeated in autumn is there twice. A reading the clock skips, start or end, means
    the instant of the skip, so the result may be empty.
    """
    return Interval(_instant(start, zone, fold=0), _instant(end, zone, fold=1))


def windows_between(rules: Iterable[Rule], extras: Iterable[Extra], first: date, last: date) -> list[Window]:
    """List the windows that start on the local dates ``first`` to ``last``, both included.

    A window belongs, whole, to the date on which it starts in its own zone, also when it crosses midnight.
    """
    weekly = [_on(day, rule) for rule in rules for day in _days(rule, first, last)]
    once = [_window(extra.start, extra.end, extra) for extra in extras if first <= extra.start.date() <= last]
    return weekly + once


def with_buffers(busy: Iterable[Interval], before_minutes: int, after_minutes: int) -> list[Interval]:
    """Widen busy time, so that whatever fits beside it leaves the actor's minutes before and after a new visit.

    Beside [s, e) fits what starts at e + before or later, or ends at s - after or sooner. The buffers of the visits
    that are there already belong in ``busy`` itself.
    """
    before, after = before_minutes * _MINUTE, after_minutes * _MINUTE
    return [Interval(taken.start - after, taken.end + before) for taken in busy if taken.start < taken.end]


def open_time(opened: Iterable[Interval], taken: Iterable[Interval]) -> list[Interval]:
    """Return the time that is opened at least once and never taken, in order; what touches is one.

    Taken wins: a day off beats an extra window on the same day, so that nobody is promised a time in doubt.
    """
    edges = sorted(chain(_edges(opened, 1, 0), _edges(taken, 0, 1)), key=_INSTANT)
    spans: list[Interval] = []
    opens = takes = 0
    since: datetime | None = None
    for instant, changes in groupby(edges, key=_INSTANT):
        for _, opening, taking in changes:
            opens += opening
            takes += taking
        is_open = opens > 0 and takes == 0
        if is_open and since is None:
            since = instant
        elif since is not None and not is_open:
            spans.append(Interval(since, instant))
            since = None
    return spans


def open_starts(windows: Iterable[Window], taken: Iterable[Interval], minutes: int = 1) -> list[OpenStart]:
    """List the starts on the windows' grids that have at least so many minutes free, in order, each instant once.

    What is taken hides starts and never moves them. Free time runs on through windows that touch, as far as they
    were given: where that matters, give those of the next day too.
    """
    windows = list(windows)
    grid = _grid(windows)
    found: list[OpenStart] = []
    for span in open_time(windows, taken):
        low = bisect_left(grid, span.start, key=_INSTANT)
        high = bisect_right(grid, span.end - minutes * _MINUTE, key=_INSTANT)
        found += [OpenStart(starts_at, (span.end - starts_at) // _MINUTE, key) for starts_at, key in grid[low:high]]
    return found


def open_starts_apart(
    free: Sequence[Window], kept: Iterable[Sequence[Window]], taken: Iterable[Interval]
) -> list[OpenStart]:
    """List the starts of windows that are free for everybody, and of groups of windows that are kept for some.

    A visit that starts in kept time may run on into free time, not the other way round, nor into another group's. Where
    both offer an instant it is free. Free windows have no key, kept ones do: so their starts are told apart.
    """
    taken = list(taken)
    found = {start.starts_at: start for start in open_starts(free, taken)}
    for windows in kept:
        for start in open_starts([*windows, *free], taken):
            if start.key is not None:
                found.setdefault(start.starts_at, start)
    return sorted(found.values(), key=_INSTANT)


def starts_for(starts: Iterable[OpenStart], minutes: int) -> list[datetime]:
    """Return the instants at which a visit of so many minutes, its buffers not counted, may start."""
    return [start.starts_at for start in starts if start.free_minutes >= minutes]


def _grid(windows: Iterable[Window]) -> list[tuple[datetime, int | None]]:
    """Return each instant of the windows' grids once, in order, with a key; the sort is stable, so the first wins."""
    lattice: list[tuple[datetime, int | None]] = []
    for window in windows:
        step, starts_at = window.step_minutes * _MINUTE, window.start
        for _ in range(-((window.start - window.end) // step)):
            lattice.append((starts_at, window.key))
            starts_at += step
    lattice.sort(key=_INSTANT)
    return [next(same) for _, same in groupby(lattice, key=_INSTANT)]


def _edges(spans: Iterable[Interval], opening: int, taking: int) -> Iterator[tuple[datetime, int, int]]:
    for span in spans:
        if span.start < span.end:
            yield span.start, opening, taking
            yield span.end, -opening, -taking


def _days(rule: Rule, first: date, last: date) -> Iterator[date]:
    first = max(first, rule.valid_from or first)
    if rule.valid_until is not None:
        last = min(last, rule.valid_until - _DAY)
    ahead = (rule.weekday - first.weekday()) % 7
    for offset in range(ahead, (last - first).days + 1, 7):
        yield first + offset * _DAY


def _on(day: date, rule: Rule) -> Window:
    last_day = day if rule.end > rule.start else day + _DAY
    return _window(datetime.combine(day, rule.start), datetime.combine(last_day, rule.end), rule)


def _window(start: datetime, end: datetime, source: Rule | Extra) -> Window:
    real = resolve(start, end, source.zone)
    return Window(real.start, real.end, source.step_minutes, source.key)


def _instant(wall: datetime, zone: ZoneInfo, fold: int) -> datetime:
    earlier, later = (wall.replace(tzinfo=zone, fold=side).astimezone(UTC) for side in (0, 1))
    if earlier > later:  # only for readings that the clock skips do the two sides cross (PEP 495)
        return _skip(later, earlier, zone)
    return later if fold else earlier


def _skip(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant after ``low``, and not after ``high``, at which the clock is put forward; to the second."""
    new_offset = high.astimezone(zone).utcoffset()

    def is_forward(seconds: int) -> bool:
        return (low + seconds * _SECOND).astimezone(zone).utcoffset() == new_offset

    return low + bisect_left(range((high - low) // _SECOND), True, key=is_forward) * _SECOND
