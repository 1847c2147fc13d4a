"""One function says something to somebody: `owe` writes it down, `deliver_due` puts it into words and sends it.

Note [What is said]. By default a message is blind: it carries no name, no health word, no place, nothing that tells on
the person whose phone it reaches; it says that there is something to read, and where. The words are in
`templates/notifications/<kind>/`; what goes into them is composed by the module that owns the kind (`register`), which
is told whether others pick up that phone too.

Note [What may be said now]. Everything on the `work` queue heeds what its address wants (scheduling/contacts.py): STOP,
quiet hours, a shared phone. What is on the `pages` queue was asked for this moment, or wakes staff, and is said.
"""

import json
import logging
from collections.abc import Callable, Iterable, Sequence
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

from scheduling import contacts, quiet
from scheduling.contacts import Standing
from scheduling.gateways import Gateway, GatewayError, Message
from scheduling.models import (
    DELIVERY_ORDER,
    Channel,
    DataKey,
    Delivery,
    DeliveryStatus,
    Notification,
    NotificationStatus,
    Patient,
    Queue,
    User,
)

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
SLOWEST = timedelta(seconds=5)  # a provider that has not answered by then has failed
STEP_ASIDE = timedelta(seconds=30)  # of a message that another one will say too
OPTED_OUT = "opted_out"  # the code of a gateway whose carrier knows of a STOP that we have not heard
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
    """What the words of a message are made of, its calendar part if it is an invitation, and what it says with it."""

    context: dict[str, Any] = field(default_factory=dict)
    calendar: str = ""
    also: Sequence[Notification] = ()


class Unsaid(Exception):
    """Why a message is not said now: for good, with a status, or not before an instant. A composer may raise it."""

    def __init__(self, status: NotificationStatus = NotificationStatus.VOID, *, until: datetime | None = None) -> None:
        super().__init__(status)
        self.change: dict[str, Any] = {"due_at": until} if until else {"status": status}


Composer = Callable[[Notification, datetime], Composed]
_composers: dict[str, Composer] = {}
_together: dict[str, timedelta] = {}
_personal: set[str] = set()


def register(kind: str, composer: Composer, *, together: timedelta = timedelta(0), personal: bool = False) -> None:
    """Name who composes messages of a kind, at the moment they are sent; called from AppConfig.ready().

    Those of one bundle that are due within `together` of the first are said in one. A `personal` kind is not said to a
    phone that others use too, unless its owner allowed it.
    """
    _composers[kind] = composer
    _together[kind] = together
    if personal:
        _personal.add(kind)


def owe(
    kind: str,
    to: Iterable[Recipient],
    *,
    at: datetime,
    subject: UUID | None = None,
    context: dict[str, Any] | None = None,
    queue: Queue = Queue.WORK,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    wakes: bool = False,
    bundle: str = "",
    topic: str = "",
    topic_version: int = 0,
) -> None:
    """Write down that something must be said to each recipient, in the caller's transaction; due at once or later.

    After `expires_at` it is not said any more. In quiet hours it waits, unless it `wakes`: it answers what the person
    did just now, or they will be up. `bundle` names those that may be said in one (see `register`).
    `context` is sealed with the address, so it needs a recipient with a key; everything that can be found again when
    the message is sent is left to the kind's composer.
    """
    write(
        draft(
            kind,
            to,
            at=at,
            queue=queue,
            subject=subject,
            context=json.dumps(context) if context else "",
            due_at=due_at or at,
            expires_at=expires_at,
            wakes=wakes,
            bundle=bundle,
            topic=topic,
            topic_version=topic_version,
        )
    )


def draft(kind: str, to: Iterable[Recipient], *, at: datetime, **fields: Any) -> list[Notification]:
    """Return what would be owed to each recipient, for who writes many down at once; `fields` are Notification's."""
    return [
        Notification(
            kind=kind,
            channel=one.channel,
            language=one.language,
            user_id=one.user_id,
            patient_id=one.patient_id,
            data_key=one.data_key,
            address=one.address,
            created_at=at,
            **fields,
        )
        for one in to
    ]


def write(drafts: Sequence[Notification]) -> None:
    """Write down what is owed, in the caller's transaction: one statement."""
    Notification.objects.bulk_create(drafts)
    for queue in {one.queue for one in drafts if one.due_at <= one.created_at}:
        _wake_after_commit(queue)


def _wake_after_commit(queue: str) -> None:
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
    sending = _Sending(notification, at)
    try:
        sending.send()
    except Unsaid as unsaid:
        _leave(notification, unsaid)
        return 0
    except GatewayError as error:
        sending.note(error)
        return 0
    except Exception:
        log.exception("notification %s of kind %s could not be composed or sent", notification.uuid, notification.kind)
        sending.note(GatewayError("broken"))
        return 0
    sending.note()
    return 1


def _leave(notification: Notification, unsaid: Unsaid) -> None:
    """Let a message wait, or never be said."""
    owed = Notification.objects.filter(pk=notification.pk, status=NotificationStatus.OWED)
    owed.update(lease_until=None, **unsaid.change)


class _Sending:
    """One attempt to say one message: what it found out on the way, so that it can be noted however far it came."""

    def __init__(self, notification: Notification, at: datetime) -> None:
        self.notification, self.at = notification, at
        self.gateway = settings.SMS_GATEWAY if notification.channel == Channel.SMS else settings.EMAIL_GATEWAY
        self.hashed, self.provider_id = "", ""
        self.status = DeliveryStatus.FAILED
        self.also: Sequence[Notification] = ()

    def send(self) -> None:
        """Put it into words and hand it over; raise Unsaid or GatewayError."""
        notification, at = self.notification, self.at
        if notification.expires_at and notification.expires_at <= at:
            raise Unsaid(NotificationStatus.EXPIRED)
        address, data_key = _whereto(notification)
        self.hashed = contacts.address_hash(address, notification.channel)
        standing = _heed(notification, self.hashed, at)
        with translation.override(notification.language):
            composed = _composers.get(notification.kind, _from_context)(notification, at)
            subject, body = _words(notification, composed.context | {"shared": standing.shared})
        self.also = composed.also
        gateway: Gateway = import_module(self.gateway)
        message = Message(notification, data_key, address, subject, body, composed.calendar, at)
        self.provider_id = gateway.send(message)
        self.status = DeliveryStatus.QUEUED if getattr(gateway, "RECEIPTS", False) else DeliveryStatus.SENT

    def note(self, error: GatewayError | None = None) -> None:
        """Write the outcome; a status never goes backwards, so a message voided meanwhile stays void."""
        owed = Notification.objects.filter(status=NotificationStatus.OWED)
        said = [self.notification, *(self.also if error is None else ())]
        with transaction.atomic():
            Delivery.objects.bulk_create(self._delivery(one, error) for one in said)
            owed.filter(pk=self.notification.pk).update(
                attempts=self.notification.attempts + 1, lease_until=None, **self._outcome(error)
            )
            if len(said) > 1:
                owed.filter(pk__in=[one.pk for one in said]).update(status=NotificationStatus.SENT, lease_until=None)
            if error and error.code == OPTED_OUT:
                contacts.stop(self.hashed, self.notification.channel, at=self.at)

    def _delivery(self, one: Notification, error: GatewayError | None) -> Delivery:
        return Delivery(
            notification=one,
            gateway=self.gateway.rpartition(".")[2],
            at=self.at,
            status=DeliveryStatus.FAILED if error else self.status,
            provider_id=self.provider_id,
            address_hash=self.hashed,
            error=error.code if error else "",
        )

    def _outcome(self, error: GatewayError | None) -> dict[str, Any]:
        if error is None:
            return {"status": NotificationStatus.SENT}
        if error.permanent or self.notification.attempts >= len(RETRIES):
            return {"status": NotificationStatus.FAILED}
        return {"due_at": self.at + RETRIES[self.notification.attempts]}


def _heed(notification: Notification, hashed: str, at: datetime) -> Standing:
    """Return what its address wants; raise Unsaid if it does not want this, or not now."""
    if notification.queue == Queue.PAGES:
        return Standing()
    standing = contacts.standing(hashed, notification.channel)
    if standing.stopped or (notification.kind in _personal and not standing.join_now):
        raise Unsaid(NotificationStatus.WITHHELD)
    if notification.channel == Channel.SMS and not notification.wakes:
        _wait_for_morning(notification, standing.quiet, at)
    return standing


def _wait_for_morning(notification: Notification, rule: quiet.Rule, at: datetime) -> None:
    person = notification.user or notification.patient
    awake = quiet.awake_at(at, person.zone if person else settings.DEFAULT_ZONE, rule)
    if awake > at:
        too_late = notification.expires_at is not None and notification.expires_at <= awake
        raise Unsaid(NotificationStatus.EXPIRED) if too_late else Unsaid(until=awake)


def together(notification: Notification, *, at: datetime) -> list[Notification]:
    """Return what a message is said with: those of its bundle that are due close to it, itself first.

    Raises Unsaid for one that another will say: always the earliest says it, so that two senders never both do. Whoever
    reads the earliest as sent reads those it said as sent too, for that is written at once.
    """
    span = _together[notification.kind]
    near = (notification.due_at - span, notification.due_at + span)
    owed = Notification.objects.filter(status=NotificationStatus.OWED, bundle=notification.bundle, due_at__range=near)
    owed = owed.exclude(bundle="").exclude(expires_at__lte=at) | Notification.objects.filter(pk=notification.pk)
    bundle = list(owed.order_by("due_at", "pk"))
    if bundle[0].pk != notification.pk:
        raise Unsaid(until=at + STEP_ASIDE)
    return bundle


@transaction.atomic
def note_state(gateway: str, provider_id: str, status: DeliveryStatus, *, error: str = "", at: datetime) -> bool:
    """Note what a gateway says became of a message, forward only; return False for a message we do not know.

    News that comes late or twice changes nothing: `queued` after `delivered` is old.
    """
    of_it = Delivery.objects.filter(gateway=gateway, provider_id=provider_id)
    before = [one for one in DELIVERY_ORDER if one != status] if status in ENDS else DELIVERY_ORDER[: _rank(status)]
    of_it.filter(status__in=before).update(status=status, error=error if status == DeliveryStatus.FAILED else "")
    if error == OPTED_OUT:
        for one in of_it.select_related("notification"):
            contacts.stop(one.address_hash, one.notification.channel, at=at)
    return of_it.exists()


ENDS = frozenset({DeliveryStatus.DELIVERED, DeliveryStatus.FAILED})


def _rank(status: DeliveryStatus) -> int:
    return DELIVERY_ORDER.index(status)


def _words(notification: Notification, context: dict[str, Any]) -> tuple[str, str]:
    """Return subject and text of a message, in the language that is on."""
    folder = f"notifications/{notification.kind}"
    body = render_to_string(f"{folder}/{notification.channel}.txt", context).strip()
    if notification.channel != Channel.EMAIL:
        return "", body
    return render_to_string(f"{folder}/subject.txt", context).strip(), body


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
