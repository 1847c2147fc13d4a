"""What may be done with a live visit: who may come in when, arrive, be admitted, leave, finish.

The consumer of the room and the pages call these; the room itself (tokens, signalling) is realtime's.
"""

from datetime import datetime, timedelta

from django.db import transaction

from scheduling import appointments, events
from scheduling.access import System, Viewer
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    Encounter,
    EncounterStatus,
    Participant,
    ParticipantRole,
    Presence,
)
from scheduling.models import encounters as models
from scheduling.models.appointments import UPCOMING
from scheduling.refusals import NotFound, NotPossibleNow, RoomClosed, RoomNotOpenYet, RoomTooLate

OPENS_BEFORE = models.OPENS_BEFORE
CLOSES_AFTER = timedelta(hours=4)
SILENCE = timedelta(seconds=30)
LINE = System("line")
ADMITTING = frozenset({ParticipantRole.CLINICIAN, ParticipantRole.COORDINATOR})


def seat(appointment: Appointment, *, by: Viewer) -> Participant:
    """Return as whom the viewer takes part: a volunteer as themselves, whoever speaks for the patient as the patient.

    Raises NotFound for somebody who may see the appointment but has no place in it.
    """
    parts = Participant.objects.filter(appointment=appointment).for_display()
    if by.user is not None:
        own: Participant | None = parts.of_user(by.user).first()
        if own:
            return own
    patient = parts.filter(role=ParticipantRole.PATIENT).first()
    if patient is None or not _speaks_for(appointment, by):
        raise NotFound
    return patient


def part_of(appointment: Appointment, *, by: Viewer) -> str:
    """Return in what role the viewer takes part, empty for staff who only may see it."""
    try:
        return str(seat(appointment, by=by).role)
    except NotFound:
        return ""


def _speaks_for(appointment: Appointment, by: Viewer) -> bool:
    if appointment.uuid in by.linked("appointment"):
        return True
    return by.user is not None and by.user.represents.filter(patient=appointment.patient_id, until=None).exists()


def open_door(appointment: Appointment, *, at: datetime) -> Encounter:
    """Return the encounter if its room may be entered now; raise RoomClosed, RoomNotOpenYet or RoomTooLate."""
    encounter = Encounter.objects.filter(appointment=appointment).first()
    if encounter is None or encounter.status in (EncounterStatus.FINISHED, EncounterStatus.CANCELLED):
        raise RoomClosed
    if appointment.status not in UPCOMING:
        raise RoomClosed
    if at < appointment.starts_at - OPENS_BEFORE:
        raise RoomNotOpenYet(appointment.starts_at - OPENS_BEFORE, appointment.zone)
    if at > appointment.ends_at + CLOSES_AFTER:
        raise RoomTooLate
    return encounter


@transaction.atomic
def arrive(participant: Participant, *, client: str = "", by: Viewer, at: datetime) -> Presence:
    """Note that somebody is at the door, or back; the place they had elsewhere ends.

    Staff, and whoever was in before, go straight in.
    """
    appointment = appointments.locked(participant.appointment)
    encounter = open_door(appointment, at=at)
    earlier = Presence.objects.filter(encounter=encounter, participant=participant)
    was_in = earlier.filter(admitted_at__isnull=False).exists() and encounter.status == EncounterStatus.IN_PROGRESS
    earlier.here().update(left_at=at)
    straight_in = participant.role != ParticipantRole.PATIENT or was_in
    presence: Presence = Presence.objects.create(
        encounter=encounter,
        participant=participant,
        client=client,
        arrived_at=at,
        seen_at=at,
        admitted_at=at if straight_in else None,
    )
    if participant.role == ParticipantRole.PATIENT:
        appointments.arrive(appointment, by=by, at=at)
    events.record("presence.arrived", presence, by=by, at=at, **_where(encounter))
    return presence


@transaction.atomic
def admit(presence: Presence, *, by: Viewer, at: datetime) -> Presence:
    """Let somebody who waits at the door in; only who sees the patient, or a coordinator, may. Raises NotFound.

    The visit begins with it.
    """
    encounter = presence.encounter
    appointment = appointments.locked(encounter.appointment)
    if seat(appointment, by=by).role not in ADMITTING:
        raise NotFound
    presence.refresh_from_db()
    if presence.left_at is not None:
        raise NotPossibleNow
    if presence.admitted_at is None:
        presence.admitted_at = at
        presence.save(update_fields=["admitted_at"])
        _begin(encounter, at)
        appointments.admit(appointment, by=by, at=at)
        events.record("presence.admitted", presence, by=by, at=at, **_where(encounter))
    return presence


def _begin(encounter: Encounter, at: datetime) -> None:
    if encounter.status == EncounterStatus.PLANNED:
        encounter.status, encounter.started_at = EncounterStatus.IN_PROGRESS, at
        encounter.save(update_fields=["status", "started_at"])


@transaction.atomic
def leave(presence: Presence, *, by: Viewer | System, at: datetime) -> None:
    """Note that somebody went; they may come back to the same place."""
    gone = Presence.objects.filter(pk=presence.pk, left_at=None).update(left_at=at)
    if gone:
        events.record("presence.left", presence, by=by, at=at, **_where(presence.encounter))


def seen(presence: Presence, *, at: datetime) -> None:
    """Note that somebody's line is alive."""
    Presence.objects.filter(pk=presence.pk, left_at=None).update(seen_at=at)


def lose_silent(*, at: datetime) -> int:
    """Note that those whose line has been silent are gone; return how many. A sweep, for servers that died."""
    silent = Presence.objects.here().filter(seen_at__lt=at - SILENCE).select_related("encounter__appointment")
    lost = list(silent[:100])
    for presence in lost:
        leave(presence, by=LINE, at=at)
    return len(lost)


@transaction.atomic
def finish(appointment: Appointment, *, by: Viewer, at: datetime) -> Encounter:
    """End the visit and close its room; only who sees the patient may.

    Finishing twice changes nothing the second time.
    """
    appointment = appointments.locked(appointment)
    if seat(appointment, by=by).role != ParticipantRole.CLINICIAN:
        raise NotFound
    encounter = Encounter.objects.get(appointment=appointment)
    if encounter.status == EncounterStatus.FINISHED:
        return encounter
    if appointment.status != AppointmentStatus.CHECKED_IN:
        raise NotPossibleNow
    encounter.status, encounter.finished_at = EncounterStatus.FINISHED, at
    encounter.room_epoch += 1
    encounter.save(update_fields=["status", "finished_at", "room_epoch"])
    Presence.objects.filter(encounter=encounter).here().update(left_at=at)
    appointments.fulfil(appointment, by=by, at=at)
    events.record("encounter.finished", encounter, by=by, at=at, appointment=str(appointment.uuid))
    return encounter


def _where(encounter: Encounter) -> dict[str, str]:
    return {"encounter": str(encounter.uuid), "appointment": str(encounter.appointment.uuid)}
