"""Talks for many: a host opens one, people take places, and none of them sees who else does.

Note [Counting places]. A place is counted under a lock on its session, taken before the place is written and held until
the transaction ends; so of two who want the last one, the second sees it gone. Its patient's own time is guarded like
everybody's, by the exclusion constraint, when it is confirmed.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from scheduling import appointments, events, invitations, open_starts, sql
from scheduling.access import Viewer
from scheduling.models import (
    OCCUPYING,
    Appointment,
    AppointmentStatus,
    Care,
    Clinician,
    Location,
    Participant,
    ParticipantRole,
    PracticeStatus,
    VisitType,
)
from scheduling.open_starts import Taken
from scheduling.refusals import NotFound, NotPossibleNow, SessionFull, SlotTaken, TooManyHolds

AHEAD = timedelta(days=90)


def open_session(
    visit_type: VisitType, location: Location, starts_at: datetime, places: int, *, by: Viewer, at: datetime
) -> Appointment:
    """Open a talk of one's own at a place; raise SlotTaken if the host has something else at that time.

    Raises NotFound for who is no approved clinician, and NotPossibleNow for a type that is no talk, or for the past.
    """
    host = Clinician.objects.filter(user=by.user, status=PracticeStatus.APPROVED).select_related("actor").first()
    if host is None:
        raise NotFound
    if visit_type.care != Care.PREVENTION or places < 2 or starts_at <= at:
        raise NotPossibleNow
    try:
        with transaction.atomic():
            return _open(host, visit_type, location, starts_at, places, by, at)
    except IntegrityError as error:
        raise appointments.refusal(error, double_booked=SlotTaken, in_vain=SlotTaken) from error


def _open(
    host: Clinician,
    visit_type: VisitType,
    location: Location,
    starts_at: datetime,
    places: int,
    by: Viewer,
    at: datetime,
) -> Appointment:
    [offer] = open_starts.lock([host.actor.uuid])
    ends_at = starts_at + timedelta(minutes=visit_type.minutes)
    session: Appointment = Appointment.objects.create(
        status=AppointmentStatus.BOOKED,
        visit_type=visit_type,
        organization=location.organization,
        location=location,
        patient_state=location.state,
        zone=location.zone,
        starts_at=starts_at,
        ends_at=ends_at,
        places=places,
        created_at=at,
    )
    occupied: DateTimeTZRange = offer.occupied(starts_at, ends_at)
    Participant.objects.create(appointment=session, actor=host.actor, role=ParticipantRole.CLINICIAN, occupied=occupied)
    open_starts.take([Taken(offer.schedule, occupied)])
    events.record("appointment.session_opened", session, by=by, at=at)
    invitations.send(session, at=at)
    return session


@transaction.atomic
def hold(session: Appointment, *, by: Viewer, at: datetime) -> Appointment:
    """Hold a place for five minutes, as any time is held; raise SessionFull, or TooManyHolds."""
    sql.take_turns("hold", by.holder)
    locked = Appointment.objects.select_for_update(of=("self",)).get(pk=session.pk)
    taken = Appointment.objects.filter(session=locked, status__in=OCCUPYING)
    others = taken.exclude(status=AppointmentStatus.PROPOSED, held_until__lte=at)
    if locked.status != AppointmentStatus.BOOKED or locked.starts_at <= at or others.count() >= locked.places:
        raise SessionFull
    mine = Appointment.objects.filter(status=AppointmentStatus.PROPOSED, held_by=by.holder, held_until__gt=at)
    if mine.count() >= appointments.LIVE_HOLDS:
        raise TooManyHolds
    place: Appointment = Appointment.objects.create(
        status=AppointmentStatus.PROPOSED,
        session=locked,
        held_until=at + appointments.HOLD,
        held_by=by.holder,
        created_at=at,
        **{name: getattr(locked, name) for name in _SHARED},
    )
    events.record("appointment.held", place, by=by, at=at, session=str(locked.uuid))
    return place


_SHARED = ("visit_type", "organization", "location", "patient_state", "zone", "starts_at", "ends_at")


def cancel(session: Appointment, *, because: str, by: Viewer, at: datetime) -> None:
    """Cancel a talk and every place in it; each person is told, each for themselves. Safe to run again."""
    places = Appointment.objects.filter(session=session, status__in=OCCUPYING)
    for place in places.exclude(status=AppointmentStatus.PROPOSED):
        appointments.cancel(place, because=because, by=by, at=at)
    for held in places.filter(status=AppointmentStatus.PROPOSED):
        appointments.release(held, by=by, at=at)
    appointments.cancel(session, because=because, by=by, at=at)


def is_host(session: Appointment, *, by: Viewer) -> bool:
    """Return whether the viewer holds the talk."""
    return by.user is not None and Participant.objects.filter(appointment=session).of_user(by.user).exists()


def coming(*, at: datetime) -> Iterable[Appointment]:
    """Return the talks of the next three months, each with how many places are `left`: they are open to everybody."""
    found: Iterable[Appointment] = (
        Appointment.objects.sessions().for_display().filter(starts_at__gt=at, starts_at__lt=at + AHEAD)
    )
    return found


def find(uuid: UUID) -> Appointment:
    """Return an open talk; raise NotFound."""
    found: Appointment | None = Appointment.objects.sessions().filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def places_of(session: Appointment) -> Iterable[Appointment]:
    """Return the places that somebody has, for whoever answers for the talk."""
    taken = Appointment.objects.filter(session=session, status__in=OCCUPYING).exclude(patient=None)
    found: Iterable[Appointment] = taken.for_display()
    return found
