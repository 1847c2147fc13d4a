"""The open starts of every actor: computed from rules, exceptions and what is occupied, and kept derived for search.

Note [Truth and copy]. `compute` is the truth. The table `OpenStart` is a copy of it for searching across everybody,
kept in the transaction of each booking (`take`, `free`), rebuilt at any time (`rebuild`), and moved on day by day by a
sweep (`extend`). Nothing is booked on the word of the copy: holding a time computes it again.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F

from scheduling import availability, load, sql
from scheduling.access import System, Viewer
from scheduling.availability import Interval, Kept, Rule, Window
from scheduling.load import Given, Limits
from scheduling.models import Actor, ExceptionKind, OpenStart, Role, Schedule

DAY = timedelta(days=1)
MARGIN = timedelta(days=9)  # so much more on either side contains whole local weeks
FOR_ALL = Kept()
Visit = tuple[datetime, datetime, str]  # its start and end, the code of its visit type
Row = tuple[datetime, int, int | None]  # a start, its free minutes, the rule that keeps it
CAP = DAY  # free time is not counted further than this: no visit is longer


@dataclass(frozen=True)
class Offer:
    """An actor as it offers time: what a booking must know of it."""

    uuid: UUID
    kind: str
    location_id: int | None
    bookable: bool
    schedule: Schedule

    def occupied(self, starts_at: datetime, ends_at: datetime) -> DateTimeTZRange:
        """Return the time a visit takes of the actor: itself and the actor's buffers."""
        before, after = _buffers(self.schedule)
        return DateTimeTZRange(starts_at - before, ends_at + after)


@dataclass(frozen=True)
class Taken:
    """Time of one actor that was taken or given back, buffers included."""

    schedule: Schedule
    occupied: DateTimeTZRange

    @property
    def blocked(self) -> Interval:
        """Return between which instants another visit of the actor could not start or would run into this one."""
        before, after = _buffers(self.schedule)
        return Interval(self.occupied.lower - after, self.occupied.upper + before)


_LOCK = """
SELECT a.uuid, a.kind, h.location_id, coalesce(p.bookable_here, a.kind <> 'chair'),
       s.id, s.actor_id, s.organization_id, s.zone, s.step_minutes, s.notice_minutes, s.horizon_days, s.before_minutes,
       s.after_minutes, s.open_until, s.version, s.rest_minutes, s.minutes_a_week, s.visits_a_day, s.visits_a_week,
       s.paused_until
FROM scheduling_actor a JOIN scheduling_schedule s ON s.actor_id = a.id
LEFT JOIN scheduling_chair h ON h.actor_id = a.id LEFT JOIN scheduling_location p ON p.id = h.location_id
WHERE a.uuid = ANY(%s) ORDER BY a.id FOR NO KEY UPDATE OF a
"""
_SCHEDULE = (
    "id", "actor_id", "organization_id", "zone", "step_minutes", "notice_minutes", "horizon_days", "before_minutes",
    "after_minutes", "open_until", "version", "rest_minutes", "minutes_a_week", "visits_a_day", "visits_a_week",
    "paused_until",
)  # fmt: skip


def lock(actors: Iterable[UUID]) -> list[Offer]:
    """Lock actors in the order of their ids, which is the order of every verb, and return what they offer."""
    found = sql.rows(_LOCK, [list(actors)])
    return [
        Offer(uuid, kind, location, bookable, Schedule(**dict(zip(_SCHEDULE, columns, strict=True))))
        for uuid, kind, location, bookable, *columns in found
    ]


@dataclass(frozen=True)
class Ask:
    """For which visit type (its code) a start is asked, by whom and when: what kept hours are judged by."""

    visit_type: str
    by: Viewer | System
    at: datetime

    def is_allowed(self, kept: Kept, starts_at: datetime) -> bool:
        """Return whether hours that are kept for something are kept for this."""
        urgent = kept.release_hours is not None and may_use_urgent(self.by)
        return kept.allows(self.visit_type, starts_at, at=self.at, urgent=urgent)


def may_use_urgent(who: Viewer | System) -> bool:
    """Return whether somebody books what is urgent, before it is released to everybody: coordinators do."""
    return isinstance(who, Viewer) and who.has_role(Role.COORDINATOR)


def is_open(schedule: Schedule, starts_at: datetime, minutes: int, ask: Ask | None = None) -> bool:
    """Return whether the actor may begin a visit of so many minutes at that instant: three queries, no copy asked.

    To whoever does not say for what, hours that are kept for something are not open.
    """
    return are_open([schedule], starts_at, minutes, ask)


def are_open(schedules: Sequence[Schedule], starts_at: datetime, minutes: int, ask: Ask | None = None) -> bool:
    """Return whether all of the actors may begin a visit of so many minutes then: as few queries as for one."""
    facts = _Facts(schedules, starts_at, starts_at + timedelta(microseconds=1))
    return all(
        any(start.free_minutes >= minutes and facts.allows(start, ask) for start in facts.starts(schedule))
        for schedule in schedules
    )


def offers(schedule: Schedule, starts_at: datetime, ends_at: datetime, visit_type: str = "") -> bool:
    """Return whether rules and exceptions alone, whatever is booked, offer all of the time between two instants.

    Without a visit type, hours that are kept for some count too.
    """
    return bool(offered(schedule, [(starts_at, ends_at, visit_type)]))


def offered(schedule: Schedule, visits: Sequence[Visit]) -> set[Visit]:
    """Return which of these times the schedule offers, booked or not."""
    facts = _Facts([schedule], min(start for start, _, _ in visits), max(end for _, end, _ in visits))
    windows, off = facts.windows(schedule), facts.off(schedule)
    spans = {
        kind: availability.open_time([one for one in windows if facts.is_for(one.key, kind)], off)
        for kind in {kind for _, _, kind in visits}
    }
    return {
        (start, end, kind)
        for start, end, kind in visits
        if any(span.start <= start and end <= span.end for span in spans[kind])
    }


def compute(schedules: Sequence[Schedule], since: datetime, until: datetime) -> dict[int, list[availability.OpenStart]]:
    """Return the open starts in [since, until) of each schedule's actor, by the actor's id: three queries for all."""
    facts = _Facts(schedules, since, until)
    return {schedule.actor_id: facts.starts(schedule) for schedule in schedules}


class _Facts:
    """What is known of schedules around [since, until): a day more on either side, for what runs on."""

    def __init__(self, schedules: Sequence[Schedule], since: datetime, until: datetime) -> None:
        self.since, self.until, self.asked = since - DAY, until + CAP, (since, until)
        keys = [schedule.pk for schedule in schedules]
        actors = [schedule.actor_id for schedule in schedules]
        self.rules = _grouped(sql.rows(_RULES, [keys]))
        self.kept = {
            key: Kept(tuple(types), release)
            for rules in self.rules.values()
            for key, types, release, *_ in rules
            if types or release is not None
        }
        self.exceptions = _grouped(sql.rows(_EXCEPTIONS, [keys, self.since, self.until]))
        around = {"actors": actors, "since": self.since, "until": self.until + DAY}
        occupied = _grouped(sql.rows(_OCCUPIED, around))
        self.taken = {actor: [Interval(*span) for span in occupied[actor]] for actor in actors}
        limited = [schedule.actor_id for schedule in schedules if schedule.is_limited]
        self.given = _grouped(sql.rows(_GIVEN, [limited, since - MARGIN, until + MARGIN])) if limited else {}

    def starts(self, schedule: Schedule) -> list[availability.OpenStart]:
        """Return what is open in the time asked for; the key of a start is the rule that keeps it for something."""
        blocked = availability.with_buffers(
            self.taken[schedule.actor_id], schedule.before_minutes, schedule.minutes_after
        )
        free, kept = self._apart(schedule)
        found = availability.open_starts_apart(free, kept, [*blocked, *self.off(schedule)])
        starts = [start for start in found if self.asked[0] <= start.starts_at < self.asked[1]]
        if not schedule.is_limited:
            return starts
        limits = Limits(schedule.minutes_a_week, schedule.visits_a_day, schedule.visits_a_week)
        given = [Given(*visit) for visit in self.given.get(schedule.actor_id, ())]
        return load.within(starts, given, limits, availability.zone(schedule.zone))

    def allows(self, start: availability.OpenStart, ask: Ask | None) -> bool:
        return start.key is None or (ask is not None and ask.is_allowed(self.kept[start.key], start.starts_at))

    def is_for(self, rule: int | None, visit_type: str) -> bool:
        types = () if rule is None else self.kept[rule].visit_types
        return not types or not visit_type or visit_type in types

    def _apart(self, schedule: Schedule) -> tuple[list[Window], list[list[Window]]]:
        """Return the windows for everybody, and those kept for something: one group for each something."""
        groups: dict[Kept, list[Window]] = defaultdict(list)
        for window in self.windows(schedule):
            groups[FOR_ALL if window.key is None else self.kept[window.key]].append(window)
        return groups.pop(FOR_ALL, []), list(groups.values())

    def windows(self, schedule: Schedule) -> list[Window]:
        """Return the windows on their local days; none at all by a clock nobody knows, for then nobody knows when."""
        zone, step = availability.zone(schedule.zone), schedule.step_minutes
        if not availability.is_zone(schedule.zone):
            return []
        weekly = [
            Rule(day, starts, ends, zone, step, first, last, key if key in self.kept else None)
            for key, _types, _release, day, starts, ends, first, last in self.rules[schedule.pk]
        ]
        extra = [Window(span.start, span.end, step) for span in self._spans(schedule, ExceptionKind.EXTRA)]
        days = self.since.astimezone(zone).date(), self.until.astimezone(zone).date()
        return availability.windows_between(weekly, [], *days) + extra

    def off(self, schedule: Schedule) -> list[Interval]:
        """Return when nothing is offered: time off, and a pause."""
        paused = schedule.paused_until
        pause = [Interval(self.since - DAY, paused)] if paused and paused > self.since - DAY else []
        return self._spans(schedule, ExceptionKind.OFF) + pause

    def _spans(self, schedule: Schedule, kind: ExceptionKind) -> list[Interval]:
        return [Interval(*span) for known, *span in self.exceptions[schedule.pk] if known == kind]


_RULES = """
SELECT schedule_id, id, visit_types, release_hours, weekday, starts, ends, valid_from, valid_until
FROM scheduling_availabilityrule WHERE schedule_id = ANY(%s) ORDER BY weekday, starts, id
"""
_EXCEPTIONS = """
SELECT schedule_id, kind, starts_at, ends_at FROM scheduling_availabilityexception
WHERE schedule_id = ANY(%s) AND ends_at > %s AND starts_at < %s
"""
_OCCUPIED = """
SELECT actor_id, lower(occupied), upper(occupied) FROM scheduling_participant
WHERE actor_id = ANY(%(actors)s) AND upper(occupied) > %(since)s AND lower(occupied) < %(until)s
UNION ALL
SELECT s.actor_id, i.starts_at, i.ends_at FROM scheduling_schedule s
JOIN scheduling_busyfeed b ON b.schedule_id = s.id JOIN scheduling_busyinterval i ON i.feed_id = b.id
WHERE s.actor_id = ANY(%(actors)s) AND i.ends_at > %(since)s AND i.starts_at < %(until)s
"""

_GIVEN = """
SELECT p.actor_id, v.starts_at, (extract(epoch FROM v.ends_at - v.starts_at) / 60)::int
FROM scheduling_participant p JOIN scheduling_appointment v ON v.id = p.appointment_id
WHERE p.actor_id = ANY(%s) AND upper(p.occupied) > %s AND lower(p.occupied) < %s
"""


def _grouped(rows: Iterable[Any]) -> dict[int, list[Any]]:
    """Return the rows by their first column, without it."""
    grouped: dict[int, list[Any]] = defaultdict(list)
    for key, *rest in rows:
        grouped[key].append(rest)
    return grouped


def _buffers(schedule: Schedule) -> tuple[timedelta, timedelta]:
    return timedelta(minutes=schedule.before_minutes), timedelta(minutes=schedule.minutes_after)


# --- the copy --------------------------------------------------------------------------------------------------------

_TAKE = """
WITH taken AS (SELECT * FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS t (actor_id, since, until)),
gone AS (
    DELETE FROM scheduling_openstart o USING taken t
    WHERE o.actor_id = t.actor_id AND o.starts_at >= t.since AND o.starts_at < t.until
)
UPDATE scheduling_openstart o SET free_minutes = floor(extract(epoch FROM t.since - o.starts_at) / 60)
FROM taken t
WHERE o.actor_id = t.actor_id AND o.starts_at < t.since AND o.starts_at > t.since - interval '1 day'
  AND o.starts_at + o.free_minutes * interval '1 minute' > t.since
"""
_EMPTY = "DELETE FROM scheduling_openstart WHERE actor_id = ANY(%s) AND starts_at >= %s AND starts_at < %s"
_COPY = "COPY scheduling_openstart (actor_id, starts_at, free_minutes, rule_id) FROM STDIN"


def take(times: Sequence[Taken]) -> None:
    """Remove from the copy what is now occupied, and shorten what ran into it: one statement.

    Whoever has agreed to a limit may be full now: their local week is derived again.
    """
    plain = [one for one in times if not one.schedule.is_limited]
    blocked = [one.blocked for one in plain]
    actors = [one.schedule.actor_id for one in plain]
    if plain:
        sql.run(_TAKE, [actors, [span.start for span in blocked], [span.end for span in blocked]])
    free(one for one in times if one.schedule.is_limited)


def free(times: Iterable[Taken]) -> None:
    """Put back into the copy what is no longer occupied."""
    for one in times:
        since, until = one.blocked.start - CAP, one.blocked.end
        if one.schedule.is_limited:
            since, until = load.weeks_around(since, until, availability.zone(one.schedule.zone))
        rebuild([one.schedule], since, until)


@transaction.atomic
def rebuild(schedules: Sequence[Schedule], since: datetime, until: datetime) -> int:
    """Compute the copy anew for [since, until), never past a schedule's `open_until`; return how many rows it has."""
    sql.run(_EMPTY, [[schedule.actor_id for schedule in schedules], since, until])
    truth = derived(schedules, since, until)
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for actor, rows in truth.items():
            for row in rows:
                copy.write_row((actor, *row))
    return sum(map(len, truth.values()))


def derived(schedules: Sequence[Schedule], since: datetime, until: datetime) -> dict[int, list[Row]]:
    """Return what the copy should hold of [since, until) by actor: start, free minutes, the rule that keeps it."""
    limits = {schedule.actor_id: schedule.open_until for schedule in schedules}
    return {
        actor: [
            (start.starts_at, capped(start.free_minutes), start.key)
            for start in starts
            if start.starts_at < limits[actor]
        ]
        for actor, starts in compute(schedules, since, until).items()
    }


def capped(minutes: int) -> int:
    """Return free minutes as the copy counts them: a day at the most."""
    return min(minutes, int(CAP.total_seconds() // 60))


def extend(*, at: datetime, limit: int = 100) -> int:
    """Derive the days that came within a schedule's horizon and drop those that are over; return how many moved.

    A sweep: each schedule is locked by its actor, like every verb that changes what the actor has open.
    """
    OpenStart.objects.filter(starts_at__lt=at - DAY).delete()
    due = Schedule.objects.filter(open_until__lt=at + F("horizon_days") * DAY).order_by("open_until")
    return sum(_extend(schedule.actor_id, at) for schedule in due[:limit])


@transaction.atomic
def _extend(actor: int, at: datetime) -> bool:
    Actor.objects.select_for_update(no_key=True).get(pk=actor)
    schedule = Schedule.objects.get(actor=actor)
    known = max(schedule.open_until, at)
    schedule.open_until = end_of_horizon(schedule, at=at)
    if schedule.open_until <= known:
        return False
    schedule.save(update_fields=["open_until"])
    rebuild([schedule], known - CAP, schedule.open_until)
    return True


def end_of_horizon(schedule: Schedule, *, at: datetime) -> datetime:
    """Return the midnight, in the schedule's zone, after the last day of its horizon: moved once a day."""
    zone = availability.zone(schedule.zone)
    last = (at + timedelta(days=schedule.horizon_days)).astimezone(zone).date()
    return datetime.combine(last + DAY, time(), zone).astimezone(UTC)
