"""Calendars others read by a secret address: what somebody's own calendar shows of their visits, and nothing more.

A clinician and an interpreter see the visits they take part in, a patient's account those it speaks for. Whoever finds
the address learns that somebody has appointments, and when; neither with whom nor why.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from scheduling import accounts, calendars, events
from scheduling.access import Viewer, has_duties
from scheduling.calendars import Invitation
from scheduling.models import OCCUPYING, Appointment, AppointmentStatus, Event, GrantScope, LinkGrant, User
from scheduling.refusals import PasswordNeeded

LIFE = timedelta(days=3650)
BEHIND = timedelta(days=30)
SHOWN = OCCUPYING - {AppointmentStatus.PROPOSED}


@dataclass(frozen=True)
class Feed:
    """A calendar as text, and a tag that is the same as long as the text is."""

    text: str
    tag: str


@transaction.atomic
def subscribe(user: User, *, by: Viewer, at: datetime) -> str:
    """Return a new secret for the address of somebody's calendar; the one before stops working.

    Raises PasswordNeeded of who has duties here and proved a phone alone: it would show visits that session may not.
    """
    if by.by_phone and has_duties(user, at=at):
        raise PasswordNeeded
    _revoke(user, at)
    _grant, secret = accounts.grant_link(GrantScope.CALENDAR, user.uuid, at=at, life=LIFE)
    events.record("user.calendar_opened", user, by=by, at=at)
    return secret


@transaction.atomic
def unsubscribe(user: User, *, by: Viewer, at: datetime) -> None:
    """Make the address of somebody's calendar useless."""
    if _revoke(user, at):
        events.record("user.calendar_closed", user, by=by, at=at)


def _revoke(user: User, at: datetime) -> int:
    revoked: int = _open_grants(user.uuid).update(revoked_at=at)
    return revoked


def _open_grants(user: UUID) -> QuerySet[LinkGrant]:
    return LinkGrant.objects.filter(scope=GrantScope.CALENDAR, subject=user, revoked_at=None)


def is_subscribed(user: User) -> bool:
    """Return whether somebody's calendar has an address that works."""
    return bool(_open_grants(user.uuid).exists())


def read(secret: str, *, at: datetime) -> Feed | None:
    """Return the calendar behind an address, in its owner's language and zone; None if there is none any more."""
    grant = accounts.living(secret, at=at).filter(scope=GrantScope.CALENDAR).first()
    user = User.objects.filter(uuid=grant.subject, is_active=True).first() if grant else None
    if user is None:
        return None
    visits = list(_visits(user, at))
    changed = _last_changes(visits)
    with override(user.language):
        invitations = [_invitation(visit, changed.get(visit.uuid, visit.created_at)) for visit in visits]
        name = _("Appointments") + " · Acompaña"
    text = calendars.render_feed(invitations, name=name, zone=user.zone, since=at)
    return Feed(text, hashlib.sha256(text.encode()).hexdigest()[:32])


def _visits(user: User, at: datetime) -> QuerySet[Appointment]:
    """Return the visits that stand, from a month back on; those only."""
    own = Q(participants__user=user) | Q(participants__actor__clinician__user=user)
    own |= Q(participants__actor__interpreter__user=user)
    own |= Q(patient__representatives__user=user, patient__representatives__until=None)
    found = Appointment.objects.filter(own, status__in=SHOWN, ends_at__gt=at - BEHIND)
    shown: QuerySet[Appointment] = found.order_by("starts_at", "pk").distinct()
    return shown


def _last_changes(visits: list[Appointment]) -> dict[UUID, datetime]:
    """Return when each visit was last changed, so that a calendar that reads twice reads the same."""
    known = Event.objects.filter(subject__in=[visit.uuid for visit in visits], subject_type="appointment")
    return dict(known.values_list("subject").annotate(last=Max("at")).values_list("subject", "last"))


def _invitation(visit: Appointment, changed_at: datetime) -> Invitation:
    return Invitation(
        uid=visit.uuid,
        sequence=visit.sequence,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        stamp=changed_at,
        summary="Acompaña: " + _("appointment"),
        url=f"{settings.SITE_URL}/citas/{visit.uuid}/",
    )
