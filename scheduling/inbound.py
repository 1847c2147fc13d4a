"""What people write back to us, and what their words mean.

Note [Questions are found, not kept]. Whatever may be answered by replying a word (a reminder, an offer) is a row of its
own module. That module registers how to find what is open to a phone at an instant; nothing here has to be told when a
question is over.

Note [What a word means]. STOP before all else, then AYUDA; then the number chosen from a list we put to them; then the
word an open question waits for. If it fits several, they are asked which, by number. CANCELAR is a visit's where there
is one, and STOP's where there is none. Whatever else they wrote is answered with how to reach a person, and an upper
floor reads it for signs of danger.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import override

from scheduling import contacts, events, notifications, replies, sql
from scheduling.access import System, Viewer
from scheduling.models import Channel, DataKey, Delivery, InboundMessage, InboundStatus, Queue, User, phone_hash
from scheduling.notifications import Recipient
from scheduling.refusals import Refusal

log = logging.getLogger(__name__)

CHOOSING = timedelta(hours=2)
ANSWERS_PER_HOUR = 20  # to one phone: two machines that answer each other must come to an end
KEPT = timedelta(days=30)
RETRIES = [timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=5)]
IN_ORDER = timedelta(seconds=2)
LONGEST = 1600  # characters of a message; no carrier sends more
STOPPED, STARTED, HELP, WHICH, UNCLEAR, RECEIVED, NOT_POSSIBLE = (
    f"reply_{what}" for what in ("stopped", "started", "help", "which", "unclear", "received", "not_possible")
)
# Of these an upper floor hears, as events `inbound.<code>`: somebody has to read them, or to call.
HELP_ASKED, NOT_UNDERSTOOD = TO_A_PERSON = ("help_asked", "unclear")


@dataclass(frozen=True)
class Answer:
    """What is said to a reply: a kind of notification ("": nothing), and what its words are made of."""

    kind: str
    context: Mapping[str, Any] = field(default_factory=dict)


Act = Callable[..., Answer | str | None]


@dataclass(frozen=True)
class Question:
    """Something a phone may answer with a word.

    `words` says what each word does. Words are written small and without accents ("1", "si"). An act is called with the
    keywords `by` (access.Viewer of the phone's account, or System) and `at`, opens its own transaction, and returns the
    kind of notification to answer with, or an Answer, or None for a plain "received". It may raise a Refusal, which is
    said. `label` names the question in a language without telling on anybody ("martes 9, 5:00 p. m."), for when one of
    several has to be chosen.
    """

    kind: str
    subject: UUID
    words: Mapping[str, Act]
    label: Callable[[str], str] | None = None

    def word_in(self, text: str) -> str | None:
        """Return which of the words a reply is, if any."""
        return next((word for word in self.words if replies.means(text, [word])), None)


Find = Callable[[str, datetime], list[Question]]
_finders: dict[str, Find] = {}


def register(kind: str, find: Find) -> None:
    """Name how to find the open questions of a kind: `find(phone_hash, at)`; called from AppConfig.ready()."""
    _finders[kind] = find


def questions(phone_hash: str, at: datetime) -> list[Question]:
    """Return everything a phone may answer at an instant, in the order of registration."""
    return [question for find in _finders.values() for question in find(phone_hash, at)]


# --- what arrives ----------------------------------------------------------------------------------------------------


def receive(gateway: str, provider_id: str, *, phone: str, text: str, at: datetime) -> bool:
    """Keep what a phone (E.164) wrote, sealed, to be answered; return False for a message we have already."""
    try:
        with transaction.atomic():
            message = InboundMessage.objects.create(
                gateway=gateway,
                provider_id=provider_id,
                data_key=DataKey.objects.create(),
                phone=phone,
                phone_hash=phone_hash(phone),
                body=text[:LONGEST],
                received_at=at,
                due_at=at,
            )
            events.record("inbound.received", message, by=System(gateway), at=at)
    except IntegrityError:
        return False
    return True


def answer_due(*, at: datetime, limit: int = 50) -> int:
    """Answer what phones wrote, each in a transaction of its own; return how many. A sweep."""
    return sum(_answer_next(at) for _ in range(InboundMessage.objects.filter(due_at__lte=at)[:limit].count()))


def _answer_next(at: datetime) -> int:
    message: InboundMessage | None = None
    try:
        with transaction.atomic():
            due = InboundMessage.objects.filter(due_at__lte=at).order_by("received_at", "pk")
            message = due.select_for_update(skip_locked=True, of=("self",)).first()
            return _in_turn(message, at) if message else 0
    except Exception:
        assert message, "what cannot be read is raised by the query that counted it"
        log.exception("inbound message %s could not be answered", message.uuid)
        _later(message, at)
        return 0


def _later(message: InboundMessage, at: datetime) -> None:
    """Try a message that broke again, a few times."""
    broken = InboundMessage.objects.filter(pk=message.pk, status=InboundStatus.RECEIVED)
    if message.attempts < len(RETRIES):
        broken.update(attempts=message.attempts + 1, due_at=at + RETRIES[message.attempts])
    else:
        broken.update(status=InboundStatus.FAILED, due_at=None)


def _in_turn(message: InboundMessage, at: datetime) -> int:
    """Answer a message, but not before what the same phone wrote earlier."""
    sql.take_turns("inbound", message.phone_hash)
    waiting = InboundMessage.objects.filter(phone_hash=message.phone_hash, status=InboundStatus.RECEIVED)
    if waiting.filter(received_at__lte=message.received_at, pk__lt=message.pk).exists():
        InboundMessage.objects.filter(pk=message.pk).update(due_at=at + IN_ORDER)
        return 0
    _Reading(message, at).answer()
    return 1


def forget(*, at: datetime) -> int:
    """Delete what phones wrote long ago and destroy the keys it was sealed under; return how many. A sweep."""
    old = InboundMessage.objects.filter(received_at__lt=at - KEPT, due_at=None).values_list("pk", "data_key_id")[:500]
    messages, keys = [pk for pk, _ in old], [key for _, key in old]
    InboundMessage.objects.filter(pk__in=messages).delete()
    DataKey.objects.filter(pk__in=keys).update(sealed=None, destroyed_at=at)
    return len(messages)


# --- what it means ---------------------------------------------------------------------------------------------------


class _Reading:
    """One message being answered."""

    def __init__(self, message: InboundMessage, at: datetime) -> None:
        self.message, self.at = message, at
        self.text, self.hashed = message.body, message.phone_hash
        self.language = _language(self.hashed)
        user = User.objects.filter(phone_hash=self.hashed, is_active=True).first()
        self.by: Viewer | System = Viewer(user, at) if user else System(f"phone.{message.gateway}")

    def answer(self) -> None:
        """Do what the words say, answer, and note as what they were understood."""
        message = self.message
        understood, answer = self._understand()
        message.status, message.due_at, message.understood_as = InboundStatus.ANSWERED, None, understood
        message.save(update_fields=["status", "due_at", "understood_as", "choices", "choose_until"])
        kind = understood if understood in TO_A_PERSON else "answered"
        events.record(f"inbound.{kind}", message, by=self.by, at=self.at, understood=understood)
        self._say(answer)

    def _understand(self) -> tuple[str, Answer]:
        if replies.wants_no_more(self.text):
            return self._stop()
        if replies.wants_a_person(self.text):
            return HELP_ASKED, Answer(HELP)
        if replies.means(self.text, replies.START):
            contacts.start(self.hashed, Channel.SMS)
            return "started", Answer(STARTED)
        return self._chosen() or self._asked() or self._otherwise()

    def _stop(self) -> tuple[str, Answer]:
        contacts.stop(self.hashed, Channel.SMS, at=self.at)
        return "stopped", Answer(STOPPED)

    def _otherwise(self) -> tuple[str, Answer]:
        if replies.means(self.text, replies.CANCEL):
            return self._stop()
        if replies.is_polite(self.text):
            return "polite", Answer("")
        return NOT_UNDERSTOOD, Answer(UNCLEAR)

    def _chosen(self) -> tuple[str, Answer] | None:
        """Return what comes of a number chosen from the list that we put to them last."""
        number = replies.number(self.text)
        lists = InboundMessage.objects.filter(phone_hash=self.hashed, choose_until__gt=self.at)
        last = lists.order_by("-received_at", "-pk").first()
        if number is None or last is None or not 0 < number <= len(last.choices):
            return None
        InboundMessage.objects.filter(pk=last.pk).update(choose_until=None)
        kind, subject, word = last.choices[number - 1]
        for question in questions(self.hashed, self.at):
            if (question.kind, str(question.subject)) == (kind, subject) and word in question.words:
                return self._act(question, word)
        return kind, Answer(NOT_POSSIBLE)

    def _asked(self) -> tuple[str, Answer] | None:
        """Return what comes of the word an open question waits for."""
        fitting = [(one, word) for one in questions(self.hashed, self.at) if (word := one.word_in(self.text))]
        if len(fitting) == 1:
            return self._act(*fitting[0])
        return self._ask_which(fitting) if fitting else None

    def _act(self, question: Question, word: str) -> tuple[str, Answer]:
        try:
            with transaction.atomic():
                answer = question.words[word](by=self.by, at=self.at)
        except Refusal:
            return question.kind, Answer(NOT_POSSIBLE)
        return question.kind, answer if isinstance(answer, Answer) else Answer(answer or RECEIVED)

    def _ask_which(self, fitting: Sequence[tuple[Question, str]]) -> tuple[str, Answer]:
        """Put what it could mean to them as a list; to a phone that others read, say only how to reach a person."""
        rule = contacts.rule_of(self.hashed)
        if rule and rule.is_shared:
            return NOT_UNDERSTOOD, Answer(UNCLEAR)
        message = self.message
        message.choices = [[question.kind, str(question.subject), word] for question, word in fitting]
        message.choose_until = self.at + CHOOSING
        with override(self.language):
            labels = [question.label(self.language) if question.label else question.kind for question, _ in fitting]
        listed = "\n".join(f"{number}: {label}" for number, label in enumerate(labels, 1))
        return "ambiguous", Answer(WHICH, {"choices": listed})

    def _say(self, answer: Answer) -> None:
        lately = InboundMessage.objects.filter(phone_hash=self.hashed, received_at__gt=self.at - timedelta(hours=1))
        if not answer.kind or lately.count() > ANSWERS_PER_HOUR:
            return
        to = Recipient(Channel.SMS, self.language, address=self.message.phone, data_key=self.message.data_key)
        context = {"help_phone": settings.HELP_PHONE} | dict(answer.context)
        notifications.owe(answer.kind, [to], at=self.at, context=context, queue=Queue.PAGES)


def _language(hashed: str) -> str:
    """Return in which language a phone was last written to."""
    last = Delivery.objects.filter(address_hash=hashed).order_by("-at", "-pk").select_related("notification").first()
    return str(last.notification.language) if last else "es"
