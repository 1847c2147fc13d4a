"""What a phone wants and says: whether it may be written to, how it may be called, and what it wrote back."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scheduling.fields import EncryptedTextField
from scheduling.models.base import Public
from scheduling.models.notifications import Channel
from scheduling.models.secrets import Sealed
from scheduling.quiet import NIGHT


class OptOut(models.Model):
    """That an address wants no messages by a channel, since it said so; the row goes when it says otherwise."""

    address_hash = models.CharField(max_length=64)
    channel = models.CharField(max_length=8, choices=Channel)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["address_hash", "channel"], name="opt_out_once"),
            models.CheckConstraint(name="opt_out_channel_known", condition=Q(channel__in=Channel.values)),
        ]


class Whose(models.TextChoices):
    """Who else picks up a phone."""

    MINE = "mine", _("Only mine")
    SHARED = "shared", _("Other people use it too")


class ContactRule(models.Model):
    """How a number may be used, as its owner said. Without a row: no voicemail, and nobody is written to at night.

    A shared phone gets blind messages only. `join_now` allows it the message that the room is open, which is useless
    to anybody else and tells them that there is one. Quiet hours are local, on the recipient's clock.
    """

    phone_hash = models.CharField(max_length=64, unique=True)
    whose = models.CharField(max_length=8, choices=Whose, default=Whose.MINE)
    voicemail = models.BooleanField(default=False)
    join_now = models.BooleanField(default=False)
    quiet_begins = models.TimeField(default=NIGHT.begins)
    quiet_ends = models.TimeField(default=NIGHT.ends)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="contact_rule_whose_known", condition=Q(whose__in=Whose.values))]

    @property
    def is_shared(self) -> bool:
        return self.whose == Whose.SHARED


class InboundStatus(models.TextChoices):
    """Only forward: received → answered or failed."""

    RECEIVED = "received"
    ANSWERED = "answered"
    FAILED = "failed"


class InboundMessage(Public, Sealed):
    """What a phone wrote to us, sealed under a key of its own, which is destroyed with it.

    A gateway may hand over the same message many times: its id is kept once. `due_at` is when it is to be answered,
    null once it is. `understood_as` is a code. If it could mean several things, `choices` holds them in the order in
    which they were put to the person, who answers by number until `choose_until`: [[kind, subject, word], …].
    """

    gateway = models.CharField(max_length=40)
    provider_id = models.CharField(max_length=120)
    phone = EncryptedTextField()
    phone_hash = models.CharField(max_length=64)
    body = EncryptedTextField(blank=True)
    status = models.CharField(max_length=8, choices=InboundStatus, default=InboundStatus.RECEIVED)
    understood_as = models.CharField(max_length=24, blank=True)
    choices: Any = models.JSONField(default=list)
    choose_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["received_at", "pk"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(status="received"), name="inbound_due"),
            models.Index(fields=["phone_hash", "received_at"], name="inbound_of_phone"),
            models.Index(fields=["received_at"], name="inbound_age"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["gateway", "provider_id"], name="inbound_once"),
            models.CheckConstraint(name="inbound_status_known", condition=Q(status__in=InboundStatus.values)),
            models.CheckConstraint(
                name="inbound_waiting_is_due",
                condition=Q(status="received", due_at__isnull=False) | (~Q(status="received") & Q(due_at=None)),
            ),
        ]
