"""What may be done with the hours somebody offers: the week, days off, extra time, a pause, and how much they give.

Visits already booked stand whatever the hours become; each verb returns those that lie in time that is no longer
offered, and `impact.preview` tells them beforehand. What cannot be meant raises Invalid with the field and a code.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q

from scheduling import availability, events, open_starts, weeks
from scheduling.access import System, Viewer
from scheduling.models import (
    UNTIL_RESUMED,
    UPCOMING,
    Actor,
    Appointment,
    AvailabilityException,
    Clinician,
    ExceptionKind,
    OpenStart,
    Schedule,
    VisitType,
)
from scheduling.refusals import Invalid, NotFound
from scheduling.weeks import MINUTES_OF_A_DAY, MINUTES_OF_A_WEEK, Hours

DAY = timedelta(days=1)

By = Viewer | System


@dataclass(frozen=True)
class Terms:
    """How somebody gives time: buffers and rest, notice and horizon, and at the most how much; None is no limit."""

    before_minutes: int = 0
    after_minutes: int = 0
    rest_minutes: int = 0
    notice_minutes: int = 60
    horizon_days: int = 28
    minutes_a_week: int | None = None
    visits_a_day: int | None = None
    visits_a_week: int | None = None


RANGES = {
    "before_minutes": range(241),
    "after_minutes": range(241),
    "rest_minutes": range(481),
    "notice_minutes": range(30 * MINUTES_OF_A_DAY + 1),
    "horizon_days": range(1, 367),
    "minutes_a_week": range(1, MINUTES_OF_A_WEEK + 1),
    "visits_a_day": range(1, 101),
    "visits_a_week": range(1, 501),
}


# --- the week --------------------------------------------------------------------------------------------------------


def set_week(
    schedule: Schedule,
    week: Iterable[Hours],
    *,
    by: By,
    at: datetime,
    first: date | None = None,
    last: date | None = None,
) -> list[Appointment]:
    """Replace the weekly hours from a day on (today); return the booked visits that now lie outside of them.

    With a last day (included) the hours stand in for the usual ones until then; the usual ones leave such weeks alone.
    """
    hours = list(dict.fromkeys(week))
    weeks.check(hours)
    with transaction.atomic():
        schedule = _locked(schedule)
        today = _today(schedule, at)
        first = max(first or today, today)
        if last is not None and last < first:
            raise Invalid("last", "before_first")
        if last is None:
            weeks.set_usual(schedule, hours, first)
        else:
            weeks.replace(schedule, hours, first, last + DAY, temporary=True)
        return _changed(schedule, "schedule.week_set", by=by, at=at)


def forget_weeks(schedule: Schedule, first: date, *, by: By, at: datetime) -> list[Appointment]:
    """Let the usual hours hold again in the weeks of temporary hours that begin on a day; raise NotFound for none."""
    with transaction.atomic():
        schedule = _locked(schedule)
        today = _today(schedule, at)
        found = next((one for one in weeks.planned(schedule, today) if one.first == first), None)
        if found is None:
            raise NotFound
        weeks.replace(schedule, weeks.usual(schedule), max(first, today), found.until)
        return _changed(schedule, "schedule.weeks_forgotten", by=by, at=at)


# --- exceptions ------------------------------------------------------------------------------------------------------


def take_off(
    schedule: Schedule, first: date, last: date, *, by: By, at: datetime
) -> tuple[AvailabilityException, list[Appointment]]:
    """Offer nothing from the first day to the last, both included.

    Return it and the booked visits in it, which stand.
    """
    if last < first:
        raise Invalid("last", "before_first")
    begins, ends = datetime.combine(first, time()), datetime.combine(last + DAY, time())
    return _except(schedule, ExceptionKind.OFF, begins, ends, "schedule.time_off", by=by, at=at)


def give_extra(
    schedule: Schedule, starts: datetime, ends: datetime, *, by: By, at: datetime
) -> tuple[AvailabilityException, list[Appointment]]:
    """Offer time once, between two instants of the schedule's wall clock (naive), a day of it at the most."""
    if ends <= starts:
        raise Invalid("ends", "before_start")
    if ends - starts > DAY:
        raise Invalid("ends", "too_long")
    return _except(schedule, ExceptionKind.EXTRA, starts, ends, "schedule.extra_given", by=by, at=at)


def _except(
    schedule: Schedule,
    how: ExceptionKind,
    begins: datetime,
    ends: datetime,
    kind: str,
    *,
    by: By,
    at: datetime,
) -> tuple[AvailabilityException, list[Appointment]]:
    with transaction.atomic():
        schedule = _locked(schedule)
        real = availability.resolve(begins, ends, availability.zone(schedule.zone))
        if real.end <= max(real.start, at):
            raise Invalid("ends", "over")
        exception = AvailabilityException.objects.create(
            schedule=schedule, kind=how, starts_at=real.start, ends_at=real.end
        )
        return exception, _changed(schedule, kind, by=by, at=at)


def undo_exception(exception: AvailabilityException, *, by: By, at: datetime) -> list[Appointment]:
    """Take back time off or extra time."""
    with transaction.atomic():
        schedule = _locked(exception.schedule)
        AvailabilityException.objects.filter(pk=exception.pk).delete()
        return _changed(schedule, "schedule.exception_undone", by=by, at=at)


# --- how much, and not now -------------------------------------------------------------------------------------------


def set_terms(schedule: Schedule, terms: Terms, *, by: By, at: datetime) -> list[Appointment]:
    """Set buffers, rest, notice, horizon and limits. They hold for what is booked from now on."""
    for name, allowed in RANGES.items():
        value = getattr(terms, name)
        if value is not None and value not in allowed:
            raise Invalid(name, "out_of_range")
    return _set(schedule, "schedule.terms_set", asdict(terms), by=by, at=at)


def terms_of(schedule: Schedule) -> Terms:
    """Return how somebody gives time now."""
    return Terms(**{field.name: getattr(schedule, field.name) for field in fields(Terms)})


def set_zone(schedule: Schedule, zone: str, *, by: By, at: datetime) -> list[Appointment]:
    """Read the weekly hours by another clock from now on, by its IANA name."""
    if not availability.is_zone(zone):
        raise Invalid("zone", "unknown_zone")
    return _set(schedule, "schedule.zone_set", {"zone": zone}, by=by, at=at)


def pause(schedule: Schedule, until: date | None, *, by: By, at: datetime) -> list[Appointment]:
    """Offer nothing until a day begins, or until `resume`; return the booked visits in the pause, which stand."""
    clock = availability.zone(schedule.zone)
    ends = datetime.combine(until, time(), clock) if until else UNTIL_RESUMED
    if ends <= at:
        raise Invalid("until", "over")
    return _set(schedule, "schedule.paused", {"paused_until": ends}, by=by, at=at)


def resume(schedule: Schedule, *, by: By, at: datetime) -> list[Appointment]:
    """Offer the usual hours again."""
    return _set(schedule, "schedule.resumed", {"paused_until": None}, by=by, at=at)


def _set(schedule: Schedule, kind: str, values: dict[str, object], *, by: By, at: datetime) -> list[Appointment]:
    with transaction.atomic():
        schedule = _locked(schedule)
        for name, value in values.items():
            setattr(schedule, name, value)
        schedule.save(update_fields=list(values))
        return _changed(schedule, kind, by=by, at=at)


# --- whose, and what every change does -------------------------------------------------------------------------------


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


def visit_types(schedule: Schedule) -> list[VisitType]:
    """Return the visits that whose schedule it is may be booked for, and those their hours are kept for already.

    Hours kept for what they no longer give would else be for everybody once the page of hours is saved.
    """
    may = Q(active=True)
    if practises := Clinician.objects.filter(actor=schedule.actor_id).first():
        may &= Q(specialty__in=practises.specialties, modality__in=practises.modalities)
    kept = {code for hours in weeks.usual(schedule) for code in hours.visit_types}
    return list(VisitType.objects.filter(may | Q(code__in=kept)))


def _today(schedule: Schedule, at: datetime) -> date:
    return at.astimezone(availability.zone(schedule.zone)).date()


def _locked(schedule: Schedule) -> Schedule:
    """Lock the actor, like every booking of its time, and read the schedule again."""
    Actor.objects.select_for_update(no_key=True).get(pk=schedule.actor_id)
    return Schedule.objects.select_related("actor").get(pk=schedule.pk)


def _changed(schedule: Schedule, kind: str, *, by: By, at: datetime) -> list[Appointment]:
    schedule.version += 1
    if at < schedule.open_until:  # a schedule that was never derived is the sweep's to begin
        schedule.open_until = open_starts.end_of_horizon(schedule, at=at)
        OpenStart.objects.filter(actor=schedule.actor_id, starts_at__gte=schedule.open_until).delete()
    schedule.save(update_fields=["version", "open_until"])
    open_starts.rebuild([schedule], at - DAY, schedule.open_until)
    events.record(kind, schedule.actor, by=by, at=at)
    return outside_hours(schedule, at=at)


def outside_hours(schedule: Schedule, *, at: datetime) -> list[Appointment]:
    """Return the booked visits to come whose time the schedule no longer offers to visits of their type."""
    booked = Appointment.objects.filter(
        status__in=UPCOMING, starts_at__gt=at, participants__actor=schedule.actor_id, places=1
    ).select_related("visit_type")
    times = {(visit.starts_at, visit.ends_at, visit.visit_type.code): visit for visit in booked}
    inside = open_starts.offered(schedule, list(times)) if times else set()
    return [visit for time, visit in times.items() if time not in inside]
