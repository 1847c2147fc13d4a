"""What may be done with accounts.

Prove a phone by a code, sign in or begin an account with it, hand out links and tokens.
"""

import json
import math
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from scheduling import events, notifications, sealing, sql
from scheduling.access import System, Viewer, has_duties
from scheduling.models import (
    Actor,
    ActorKind,
    ApiToken,
    Channel,
    DataKey,
    GrantScope,
    LinkGrant,
    Patient,
    PhoneCode,
    Queue,
    Relation,
    Representative,
    User,
    phone_hash,
)
from scheduling.notifications import Recipient
from scheduling.refusals import CodeExpired, PasswordNeeded, TooManyCodes, WrongCode

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=10)
TRIES = 5
CODES_PER_PHONE = 5
CODES_WINDOW = timedelta(hours=1)
LINK_LIFE = timedelta(days=60)


@transaction.atomic
def send_code(phone: str, *, typed: Mapping[str, Any], language: str, by: Viewer, at: datetime) -> PhoneCode:
    """Send a six-digit code to a phone (E.164) and keep what was typed beside it; raise TooManyCodes.

    Whether the phone is known changes nothing that the asker can see.
    """
    hashed = phone_hash(phone)
    sql.take_turns("code", hashed)
    recent = PhoneCode.objects.filter(phone_hash=hashed, created_at__gt=at - CODES_WINDOW).order_by("created_at")
    times = list(recent.values_list("created_at", flat=True))
    if len(times) >= CODES_PER_PHONE:
        again_at = times[-CODES_PER_PHONE] + CODES_WINDOW
        raise TooManyCodes(again_at, minutes=math.ceil((again_at - at) / timedelta(minutes=1)))
    digits = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    code: PhoneCode = PhoneCode(
        data_key=DataKey.objects.create(),
        phone=phone,
        phone_hash=hashed,
        typed=json.dumps(dict(typed)),
        holder=by.holder,
        tries_left=TRIES,
        expires_at=at + CODE_LIFE,
        created_at=at,
    )
    code.code_hash = _code_hash(code.uuid, digits)
    code.save()
    to = Recipient(Channel.SMS, language, address=phone, data_key=code.data_key)
    minutes = int(CODE_LIFE.total_seconds() // 60)
    notifications.owe("code", [to], at=at, context={"digits": digits, "minutes": minutes}, queue=Queue.PAGES)
    return code


def check_code(code: PhoneCode, digits: str, *, by: Viewer, at: datetime) -> User:
    """Return the account of the phone, begun now if it is new; raise WrongCode with the tries left, or CodeExpired.

    A wrong try is kept although the verb refuses, so that tries cannot be had back by failing. Whoever has duties here
    is not let in by a phone, which others may come to hold: raises PasswordNeeded.
    """
    account = _proved(code, digits, by=by, at=at)
    if has_duties(account, at=at):
        raise PasswordNeeded
    return account


def _proved(code: PhoneCode, digits: str, *, by: Viewer, at: datetime) -> User:
    with transaction.atomic():
        locked: PhoneCode = PhoneCode.objects.select_for_update(of=("self",)).get(pk=code.pk)
        if locked.used_at or locked.expires_at <= at or locked.tries_left == 0 or locked.holder != by.holder:
            raise CodeExpired
        right = secrets.compare_digest(locked.code_hash, _code_hash(locked.uuid, digits.strip()))
        if right:
            locked.used_at = at
            locked.save(update_fields=["used_at"])
            return _account(locked, at)
        locked.tries_left -= 1
        locked.save(update_fields=["tries_left"])
    raise WrongCode(locked.tries_left)


def _code_hash(code: UUID, digits: str) -> str:
    return sealing.keyed_hash(f"{code}:{digits}", "phone_code")


def _account(code: PhoneCode, at: datetime) -> User:
    known = User.objects.filter(phone_hash=code.phone_hash).first()
    if known:
        return known
    try:
        with transaction.atomic():
            return _begin(code, at)
    except IntegrityError:  # the same phone was proved in another browser at the same moment
        return User.objects.get(phone_hash=code.phone_hash)


def _begin(code: PhoneCode, at: datetime) -> User:
    typed = typed_with(code)
    user = User.objects.create(
        phone=code.phone, preferred_name=typed.get("name", ""), language=typed.get("language", "es")
    )
    events.record("user.began", user, by=System("accounts"), at=at)
    return user


def typed_with(code: PhoneCode) -> dict[str, Any]:
    """Return what the person had typed when the code was sent."""
    typed: dict[str, Any] = json.loads(code.typed or "{}")
    return typed


@transaction.atomic
def patient_of(user: User, *, about: Mapping[str, Any], by: Viewer | System, at: datetime) -> Patient:
    """Return the patient that the user is, begun now from `about` (name, languages, state, zone, email) if need be.

    Of one who is known already, only an e-mail address given now is taken over.
    """
    if own := sql.first(Patient, _OWN, [user.pk]):
        return _mailed_at(own, about.get("email", ""), by=by, at=at)
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)  # whoever asks twice at once begins one
    if own := sql.first(Patient, _OWN, [user.pk]):
        return own
    patient: Patient = Patient.objects.create(
        data_key=user.data_key,
        actor=Actor.objects.create(kind=ActorKind.PATIENT),
        preferred_name=about.get("name") or user.preferred_name,
        phone=user.phone,
        email=about.get("email", ""),
        languages=about.get("languages") or [user.language],
        language=user.language,
        state=about.get("state", ""),
        zone=about.get("zone") or user.zone,
    )
    Representative.objects.create(user=user, patient=patient, relation=Relation.SELF, consented_at=at)
    events.record("patient.began", patient, by=by, at=at)
    return patient


def _mailed_at(patient: Patient, email: str, *, by: Viewer | System, at: datetime) -> Patient:
    if email and email != patient.email:
        patient.email = email
        patient.save(update_fields=["email"])
        events.record("patient.email_given", patient, by=by, at=at)
    return patient


_OWN = """
JOIN scheduling_representative r ON r.patient_id = x.id WHERE r.user_id = %s AND r.relation = 'self' AND r.until IS NULL
"""


@transaction.atomic
def grant_link(scope: str, subject: UUID, *, at: datetime, life: timedelta = LINK_LIFE) -> tuple[LinkGrant, str]:
    """Return a grant to see one record and its secret, which is kept nowhere: it goes into one message."""
    secret = secrets.token_urlsafe(16)
    grant = LinkGrant.objects.create(
        scope=scope, subject=subject, token_hash=_link_hash(secret), created_at=at, expires_at=at + life
    )
    return grant, secret


def open_link(secret: str, *, at: datetime) -> LinkGrant | None:
    """Return the living grant behind the secret of a link to a page, or None; a calendar's address opens no page."""
    return living(secret, at=at).exclude(scope=GrantScope.CALENDAR).first()


def living(secret: str, *, at: datetime) -> QuerySet[LinkGrant]:
    """Return the grant of a secret that has neither ended nor been revoked, as a query to narrow."""
    return LinkGrant.objects.filter(token_hash=_link_hash(secret), revoked_at=None, expires_at__gt=at)


def _link_hash(secret: str) -> str:
    return sealing.keyed_hash(secret, "link")


@transaction.atomic
def issue_token(user: User, *, by: System, at: datetime) -> str:
    """Return a new bearer token of the account; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    ApiToken.objects.create(user=user, token_hash=sealing.keyed_hash(token, "api_token"))
    events.record("user.token_issued", user, by=by, at=at)
    return token


@transaction.atomic
def forget_codes(*, at: datetime) -> int:
    """Delete codes whose time is long over and destroy their keys, and with them what the messages said.

    Return how many.
    """
    old = PhoneCode.objects.filter(expires_at__lt=at - CODES_WINDOW).values_list("pk", "data_key_id")[:500]
    codes, keys = [pk for pk, _ in old], [key for _, key in old]
    PhoneCode.objects.filter(pk__in=codes).delete()
    DataKey.objects.filter(pk__in=keys).update(sealed=None, destroyed_at=at)
    return len(codes)
