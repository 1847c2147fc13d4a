"""What may be done with an appointment: hold, confirm, cancel, and the moves of the visit.

Note [Lock order]. Every verb locks actors by id, then the appointment, then nothing else; holding locks the browser's
name before them, which nobody else does. Rivals for the same time queue at the actor; the exclusion constraint is the
proof, not the queue. See scheduling/models/appointments.py.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F
from psycopg.errors import DeadlockDetected, LockNotAvailable

from scheduling import deadlines, eligibility, events, invitations, open_starts, reminders, sql
from scheduling.access import System, Viewer
from scheduling.models import (
    OCCUPYING,
    TRANSITIONS,
    ActorKind,
    Appointment,
    AppointmentStatus,
    Encounter,
    EncounterStatus,
    Participant,
    ParticipantRole,
    Patient,
    VisitType,
)
from scheduling.open_starts import Ask, Offer, Taken
from scheduling.refusals import (
    HoldAlreadyExtended,
    HoldExpired,
    NotPossibleNow,
    PatientBusy,
    Refusal,
    SlotTaken,
    TooManyHolds,
)
from scheduling.slots import Slot

HOLD = timedelta(minutes=5)
LIVE_HOLDS = 2
LAPSE = System("holds")
LAPSED, RELEASED = "lapsed", "released"
PATIENT = "patient"  # one of those who may be the cause of a change; see access.side_of
DOUBLE_BOOKED = "participant_not_double_booked"

By = Viewer | System


def hold(slot: Slot, *, by: Viewer, at: datetime, replace_oldest: bool = False) -> Appointment:
    """Take a time for five minutes and return it as a `proposed` appointment; raise SlotTaken or TooManyHolds.

    Whether the time is still open, and still fits the state searched for, is computed again under the actors' locks.
    With `replace_oldest`, the oldest of the holder's holds makes room instead of refusing.
    """
    _make_room(slot, by, at=at, replace_oldest=replace_oldest)
    try:
        with transaction.atomic():
            sql.take_turns("hold", by.holder)  # so that of many asked for at once, each counts those before it
            return _hold(slot, at + HOLD, by=by, at=at)
    except (IntegrityError, OperationalError) as error:
        raise refusal(error, double_booked=SlotTaken, in_vain=SlotTaken) from error


def set_aside(slot: Slot, *, until: datetime, by: System, at: datetime) -> Appointment:
    """Take a time for somebody who is asked whether they want it, and return it; raise SlotTaken.

    It is a hold like any other, but belongs to no browser: whoever accepts it confirms it.
    """
    try:
        with transaction.atomic():
            return _hold(slot, until, by=by, at=at)
    except (IntegrityError, OperationalError) as error:
        raise refusal(error, double_booked=SlotTaken, in_vain=SlotTaken) from error


def _hold(slot: Slot, until: datetime, *, by: By, at: datetime) -> Appointment:
    holder = by.holder if isinstance(by, Viewer) else ""
    offers = sorted(open_starts.lock(slot.actors), key=lambda offer: slot.actors.index(offer.uuid))
    visit_type = sql.first(VisitType, "WHERE x.uuid = %s AND x.active", [slot.visit_type])
    if visit_type is None or not eligibility.may_see(offers, slot, visit_type, at=at):
        raise SlotTaken
    ask = Ask(visit_type.code, by, at)
    if not open_starts.are_open([offer.schedule for offer in offers], slot.starts_at, visit_type.minutes, ask):
        raise SlotTaken
    host = host_of(offers)
    appointment = Appointment(
        status=AppointmentStatus.PROPOSED,
        visit_type=visit_type,
        organization_id=host.schedule.organization_id,
        location_id=host.location_id,
        patient_state=slot.state,
        zone=slot.zone,
        language=slot.language,
        starts_at=slot.starts_at,
        ends_at=slot.starts_at + timedelta(minutes=visit_type.minutes),
        held_until=until,
        held_by=holder,
        created_at=at,
    )
    if _insert(appointment, offers) >= LIVE_HOLDS and holder:
        raise TooManyHolds
    events.record("appointment.held", appointment, by=by, at=at)
    return appointment


def _make_room(slot: Slot, by: Viewer, *, at: datetime, replace_oldest: bool) -> None:
    """Free the holds that are over and stand in the way, and see that the holder has no more than one live."""
    live = 0
    for pk, held_by, held_until in sql.rows(_HOLDS, [by.holder, slot.starts_at, slot.starts_at, at, list(slot.actors)]):
        over = held_until <= at
        live += held_by == by.holder and not over
        if over or (live >= LIVE_HOLDS and replace_oldest):
            _let_go(pk, LAPSED if over else RELEASED, by=LAPSE if over else by, at=at)
    if live >= LIVE_HOLDS and not replace_oldest:
        raise TooManyHolds


def make_way(slot: Slot, *, at: datetime) -> None:
    """Free the holds that are over and stand in the way of a time; whose they were does not matter."""
    for pk, _, held_until in sql.rows(_HOLDS, ["", slot.starts_at, slot.starts_at, at, list(slot.actors)]):
        if held_until <= at:
            _let_go(pk, LAPSED, by=LAPSE, at=at)


# Newest first: what is counted beyond the second is the oldest.
_HOLDS = """
SELECT a.id, a.held_by, a.held_until FROM scheduling_appointment a WHERE a.status = 'proposed' AND (
  a.held_by = %s OR a.starts_at BETWEEN %s - interval '1 day' AND %s + interval '1 day' AND a.held_until <= %s
  AND EXISTS (SELECT 1 FROM scheduling_participant p JOIN scheduling_actor c ON c.id = p.actor_id
              WHERE p.appointment_id = a.id AND c.uuid = ANY(%s))
) ORDER BY a.created_at DESC, a.id DESC
"""


def host_of(offers: Iterable[Offer]) -> Offer:
    """Return whose visit it is: the clinician, or the clinic's chair; an interpreter joins it."""
    return next(offer for offer in offers if offer.kind in (ActorKind.CLINICIAN, ActorKind.CHAIR))


_INSERT = """
WITH appointment AS (
  INSERT INTO scheduling_appointment (
    uuid, status, visit_type_id, organization_id, location_id, patient_state, zone, language, starts_at, ends_at,
    held_until, held_by, created_at, hold_extended, reason, cancelled_because, version, sequence
  ) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, false, '', '', 0, 0) RETURNING id
), part AS (
  INSERT INTO scheduling_participant (uuid, appointment_id, actor_id, role, occupied)
  SELECT gen_random_uuid(), appointment.id, actor, role, occupied
  FROM appointment, unnest(%s::bigint[], %s::text[], %s::tstzrange[]) AS offered (actor, role, occupied)
)
SELECT id, (SELECT count(*) FROM scheduling_appointment WHERE status = 'proposed' AND held_by = %s AND held_until > %s)
FROM appointment
"""


def _insert(new: Appointment, offers: Sequence[Offer]) -> int:
    """Write a hold and let its actors take part, each with its buffers around the visit; keep the copy true to it.

    Return how many others its holder has.
    """
    times = [Taken(offer.schedule, offer.occupied(new.starts_at, new.ends_at)) for offer in offers]
    visit = (new.uuid, new.status, new.visit_type_id, new.organization_id, new.location_id, new.patient_state)
    when = (new.zone, new.language, new.starts_at, new.ends_at, new.held_until, new.held_by, new.created_at)
    actors = [offer.schedule.actor_id for offer in offers]
    roles, occupied = [offer.kind for offer in offers], [time.occupied for time in times]
    [(new.pk, others)] = sql.rows(_INSERT, [*visit, *when, actors, roles, occupied, new.held_by, new.created_at])
    open_starts.take(times)
    return int(others)


@transaction.atomic
def extend_hold(appointment: Appointment, *, by: Viewer, at: datetime) -> Appointment:
    """Give the holder five minutes more, once; raise HoldExpired or HoldAlreadyExtended."""
    appointment = locked(appointment)
    if _is_over(appointment, at):
        raise HoldExpired
    if appointment.hold_extended:
        raise HoldAlreadyExtended
    appointment.held_until, appointment.hold_extended = at + HOLD, True
    appointment.save(update_fields=["held_until", "hold_extended"])
    events.record("appointment.hold_extended", appointment, by=by, at=at)
    return appointment


def confirm(appointment: Appointment, *, patient: Patient, reason: str = "", by: By, at: datetime) -> Appointment:
    """Book a held time for a patient; raise HoldExpired, PatientBusy, or NotPossibleNow if others were long in the way.

    Confirming twice changes nothing the second time.
    """
    try:
        with transaction.atomic():
            return _confirm(appointment, patient, reason, by, at)
    except (IntegrityError, OperationalError) as error:
        raise refusal(error, double_booked=PatientBusy, in_vain=NotPossibleNow) from error


def _confirm(appointment: Appointment, patient: Patient, reason: str, by: By, at: datetime) -> Appointment:
    appointment = locked(appointment, also=[patient.actor_id])
    if appointment.status in OCCUPYING and appointment.patient_id == patient.pk:
        return appointment
    if _is_over(appointment, at):
        raise HoldExpired
    appointment.patient, appointment.data_key, appointment.reason = patient, patient.data_key, reason
    Participant.objects.bulk_create(
        [
            Participant(
                appointment=appointment,
                actor_id=patient.actor_id,
                role=ParticipantRole.PATIENT,
                occupied=DateTimeTZRange(appointment.starts_at, appointment.ends_at),
            )
        ]
    )
    move(appointment, AppointmentStatus.BOOKED, by=by, at=at, also=["patient", "data_key", "reason"])
    if appointment.by_remote:
        Encounter.objects.create(appointment=appointment)
    invitations.send(appointment, at=at)
    reminders.plan(appointment, at=at)
    return appointment


def cancel(appointment: Appointment, *, because: str, by: By, at: datetime) -> Appointment:
    """Cancel a booked visit and tell everybody in it; raise NotPossibleNow if it is over or cancelled already.

    `because` is a code: patient, clinician, organization. Its room closes with it. The patient may cancel until it
    begins (VisitBegan after that); what they cancel in the last hours is recorded as late, and told by phone too.
    """
    with transaction.atomic():
        appointment = locked(appointment)
        if appointment.status == AppointmentStatus.PROPOSED:
            raise NotPossibleNow
        late = because == PATIENT and deadlines.still_in_time(appointment, at=at)
        appointment.sequence += 1
        _free(appointment, because, by=by, at=at, **({"late": True} if late else {}))
        close_room(appointment)
        invitations.withdraw(appointment, urgent=late, at=at)
    return appointment


def close_room(appointment: Appointment) -> None:
    """Make every token of the room useless; who is inside is sent out."""
    rooms = Encounter.objects.filter(appointment=appointment)
    rooms.update(status=EncounterStatus.CANCELLED, room_epoch=F("room_epoch") + 1)


def release(appointment: Appointment, *, by: By, at: datetime) -> None:
    """Give a held time back before it ends; a hold that is over already stays over."""
    _let_go(appointment.pk, RELEASED, by=by, at=at)


def lapse_holds(*, at: datetime, limit: int = 100) -> int:
    """Free the times of holds that are over; return how many. A sweep: each in a transaction of its own."""
    over = Appointment.objects.filter(status=AppointmentStatus.PROPOSED, held_until__lte=at).order_by("held_until")
    return sum(_let_go(pk, LAPSED, by=LAPSE, at=at) for pk in over.values_list("pk", flat=True)[:limit])


@transaction.atomic
def _let_go(pk: int, because: str, *, by: By, at: datetime) -> bool:
    """Free a hold, if it still is one; a hold that is to lapse must be over by now."""
    appointment = locked(Appointment(pk=pk))
    if appointment.status != AppointmentStatus.PROPOSED or (because == LAPSED and not _is_over(appointment, at)):
        return False
    _free(appointment, because, by=by, at=at)
    return True


@transaction.atomic
def arrive(appointment: Appointment, *, by: Viewer, at: datetime) -> Appointment:
    """Note that the patient is at the door; arriving again, or during the visit, changes nothing.

    Raises NotPossibleNow, like the steps that follow.
    """
    return _step(appointment, AppointmentStatus.ARRIVED, by, at, or_beyond=AppointmentStatus.CHECKED_IN)


@transaction.atomic
def admit(appointment: Appointment, *, by: Viewer, at: datetime) -> Appointment:
    """Note that the visit begins; admitting again changes nothing."""
    return _step(appointment, AppointmentStatus.CHECKED_IN, by, at)


@transaction.atomic
def fulfil(appointment: Appointment, *, by: Viewer, at: datetime) -> Appointment:
    """Note that the visit took place, once; it must have begun."""
    return _step(appointment, AppointmentStatus.FULFILLED, by, at)


def _step(
    appointment: Appointment, to: AppointmentStatus, by: By, at: datetime, or_beyond: AppointmentStatus | None = None
) -> Appointment:
    appointment = locked(appointment)
    if appointment.status not in (to, or_beyond):
        move(appointment, to, by=by, at=at)
    return appointment


# --- the one way a status changes ------------------------------------------------------------------------------------


def move(
    appointment: Appointment,
    to: AppointmentStatus,
    *,
    by: By,
    at: datetime,
    also: Sequence[str] = (),
    name: str = "",
    **codes: Any,
) -> None:
    """Change the status if the table allows it, keep `occupied` true to it, and record it; raise NotPossibleNow.

    The event is named after the status, unless it has a `name` of its own. Only for verbs that hold the locks.
    """
    was = appointment.status
    if to not in TRANSITIONS[was]:
        raise NotPossibleNow
    appointment.status, appointment.version = to, appointment.version + 1
    if to != AppointmentStatus.PROPOSED:
        appointment.held_until = None
    if was in OCCUPYING and to not in OCCUPYING:
        open_starts.free(vacate(appointment))
    appointment.save(update_fields=["status", "version", "held_until", "sequence", "cancelled_because", *also])
    events.record(f"appointment.{name or to.name.lower()}", appointment, by=by, at=at, was=was, **codes)


def vacate(appointment: Appointment) -> list[Taken]:
    """Take back the occupied time of everybody in it, and return what can be offered again."""
    parts = Participant.objects.filter(appointment=appointment, occupied__isnull=False)
    offered = list(parts.filter(actor__schedule__isnull=False).select_related("actor__schedule"))
    times = [Taken(part.actor.schedule, part.occupied) for part in offered if part.actor]
    parts.update(occupied=None)
    return times


def _free(appointment: Appointment, because: str, *, by: By, at: datetime, **codes: Any) -> None:
    appointment.cancelled_because = because
    move(appointment, AppointmentStatus.CANCELLED, by=by, at=at, because=because, **codes)


# --- locks -----------------------------------------------------------------------------------------------------------


_LOCK = """
SELECT id FROM scheduling_actor WHERE id = ANY(
  ARRAY(SELECT actor_id FROM scheduling_participant WHERE appointment_id = %s AND actor_id IS NOT NULL) || %s::bigint[]
) ORDER BY id FOR NO KEY UPDATE
"""


# While we waited the visit may have been given to others, whose time is not locked: then nothing may be done with it.
_SAME_PEOPLE = """
WHERE x.id = %s AND NOT EXISTS (
  SELECT FROM scheduling_participant p WHERE p.appointment_id = x.id AND p.role <> 'patient' AND p.actor_id <> ALL(%s)
) FOR UPDATE
"""


def locked(appointment: Appointment, also: Sequence[int] = ()) -> Appointment:
    """Lock the appointment's actors (and others that are to join), then the appointment, and return it read again.

    Raises NotPossibleNow if it went to other people meanwhile.
    """
    actors = [pk for (pk,) in sql.rows(_LOCK, [appointment.pk, list(also)])]
    found = sql.first(Appointment, _SAME_PEOPLE, [appointment.pk, actors])
    if found is None:
        raise NotPossibleNow
    return found


def _is_over(appointment: Appointment, at: datetime) -> bool:
    """Return whether it is no longer a hold, or one whose time has passed."""
    return appointment.held_until is None or appointment.held_until <= at


def refusal(error: Exception, *, double_booked: type[Refusal], in_vain: type[Refusal]) -> Exception:
    """Return what the exclusion constraint stands for, or a lock waited for in vain; any other error as it is."""
    cause = error.__cause__
    if isinstance(cause, (LockNotAvailable, DeadlockDetected)):
        return in_vain()
    name = getattr(getattr(cause, "diag", None), "constraint_name", None)
    return double_booked() if name == DOUBLE_BOOKED else error
