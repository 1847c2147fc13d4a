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
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F

from scheduling import availability, sql
from scheduling.availability import Interval, Rule, Window
from scheduling.models import Actor, ExceptionKind, OpenStart, Schedule

DAY = timedelta(days=1)
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
       s.after_minutes, s.open_until, s.version
FROM scheduling_actor a JOIN scheduling_schedule s ON s.actor_id = a.id
LEFT JOIN scheduling_chair h ON h.actor_id = a.id LEFT JOIN scheduling_location p ON p.id = h.location_id
WHERE a.uuid = ANY(%s) ORDER BY a.id FOR NO KEY UPDATE OF a
"""
_SCHEDULE = (
    "id", "actor_id", "organization_id", "zone", "step_minutes", "notice_minutes", "horizon_days", "before_minutes",
    "after_minutes", "open_until", "version",
)  # fmt: skip


def lock(actors: Iterable[UUID]) -> list[Offer]:
    """Lock actors in the order of their ids, which is the order of every verb, and return what they offer."""
    found = sql.rows(_LOCK, [list(actors)])
    return [
        Offer(uuid, kind, location, bookable, Schedule(**dict(zip(_SCHEDULE, columns, strict=True))))
        for uuid, kind, location, bookable, *columns in found
    ]


def is_open(schedule: Schedule, starts_at: datetime, minutes: int) -> bool:
    """Return whether the actor may begin a visit of so many minutes at that instant: three queries, no copy asked."""
    starts = compute([schedule], starts_at, starts_at + timedelta(microseconds=1))[schedule.actor_id]
    return any(start.free_minutes >= minutes for start in starts)


def offers(schedule: Schedule, starts_at: datetime, ends_at: datetime) -> bool:
    """Return whether rules and exceptions alone, whatever is booked, offer all of the time between two instants."""
    facts = _Facts([schedule], starts_at, ends_at)
    spans = availability.open_time(facts.windows(schedule), facts.off(schedule))
    return any(span.start <= starts_at and ends_at <= span.end for span in spans)


def compute(schedules: Sequence[Schedule], since: datetime, until: datetime) -> dict[int, list[availability.OpenStart]]:
    """Return the open starts in [since, until) of each schedule's actor, by the actor's id: three queries for all."""
    facts = _Facts(schedules, since, until)
    found: dict[int, list[availability.OpenStart]] = {}
    for schedule in schedules:
        taken = facts.taken[schedule.actor_id]
        blocked = availability.with_buffers(taken, schedule.before_minutes, schedule.after_minutes)
        starts = availability.open_starts(facts.windows(schedule), [*blocked, *facts.off(schedule)])
        found[schedule.actor_id] = [start for start in starts if since <= start.starts_at < until]
    return found


class _Facts:
    """What is known of schedules around [since, until): a day more on either side, for what runs on."""

    def __init__(self, schedules: Sequence[Schedule], since: datetime, until: datetime) -> None:
        self.since, self.until = since - DAY, until + CAP
        keys = [schedule.pk for schedule in schedules]
        actors = [schedule.actor_id for schedule in schedules]
        self.rules = _grouped(sql.rows(_RULES, [keys]))
        self.exceptions = _grouped(sql.rows(_EXCEPTIONS, [keys, self.since, self.until]))
        occupied = sql.rows(_OCCUPIED, [actors, self.since, self.until + DAY])
        self.taken = {actor: [Interval(*span) for span in _grouped(occupied)[actor]] for actor in actors}

    def windows(self, schedule: Schedule) -> list[Window]:
        zone, step = ZoneInfo(schedule.zone), schedule.step_minutes
        weekly = [Rule(day, starts, ends, zone, step, *valid) for day, starts, ends, *valid in self.rules[schedule.pk]]
        extra = [Window(span.start, span.end, step) for span in self._spans(schedule, ExceptionKind.EXTRA)]
        first, last = self.since.astimezone(zone).date(), self.until.astimezone(zone).date()
        return availability.windows_between(weekly, [], first, last) + extra

    def off(self, schedule: Schedule) -> list[Interval]:
        return self._spans(schedule, ExceptionKind.OFF)

    def _spans(self, schedule: Schedule, kind: ExceptionKind) -> list[Interval]:
        return [Interval(*span) for known, *span in self.exceptions[schedule.pk] if known == kind]


_RULES = """
SELECT schedule_id, weekday, starts, ends, valid_from, valid_until FROM scheduling_availabilityrule
WHERE schedule_id = ANY(%s) ORDER BY weekday, starts
"""
_EXCEPTIONS = """
SELECT schedule_id, kind, starts_at, ends_at FROM scheduling_availabilityexception
WHERE schedule_id = ANY(%s) AND ends_at > %s AND starts_at < %s
"""
_OCCUPIED = """
SELECT actor_id, lower(occupied), upper(occupied) FROM scheduling_participant
WHERE actor_id = ANY(%s) AND upper(occupied) > %s AND lower(occupied) < %s
"""


def _grouped(rows: Iterable[Any]) -> dict[int, list[Any]]:
    """Return the rows by their first column, without it."""
    grouped: dict[int, list[Any]] = defaultdict(list)
    for key, *rest in rows:
        grouped[key].append(rest)
    return grouped


def _buffers(schedule: Schedule) -> tuple[timedelta, timedelta]:
    return timedelta(minutes=schedule.before_minutes), timedelta(minutes=schedule.after_minutes)


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
_COPY = "COPY scheduling_openstart (actor_id, starts_at, free_minutes) FROM STDIN"


def take(times: Sequence[Taken]) -> None:
    """Remove from the copy what is now occupied, and shorten what ran into it: one statement."""
    blocked = [one.blocked for one in times]
    actors = [one.schedule.actor_id for one in times]
    sql.run(_TAKE, [actors, [span.start for span in blocked], [span.end for span in blocked]])


def free(times: Iterable[Taken]) -> None:
    """Put back into the copy what is no longer occupied."""
    for one in times:
        rebuild([one.schedule], one.blocked.start - CAP, one.blocked.end)


@transaction.atomic
def rebuild(schedules: Sequence[Schedule], since: datetime, until: datetime) -> int:
    """Compute the copy anew for [since, until), never past a schedule's `open_until`; return how many rows it has."""
    limits = {schedule.actor_id: schedule.open_until for schedule in schedules}
    OpenStart.objects.filter(actor__in=limits, starts_at__gte=since, starts_at__lt=until).delete()
    rows = [
        (actor, start.starts_at, capped(start.free_minutes))
        for actor, starts in compute(schedules, since, until).items()
        for start in starts
        if start.starts_at < limits[actor]
    ]
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row(row)
    return len(rows)


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
    schedule.open_until = _end_of_horizon(schedule, at)
    if schedule.open_until <= known:
        return False
    schedule.save(update_fields=["open_until"])
    rebuild([schedule], known - CAP, schedule.open_until)
    return True


def _end_of_horizon(schedule: Schedule, at: datetime) -> datetime:
    """Return the midnight, in the schedule's zone, after the last day of its horizon: moved once a day."""
    zone = ZoneInfo(schedule.zone)
    last = (at + timedelta(days=schedule.horizon_days)).astimezone(zone).date()
    return datetime.combine(last + DAY, time(), zone).astimezone(UTC)
