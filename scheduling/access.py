"""Who asks, and what they may know. Reads models only."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest

from scheduling import sealing
from scheduling.models import ApiToken, LinkGrant, Membership, Role, User

GRANTS = "grants"  # in the session: link grants, as UUID strings
HOLDER = "holder"  # in the session: to whom its holds, codes and reports belong


@dataclass(frozen=True)
class System:
    """A named part of the service acting by itself."""

    name: str


@dataclass(frozen=True)
class Viewer:
    """Somebody who asks: an account, a link they hold, or unknown ("public").

    `holder` names the browser session or program to which holds belong; `break_glass` is the reason given for looking
    beyond what one's role allows.
    """

    user: User | None = None
    link_grants: tuple[LinkGrant, ...] = ()
    memberships: tuple[Membership, ...] = ()
    break_glass: str | None = None
    holder: str = field(default="", compare=False)

    def linked(self, scope: str) -> list[UUID]:
        """Return the records of this scope that the viewer holds a link to."""
        return [grant.subject for grant in self.link_grants if grant.scope == scope]

    def organizations(self, *roles: Role) -> list[int]:
        """Return the ids of organizations in which the viewer has one of the roles."""
        return [member.organization_id for member in self.memberships if member.role in roles]

    def has_role(self, *roles: Role) -> bool:
        return bool(self.organizations(*roles))


PUBLIC = Viewer()


def viewer(request: HttpRequest, at: datetime) -> Viewer:
    """Return who asks, read once for each request: three queries at most."""
    known: Viewer | None = getattr(request, "acompana_viewer", None)
    if known is None:
        known = request.acompana_viewer = _read(request, at)  # type: ignore[attr-defined]
    return known


def _read(request: HttpRequest, at: datetime) -> Viewer:
    user = request.user if request.user.is_authenticated else None
    memberships = _memberships(user, at) if user else ()
    return Viewer(user, _grants(request, at), memberships, holder=_holder(request, user))


def _memberships(user: User, at: datetime) -> tuple[Membership, ...]:
    today = at.date()
    open_now = Q(valid_from__lte=today) & (Q(valid_until=None) | Q(valid_until__gt=today))
    return tuple(Membership.objects.filter(open_now, user=user).select_related("organization"))


def _grants(request: HttpRequest, at: datetime) -> tuple[LinkGrant, ...]:
    held = request.session.get(GRANTS) if getattr(request, "session", None) else None
    if not held:
        return ()
    return tuple(LinkGrant.objects.filter(uuid__in=held, revoked_at=None, expires_at__gt=at))


def _holder(request: HttpRequest, user: User | None) -> str:
    if getattr(request, "bearer", False) and user:
        return sealing.keyed_hash(str(user.uuid), "holder")
    session = getattr(request, "session", None)
    return str(session.get(HOLDER, "")) if session is not None else ""


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
    found = (
        ApiToken.objects.filter(token_hash=sealing.keyed_hash(token, "api_token"), revoked_at=None, user__is_active=True)
        .select_related("user__data_key")
        .first()
    )
    return found.user if found else None
