"""Somebody asks for help: reports and cases, who is on call, and an organization's own ladders."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from navigation import cases
from navigation.cases import Report
from navigation.escalation import PAGE, topic
from navigation.models import Case, CaseKind, EscalationPolicy, EscalationStep, OnCallShift, Target, Tier
from scheduling import accounts
from scheduling.access import Viewer
from scheduling.models import GrantScope, Notification, Organization, User
from tests.factories import AT, viewer

PHONE = "+17135550142"


def report(tier: Tier = Tier.RED, kind: CaseKind = CaseKind.MEDICAL, **known: object) -> Report:
    return Report(kind=kind, tier=tier, **known)


def case(org: Organization | None = None, *, by: Viewer | None = None, at: datetime = AT, **known: object) -> Case:
    """A case that somebody unknown reports, by default of a life in danger."""
    return cases.open(report(**known), organization=org, by=by or viewer(at=at), at=at)


def taken(one: Case, by: User, at: datetime = AT) -> Case:
    return cases.acknowledge(one, by=viewer(by, at=at), at=at)


def with_link(one: Case, at: datetime = AT) -> Viewer:
    """Somebody who holds the link of a case."""
    grant, _secret = accounts.grant_link(GrantScope.CASE, one.uuid, at=at)
    return Viewer(at=at, links=(str(grant.uuid),), holder="somebody")


def on_call(
    user: User, org: Organization, rank: int = 1, since: datetime = AT, until: datetime | None = None
) -> OnCallShift:
    """A shift, by default of the twelve hours from AT on."""
    until = until or since + timedelta(hours=12)
    return OnCallShift.objects.create(organization=org, user=user, rank=rank, starts_at=since, ends_at=until)


def policy(org: Organization, steps: Iterable[tuple[int, Target]], tier: Tier = Tier.RED, **times: int) -> None:
    """An organization's own ladder: seconds after opening, and whom."""
    known = {"repeat_after": 60, "answer_expires_after": 600}
    made = EscalationPolicy.objects.create(organization=org, tier=tier, **known | times)
    for after, target in steps:
        EscalationStep.objects.create(policy=made, after=after, target=target)


def pages(one: Case) -> list[Notification]:
    """Every page owed about a case so far, oldest first."""
    owed = Notification.objects.filter(kind=PAGE, topic=topic(one)).select_related("user__data_key")
    return list(owed.order_by("created_at", "pk"))


def calls(one: Case, since: datetime = AT) -> list[tuple[float, list[str]]]:
    """Who was called about a case, and how many minutes after it was opened."""
    said: dict[float, list[str]] = {}
    for page in pages(one):
        said.setdefault((page.created_at - since) / timedelta(minutes=1), []).append(page.user.preferred_name)
    return list(said.items())
