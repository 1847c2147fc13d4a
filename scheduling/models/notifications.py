"""What is owed to be said, and what became of it."""

from django.db import models
from django.db.models import Q

from scheduling.fields import EncryptedTextField
from scheduling.models.base import Public
from scheduling.models.people import Patient, Tongue, User
from scheduling.models.secrets import DataKey, Sealed


class Channel(models.TextChoices):
    """By which means."""

    SMS = "sms"
    EMAIL = "email"


class Queue(models.TextChoices):
    """Pages, codes and escalations never wait behind other work."""

    PAGES = "pages"
    WORK = "work"


class NotificationStatus(models.TextChoices):
    """Only forward: owed → one of the others.

    `void`: what it is about has moved on; `expired`: it would come too late; `withheld`: that phone does not want it.
    """

    OWED = "owed"
    SENT = "sent"
    FAILED = "failed"
    VOID = "void"
    EXPIRED = "expired"
    WITHHELD = "withheld"


class Notification(Public):
    """One message owed: written in the transaction that gives the reason, put into words and delivered by a sweep.

    It says to whom (an account, a patient, or for a code a bare address), about what (`subject`), and holds no words:
    they are composed when it is sent, so they are never stale and never lie around. `topic` and `topic_version` name
    what it is about, so that it can be voided when that has moved on. `lease_until` says that a sender has it; a sender
    that died is succeeded when the lease ends. After `expires_at` it is not said any more. `wakes` says that it may be
    said in quiet hours: it answers what the person did just now, or they are up for it. Those of one `bundle` are said
    in one message if they are due close together.
    """

    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, choices=Channel)
    queue = models.CharField(max_length=8, choices=Queue)
    status = models.CharField(max_length=8, choices=NotificationStatus, default=NotificationStatus.OWED)
    language = models.CharField(max_length=2, choices=Tongue)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    patient = models.ForeignKey(Patient, null=True, on_delete=models.CASCADE, related_name="+")
    data_key = models.ForeignKey(DataKey, null=True, on_delete=models.PROTECT, related_name="+")
    address = EncryptedTextField(blank=True)
    context = EncryptedTextField(blank=True)  # JSON: what cannot be found again, such as the digits of a code
    subject = models.UUIDField(null=True)
    topic = models.CharField(max_length=80, blank=True)
    topic_version = models.PositiveIntegerField(default=0)
    bundle = models.CharField(max_length=80, blank=True)
    wakes = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(fields=["queue", "due_at"], condition=Q(status="owed"), name="notification_owed"),
            models.Index(fields=["topic"], name="notification_topic"),
            models.Index(fields=["bundle"], condition=Q(status="owed") & ~Q(bundle=""), name="notification_bundle"),
        ]
        constraints = [
            models.CheckConstraint(name="notification_status_known", condition=Q(status__in=NotificationStatus.values)),
            models.CheckConstraint(name="notification_channel_known", condition=Q(channel__in=Channel.values)),
            models.CheckConstraint(name="notification_queue_known", condition=Q(queue__in=Queue.values)),
            models.CheckConstraint(name="notification_language_known", condition=Q(language__in=Tongue.values)),
            models.CheckConstraint(
                name="notification_to_somebody",
                condition=Q(user__isnull=False) | Q(patient__isnull=False) | ~Q(address=""),
            ),
            models.CheckConstraint(
                name="notification_sealed_under_a_key",
                condition=Q(address="", context="") | Q(data_key__isnull=False),
            ),
        ]


class DeliveryStatus(models.TextChoices):
    """What the gateway last said of it; only forward."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


DELIVERY_ORDER = [DeliveryStatus.QUEUED, DeliveryStatus.SENT]  # the other two are ends


class Delivery(models.Model):
    """One attempt to hand a notification to a gateway, with its answer; never the text.

    `address_hash` finds what was said to a phone that answers.
    """

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="deliveries")
    gateway = models.CharField(max_length=40)
    at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=DeliveryStatus, default=DeliveryStatus.SENT)
    provider_id = models.CharField(max_length=120, blank=True)
    address_hash = models.CharField(max_length=64, blank=True)
    error = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["gateway", "provider_id"], condition=~Q(provider_id=""), name="delivery_of_provider"),
            models.Index(fields=["address_hash", "at"], condition=~Q(address_hash=""), name="delivery_to_address"),
        ]
        constraints = [
            models.CheckConstraint(name="delivery_status_known", condition=Q(status__in=DeliveryStatus.values))
        ]


class OutboxMessage(Sealed):
    """What a demo's telephone or mailbox received, in full; written by the outbox gateway alone."""

    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="copies")
    address = EncryptedTextField()
    subject = EncryptedTextField(blank=True)
    body = EncryptedTextField()
    calendar = EncryptedTextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
