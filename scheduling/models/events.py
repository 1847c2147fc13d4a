"""What happened, who must still hear of it, who looked at whom, and when each sweep last ran."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from scheduling.models.base import Public
from scheduling.models.consents import LinkGrant
from scheduling.models.organizations import Organization
from scheduling.models.people import User


class Event(Public):
    """An immutable fact: what moved, when, by whom. Codes and ids only, never values; a trigger forbids changing it.

    `by` is a person, the link a person held, or a named system ("public" for somebody unknown); never nobody.
    """

    kind = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject = models.UUIDField()
    subject_version = models.PositiveIntegerField(default=0)
    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    by_user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    by_link = models.ForeignKey(LinkGrant, null=True, on_delete=models.PROTECT, related_name="+")
    by_system = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    codes: Any = models.JSONField(default=dict)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["subject", "id"])]
        constraints = [
            models.CheckConstraint(
                name="event_by_somebody",
                condition=Q(by_user__isnull=False) | Q(by_link__isnull=False) | ~Q(by_system=""),
            )
        ]


class EventClaim(models.Model):
    """That a reader in an upper floor must still act on an event; gone once it did."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="claims")
    reader = models.CharField(max_length=60)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["reader", "due_at"])]
        constraints = [models.UniqueConstraint(fields=["event", "reader"], name="event_claimed_once")]


class AccessRecord(models.Model):
    """Who looked at whose record. For the person concerned and for investigation; nothing reads it in logic."""

    subject_type = models.CharField(max_length=40)
    subject = models.UUIDField()
    by_user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    by_link = models.ForeignKey(LinkGrant, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=24)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subject", "at"])]


class SweepRun(models.Model):
    """When a sweep last came to its end, and what broke it the last time if it did."""

    name = models.CharField(max_length=60, unique=True)
    finished_at = models.DateTimeField()
    failed_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=120, blank=True)
