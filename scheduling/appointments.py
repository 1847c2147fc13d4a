"""What may be done with an appointment: hold, confirm, cancel, and the moves of the visit.

Note [Lock order]. Every verb locks actors by id, then the appointment, then nothing else. Rivals for the same time
queue at the actor; the exclusion constraint is the proof, not the queue. See scheduling/models/appointments.py.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F

from scheduling import events, invitations, open_starts, search
from scheduling.access import System, Viewer
from scheduling.models import (
    OCCUPYING,
    TRANSITIONS,
    Actor,
    ActorKind,
    Appointment,
    AppointmentStatus,
    Encounter,
    EncounterStatus,
    Location,
    Participant,
    ParticipantRole,
    Patient,
    VisitType,
)
from scheduling.refusals import (
    HoldAlreadyExtended,
    HoldExpired,
    NotPossibleNow,
    PatientBusy,
    SlotTaken,
    TooManyHolds,
)
from scheduling.slots import Slot

HOLD = timedelta(minutes=5)
LIVE_HOLDS = 2
LAPSE = System("holds")
LAPSED, RELEASED = "lapsed", "released"
DOUBLE_BOOKED = "participant_not_double_booked"

By = Viewer | System


def hold(slot: Slot, *, by: Viewer, at: datetime, replace_oldest: bool = False) -> Appointment:
    """Take a time for five minutes and return it as a `proposed` appointment; raise SlotTaken or TooManyHolds.

    Whether the time is still open, and still fits the state searched for, is computed again under the actors' locks.
    With `replace_oldest`, the oldest of the holder's holds makes room instead of refusing.
    """
    _make_room(by, at=at, replace_oldest=replace_oldest)
    _lapse_in_the_way(slot, at=at)
    try:
        with transaction.atomic():
            return _hold(slot, by=by, at=at)
    except IntegrityError as error:
        raise _taken(error) from error


def _hold(slot: Slot, *, by: Viewer, at: datetime) -> Appointment:
    actors = _lock(Actor.objects.filter(uuid__in=slot.actors))
    visit_type = VisitType.objects.filter(uuid=slot.visit_type, active=True).first()
    if visit_type is None or not search.may_see(actors, slot, visit_type, at=at):
        raise SlotTaken
    if not all(open_starts.is_open(actor, slot.starts_at, visit_type.minutes) for actor in actors):
        raise SlotTaken
    appointment: Appointment = Appointment.objects.create(
        status=AppointmentStatus.PROPOSED,
        visit_type=visit_type,
        organization_id=_host(actors).schedule.organization_id,
        location=_location(_host(actors)),
        patient_state=slot.state,
        zone=slot.zone,
        starts_at=slot.starts_at,
        ends_at=slot.starts_at + timedelta(minutes=visit_type.minutes),
        held_until=at + HOLD,
        held_by=by.holder,
        created_at=at,
    )
    _occupy(appointment, actors)
    events.record("appointment.held", appointment, by=by, at=at)
    return appointment


def _make_room(by: Viewer, *, at: datetime, replace_oldest: bool) -> None:
    live = Appointment.objects.filter(status=AppointmentStatus.PROPOSED, held_by=by.holder, held_until__gt=at)
    held = list(live.order_by("created_at", "pk"))
    if len(held) < LIVE_HOLDS:
        return
    if not replace_oldest:
        raise TooManyHolds
    for surplus in held[: len(held) - LIVE_HOLDS + 1]:
        release(surplus, by=by, at=at)


def _lapse_in_the_way(slot: Slot, *, at: datetime) -> None:
    """Free holds of the same actors that are over but not yet swept, so that they stand in nobody's way."""
    near = timedelta(days=1)
    over = Appointment.objects.filter(
        status=AppointmentStatus.PROPOSED,
        held_until__lte=at,
        starts_at__range=(slot.starts_at - near, slot.starts_at + near),
        participants__actor__uuid__in=slot.actors,
    )
    for appointment in over:
        _lapse(appointment, at)


def _host(actors: Iterable[Actor]) -> Actor:
    """Return whose visit it is: the clinician, or the clinic's chair; an interpreter joins it."""
    return next(actor for actor in actors if actor.kind in (ActorKind.CLINICIAN, ActorKind.CHAIR))


def _location(host: Actor) -> Location | None:
    return host.chair.location if host.kind == ActorKind.CHAIR else None


def _occupy(appointment: Appointment, actors: Iterable[Actor]) -> None:
    """Let the actors take part, each with its buffers around the visit."""
    parts = [
        Participant(
            appointment=appointment,
            actor=actor,
            role=ParticipantRole(actor.kind),
            occupied=open_starts.occupied(actor, appointment.starts_at, appointment.ends_at),
        )
        for actor in actors
    ]
    Participant.objects.bulk_create(parts)
    open_starts.take(parts)


@transaction.atomic
def extend_hold(appointment: Appointment, *, by: Viewer, at: datetime) -> Appointment:
    """Give the holder five minutes more, once; raise HoldExpired or HoldAlreadyExtended."""
    appointment = locked(appointment)
    _refuse_lapsed(appointment, at)
    if appointment.hold_extended:
        raise HoldAlreadyExtended
    appointment.held_until, appointment.hold_extended = at + HOLD, True
    appointment.save(update_fields=["held_until", "hold_extended"])
    events.record("appointment.hold_extended", appointment, by=by, at=at)
    return appointment


def confirm(appointment: Appointment, *, patient: Patient, reason: str = "", by: Viewer, at: datetime) -> Appointment:
    """Book a held time for a patient; raise HoldExpired, or PatientBusy.

    Confirming twice changes nothing the second time.
    """
    try:
        with transaction.atomic():
            return _confirm(appointment, patient, reason, by, at)
    except IntegrityError as error:
        raise _taken(error, PatientBusy) from error


def _confirm(appointment: Appointment, patient: Patient, reason: str, by: Viewer, at: datetime) -> Appointment:
    appointment = locked(appointment, also=[patient.actor_id])
    if appointment.status in OCCUPYING and appointment.patient_id == patient.pk:
        return appointment
    _refuse_lapsed(appointment, at)
    if Participant.objects.occupying([patient.actor_id], appointment.starts_at, appointment.ends_at).exists():
        raise PatientBusy
    appointment.patient, appointment.data_key, appointment.reason = patient, patient.data_key, reason
    Participant.objects.create(
        appointment=appointment,
        actor_id=patient.actor_id,
        role=ParticipantRole.PATIENT,
        occupied=DateTimeTZRange(appointment.starts_at, appointment.ends_at),
    )
    _move(appointment, AppointmentStatus.BOOKED, by=by, at=at, also=["patient", "data_key", "reason"])
    if appointment.by_remote:
        Encounter.objects.create(appointment=appointment)
    invitations.send(appointment, at=at)
    return appointment


def cancel(appointment: Appointment, *, because: str, by: By, at: datetime) -> Appointment:
    """Cancel a booked visit and tell everybody in it; raise NotPossibleNow if it is over or cancelled already.

    `because` is a code: patient, clinician, organization. Its room closes with it.
    """
    with transaction.atomic():
        appointment = locked(appointment)
        if appointment.status == AppointmentStatus.PROPOSED:
            raise NotPossibleNow
        appointment.sequence += 1
        _free(appointment, because, by=by, at=at)
        _close_room(appointment)
        invitations.withdraw(appointment, at=at)
    return appointment


def _close_room(appointment: Appointment) -> None:
    """Make every token of the room useless; who is inside is sent out."""
    rooms = Encounter.objects.filter(appointment=appointment)
    rooms.update(status=EncounterStatus.CANCELLED, room_epoch=F("room_epoch") + 1)


def side_of(appointment: Appointment, *, by: Viewer) -> str:
    """Return as whom the viewer cancels: patient, clinician or organization."""
    parts = Participant.objects.filter(appointment=appointment)
    if by.user is None or appointment.uuid in by.linked("appointment"):
        return "patient"
    if parts.of_user(by.user).exists():
        return "clinician"
    speaks = by.user.represents.filter(patient=appointment.patient_id, until=None).exists()
    return "patient" if speaks else "organization"


def release(appointment: Appointment, *, by: By, at: datetime) -> None:
    """Give a held time back before it ends; a hold that is over already stays over."""
    with transaction.atomic():
        appointment = locked(appointment)
        if appointment.status == AppointmentStatus.PROPOSED:
            _free(appointment, RELEASED, by=by, at=at)


def lapse_holds(*, at: datetime, limit: int = 100) -> int:
    """Free the times of holds that are over; return how many. A sweep: each in a transaction of its own."""
    over = Appointment.objects.filter(status=AppointmentStatus.PROPOSED, held_until__lte=at).order_by("held_until")
    return sum(_lapse(appointment, at) for appointment in over[:limit])


@transaction.atomic
def _lapse(appointment: Appointment, at: datetime) -> bool:
    appointment = locked(appointment)
    if appointment.status != AppointmentStatus.PROPOSED or not _is_over(appointment, at):
        return False
    _free(appointment, LAPSED, by=LAPSE, at=at)
    return True


@transaction.atomic
def arrive(appointment: Appointment, *, by: Viewer, at: datetime) -> Appointment:
    """Note that the patient is at the door; arriving again changes nothing."""
    return _step(appointment, {AppointmentStatus.BOOKED: AppointmentStatus.ARRIVED}, by, at)


@transaction.atomic
def admit(appointment: Appointment, *, by: Viewer, at: datetime) -> Appointment:
    """Note that the visit begins; admitting again changes nothing."""
    begun = AppointmentStatus.CHECKED_IN
    return _step(appointment, {AppointmentStatus.ARRIVED: begun, AppointmentStatus.BOOKED: begun}, by, at)


@transaction.atomic
def fulfil(appointment: Appointment, *, by: Viewer, at: datetime) -> Appointment:
    """Note that the visit took place; raise NotPossibleNow if it never began."""
    appointment = locked(appointment)
    if appointment.status != AppointmentStatus.FULFILLED:
        _move(appointment, AppointmentStatus.FULFILLED, by=by, at=at)
    return appointment


def _step(
    appointment: Appointment, steps: dict[AppointmentStatus, AppointmentStatus], by: By, at: datetime
) -> Appointment:
    appointment = locked(appointment)
    following = steps.get(AppointmentStatus(appointment.status))
    if following:
        _move(appointment, following, by=by, at=at)
    return appointment


# --- the one way a status changes ------------------------------------------------------------------------------------


def _move(
    appointment: Appointment,
    to: AppointmentStatus,
    *,
    by: By,
    at: datetime,
    also: Sequence[str] = (),
    **codes: Any,
) -> None:
    """Change the status if the table allows it, keep `occupied` true to it, and record it; raise NotPossibleNow."""
    was = appointment.status
    if to not in TRANSITIONS[was]:
        raise NotPossibleNow
    appointment.status, appointment.version = to, appointment.version + 1
    if to != AppointmentStatus.PROPOSED:
        appointment.held_until = None
    if was in OCCUPYING and to not in OCCUPYING:
        _vacate(appointment)
    appointment.save(update_fields=["status", "version", "held_until", "sequence", "cancelled_because", *also])
    events.record(f"appointment.{to.name.lower()}", appointment, by=by, at=at, was=was, **codes)


def _vacate(appointment: Appointment) -> None:
    parts = list(
        Participant.objects.filter(appointment=appointment, occupied__isnull=False).select_related("actor__schedule")
    )
    Participant.objects.filter(pk__in=[part.pk for part in parts]).update(occupied=None)
    open_starts.free(parts)


def _free(appointment: Appointment, because: str, *, by: By, at: datetime) -> None:
    appointment.cancelled_because = because
    _move(appointment, AppointmentStatus.CANCELLED, by=by, at=at, because=because)


# --- locks -----------------------------------------------------------------------------------------------------------


def _lock(actors: Any) -> list[Actor]:
    """Lock actors in the order of their ids, which is the order of every verb, and return them with their schedules."""
    rows = actors.order_by("pk").select_for_update(no_key=True, of=("self",))
    return list(rows.select_related("schedule", "chair__location"))


def locked(appointment: Appointment, also: Sequence[int] = ()) -> Appointment:
    """Lock the appointment's actors (and others that are to join), then the appointment, and return it read again."""
    involved = Participant.objects.filter(appointment=appointment, actor__isnull=False).values_list("actor", flat=True)
    _lock(Actor.objects.filter(pk__in=[*involved, *also]))
    rows = Appointment.objects.select_for_update(of=("self",)).select_related("visit_type", "organization")
    found: Appointment = rows.get(pk=appointment.pk)
    return found


def _refuse_lapsed(appointment: Appointment, at: datetime) -> None:
    if _is_over(appointment, at):
        raise HoldExpired


def _is_over(appointment: Appointment, at: datetime) -> bool:
    """Return whether it is no longer a hold, or one whose time has passed."""
    return appointment.held_until is None or appointment.held_until <= at


def _taken(error: IntegrityError, refusal: type[Exception] = SlotTaken) -> Exception:
    """Return the refusal that the exclusion constraint stands for, or the error itself."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    return refusal() if name == DOUBLE_BOOKED else error
