"""Who asks, and what they may know. Reads models only."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY
from django.db.models import Q
from django.http import HttpRequest

from scheduling import sealing, sql
from scheduling.models import (
    Appointment,
    LinkGrant,
    Membership,
    Participant,
    ParticipantRole,
    PracticeStatus,
    Role,
    User,
)
from scheduling.refusals import NotFound

NEVER = datetime.min.replace(tzinfo=UTC)
GRANTS = "grants"  # in the session: link grants, as UUID strings
BY_PHONE = "scheduling.backends.ByPhone"
HOLDER = "holder"  # in the session: to whom its holds, codes and reports belong


@dataclass(frozen=True)
class System:
    """A named part of the service acting by itself."""

    name: str


@dataclass(frozen=True)
class Viewer:
    """Somebody who asks: an account, links they hold, or unknown ("public").

    Roles and links count as of `at`; without it nobody has any. `holder` names the browser session or program to which
    holds belong; `by_phone` says that a code was all they proved, which gives no role; `break_glass` is the reason
    given for looking beyond what one's role allows.
    """

    user: User | None = None
    at: datetime = NEVER
    links: tuple[str, ...] = ()
    holder: str = ""
    by_phone: bool = False
    break_glass: str | None = None

    @cached_property
    def memberships(self) -> tuple[Membership, ...]:
        """Return what the account is, in which organizations: one query, when first asked."""
        if self.user is None or self.by_phone:
            return ()
        return tuple(Membership.objects.filter(_open(self.at), user=self.user).select_related("organization"))

    @cached_property
    def link_grants(self) -> tuple[LinkGrant, ...]:
        """Return the links the browser holds that still live: one query, when first asked."""
        if not self.links:
            return ()
        return tuple(LinkGrant.objects.filter(uuid__in=self.links, revoked_at=None, expires_at__gt=self.at))

    def linked(self, scope: str) -> list[UUID]:
        """Return the records of this scope that the viewer holds a link to."""
        return [grant.subject for grant in self.link_grants if grant.scope == scope]

    def organizations(self, *roles: Role) -> list[int]:
        """Return the ids of organizations in which the viewer has one of the roles."""
        return [member.organization_id for member in self.memberships if member.role in roles]

    def has_role(self, *roles: Role) -> bool:
        return bool(self.organizations(*roles))


def _open(at: datetime, of: str = "") -> Q:
    """Return which memberships count at an instant; `of` names the way to them."""
    today, until = at.date(), f"{of}valid_until"
    return Q(**{f"{of}valid_from__lte": today}) & (Q(**{until: None}) | Q(**{f"{until}__gt": today}))


def has_duties(user: User, *, at: datetime) -> bool:
    """Return whether the account works for an organization, or is a volunteer's whom somebody looked at."""
    known = PracticeStatus.APPROVED, PracticeStatus.PAUSED, PracticeStatus.SUSPENDED
    volunteer = Q(clinician__status__in=known) | Q(interpreter__status__in=known)
    return User.objects.filter(_open(at, "memberships__") | volunteer, pk=user.pk).exists()


def half_way_in(user: Any, session: Any) -> bool:
    """Return whether somebody proved a password where a second factor is required, and has none yet."""
    if not settings.SECOND_FACTOR_REQUIRED or session.get(BACKEND_SESSION_KEY) == BY_PHONE:
        return False
    return bool(user.is_authenticated and not is_mfa_enabled(user))


def viewer(request: HttpRequest, at: datetime) -> Viewer:
    """Return who asks over HTTP, the same for the whole request."""
    known: Viewer | None = getattr(request, "acompana_viewer", None)
    if known is None:
        bearer = getattr(request, "bearer", False)
        known = _read(request.user, {} if bearer else request.session, bearer, at)
        request.acompana_viewer = known  # type: ignore[attr-defined]
    return known


def viewer_of_scope(scope: Mapping[str, Any], at: datetime) -> Viewer:
    """Return who asks over a socket, read anew each time."""
    return _read(scope["user"], scope.get("session") or {}, scope.get("bearer", False), at)


def _read(user: Any, session: Any, bearer: bool, at: datetime) -> Viewer:
    account: User | None = user if user.is_authenticated else None
    if bearer:
        return Viewer(account, at, holder=sealing.keyed_hash(str(account.uuid), "holder") if account else "")
    by_phone = session.get(BACKEND_SESSION_KEY) == BY_PHONE
    account = None if half_way_in(user, session) else account
    return Viewer(account, at, tuple(session.get(GRANTS, ())), session.get(HOLDER, ""), by_phone)


def remember_holder(request: HttpRequest) -> None:
    """Give the browser a name of its own, before the first thing that will belong to it. It survives signing in."""
    if not getattr(request, "bearer", False) and HOLDER not in request.session:
        request.session[HOLDER] = secrets.token_urlsafe(24)


def remember_grant(request: HttpRequest, grant: LinkGrant) -> None:
    """Let the browser see what a link opened, for as long as the link lives."""
    held = request.session.get(GRANTS, [])
    request.session[GRANTS] = [*held[-9:], str(grant.uuid)]


def bearer_user(token: str) -> User | None:
    """Return whose token it is, or None: one query."""
    held = "JOIN scheduling_apitoken t ON t.user_id = x.id"
    valid = "WHERE t.token_hash = %s AND t.revoked_at IS NULL AND x.is_active"
    return sql.first(User, f"{held} {valid}", [sealing.keyed_hash(token, "api_token")])


def side_of(appointment: Appointment, *, by: Viewer) -> str:
    """Return as whom the viewer cancels or moves: patient, clinician or organization.

    Raises NotFound for an interpreter: they may leave a visit (see interpreting), never take it away.
    """
    parts = Participant.objects.filter(appointment=appointment)
    if by.user is None or appointment.uuid in by.linked("appointment"):
        return "patient"
    if own := parts.of_user(by.user).first():
        if own.role == ParticipantRole.INTERPRETER:
            raise NotFound
        return "clinician"
    speaks = by.user.represents.filter(patient=appointment.patient_id, until=None).exists()
    return "patient" if speaks else "organization"
