"""How somebody may be reached: what a number or mailbox wants, and the one place that says so.

Note [STOP]. An address that said STOP gets nothing more by that channel, whoever it is of and whatever it is about, but
what its owner asks for at that moment (a code, an answer to their own words) and what wakes staff: that goes by the
`pages` queue, which this does not bind.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from scheduling import events, sealing
from scheduling.access import System, Viewer
from scheduling.models import Channel, ContactRule, OptOut, User, Whose, phone_hash
from scheduling.quiet import NIGHT, Rule
from scheduling.refusals import NotFound

MAILBOX = "mailbox"  # the purpose under which e-mail addresses are hashed


@dataclass(frozen=True)
class Standing:
    """What an address wants: nothing at all, not at these hours, nothing that others may not read."""

    stopped: bool = False
    quiet: Rule = NIGHT
    shared: bool = False
    join_now: bool = True


@dataclass(frozen=True)
class Wishes:
    """What the owner of a phone says about it. Quiet hours are on the clock where they are."""

    whose: Whose
    voicemail: bool
    join_now: bool
    quiet: Rule
    reminders: bool


def address_hash(address: str, channel: str) -> str:
    """Return the digits by which a number (E.164) or a mailbox is found without being readable."""
    return phone_hash(address) if channel == Channel.SMS else sealing.keyed_hash(address.lower(), MAILBOX)


def standing(hashed: str, channel: str) -> Standing:
    """Return what an address wants."""
    stopped = OptOut.objects.filter(address_hash=hashed, channel=channel).exists()
    rule = rule_of(hashed) if channel == Channel.SMS else None
    if rule is None:
        return Standing(stopped)
    joins = rule.join_now or not rule.is_shared
    return Standing(stopped, Rule(rule.quiet_begins, rule.quiet_ends), rule.is_shared, joins)


def rule_of(hashed: str) -> ContactRule | None:
    """Return what the owner of a number said about it, if anything."""
    return ContactRule.objects.filter(phone_hash=hashed).first()


def reminders_off(phone: str) -> bool:
    """Return whether a number (E.164) wants no messages."""
    return bool(phone) and OptOut.objects.filter(address_hash=phone_hash(phone), channel=Channel.SMS).exists()


def stop(hashed: str, channel: str, *, at: datetime) -> None:
    """Write to an address no more; saying it twice changes nothing. The caller records who said it, and how."""
    OptOut.objects.get_or_create(address_hash=hashed, channel=channel, defaults={"at": at})


def start(hashed: str, channel: str) -> None:
    """Write to an address again."""
    OptOut.objects.filter(address_hash=hashed, channel=channel).delete()


@transaction.atomic
def wish(user: User, wishes: Wishes, *, by: Viewer | System, at: datetime) -> ContactRule:
    """Keep what somebody says about their own phone; raise NotFound for another's, or for an account without one."""
    if not user.phone_hash or (isinstance(by, Viewer) and by.user != user):
        raise NotFound
    rule, _ = ContactRule.objects.update_or_create(
        phone_hash=user.phone_hash,
        defaults={
            "whose": wishes.whose,
            "voicemail": wishes.voicemail,
            "join_now": wishes.join_now,
            "quiet_begins": wishes.quiet.begins,
            "quiet_ends": wishes.quiet.ends,
            "saved_at": at,
        },
    )
    if wishes.reminders:
        start(user.phone_hash, Channel.SMS)
    else:
        stop(user.phone_hash, Channel.SMS, at=at)
    events.record("user.contact_wished", user, by=by, at=at, whose=wishes.whose, reminders=wishes.reminders)
    return rule


def wishes_of(user: User) -> dict[str, Any]:
    """Return what somebody said about their phone, as a form shows it; what we take for granted if nothing yet."""
    rule = rule_of(user.phone_hash or "") or ContactRule()
    return {
        "whose": rule.whose,
        "voicemail": rule.voicemail,
        "join_now": rule.join_now,
        "reminders": not reminders_off(user.phone),
        "since": rule.quiet_ends.strftime("%H:%M"),
        "until": rule.quiet_begins.strftime("%H:%M"),
    }
