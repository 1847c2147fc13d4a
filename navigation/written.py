"""What navigation must do about what phones write: a person for who asks for one, and for words that tell of danger.

Note [Danger in a text message]. Whatever was not understood is read like a need: at a red flag a case is opened at
once, and the phone is told to call 911. Where there is none nobody is disturbed: they know how to ask for a person.
"""

from datetime import datetime, timedelta

from django.conf import settings

from navigation import cases, intake, triage
from navigation.cases import Report
from navigation.models import Case, CaseKind, Level, Tier
from scheduling import events, notifications
from scheduling.access import System
from scheduling.models import Channel, Event, InboundMessage, Organization, Queue, User
from scheduling.notifications import Recipient

READER = "navigation.written"
HELP_ASKED, NOT_UNDERSTOOD = KINDS = ["inbound.help_asked", "inbound.unclear"]
BY = System(READER)
DANGER = "reply_danger"
SAME = timedelta(hours=12)  # whoever writes again within it is still the same person in the same need


def read(*, at: datetime) -> int:
    """Act on every message that waits to be read; return how many. A sweep."""
    return events.read_claims(READER, lambda event: _act(event, at), at=at)


def _act(event: Event, at: datetime) -> None:
    message: InboundMessage | None = InboundMessage.objects.filter(uuid=event.subject).first()
    if message is None:  # it was forgotten long ago
        return
    user = User.objects.filter(phone_hash=message.phone_hash).first()
    language = user.language if user else "es"
    found = triage.assess(message.body, {}, intake.speaks(language), off=settings.RED_FLAGS_OFF)
    in_danger = Level(found.level) != Level.ROUTINE
    if in_danger or event.kind == HELP_ASKED:
        _open(_report(message, found, user), message, at)
    if in_danger:
        _tell_to_call(message, intake.first_call(found) or "911", language, at)


def _report(message: InboundMessage, found: triage.Assessment, user: User | None) -> Report:
    """Return what is known: the number, what they fear, and who they are if the number is an account's."""
    routine = Level(found.level) == Level.ROUTINE
    return Report(
        kind=CaseKind.HELP if routine else CaseKind(found.kind),
        tier=Tier.FOLLOW_UP if routine else intake.tier_of(found.level, found.kind),
        flags=found.flags or ["WROTE"],
        told_to_call=intake.first_call(found),
        callback=message.phone,
        preferred_name=user.preferred_name if user else "",
        language=user.language if user else "es",
        state=_state(user),
    )


def _state(user: User | None) -> str:
    own = user.represents.filter(relation="self", until=None).select_related("patient").first() if user else None
    return own.patient.state if own else ""


def _open(report: Report, message: InboundMessage, at: datetime) -> None:
    """Open a case, or add to the one that this phone has open by writing to us."""
    lately = Case.objects.unresolved().filter(callback_hash=message.phone_hash, opened_at__gt=at - SAME)
    known = lately.order_by("-opened_at", "-pk").first()
    if known:
        cases.tell_more(known, report, by=BY, at=at)
    else:
        cases.open(report, organization=_of_phone(message), by=BY, at=at)


def _of_phone(message: InboundMessage) -> Organization | None:
    """Return which organization last had to do with a phone's patient; None to route by place."""
    visits = Organization.objects.filter(
        appointments__patient__representatives__user__phone_hash=message.phone_hash,
        appointments__patient__representatives__until=None,
    )
    return visits.order_by("-appointments__created_at").first()


def _tell_to_call(message: InboundMessage, number: str, language: str, at: datetime) -> None:
    to = Recipient(Channel.SMS, language, address=message.phone, data_key=message.data_key)
    notifications.owe(DANGER, [to], at=at, context={"number": number}, queue=Queue.PAGES)
