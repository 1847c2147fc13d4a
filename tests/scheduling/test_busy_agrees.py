"""Busy time agrees with a second reading of the same calendars, made here day by day and without any library of rules.

It walks the days from an event's first one and asks of each whether the rule names it (RFC 5545, 3.3.10), where
production hands the rule to `recurring-ical-events`. They share nothing but Python's zones.
"""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling import busy
from tests.ics_files import calendar, event

DAY = timedelta(days=1)
LETTERS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
HOME = ZoneInfo("America/Los_Angeles")
ZONES = ["America/Los_Angeles", "America/Chicago", "America/Mexico_City", "America/Phoenix", "Europe/Berlin", "UTC"]


@dataclass(frozen=True)
class Event:
    """One event as both read it; `zone` None: by the owner's clock; `at` None: whole days, `length` of them."""

    first: date
    at: time | None
    length: int
    zone: str | None
    freq: str = ""
    interval: int = 1
    count: int | None = None
    until: date | None = None
    weekdays: tuple[tuple[int, int], ...] = ()  # ordinal (0: every), weekday
    monthdays: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    skipped: tuple[int, ...] = ()  # days after the first on which it does not take place
    moved: tuple[tuple[int, int, bool], ...] = ()  # days after the first, hours later, whether it takes time
    free: bool = False

    # --- as text -----------------------------------------------------------------------------------------------------

    def text(self, uid: str) -> str:
        lines = [self._stamp("DTSTART", self.first), self._lasts(), *self._rule(), *self._skips()]
        lines += ["TRANSP:TRANSPARENT"] if self.free else []
        return "\n".join([event(*lines, uid=uid), *(self._change(uid, *one) for one in self.moved)])

    def _stamp(self, name: str, day: date, later: int = 0) -> str:
        if self.at is None:
            return f"{name};VALUE=DATE:{day:%Y%m%d}"
        wall = datetime.combine(day, self.at) + timedelta(hours=later)
        zone = "" if self.zone in (None, "UTC") else f";TZID={self.zone}"
        return f"{name}{zone}:{wall:%Y%m%dT%H%M%S}{'Z' if self.zone == 'UTC' else ''}"

    def _lasts(self) -> str:
        return f"DURATION:P{self.length}D" if self.at is None else f"DURATION:PT{self.length}M"

    def _rule(self) -> list[str]:
        if not self.freq:
            return []
        parts = [f"FREQ={self.freq}", f"INTERVAL={self.interval}"]
        parts += [f"COUNT={self.count}"] if self.count else []
        parts += [f"UNTIL={self._until()}"] if self.until else []
        named = [f"{order or ''}{LETTERS[day]}" for order, day in self.weekdays]
        for name, values in (("BYDAY", named), ("BYMONTHDAY", self.monthdays), ("BYMONTH", self.months)):
            parts += [f"{name}={','.join(map(str, values))}"] if values else []
        return ["RRULE:" + ";".join(parts)]

    def _until(self) -> str:
        if self.at is None:
            return f"{self.until:%Y%m%d}"
        return f"{self._instant(datetime.combine(self.until, time(23, 59))):%Y%m%dT%H%M%SZ}"

    def _skips(self) -> list[str]:
        return [self._stamp("EXDATE", self.first + days * DAY) for days in self.skipped]

    def _change(self, uid: str, days: int, later: int, takes: bool) -> str:
        day = self.first + days * DAY
        status = [] if takes else ["STATUS:CANCELLED"]
        start = self._stamp("DTSTART", day + later * DAY) if self.at is None else self._stamp("DTSTART", day, later)
        return event(self._stamp("RECURRENCE-ID", day), start, self._lasts(), *status, uid=uid)

    # --- as time -----------------------------------------------------------------------------------------------------

    def spans(self, until: datetime):
        """Yield when it takes time, in UTC, as far as it begins before an instant."""
        days = [day for day in self._days(until.date() + 2 * DAY) if (day - self.first).days not in self.skipped]
        changed = {self.first + days * DAY: (later, takes) for days, later, takes in self.moved}
        for day in days:
            if day not in changed and not self.free:
                yield self._span(day, 0)
        for day, (later, takes) in changed.items():
            if takes and (day - self.first).days not in self.skipped:
                yield self._span(day, later)

    def _span(self, day: date, later: int):
        if self.at is None:
            begins = day + later * DAY
            return midnight(begins), midnight(begins + self.length * DAY)
        start = self._instant(datetime.combine(day, self.at) + timedelta(hours=later))
        return start, start + timedelta(minutes=self.length)

    def _instant(self, wall: datetime) -> datetime:
        return wall.replace(tzinfo=ZoneInfo(self.zone) if self.zone else HOME).astimezone(UTC)

    def _days(self, until: date):
        """Walk the days and keep those the rule names; the first is always one."""
        found, day = 1, self.first
        yield day
        while self.freq and day < until:
            day += DAY
            if (self.until and day > self.until) or (self.count and found >= self.count):
                return
            if self._in_step(day) and self._named(day):
                found += 1
                yield day

    def _in_step(self, day: date) -> bool:
        since = {
            "DAILY": (day - self.first).days,
            "WEEKLY": ((day - day.weekday() * DAY) - (self.first - self.first.weekday() * DAY)).days // 7,
            "MONTHLY": (day.year - self.first.year) * 12 + day.month - self.first.month,
            "YEARLY": day.year - self.first.year,
        }[self.freq]
        return since % self.interval == 0

    def _named(self, day: date) -> bool:
        by_month = not self.months or day.month in self.months
        last = monthrange(day.year, day.month)[1]
        by_monthday = not self.monthdays or day.day in self.monthdays or day.day - last - 1 in self.monthdays
        orders = (0, (day.day - 1) // 7 + 1, -((last - day.day) // 7 + 1))
        by_weekday = not self.weekdays or any((order, day.weekday()) in self.weekdays for order in orders)
        return by_month and by_monthday and by_weekday and self._like_the_first(day)

    def _like_the_first(self, day: date) -> bool:
        """Where a rule names no day itself, it means the day of its beginning."""
        if self.weekdays or self.monthdays or self.freq == "DAILY":
            return True
        if self.freq == "WEEKLY":
            return day.weekday() == self.first.weekday()
        month = self.freq == "MONTHLY" or self.months or day.month == self.first.month
        return day.day == self.first.day and bool(month)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), HOME).astimezone(UTC)


def merged(spans, since, until):
    result = []
    for start, end in sorted((max(start, since), min(end, until)) for start, end in spans):
        if start >= end:
            continue
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


# --- calendars -------------------------------------------------------------------------------------------------------

days = st.dates(date(2024, 1, 1), date(2026, 12, 31))
quarters = st.times().map(lambda at: time(at.hour, at.minute // 15 * 15))
weekdays = st.integers(0, 6)


def alike(named) -> bool:
    """Either every such weekday or certain ones: a COUNT over both is what dateutil gets wrong, and nobody writes."""
    return len({order == 0 for order, _ in named}) == 1


@st.composite
def rules(draw):
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    rule = {"freq": freq, "interval": draw(st.integers(1, 4))}
    rule |= draw(st.sampled_from([{}, {"count": draw(st.integers(1, 40))}, {"until": draw(days)}]))
    if freq == "WEEKLY":
        rule["weekdays"] = tuple((0, day) for day in draw(st.sets(weekdays, max_size=3)))
    if freq == "MONTHLY":
        orders = st.tuples(st.sampled_from([0, 1, 2, 3, 4, -1, -2]), weekdays)
        rule |= draw(
            st.one_of(
                st.just({}),
                st.builds(
                    lambda named: {"weekdays": tuple(named)}, st.sets(orders, min_size=1, max_size=2).filter(alike)
                ),
                st.builds(
                    lambda named: {"monthdays": tuple(named)},
                    st.sets(st.sampled_from([1, 15, 29, 31, -1, -2]), min_size=1, max_size=3),
                ),
            )
        )
    if freq in ("DAILY", "YEARLY"):
        rule["months"] = tuple(draw(st.sets(st.integers(1, 12), max_size=3)))
    return rule


@st.composite
def events(draw):
    whole = draw(st.booleans())
    made = {
        "first": draw(days),
        "at": None if whole else draw(quarters),
        "length": draw(st.integers(1, 3) if whole else st.sampled_from([1, 15, 60, 90, 600, 1500])),
        "zone": draw(st.sampled_from([None, *ZONES])),
        "free": draw(st.sampled_from([False, False, False, True])),
    }
    if not draw(st.booleans()):
        return Event(**made)
    rule = draw(rules())
    bare = in_step(Event(**made, **rule))
    offsets = [(day - bare.first).days for day in bare._days(bare.first + 400 * DAY)]
    skipped = draw(st.sets(st.sampled_from(offsets), max_size=3))
    moved = draw(st.dictionaries(st.sampled_from(offsets), st.tuples(st.integers(-72, 200), st.booleans()), max_size=3))
    changes = tuple((days, later, takes) for days, (later, takes) in moved.items() if days not in skipped)
    return replace(bare, skipped=tuple(skipped), moved=changes)


def in_step(one: Event) -> Event:
    """Let an event begin on a day its own rule names, if there is one: RFC 5545 leaves open what it means otherwise."""
    first = next((one.first + ahead * DAY for ahead in range(500) if one._named(one.first + ahead * DAY)), None)
    if first is None:
        return replace(one, freq="")
    return replace(one, first=first, until=max(one.until, first) if one.until else None)


@given(
    some=st.lists(events(), min_size=1, max_size=4),
    since=st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    length=st.integers(0, 120),
)
@settings(max_examples=300, deadline=None)
def test_two_readings_agree(some, since, length):
    since = datetime.combine(since, time(8), UTC)
    until = since + length * DAY
    data = calendar(*(one.text(f"u{number}") for number, one in enumerate(some)))
    result = busy.read(data, since, until, zone=HOME)
    got = [(span.start, span.end) for span in result.intervals]
    wanted = merged((span for one in some for span in one.spans(until)), since, until)
    assert (result.broken, result.endless) == (0, 0)
    assert got == wanted, data.decode()
