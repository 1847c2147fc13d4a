"""What somebody said they need, and what they answered when asked about danger."""

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from navigation.models.cases import Case
from scheduling.fields import EncryptedTextField
from scheduling.models.base import Public
from scheduling.models.secrets import Sealed

if TYPE_CHECKING:
    from scheduling.access import Viewer


class Level(models.TextChoices):
    """How urgent the triage found it."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    ROUTINE = "routine"


class IntakeQuerySet(models.QuerySet["Intake"]):
    """Intakes in the domain's words."""

    def visible_to(self, viewer: "Viewer") -> "IntakeQuerySet":
        """Limit to those of the viewer's own browser."""
        return self.filter(holder=viewer.holder) if viewer.holder else self.none()


class Intake(Public, Sealed):
    """A need in the person's own words, and their answers to the red-flag questions (code → yes, no, unsure).

    Both are sealed.
    """

    holder = models.CharField(max_length=64)
    text = EncryptedTextField(blank=True)
    answers = EncryptedTextField(blank=True)
    language = models.CharField(max_length=3)
    state = models.CharField(max_length=2, blank=True)
    zone = models.CharField(max_length=64)
    level = models.CharField(max_length=12, choices=Level, default=Level.ROUTINE)
    flags = ArrayField(models.CharField(max_length=16), default=list)
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="intakes")
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    objects: Any = IntakeQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="intake_level_known", condition=Q(level__in=Level.values))]
