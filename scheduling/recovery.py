"""A lost link, found again by phone, without a word on whether there is anything to find.

Note [The same for every phone]. Asking writes one row and answers; it looks nothing up, so that neither the answer nor
the time it takes depends on whose phone it is. A sweep looks, a moment later: if visits are to come, their old links
are revoked and one message with fresh ones goes to the phone itself, which is all that anybody learns.
"""

import math
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from scheduling import invitations, notifications, sql
from scheduling.models import (
    UPCOMING,
    Appointment,
    Channel,
    DataKey,
    GrantScope,
    LinkGrant,
    Notification,
    Queue,
    Recovery,
    User,
    phone_hash,
)
from scheduling.notifications import Composed, Recipient, Unsaid
from scheduling.refusals import TooManyCodes

KIND = "links"
PER_PHONE, WINDOW = 5, timedelta(hours=1)
MOST = 3  # links that fit into a message
KEPT = timedelta(days=1)


@transaction.atomic
def ask(phone: str, *, language: str, at: datetime) -> None:
    """Note that a phone (E.164) wants the links of its visits; raise TooManyCodes beyond five in an hour."""
    hashed = phone_hash(phone)
    sql.take_turns("recovery", hashed)
    lately = Recovery.objects.filter(phone_hash=hashed, created_at__gt=at - WINDOW).order_by("created_at")
    times = list(lately.values_list("created_at", flat=True))
    if len(times) >= PER_PHONE:
        again_at = times[-PER_PHONE] + WINDOW
        raise TooManyCodes(again_at, minutes=math.ceil((again_at - at) / timedelta(minutes=1)))
    Recovery.objects.create(
        data_key=DataKey.objects.create(), phone=phone, phone_hash=hashed, language=language, created_at=at, due_at=at
    )


def send_due(*, at: datetime, limit: int = 50) -> int:
    """Send their links to those who asked and have visits to come; return how many asked. A sweep."""
    done = 0
    while done < limit and _send_next(at):
        done += 1
    return done


@transaction.atomic
def _send_next(at: datetime) -> bool:
    due = Recovery.objects.filter(due_at__lte=at).order_by("due_at", "pk")
    asked = due.select_for_update(skip_locked=True, of=("self",)).first()
    if asked is None:
        return False
    asked.due_at = None
    asked.save(update_fields=["due_at"])
    user = User.objects.filter(phone_hash=asked.phone_hash, is_active=True).first()
    visits = list(_visits(user, at).values_list("uuid", flat=True)) if user else []
    if user and visits:
        links = LinkGrant.objects.filter(scope=GrantScope.APPOINTMENT, subject__in=visits, revoked_at=None)
        links.update(revoked_at=at)
        to = [Recipient(Channel.SMS, asked.language, user_id=user.pk)]
        notifications.owe(KIND, to, at=at, queue=Queue.PAGES)
    return True


def _visits(user: User, at: datetime) -> QuerySet[Appointment]:
    mine = Appointment.objects.filter(patient__representatives__user=user, patient__representatives__until=None)
    coming: QuerySet[Appointment] = mine.filter(status__in=UPCOMING, ends_at__gt=at).order_by("starts_at", "pk")
    return coming


def compose(notification: Notification, at: datetime, *_: object) -> Composed:
    """Return fresh links to the next visits of whoever asked; their secrets are made now and kept nowhere.

    Raises Unsaid if none is left by now.
    """
    assert notification.user, "only an account is sent links"
    visits = list(_visits(notification.user, at)[:MOST])
    if not visits:
        raise Unsaid
    links = " ".join(invitations.link(visit, at=at) for visit in visits)
    return Composed({"links": links, "help_phone": settings.HELP_PHONE})


@transaction.atomic
def forget(*, at: datetime) -> int:
    """Delete what was asked long ago and destroy its keys; return how many. A sweep."""
    old = list(Recovery.objects.filter(created_at__lt=at - KEPT).values_list("pk", "data_key_id")[:500])
    Recovery.objects.filter(pk__in=[pk for pk, _ in old]).delete()
    DataKey.objects.filter(pk__in=[key for _, key in old]).update(sealed=None, destroyed_at=at)
    return len(old)
