"""What may be done with the hours somebody offers: set the week, take time off, give extra time.

Visits already booked stand whatever the hours become; the page says which lie in time that is no longer offered.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from scheduling import availability, events, open_starts
from scheduling.access import System, Viewer
from scheduling.models import (
    UPCOMING,
    Actor,
    Appointment,
    AvailabilityException,
    AvailabilityRule,
    ExceptionKind,
    Schedule,
)
from scheduling.refusals import NotFound

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Hours:
    """A window of the week by the schedule's wall clock: weekday 0 is Monday.

    An end not after its start is the next day's.
    """

    weekday: int
    starts: time
    ends: time


def set_week(schedule: Schedule, week: Iterable[Hours], *, by: Viewer | System, at: datetime) -> list[Appointment]:
    """Replace the weekly hours from today on; return the booked visits that now lie outside of them, which stand."""
    with transaction.atomic():
        schedule = _locked(schedule)
        today = at.astimezone(ZoneInfo(schedule.zone)).date()
        _end_rules(schedule, today)
        AvailabilityRule.objects.bulk_create(
            AvailabilityRule(
                schedule=schedule, weekday=hours.weekday, starts=hours.starts, ends=hours.ends, valid_from=today
            )
            for hours in dict.fromkeys(week)
        )
        return _changed(schedule, "schedule.week_set", by=by, at=at)


def _end_rules(schedule: Schedule, today: date) -> None:
    """Let the rules in force end today; those that began today leave no trace, for no day was ever offered by them."""
    current = AvailabilityRule.objects.filter(schedule=schedule, valid_until=None)
    current.filter(valid_from__gte=today).delete()
    current.update(valid_until=today)


def take_off(
    schedule: Schedule, first: date, last: date, *, by: Viewer | System, at: datetime
) -> tuple[AvailabilityException, list[Appointment]]:
    """Offer nothing from the first day to the last, both included.

    Return it and the booked visits in it, which stand.
    """
    with transaction.atomic():
        schedule = _locked(schedule)
        begins, ends = datetime.combine(first, time()), datetime.combine(last + DAY, time())
        off = availability.resolve(begins, ends, ZoneInfo(schedule.zone))
        exception = AvailabilityException.objects.create(
            schedule=schedule, kind=ExceptionKind.OFF, starts_at=off.start, ends_at=off.end
        )
        return exception, _changed(schedule, "schedule.time_off", by=by, at=at)


def undo_exception(exception: AvailabilityException, *, by: Viewer, at: datetime) -> None:
    """Take back time off or extra time."""
    with transaction.atomic():
        schedule = _locked(exception.schedule)
        exception.delete()
        _changed(schedule, "schedule.exception_undone", by=by, at=at)


def of_user(viewer: Viewer) -> Schedule:
    """Return the schedule of the clinician or interpreter who asks; raises NotFound for anybody else."""
    user = viewer.user
    schedules = Schedule.objects.select_related("organization", "actor")
    found = (
        schedules.filter(actor__clinician__user=user).first() or schedules.filter(actor__interpreter__user=user).first()
    )
    if user is None or found is None:
        raise NotFound
    return found


def _locked(schedule: Schedule) -> Schedule:
    """Lock the actor, like every booking of its time, and read the schedule again."""
    Actor.objects.select_for_update(no_key=True).get(pk=schedule.actor_id)
    return Schedule.objects.select_related("actor").get(pk=schedule.pk)


def _changed(schedule: Schedule, kind: str, *, by: Viewer | System, at: datetime) -> list[Appointment]:
    schedule.version += 1
    schedule.save(update_fields=["version"])
    open_starts.rebuild([schedule], at - DAY, schedule.open_until)
    events.record(kind, schedule.actor, by=by, at=at)
    return outside_hours(schedule, at=at)


def outside_hours(schedule: Schedule, *, at: datetime) -> list[Appointment]:
    """Return the booked visits to come whose time the schedule no longer offers."""
    booked = Appointment.objects.filter(
        status__in=UPCOMING, starts_at__gt=at, participants__actor=schedule.actor_id
    ).select_related("visit_type")
    return [visit for visit in booked if not open_starts.offers(schedule, visit.starts_at, visit.ends_at)]
