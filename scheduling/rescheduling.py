"""What may be done to bring a booked visit to another time.

Note [The old time is kept until the new one is won]. Old and new are exchanged in one transaction, under the locks of
everybody in either: nobody sees the old time free before the new one is taken, and if the new one cannot be had nothing
has changed. The visit's own time never stands in its own way, so it can be moved by a quarter of an hour. The same
appointment moves: one UID, the next SEQUENCE, and a room whose old tokens open nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import IntegrityError, OperationalError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from scheduling import appointments, deadlines, eligibility, invitations, open_starts, reminders, search, sql
from scheduling.access import System, Viewer, side_of
from scheduling.matching import Criteria
from scheduling.models import (
    Actor,
    Appointment,
    AppointmentStatus,
    Clinician,
    Encounter,
    EncounterStatus,
    Participant,
    ParticipantRole,
    Presence,
    VisitType,
)
from scheduling.models.appointments import ParticipantQuerySet
from scheduling.open_starts import Ask, Offer, Taken
from scheduling.refusals import NotPossibleNow, PatientBusy, SlotTaken
from scheduling.search import Found
from scheduling.slots import Slot

AHEAD = timedelta(days=28)
EACH = 6  # of one person's times, where many are shown
MOVABLE = frozenset({AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED})
BOOKABLE = (ParticipantRole.CLINICIAN, ParticipantRole.INTERPRETER, ParticipantRole.CHAIR)

By = Viewer | System


@dataclass(frozen=True)
class _Old:
    """What a visit was before it moved: its times and, by the actors' ids, who offered theirs."""

    starts_at: datetime
    ends_at: datetime
    status: str
    actors: dict[int, str]


def reschedule(appointment: Appointment, slot: Slot, *, by: By, at: datetime) -> Appointment:
    """Move a booked visit to another open time and tell everybody who was, stays or comes to be in it.

    Raises SlotTaken or PatientBusy (the old time is kept), NotPossibleNow if it is no longer booked, or VisitBegan.
    Moving it to where it already is changes nothing.
    """
    appointments.make_way(slot, at=at)
    try:
        with transaction.atomic():
            return _reschedule(appointment, slot, by, at)
    except (IntegrityError, OperationalError) as error:
        raise appointments.refusal(error, double_booked=SlotTaken, in_vain=SlotTaken) from error


def _reschedule(appointment: Appointment, slot: Slot, by: By, at: datetime) -> Appointment:
    coming = Actor.objects.filter(uuid__in=slot.actors).values_list("pk", flat=True)
    appointment = appointments.locked(appointment, also=list(coming))
    offers = sorted(open_starts.lock(slot.actors), key=lambda offer: slot.actors.index(offer.uuid))
    old = _old(appointment)
    if appointment.status not in MOVABLE:
        raise NotPossibleNow
    if _is_there(appointment, slot, old, offers):
        return appointment
    side = _side(appointment, by)
    asked = appointment.is_asked_to_move  # by its clinician: then it is never late
    late = side == appointments.PATIENT and deadlines.still_in_time(appointment, at=at) and not asked
    freed = appointments.vacate(appointment)
    visit_type = _won(appointment, slot, offers, by, at)
    taken = _seat(appointment, slot, visit_type, offers)
    _set(appointment, slot, visit_type, offers)
    _change_room(appointment, at)
    _record(appointment, old, side=side, late=late, by=by, at=at)
    open_starts.free(freed)  # once it is written: in which week it counts depends on its start
    open_starts.take(taken)
    _tell(appointment, old, offers, late=late, at=at)
    return appointment


def _old(appointment: Appointment) -> _Old:
    parts = Participant.objects.filter(appointment=appointment, role__in=BOOKABLE, actor__isnull=False)
    actors = {pk: str(uuid) for pk, uuid in parts.values_list("actor_id", "actor__uuid")}
    return _Old(appointment.starts_at, appointment.ends_at, appointment.status, actors)


def _is_there(appointment: Appointment, slot: Slot, old: _Old, offers: Sequence[Offer]) -> bool:
    same_people = {offer.schedule.actor_id for offer in offers} == set(old.actors)
    return same_people and old.starts_at == slot.starts_at and appointment.visit_type.uuid == slot.visit_type


def _side(appointment: Appointment, by: By) -> str:
    return side_of(appointment, by=by) if isinstance(by, Viewer) else "organization"


def _won(appointment: Appointment, slot: Slot, offers: Sequence[Offer], by: By, at: datetime) -> VisitType:
    """Return the visit type of a time that is open, and in which the patient is nowhere else; else refuse."""
    visit_type = sql.first(VisitType, "WHERE x.uuid = %s AND x.active", [slot.visit_type])
    if visit_type is None or not eligibility.may_see(offers, slot, visit_type, at=at):
        raise SlotTaken
    ask = Ask(visit_type.code, by, at)
    if not open_starts.are_open([offer.schedule for offer in offers], slot.starts_at, visit_type.minutes, ask):
        raise SlotTaken
    patient, ends_at = appointment.patient, slot.starts_at + timedelta(minutes=visit_type.minutes)
    assert patient, "only a booked visit is moved"
    if Participant.objects.occupying([patient.actor_id], slot.starts_at, ends_at).exists():
        raise PatientBusy
    return visit_type


def _seat(appointment: Appointment, slot: Slot, visit_type: VisitType, offers: Sequence[Offer]) -> list[Taken]:
    """Let those of the new time take part, those who are in both stay, the others go; return what time it takes."""
    starts_at, ends_at = slot.starts_at, slot.starts_at + timedelta(minutes=visit_type.minutes)
    taken = {offer.schedule.actor_id: Taken(offer.schedule, offer.occupied(starts_at, ends_at)) for offer in offers}
    parts = Participant.objects.filter(appointment=appointment)
    staying = _staying(parts, list(taken))
    parts.filter(role__in=BOOKABLE).exclude(actor__in=staying).delete()
    parts.filter(role=ParticipantRole.PATIENT).update(occupied=DateTimeTZRange(starts_at, ends_at))
    for actor in staying:
        parts.filter(actor=actor).update(occupied=taken[actor].occupied)
    Participant.objects.bulk_create(
        Participant(appointment=appointment, actor_id=actor, role=offer.kind, occupied=taken[actor].occupied)
        for offer in offers
        if (actor := offer.schedule.actor_id) not in staying
    )
    return list(taken.values())


def _staying(parts: ParticipantQuerySet, actors: Sequence[int]) -> list[int]:
    """Return who keeps their row: as many as leave all rows in the order of the new time, clinician first."""
    rows = dict(parts.filter(actor__in=actors).values_list("actor_id", "pk"))
    staying: list[int] = []
    for actor in actors:
        if actor not in rows or (staying and rows[actor] < rows[staying[-1]]):
            break
        staying.append(actor)
    return staying


def _set(appointment: Appointment, slot: Slot, visit_type: VisitType, offers: Iterable[Offer]) -> None:
    """Write the new time and place into the appointment; `move` saves it."""
    host = appointments.host_of(offers)
    appointment.visit_type, appointment.organization_id = visit_type, host.schedule.organization_id
    appointment.location_id = host.location_id
    appointment.patient_state, appointment.zone, appointment.language = slot.state, slot.zone, slot.language
    appointment.starts_at = slot.starts_at
    appointment.ends_at = slot.starts_at + timedelta(minutes=visit_type.minutes)
    appointment.sequence += 1


_MOVED = ["visit_type", "organization", "location", "patient_state", "zone", "language", "starts_at", "ends_at"]


def _change_room(appointment: Appointment, at: datetime) -> None:
    """Send out who is at the door of the old time; who now meets by video, or no longer, gets or loses a room."""
    Presence.objects.here().filter(encounter__appointment=appointment).update(left_at=at)
    appointments.close_room(appointment)
    if appointment.by_remote:
        planned = {"status": EncounterStatus.PLANNED, "started_at": None}
        Encounter.objects.update_or_create(appointment=appointment, defaults=planned)


def _record(appointment: Appointment, old: _Old, *, side: str, late: bool, by: By, at: datetime) -> None:
    """Make the move and its event: of which side it was, and which time of whom is free again."""
    freed = {"was_starts_at": old.starts_at.isoformat(), "was_ends_at": old.ends_at.isoformat()}
    appointments.move(
        appointment,
        AppointmentStatus.BOOKED,
        by=by,
        at=at,
        also=_MOVED,
        name="rescheduled",
        because=side,
        was_with=sorted(old.actors.values()),
        **freed,
        **({"late": True} if late else {}),
    )


def _tell(appointment: Appointment, old: _Old, offers: Iterable[Offer], *, late: bool, at: datetime) -> None:
    now = {offer.schedule.actor_id for offer in offers}
    change = invitations.Change(now - set(old.actors), set(old.actors) - now, old.starts_at, old.ends_at)
    invitations.move(appointment, change, urgent=late, at=at)
    reminders.plan(appointment, at=at)


# --- to which times --------------------------------------------------------------------------------------------------


def times(appointment: Appointment, *, limit: int, at: datetime) -> tuple[list[Found], list[Found]]:
    """Return open times of the same kind of visit: those with the same clinician or clinic, and those with others.

    Needs `for_display`.
    """
    wanted = _wanted(appointment, limit, at)
    clinician = _clinician(appointment)
    same: list[Found] = []
    if clinician:
        same = search.find(replace(wanted, clinician=clinician.uuid), at=at).found
    found = search.find(wanted, at=at, each=EACH).found
    same += [one for one in found if one.location and one.location.pk == appointment.location_id]
    return same, [one for one in found if not _with(one, clinician, appointment.location_id)]


def _clinician(appointment: Appointment) -> Clinician | None:
    parts = [part for part in appointment.participants.all() if part.role == ParticipantRole.CLINICIAN and part.actor]
    return parts[0].actor.clinician if parts and parts[0].actor else None


def _with(one: Found, clinician: Clinician | None, location: int | None) -> bool:
    if one.location:
        return one.location.pk == location
    return clinician is not None and one.clinician == clinician


def _wanted(appointment: Appointment, limit: int, at: datetime) -> Criteria:
    return Criteria(
        state=appointment.patient_state,
        language=appointment.language,
        since=at,
        until=at + AHEAD,
        zone=appointment.zone,
        visit_type=appointment.visit_type.code,
        limit=limit,
    )


def names(slot: Slot) -> list[str]:
    """Return what the people and places of an open time are called, as a search shows them."""
    whom = ("clinician__user__data_key", "interpreter__user__data_key", "chair__location")
    return [Participant(actor=actor).name for actor in Actor.objects.filter(uuid__in=slot.actors).select_related(*whom)]
