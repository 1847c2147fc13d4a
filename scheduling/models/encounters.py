"""The visit itself: one encounter and one room for each remote appointment, and who is in it right now."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Q

from scheduling.models.appointments import Appointment, Participant
from scheduling.models.base import Public

OPENS_BEFORE = timedelta(minutes=30)  # the room, before the visit begins


class EncounterStatus(models.TextChoices):
    """FHIR's codes, the ones we use."""

    PLANNED = "planned"
    IN_PROGRESS = "in-progress"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class Encounter(Public):
    """The visit of one appointment.

    Its UUID names the room; raising `room_epoch` makes every token minted before useless.
    """

    appointment = models.OneToOneField(Appointment, on_delete=models.CASCADE, related_name="encounter")
    status = models.CharField(max_length=12, choices=EncounterStatus, default=EncounterStatus.PLANNED)
    room_epoch = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="encounter_status_known", condition=Q(status__in=EncounterStatus.values)),
            models.CheckConstraint(
                name="encounter_finished_says_when",
                condition=Q(status="finished", finished_at__isnull=False) | ~Q(status="finished"),
            ),
        ]


class PresenceQuerySet(models.QuerySet["Presence"]):
    """Presences in the domain's words."""

    def here(self) -> "PresenceQuerySet":
        return self.filter(left_at=None)

    def admitted(self) -> "PresenceQuerySet":
        return self.here().filter(admitted_at__isnull=False)


class Presence(Public):
    """That a participant is at the door or in the room, from one moment until another.

    A line that was cut and came back is a new presence.
    """

    encounter = models.ForeignKey(Encounter, on_delete=models.CASCADE, related_name="presences")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="presences")
    client = models.CharField(max_length=36, blank=True)  # the page's own name: the same after its line was cut
    arrived_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    admitted_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    objects: Any = PresenceQuerySet.as_manager()

    class Meta:
        ordering = ["arrived_at", "pk"]
        indexes = [models.Index(fields=["seen_at"], condition=Q(left_at=None), name="presence_here")]
        constraints = [
            models.UniqueConstraint(
                fields=["encounter", "participant"], condition=Q(left_at=None), name="presence_one_place_at_a_time"
            )
        ]
