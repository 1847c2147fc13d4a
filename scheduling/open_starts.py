"""The open starts of every actor: computed from rules, exceptions and what is occupied, and kept derived for search.

Note [Truth and copy]. `compute` is the truth. The table `OpenStart` is a copy of it for searching across everybody,
kept in the transaction of each booking (`take`, `free`), rebuilt at any time (`rebuild`), and moved on day by day by a
sweep (`extend`). Nothing is booked on the word of the copy: holding a time computes it again.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F

from scheduling import availability
from scheduling.availability import Interval, Rule, Window
from scheduling.models import (
    Actor,
    AvailabilityException,
    AvailabilityRule,
    ExceptionKind,
    OpenStart,
    Participant,
    Schedule,
)

DAY = timedelta(days=1)
CAP = DAY  # free time is not counted further than this: no visit is longer


def occupied(actor: Actor, starts_at: datetime, ends_at: datetime) -> DateTimeTZRange:
    """Return the time a visit takes of an actor: itself and the actor's buffers."""
    before, after = _buffers(actor.schedule)
    return DateTimeTZRange(starts_at - before, ends_at + after)


def is_open(actor: Actor, starts_at: datetime, minutes: int) -> bool:
    """Return whether the actor may begin a visit of so many minutes at that instant: three queries, no copy asked."""
    starts = compute([actor.schedule], starts_at, starts_at + timedelta(microseconds=1))[actor.pk]
    return any(start.free_minutes >= minutes for start in starts)


def offers(schedule: Schedule, starts_at: datetime, ends_at: datetime) -> bool:
    """Return whether rules and exceptions alone, whatever is booked, offer all of the time between two instants."""
    rules, exceptions = _rules([schedule])[schedule.pk], _exceptions([schedule], starts_at, ends_at)[schedule.pk]
    off = [_interval(exception) for exception in exceptions if exception.kind == ExceptionKind.OFF]
    spans = availability.open_time(_windows(schedule, rules, exceptions, starts_at, ends_at), off)
    return any(span.start <= starts_at and ends_at <= span.end for span in spans)


def compute(schedules: Sequence[Schedule], since: datetime, until: datetime) -> dict[int, list[availability.OpenStart]]:
    """Return the open starts in [since, until) of each schedule's actor, by the actor's id: three queries for all."""
    rules, exceptions, taken = _rules(schedules), _exceptions(schedules, since, until), _taken(schedules, since, until)
    found: dict[int, list[availability.OpenStart]] = {}
    for schedule in schedules:
        windows = _windows(schedule, rules[schedule.pk], exceptions[schedule.pk], since, until)
        blocked = availability.with_buffers(taken[schedule.actor_id], schedule.before_minutes, schedule.after_minutes)
        blocked += [
            _interval(exception) for exception in exceptions[schedule.pk] if exception.kind == ExceptionKind.OFF
        ]
        starts = availability.open_starts(windows, blocked)
        found[schedule.actor_id] = [start for start in starts if since <= start.starts_at < until]
    return found


def _windows(
    schedule: Schedule,
    rules: Iterable[AvailabilityRule],
    exceptions: Iterable[AvailabilityException],
    since: datetime,
    until: datetime,
) -> list[Window]:
    """Return the windows that a start in [since, until) may lie in, or run on into: a day more on either side."""
    zone, step = ZoneInfo(schedule.zone), schedule.step_minutes
    weekly = [
        Rule(rule.weekday, rule.starts, rule.ends, zone, step, rule.valid_from, rule.valid_until) for rule in rules
    ]
    extra = [
        Window(exception.starts_at, exception.ends_at, step)
        for exception in exceptions
        if exception.kind == ExceptionKind.EXTRA
    ]
    first, last = (since - DAY).astimezone(zone).date(), (until + CAP).astimezone(zone).date()
    return availability.windows_between(weekly, [], first, last) + extra


def _rules(schedules: Sequence[Schedule]) -> dict[int, list[AvailabilityRule]]:
    rules: dict[int, list[AvailabilityRule]] = defaultdict(list)
    for rule in AvailabilityRule.objects.filter(schedule__in=schedules):
        rules[rule.schedule_id].append(rule)
    return rules


def _exceptions(
    schedules: Sequence[Schedule], since: datetime, until: datetime
) -> dict[int, list[AvailabilityException]]:
    exceptions: dict[int, list[AvailabilityException]] = defaultdict(list)
    near = AvailabilityException.objects.filter(
        schedule__in=schedules, ends_at__gt=since - DAY, starts_at__lt=until + CAP
    )
    for exception in near:
        exceptions[exception.schedule_id].append(exception)
    return exceptions


def _taken(schedules: Sequence[Schedule], since: datetime, until: datetime) -> dict[int, list[Interval]]:
    actors = [schedule.actor_id for schedule in schedules]
    taken: dict[int, list[Interval]] = defaultdict(list)
    near = Participant.objects.occupying(actors, since - DAY, until + CAP + DAY)
    for actor, time_taken in near.values_list("actor", "occupied"):
        taken[actor].append(_of_range(time_taken))
    return taken


def _of_range(time_taken: Any) -> Interval:
    return Interval(time_taken.lower, time_taken.upper)


def _interval(exception: AvailabilityException) -> Interval:
    return Interval(exception.starts_at, exception.ends_at)


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


def take(parts: Iterable[Participant]) -> None:
    """Remove from the copy what these participants now occupy, and shorten what ran into it: one statement."""
    blocked = [
        (part.actor.pk, *_blocked(part.actor.schedule, part))
        for part in parts
        if part.actor and hasattr(part.actor, "schedule")
    ]
    if blocked:
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, [list(column) for column in zip(*blocked, strict=True)])


_COPY = "COPY scheduling_openstart (actor_id, starts_at, free_minutes) FROM STDIN"


def free(parts: Iterable[Participant]) -> None:
    """Put back into the copy what these participants no longer occupy."""
    for part in parts:
        if part.actor and hasattr(part.actor, "schedule"):
            since, until = _blocked(part.actor.schedule, part)
            rebuild([part.actor.schedule], since - CAP, until)


def _blocked(schedule: Schedule, part: Participant) -> tuple[datetime, datetime]:
    """Return between which instants another visit of the actor could not start or would run into this one."""
    before, after = _buffers(schedule)
    time_taken = _of_range(part.occupied)
    return time_taken.start - after, time_taken.end + before


@transaction.atomic
def rebuild(schedules: Sequence[Schedule], since: datetime, until: datetime) -> int:
    """Compute the copy anew for [since, until), never past a schedule's `open_until`; return how many rows it has."""
    actors = [schedule.actor_id for schedule in schedules]
    limits = {schedule.actor_id: schedule.open_until for schedule in schedules}
    OpenStart.objects.filter(actor__in=actors, starts_at__gte=since, starts_at__lt=until).delete()
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
    """Derive the days that came within a schedule's horizon and drop those that are over.

    Return how many schedules moved.

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
