"""Until when the patient may change a visit, and from when on that is late. Reads models only."""

from datetime import datetime, timedelta

from scheduling.models import UPCOMING, Appointment, Organization
from scheduling.refusals import VisitBegan


def still_in_time(appointment: Appointment, *, at: datetime) -> bool:
    """Let the patient change a visit until it begins, raising VisitBegan after that; return whether it is late."""
    if appointment.status in UPCOMING and appointment.starts_at <= at:
        raise VisitBegan
    return is_late(appointment, at=at)


def is_late(appointment: Appointment, *, at: datetime) -> bool:
    """Return whether so little is left until the visit that its time may be lost to others, as its office counts."""
    office = Organization.objects.values_list("late_change_hours", flat=True)
    return at > appointment.starts_at - timedelta(hours=office.get(pk=appointment.organization_id))
