"""What may be written about a visit: orientation has neither diagnosis nor prescription, whoever gives it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from scheduling import appointments, encounters, events
from scheduling.access import Viewer
from scheduling.models import Appointment, AppointmentStatus, Care, Licence, Participant, ParticipantRole, VisitNote
from scheduling.refusals import NotFound, NotPossibleNow, OrientationOnly

S = AppointmentStatus
WRITABLE = frozenset({S.BOOKED, S.ARRIVED, S.CHECKED_IN, S.FULFILLED})  # by phone there is no room to note its end


@dataclass(frozen=True)
class Words:
    """What is written: for the patient, and, of a medical visit, for colleagues."""

    summary: str
    next_steps: str = ""
    assessment: str = ""
    plan: str = ""


@transaction.atomic
def write(appointment: Appointment, words: Words, *, by: Viewer, at: datetime) -> VisitNote:
    """Write the note of a visit that has begun, or write it anew; raise NotFound for who does not see the patient.

    Raises NotPossibleNow before the visit or when it was cancelled, and OrientationOnly for a diagnosis or prescription
    in a visit that is none, or by somebody who had no licence there on that day.
    """
    appointment = appointments.locked(appointment)
    part = encounters.seat(appointment, by=by)
    if part.role != ParticipantRole.CLINICIAN:
        raise NotFound
    if appointment.status not in WRITABLE or at < appointment.starts_at:
        raise NotPossibleNow
    if (words.assessment or words.plan) and not may_judge(appointment, part):
        raise OrientationOnly
    note, _is_new = VisitNote.objects.update_or_create(
        appointment=appointment,
        defaults={**asdict(words), "data_key": appointment.data_key, "written_by": by.user, "written_at": at},
    )
    events.record("appointment.note_written", appointment, by=by, at=at)
    written: VisitNote = note
    return written


def may_judge(appointment: Appointment, part: Participant) -> bool:
    """Return whether a diagnosis or prescription may be written: a medical visit, and a licence there on that day."""
    if appointment.visit_type.care != Care.CLINICAL or part.actor is None:
        return False
    day = appointment.starts_at.astimezone(ZoneInfo(appointment.zone)).date()
    held = Licence.objects.filter(clinician=part.actor.clinician, country="US", state=appointment.patient_state)
    valid: bool = held.filter(verified_at__isnull=False, expires_on__gt=day).exists()
    return valid


def of(appointment: Appointment) -> VisitNote | None:
    """Return the note of a visit, if there is one."""
    found: VisitNote | None = VisitNote.objects.filter(appointment=appointment).first()
    return found
