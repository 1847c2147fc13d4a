"""One function says something to somebody: `owe` writes it down, `deliver_due` puts it into words and sends it.

Note [What is said]. By default a message is blind: it carries no name, no health word, no place, nothing that tells on
the person whose phone it reaches; it says that there is something to read, and where. The words are in
`templates/notifications/<kind>/`; what goes into them is composed by the module that owns the kind (`register`).
"""

import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.dispatch import Signal
from django.template.loader import render_to_string
from django.utils import translation

from scheduling.gateways import Gateway, GatewayError, Message
from scheduling.models import Channel, DataKey, Delivery, Notification, NotificationStatus, Patient, Queue, User

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
SLOWEST = timedelta(seconds=5)  # a provider that has not answered by then has failed
RETRIES = [timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=20)]

owed = (
    Signal()
)  # sender: Notification; queue: on which something is due now. Sent after commit; losing it loses seconds


@dataclass(frozen=True)
class Recipient:
    """To whom, by which channel, in which language: an account or patient by id, or a bare address with its key."""

    channel: Channel
    language: str
    user_id: int | None = None
    patient_id: int | None = None
    address: str = ""
    data_key: DataKey | None = None


@dataclass(frozen=True)
class Composed:
    """What the words of a message are made of, and its calendar part if it is an invitation."""

    context: dict[str, Any] = field(default_factory=dict)
    calendar: str = ""


Composer = Callable[[Notification, datetime], Composed]
_composers: dict[str, Composer] = {}


def register(kind: str, composer: Composer) -> None:
    """Name who composes messages of a kind, at the moment they are sent; called from AppConfig.ready()."""
    _composers[kind] = composer


def owe(
    kind: str,
    to: Iterable[Recipient],
    *,
    at: datetime,
    subject: UUID | None = None,
    context: dict[str, Any] | None = None,
    queue: Queue = Queue.WORK,
    due_at: datetime | None = None,
    topic: str = "",
    topic_version: int = 0,
) -> None:
    """Write down that something must be said to each recipient, in the caller's transaction; due at once or later.

    `context` is sealed with the address, so it needs a recipient with a key; everything that can be found again when
    the message is sent is left to the kind's composer.
    """
    Notification.objects.bulk_create(
        Notification(
            kind=kind,
            channel=one.channel,
            queue=queue,
            language=one.language,
            user_id=one.user_id,
            patient_id=one.patient_id,
            data_key=one.data_key,
            address=one.address,
            context=json.dumps(context) if context else "",
            subject=subject,
            topic=topic,
            topic_version=topic_version,
            due_at=due_at or at,
            created_at=at,
        )
        for one in to
    )
    transaction.on_commit(lambda: owed.send_robust(sender=Notification, queue=queue), robust=True)


def void(topic: str, *, below_version: int) -> int:
    """Withdraw what is still owed about a topic that has moved on; return how many. For use inside its transaction."""
    still = Notification.objects.filter(topic=topic, topic_version__lt=below_version, status=NotificationStatus.OWED)
    withdrawn: int = still.update(status=NotificationStatus.VOID)
    return withdrawn


def deliver_due(queue: Queue, *, at: datetime, limit: int = 50) -> int:
    """Send what is due on a queue and return how many were handed over.

    Each message is leased in one transaction, read again, sent outside any, and its outcome written in another: a
    sender that dies leaves a lease that ends, so the message goes out again rather than never. Each lease allows for
    the messages before it to be slow: none ends while its sender is still on the way to it.
    """
    sent = 0
    for number in range(limit):
        pk = _lease(queue, at, until=at + LEASE + number * SLOWEST)
        if pk is None:
            break
        sent += _deliver(pk, at)
    return sent


def _lease(queue: Queue, at: datetime, until: datetime) -> int | None:
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    with transaction.atomic():
        due = Notification.objects.filter(free, queue=queue, status=NotificationStatus.OWED, due_at__lte=at)
        rows = due.order_by("due_at", "pk").select_for_update(skip_locked=True)
        pk: int | None = rows.values_list("pk", flat=True).first()
        if pk is not None:
            Notification.objects.filter(pk=pk).update(lease_until=until)
    return pk


def _deliver(pk: int, at: datetime) -> int:
    notification = Notification.objects.select_related("data_key", "user__data_key", "patient__data_key").get(pk=pk)
    if notification.status != NotificationStatus.OWED:  # voided between the lease and now
        return 0
    name = settings.SMS_GATEWAY if notification.channel == Channel.SMS else settings.EMAIL_GATEWAY
    try:
        gateway: Gateway = import_module(name)
        provider_id = gateway.send(_message(notification, at))
    except GatewayError as error:
        _note(notification, name, at, error=error)
        return 0
    except Exception:
        log.exception("notification %s of kind %s could not be composed or sent", notification.uuid, notification.kind)
        _note(notification, name, at, error=GatewayError("broken"))
        return 0
    _note(notification, name, at, provider_id=provider_id)
    return 1


def _message(notification: Notification, at: datetime) -> Message:
    """Put a notification into words, in the recipient's language."""
    address, data_key = _whereto(notification)
    kind, language = notification.kind, notification.language
    with translation.override(language):
        composed = _composers.get(kind, _from_context)(notification, at)
        body = render_to_string(f"notifications/{kind}/{notification.channel}.txt", composed.context).strip()
        subject = ""
        if notification.channel == Channel.EMAIL:
            subject = render_to_string(f"notifications/{kind}/subject.txt", composed.context).strip()
    return Message(notification, data_key, address, subject, body, composed.calendar, at)


def _from_context(notification: Notification, at: datetime) -> Composed:
    return Composed(json.loads(notification.context or "{}"))


def _whereto(notification: Notification) -> tuple[str, DataKey]:
    """Return the address as it is now: whoever changed their number since is reached at the new one."""
    if notification.address and notification.data_key:
        return notification.address, notification.data_key
    person: User | Patient | None = notification.user or notification.patient
    assert person, "the database knows no notification to nobody"
    address = person.phone if notification.channel == Channel.SMS else person.email
    if not address:
        raise GatewayError("no_address", permanent=True)
    return address, person.data_key


def _note(
    notification: Notification, gateway: str, at: datetime, *, provider_id: str = "", error: GatewayError | None = None
) -> None:
    """Write the outcome; a status never goes backwards, so a message voided meanwhile stays void."""
    if error is None:
        change: dict[str, Any] = {"status": NotificationStatus.SENT}
    elif error.permanent or notification.attempts >= len(RETRIES):
        change = {"status": NotificationStatus.FAILED}
    else:
        change = {"due_at": at + RETRIES[notification.attempts]}
    with transaction.atomic():
        Delivery.objects.create(
            notification=notification,
            gateway=gateway.rpartition(".")[2],
            at=at,
            provider_id=provider_id,
            error=error.code if error else "",
        )
        Notification.objects.filter(pk=notification.pk, status=NotificationStatus.OWED).update(
            attempts=notification.attempts + 1, lease_until=None, **change
        )
