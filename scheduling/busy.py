"""When somebody is busy, by the iCalendar file another program publishes: bytes in, merged UTC intervals out.

Note [What is busy]. An event takes its time unless it is transparent, cancelled, or declined by the owner; tentative
counts. A whole day is the owner's local day. A floating time, and one in a zone that nobody knows, is the owner's. One
broken event is left out and counted; the others are read.

Note [Endless rules]. Recurrences are expanded by `recurring-ical-events`, which walks a rule from its first event on. A
rule without a COUNT is moved forward to just before the window first; one that is still too much work is left out and
counted as `endless`. What neither foresees is stopped by whoever gave the work away: see busy_apart.py.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from icalendar.prop import vDDDLists, vDDDTypes, vRecur
from recurring_ical_events import CalendarQuery

from scheduling import availability, ics
from scheduling.availability import Interval
from scheduling.ics import Block, Broken, Property, Time, Zones

_DAY = timedelta(days=1)
_MARGIN = 3 * _DAY  # more than any two zones differ, and what is called a day in one may begin two days off in another
_UNITS = {
    "SECONDLY": timedelta(seconds=1),
    "MINUTELY": timedelta(minutes=1),
    "HOURLY": timedelta(hours=1),
    "DAILY": _DAY,
    "WEEKLY": 7 * _DAY,
    "MONTHLY": 28 * _DAY,
    "YEARLY": 365 * _DAY,
}
_MOST_STEPS = 50_000  # of one rule: a second's work
_MOST_STEPS_OF_ALL = 500_000
_FREE, _TAKES = "TRANSPARENT", "OPAQUE"


@dataclass(frozen=True)
class Busy:
    """What a file says: merged busy time in the window, in order; how many events it has, and how many were left out.

    `broken` do not say when they are, `endless` repeat too often to be followed.
    """

    intervals: list[Interval]
    events: int = 0
    broken: int = 0
    endless: int = 0


def read(
    data: bytes, since: datetime, until: datetime, *, zone: ZoneInfo, owner: str = "", leave_out: str = ""
) -> Busy:
    """Return when the owner is busy between two UTC instants, by an iCalendar file; raises ics.NotACalendar.

    `zone` is the owner's, `owner` their e-mail address: what they declined is not busy. Events whose UID ends with
    `leave_out` are not looked at.
    """
    reading = _Reading(since, until, zone, owner.strip().lower(), leave_out)
    calendars = ics.calendars(data)
    anywhere = ics.zones(block for calendar in calendars for block in calendar.blocks)
    for calendar in calendars:
        reading.take(calendar, anywhere | ics.zones(calendar.blocks))
    return reading.result()


class _Endless(Exception):
    """A rule that repeats too often to be followed."""


@dataclass(frozen=True)
class _Event:
    """A VEVENT as far as it matters: dates, or instants in their zones; the end not before the start."""

    start: Time
    end: Time
    free: bool
    cancelled: bool
    rank: int
    instead_of: Time | None = None
    and_after: bool = False
    rules: tuple[vRecur, ...] = ()
    dates: tuple[Any, ...] = ()
    but: tuple[Time, ...] = ()

    @property
    def once(self) -> bool:
        return not self.rules and not self.dates and self.instead_of is None


@dataclass
class _Reading:
    since: datetime
    until: datetime
    zone: ZoneInfo
    owner: str
    leave_out: str
    series: dict[str, list[_Event]] = field(default_factory=lambda: defaultdict(list))
    spans: list[Interval] = field(default_factory=list)
    events: int = 0
    broken: int = 0
    endless: int = 0
    steps: int = 0

    def take(self, calendar: Block, zones: Zones) -> None:
        method = next((line for line in calendar.lines if line.upper().startswith("METHOD")), "")
        withdrawn = method.upper().rpartition(":")[2].strip() == "CANCEL"
        for block in calendar.blocks:
            if block.kind not in ("VEVENT", "VFREEBUSY"):
                continue
            self.events += 1
            try:
                self._take(block, zones, withdrawn)
            except Broken:
                self.broken += 1

    def _take(self, block: Block, zones: Zones, withdrawn: bool) -> None:
        if not block.whole:
            raise Broken("cut off")
        known = ics.properties(block)
        if block.kind == "VFREEBUSY":
            self.spans += _free_busy(known, zones, self.zone)
            return
        uid = known["UID"][0].value if "UID" in known else f"event {self.events}"
        if not self.leave_out or not uid.strip().endswith(self.leave_out):
            self.series[uid].append(_event(known, zones, self.zone, self.owner, withdrawn))

    def result(self) -> Busy:
        for events in self.series.values():
            for series in _apart(events):
                self._expand(series)
        clipped = [Interval(max(span.start, self.since), min(span.end, self.until)) for span in self.spans]
        return Busy(availability.open_time(clipped, []), self.events, self.broken, self.endless)

    def _expand(self, events: list[_Event]) -> None:
        """Add the busy time of one event and what was changed of it."""
        if all(event.free for event in events):
            return
        try:
            if len(events) == 1 and events[0].once:
                self.spans.append(self._interval(events[0].start, events[0].end))
            else:
                self.spans += self._occurrences(events)
        except _Endless:
            self.endless += 1
        except Exception:  # the library raises what comes to hand for what it cannot make sense of
            self.broken += 1

    def _occurrences(self, events: list[_Event]) -> list[Interval]:
        found, shifts = [], any(event.and_after for event in events)
        calendar = Calendar()
        for event in events:
            if solid := _solid(event):
                found.append(self._interval(*solid))
            else:
                near = event if shifts else _forward(event, self.since)
                self._count(near)
                calendar.add_component(_component(near))
        query = CalendarQuery(calendar)
        near = query.between(self.since - _MARGIN, self.until + _MARGIN)
        found += [self._interval(one["DTSTART"].dt, one["DTEND"].dt) for one in near if one["TRANSP"] == _TAKES]
        return found

    def _count(self, event: _Event) -> None:
        """Add up how often rules step on until the window's end; raises _Endless if that is too often."""
        for rule in event.rules:
            steps = (self._instant(self.until) - self._instant(event.start)) / _step(rule)
            steps = min(steps, rule.get("COUNT", [steps])[0])
            if steps > _MOST_STEPS or self.steps + steps > _MOST_STEPS_OF_ALL or _may_never_come(rule):
                raise _Endless
            self.steps += max(int(steps), 0)

    def _interval(self, start: Time, end: Time) -> Interval:
        return Interval(self._instant(start), self._instant(end))

    def _instant(self, when: Time) -> datetime:
        """Return an instant in UTC; for a date, the first instant of that day where the owner is."""
        if isinstance(when, datetime):
            return when.astimezone(UTC)
        midnight = datetime.combine(when, time())
        return availability.resolve(midnight, midnight, self.zone).start


# --- from properties to an event -------------------------------------------------------------------------------------


def _event(known: dict[str, list[Property]], zones: Zones, zone: tzinfo, owner: str, withdrawn: bool) -> _Event:
    def every(name: str) -> tuple[Any, ...]:
        return tuple(read for prop in known.get(name, ()) for read in ics.times(prop, zones, zone))

    start = _only(every("DTSTART"))
    end = _end(start, every("DTEND"), known.get("DURATION", []), zone)
    instead = known.get("RECURRENCE-ID", [])
    cancelled = withdrawn or _says(known, "STATUS") == "CANCELLED"
    return _Event(
        start,
        end,
        free=cancelled or _says(known, "TRANSP") == "TRANSPARENT" or _declined(known.get("ATTENDEE", ()), owner),
        cancelled=cancelled,
        rank=2 * _number(_says(known, "SEQUENCE")) + cancelled,
        instead_of=_only(every("RECURRENCE-ID")) if instead else None,
        and_after=bool(instead) and instead[0].params.get("RANGE", "").upper() == "THISANDFUTURE",
        rules=tuple(rule for prop in known.get("RRULE", ()) for rule in _rules(prop.value, start)),
        dates=every("RDATE"),
        but=every("EXDATE"),
    )


def _only(values: tuple[Any, ...]) -> Time:
    if len(set(values)) != 1 or isinstance(values[0], tuple):
        raise Broken("start")
    when: Time = values[0]
    return when


def _end(start: Time, ends: tuple[Any, ...], durations: list[Property], zone: tzinfo) -> Time:
    """Return when an event ends, in the kind and zone of its start.

    Without an end a day lasts its day and an instant no time at all.
    """
    if ends:
        end = _alike(_only(ends), start, zone)
    elif durations:
        end = _after(start, ics.duration(durations[0]))
    else:
        end = start
    if not isinstance(start, datetime) and end == start:
        return start + _DAY
    if end < start:
        raise Broken("end")
    return end


def _alike(when: Time, like: Time, zone: tzinfo) -> Time:
    if isinstance(like, datetime):
        midnight = when if isinstance(when, datetime) else datetime.combine(when, time(), zone)
        return midnight.astimezone(like.tzinfo)
    return when.date() if isinstance(when, datetime) else when


def _after(start: Time, much: timedelta) -> Time:
    """Return a start and so much: days by the calendar, hours by the clock (RFC 5545, 3.3.6)."""
    later: Time = start + timedelta(days=much.days)
    if isinstance(later, datetime):
        return (later.astimezone(UTC) + timedelta(seconds=much.seconds)).astimezone(later.tzinfo)
    return later + _DAY if much.seconds else later


def _rules(text: str, start: Time) -> Iterator[vRecur]:
    """Yield a rule, or two where it names "every Monday" and "the first Tuesday": dateutil would want both at once."""
    rule = _rule(text, start)
    every = [day for day in rule.get("BYDAY", []) if str(day).isalpha()]
    some = [day for day in rule.get("BYDAY", []) if not str(day).isalpha()]
    parts = [every, some] if every and some and "COUNT" not in rule else [rule.get("BYDAY", [])]
    for days in parts:
        yield vRecur(rule | {"BYDAY": days}) if days else rule


def _rule(text: str, start: Time) -> vRecur:
    try:
        rule: vRecur = vRecur.from_ical(text.strip())
    except ValueError:
        raise Broken("rule") from None
    if _step(rule) <= timedelta(0):
        raise Broken("rule")
    if "UNTIL" in rule:
        rule["UNTIL"] = [_last(rule["UNTIL"][0], start)]
    return rule


def _last(until: Time, start: Time) -> Time:
    """Return the end of a rule as the library wants it: a date for whole days, UTC for instants.

    A date where an instant is due, which is wrong and frequent, means all of that day.
    """
    if not isinstance(start, datetime):
        return until.date() if isinstance(until, datetime) else until
    if not isinstance(until, datetime):
        until = datetime.combine(until, time(23, 59, 59))
    return (until if until.tzinfo else until.replace(tzinfo=start.tzinfo)).astimezone(UTC)


def _step(rule: vRecur) -> timedelta:
    try:
        return _UNITS[str(rule["FREQ"][0]).upper()] * int(rule.get("INTERVAL", [1])[0])
    except (LookupError, ValueError, OverflowError):
        raise Broken("rule") from None


def _declined(attendees: Iterable[Property], owner: str) -> bool:
    return any(
        prop.params.get("PARTSTAT", "").upper() == "DECLINED"
        and owner in (prop.params.get("EMAIL", "").lower(), prop.value.strip().lower().removeprefix("mailto:"))
        for prop in attendees
        if owner
    )


def _says(known: dict[str, list[Property]], name: str) -> str:
    return known[name][-1].value.strip().upper() if name in known else ""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _free_busy(known: dict[str, list[Property]], zones: Zones, zone: tzinfo) -> Iterator[Interval]:
    for prop in known.get("FREEBUSY", ()):
        if prop.params.get("FBTYPE", "").upper() == "FREE":
            continue
        for period in ics.times(prop, zones, zone):
            if not isinstance(period, tuple) or not isinstance(period[0], datetime):
                raise Broken("period")
            start, end = period
            end = start.astimezone(UTC) + end if isinstance(end, timedelta) else end
            yield Interval(start.astimezone(UTC), end.astimezone(UTC))


# --- one event and what was changed of it ----------------------------------------------------------------------------


def _apart(events: list[_Event]) -> Iterator[list[_Event]]:
    """Yield each event of one UID with its changes.

    Of several versions the latest counts, and a cancellation before what it cancels. Two events that wrongly share a
    UID are both read, so that nobody's busy time is lost.
    """
    heads = [event for event in events if event.instead_of is None]
    changes = [event for event in events if event.instead_of is not None]
    latest = max((head.rank for head in heads), default=-1)
    heads = [head for head in heads if head.rank == latest]
    if heads and heads[0].cancelled:
        changes, heads = [change for change in changes if change.rank > latest], []
    if not heads and changes:
        yield changes
    for head in heads:
        yield [head, *changes]


def _forward(event: _Event, since: datetime) -> _Event:
    """Move an event that repeats for ever so near to the window that few steps are left, in step with itself.

    What it would add by its own new start is over before the window begins.
    """
    if len(event.rules) != 1 or "COUNT" in event.rules[0] or _step(event.rules[0]) < _UNITS["SECONDLY"]:
        return event
    rule, start = event.rules[0], _wall(event.start)
    if str(rule["FREQ"][0]).upper() in ("MONTHLY", "YEARLY"):
        return event
    near = since.replace(tzinfo=None) - 2 * _MARGIN - (_wall(event.end) - start)
    much = (near - start) // _step(rule) * _step(rule)
    return event if much <= timedelta(0) else replace(event, start=event.start + much, end=event.end + much)


def _wall(when: Time) -> datetime:
    return when.replace(tzinfo=None) if isinstance(when, datetime) else datetime.combine(when, time())


def _solid(event: _Event) -> tuple[Time, Time] | None:
    """Return from when until when an event lasts whose repetitions leave no gap between them, if it is such a one."""
    if len(event.rules) != 1 or event.free or event.but or event.dates or event.instead_of is not None:
        return None
    rule = event.rules[0]
    plain = set(rule) <= {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"} and _step(rule) < _DAY
    if not plain or not isinstance(event.start, datetime) or event.end - event.start < _step(rule):
        return None
    if "COUNT" in rule:
        return event.start, event.end + _step(rule) * (int(rule["COUNT"][0]) - 1)
    last = rule["UNTIL"][0] if "UNTIL" in rule else datetime(9999, 1, 1, tzinfo=UTC)
    return event.start, last + (event.end - event.start) if "UNTIL" in rule else last


def _may_never_come(rule: vRecur) -> bool:
    """Return whether a rule by the minute or second waits for a day: it may walk for years to the next."""
    return _step(rule) < _UNITS["HOURLY"] and any(
        key in rule for key in ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS", "BYDAY")
    )


def _component(event: _Event) -> Event:
    """Return the event as the library wants it, with nothing in it but times."""
    made = Event()
    made["UID"] = "one"
    made["DTSTART"], made["DTEND"] = vDDDTypes(event.start), vDDDTypes(event.end)
    made["TRANSP"] = _FREE if event.free else _TAKES
    made["SEQUENCE"] = event.rank
    made["RRULE"] = list(event.rules)
    for name, values in (("RDATE", event.dates), ("EXDATE", event.but)):
        if values:
            made[name] = vDDDLists(list(values))
    if event.instead_of is not None:
        made["RECURRENCE-ID"] = vDDDTypes(event.instead_of)
        if event.and_after:
            made["RECURRENCE-ID"].params["RANGE"] = "THISANDFUTURE"
    return made
