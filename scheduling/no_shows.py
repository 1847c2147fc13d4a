"""That somebody did not come: what is noted, by whom, on which facts; and who is called about it."""

from datetime import datetime, timedelta

from django.db import transaction

from scheduling import appointments, invitations
from scheduling.access import System, Viewer
from scheduling.models import Appointment, AppointmentStatus, Participant, ParticipantRole, Presence, Role
from scheduling.models.encounters import OPENS_BEFORE
from scheduling.refusals import NotFound, PatientWasThere, TooSoon

PATIENCE = timedelta(minutes=15)
OFTEN, WITHIN = 2, timedelta(days=180)

By = Viewer | System


@transaction.atomic
def mark_noshow(appointment: Appointment, *, by: By, at: datetime) -> Appointment:
    """Note that the patient did not come, free everybody's time, and tell the patient kindly.

    Only whoever sees the patient, or a coordinator of the organization, may (NotFound). Raises TooSoon before a quarter
    of an hour past the start, PatientWasThere if they were at the door, NotPossibleNow if the visit is over.
    """
    appointment = appointments.locked(appointment)
    if not _may(appointment, by):
        raise NotFound
    if at < appointment.starts_at + PATIENCE:
        raise TooSoon(appointment.starts_at + PATIENCE)
    if was_there(appointment, ParticipantRole.PATIENT):
        raise PatientWasThere
    met = was_there(appointment, ParticipantRole.CLINICIAN)
    appointments.move(appointment, AppointmentStatus.NOSHOW, by=by, at=at, somebody_waited=met)
    appointments.close_room(appointment)
    invitations.missed(appointment, at=at)
    return appointment


def was_there(appointment: Appointment, role: ParticipantRole) -> bool:
    """Return whether somebody in a role was at the door or in the room for the time the visit has now."""
    here = Presence.objects.filter(encounter__appointment=appointment, participant__role=role)
    return here.filter(arrived_at__gte=appointment.starts_at - OPENS_BEFORE).exists()


def _may(appointment: Appointment, by: By) -> bool:
    if isinstance(by, System):
        return True
    if appointment.organization_id in by.organizations(Role.COORDINATOR, Role.ADMIN):
        return True
    if by.user is None or by.by_phone:  # a code is not enough for what somebody is here
        return False
    sees = Participant.objects.filter(appointment=appointment, role=ParticipantRole.CLINICIAN)
    return sees.filter(actor__clinician__user=by.user).exists()


def is_repeated(appointment: Appointment) -> bool:
    """Return whether the patient has missed visits so often lately that somebody should call and ask how to help."""
    since = appointment.starts_at - WITHIN
    missed = Appointment.objects.filter(patient=appointment.patient_id, status=AppointmentStatus.NOSHOW)
    return bool(missed.filter(starts_at__gt=since, starts_at__lte=appointment.starts_at).count() >= OFTEN)
