"""What is owed to be said, and what became of it."""

from django.db import models
from django.db.models import Q

from scheduling.fields import EncryptedTextField
from scheduling.models.base import Public
from scheduling.models.people import Tongue
from scheduling.models.secrets import Sealed


class Channel(models.TextChoices):
    """By which means."""

    SMS = "sms"
    EMAIL = "email"


class Queue(models.TextChoices):
    """Pages, codes and escalations never wait behind other work."""

    PAGES = "pages"
    WORK = "work"


class NotificationStatus(models.TextChoices):
    """Only forward: owed → sent, failed or void."""

    OWED = "owed"
    SENT = "sent"
    FAILED = "failed"
    VOID = "void"


class Notification(Public, Sealed):
    """One message owed to one address: written in the transaction that gives the reason, delivered by a sweep.

    `topic` and `topic_version` name what it is about, so that it can be voided when that has moved on. `lease_until`
    says that a sender has it; a sender that died is succeeded when the lease ends.
    """

    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, choices=Channel)
    queue = models.CharField(max_length=8, choices=Queue)
    status = models.CharField(max_length=8, choices=NotificationStatus, default=NotificationStatus.OWED)
    language = models.CharField(max_length=2, choices=Tongue)
    address = EncryptedTextField()
    subject = EncryptedTextField(blank=True)
    body = EncryptedTextField()
    calendar = EncryptedTextField(blank=True)
    topic = models.CharField(max_length=80, blank=True)
    topic_version = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(fields=["queue", "due_at"], condition=Q(status="owed"), name="notification_owed"),
            models.Index(fields=["topic"], condition=Q(status="owed"), name="notification_owed_topic"),
        ]
        constraints = [
            models.CheckConstraint(name="notification_status_known", condition=Q(status__in=NotificationStatus.values)),
            models.CheckConstraint(name="notification_channel_known", condition=Q(channel__in=Channel.values)),
            models.CheckConstraint(name="notification_queue_known", condition=Q(queue__in=Queue.values)),
        ]


class Delivery(models.Model):
    """One attempt to hand a notification to a gateway, with its answer; never the text."""

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="deliveries")
    gateway = models.CharField(max_length=40)
    at = models.DateTimeField()
    provider_id = models.CharField(max_length=120, blank=True)
    error = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["at", "pk"]
