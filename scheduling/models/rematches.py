"""That a booked visit needs somebody else: whoever was to give it may not any more."""

from django.db import models
from django.db.models import F, Q

from scheduling.models.appointments import Appointment
from scheduling.models.base import Public


class RematchCause(models.TextChoices):
    """Why the clinician of a booked visit may not give it."""

    LICENCE = "licence"
    SUSPENDED = "suspended"


class Rematch(Public):
    """One visit that looks for somebody else, open until it has one, is cancelled, or may be given after all."""

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="rematches")
    because = models.CharField(max_length=12, choices=RematchCause)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["appointment"], condition=Q(closed_at=None), name="rematch_open_once"),
            models.CheckConstraint(name="rematch_because_known", condition=Q(because__in=RematchCause.values)),
            models.CheckConstraint(
                name="rematch_closes_after_it_opens",
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")),
            ),
        ]
