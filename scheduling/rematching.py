"""Booked visits whose clinician may not give them: found every hour, before anybody waits in vain.

The visit stands until its patient has another time; the patient is told by a blind message, a person of the
organization gets a case (navigation reads `appointment.rematch_opened`).
"""

from datetime import datetime

from django.db import transaction

from scheduling import events, notifications, sql
from scheduling.access import System
from scheduling.models import UPCOMING, Appointment, Channel, Rematch, RematchCause
from scheduling.notifications import Recipient

KIND = "appointment_rematch"
BY = System("licences")

# A licence counts on the day of the visit where the patient is; orientation needs none, but nobody suspended gives it.
_UNFIT = """
SELECT a.id, CASE WHEN c.status = 'suspended' THEN 'suspended' ELSE 'licence' END
FROM scheduling_appointment a JOIN scheduling_visittype v ON v.id = a.visit_type_id
JOIN scheduling_participant p ON p.appointment_id = a.id JOIN scheduling_clinician c ON c.actor_id = p.actor_id
WHERE a.status = ANY(%(upcoming)s) AND a.starts_at > %(at)s AND (
  c.status = 'suspended' OR v.care = 'clinical' AND NOT EXISTS (
    SELECT 1 FROM scheduling_licence l WHERE l.clinician_id = c.id AND l.country = 'US' AND l.state = a.patient_state
    AND l.verified_at IS NOT NULL AND l.expires_on > (a.starts_at AT TIME ZONE a.zone)::date))
"""


def sweep(*, at: datetime, limit: int = 100) -> int:
    """Open what has to be opened and close what is settled; return how many moved."""
    unfit = dict(sql.rows(_UNFIT, {"upcoming": list(UPCOMING), "at": at}))
    known = set(Rematch.objects.filter(closed_at=None).values_list("appointment_id", flat=True))
    settled = Rematch.objects.filter(closed_at=None).exclude(appointment__in=unfit).update(closed_at=at)
    new = [pk for pk in unfit if pk not in known][:limit]
    for pk in new:
        _open(pk, RematchCause(unfit[pk]), at)
    return len(new) + settled


@transaction.atomic
def _open(pk: int, because: RematchCause, at: datetime) -> None:
    appointment = Appointment.objects.select_for_update(of=("self",)).select_related("patient").get(pk=pk)
    _row, is_new = Rematch.objects.get_or_create(
        appointment=appointment, closed_at=None, defaults={"because": because, "opened_at": at}
    )
    if is_new and appointment.patient:
        to = [Recipient(Channel.SMS, appointment.patient.language, patient_id=appointment.patient_id)]
        notifications.owe(KIND, to if appointment.patient.phone else [], at=at, subject=appointment.uuid)
        events.record("appointment.rematch_opened", appointment, by=BY, at=at, because=because.value)


def is_open(appointment: Appointment) -> bool:
    """Return whether the visit looks for somebody else."""
    return Rematch.objects.filter(appointment=appointment, closed_at=None).exists()
