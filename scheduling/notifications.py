"""One function says something to somebody: `owe` writes it down, `deliver_due` sends it.

Note [What is said]. By default a message is blind: it carries no name, no health word, no place, nothing that tells on
the person whose phone it reaches; it says that there is something to read, and where. The words are in
`templates/notifications/<kind>/`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import translation

from scheduling import events
from scheduling.access import System
from scheduling.gateways import Gateway, GatewayError
from scheduling.models import Channel, DataKey, Delivery, Notification, NotificationStatus, Queue

LEASE = timedelta(seconds=30)
RETRIES = [timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=20)]
SENDER = System("notifications")


@dataclass(frozen=True)
class Recipient:
    """Where to say it, in which language, sealed under whose key."""

    channel: Channel
    address: str
    language: str
    data_key: DataKey


def owe(
    kind: str,
    to: Recipient,
    *,
    at: datetime,
    context: dict[str, Any],
    queue: Queue = Queue.WORK,
    due_at: datetime | None = None,
    topic: str = "",
    topic_version: int = 0,
    calendar: str = "",
) -> Notification:
    """Write down that something must be said, in the caller's transaction; a sweep delivers it from `due_at` on."""
    subject, body = _words(kind, to, context)
    message: Notification = Notification.objects.create(
        kind=kind,
        channel=to.channel,
        queue=queue,
        language=to.language,
        data_key=to.data_key,
        address=to.address,
        subject=subject,
        body=body,
        calendar=calendar,
        topic=topic,
        topic_version=topic_version,
        due_at=due_at or at,
        created_at=at,
    )
    events.record("notification.owed", message, by=SENDER, at=at, queue=queue, message=kind)
    return message


def _words(kind: str, to: Recipient, context: dict[str, Any]) -> tuple[str, str]:
    folder = f"notifications/{kind}"
    with translation.override(to.language):
        body = render_to_string(f"{folder}/{to.channel}.txt", context).strip()
        subject = render_to_string(f"{folder}/subject.txt", context).strip() if to.channel == Channel.EMAIL else ""
    return subject, body


def void(topic: str, *, below_version: int) -> int:
    """Withdraw what is still owed about a topic that has moved on; return how many. For use inside its transaction."""
    return Notification.objects.filter(
        topic=topic, topic_version__lt=below_version, status=NotificationStatus.OWED
    ).update(status=NotificationStatus.VOID)


def deliver_due(queue: Queue, *, at: datetime, limit: int = 50) -> int:
    """Send what is due on a queue and return how many were handed over.

    Each message is leased in one transaction, read again, sent outside any, and its outcome written in another: a
    sender that dies leaves a lease that ends, so the message goes out again rather than never.
    """
    sent = 0
    for _ in range(limit):
        pk = _lease(queue, at)
        if pk is None:
            break
        sent += _deliver(pk, at)
    return sent


def _lease(queue: Queue, at: datetime) -> int | None:
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    with transaction.atomic():
        due = Notification.objects.filter(free, queue=queue, status=NotificationStatus.OWED, due_at__lte=at)
        rows = due.select_related(None).order_by("due_at", "pk").select_for_update(skip_locked=True)
        pk: int | None = rows.values_list("pk", flat=True).first()
        Notification.objects.filter(pk=pk).update(lease_until=at + LEASE)
    return pk


def _deliver(pk: int, at: datetime) -> int:
    message = Notification.objects.get(pk=pk)
    if message.status != NotificationStatus.OWED:  # voided between the lease and now
        return 0
    name = settings.SMS_GATEWAY if message.channel == Channel.SMS else settings.EMAIL_GATEWAY
    gateway: Gateway = import_module(name)
    try:
        provider_id = gateway.send(message)
    except GatewayError as error:
        _note(message, name, at, error=error)
        return 0
    _note(message, name, at, provider_id=provider_id)
    return 1


def _note(
    message: Notification, gateway: str, at: datetime, *, provider_id: str = "", error: GatewayError | None = None
) -> None:
    """Write the outcome; a status never goes backwards, so a message voided meanwhile stays void."""
    if error is None:
        change: dict[str, Any] = {"status": NotificationStatus.SENT}
    elif error.permanent or message.attempts >= len(RETRIES):
        change = {"status": NotificationStatus.FAILED}
    else:
        change = {"due_at": at + RETRIES[message.attempts]}
    with transaction.atomic():
        Delivery.objects.create(
            notification=message,
            gateway=gateway.rpartition(".")[2],
            at=at,
            provider_id=provider_id,
            error=error.code if error else "",
        )
        Notification.objects.filter(pk=message.pk, status=NotificationStatus.OWED).update(
            attempts=message.attempts + 1, lease_until=None, **change
        )
