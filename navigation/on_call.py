"""Who is to be called for a step, at this moment."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from navigation.models import OnCallShift, Target
from scheduling.models import Membership, Organization, Role, User


def people(target: str, organization: Organization, *, at: datetime) -> list[User]:
    """Return whom a step's target means now, each once; nobody is an answer too, and the step is then skipped."""
    if target == Target.ON_CALL:
        return _on_shift(organization, [1], at)
    if target == Target.SECOND:
        return _on_shift(organization, [1, 2], at)
    if target == Target.COORDINATORS:
        return _members(Q(organization=organization), [Role.COORDINATOR, Role.ADMIN], at)
    return last_resort(at=at)


def last_resort(*, at: datetime) -> list[User]:
    """Return the deployment's last-resort group: the admins of DEFAULT_ORGANIZATION."""
    return _members(Q(organization__slug=settings.DEFAULT_ORGANIZATION), [Role.ADMIN], at)


def _on_shift(organization: Organization, ranks: Iterable[int], at: datetime) -> list[User]:
    shifts = OnCallShift.objects.now(at).filter(organization=organization, rank__in=ranks).order_by("rank", "starts_at")
    users = [shift.user for shift in shifts.select_related("user__data_key") if shift.user.is_active]
    return list(dict.fromkeys(users))


def _members(where: Q, roles: Iterable[Role], at: datetime) -> list[User]:
    today = at.date()
    current = Q(valid_from__lte=today) & (Q(valid_until=None) | Q(valid_until__gt=today))
    members = Membership.objects.filter(where, current, role__in=roles, user__is_active=True).order_by("pk")
    return list(dict.fromkeys(member.user for member in members.select_related("user__data_key")))


def staffed(organizations: Iterable[Organization], *, at: datetime) -> set[int]:
    """Return the ids of those organizations that have somebody on call now."""
    shifts = OnCallShift.objects.now(at).filter(organization__in=organizations)
    return set(shifts.values_list("organization", flat=True))
