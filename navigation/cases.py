"""What may be done with a case: open it, add what is learnt, answer for it, write about it, resolve it."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from navigation import escalation, moves, on_call
from navigation.models import CODE_LETTERS, Case, CaseKind, CaseNote, CaseStatus, Escalation, Tier
from navigation.models.escalation import EscalationStatus
from scheduling import events
from scheduling.access import System, Viewer
from scheduling.models import DataKey, Organization, Role, User, phone_hash
from scheduling.refusals import NotFound

By = Viewer | System
CODE_TRIES = 50


@dataclass(frozen=True)
class Report:
    """What is known when somebody asks for help; everything but kind and tier may be missing. `callback` is E.164."""

    kind: CaseKind
    tier: Tier
    flags: Iterable[str] = ()
    told_to_call: str = ""
    callback: str = ""
    place: str = ""
    preferred_name: str = ""
    present: str = ""
    language: str = "es"
    state: str = ""


@transaction.atomic
def open(report: Report, *, organization: Organization | None = None, by: By, at: datetime) -> Case:
    """Open a case and, in the same transaction, its escalation, due at once."""
    case: Case = Case(
        data_key=DataKey.objects.create(),
        code=_new_code(report.tier),
        kind=report.kind,
        tier=report.tier,
        flags=sorted(set(report.flags)),
        organization=organization or route(report.state, at=at),
        opened_by=by.user if isinstance(by, Viewer) else None,
        holder=by.holder if isinstance(by, Viewer) else "",
        language=report.language,
        opened_at=at,
        acted_at=at,
    )
    _learn(case, report)
    case.save()
    escalation.start(case, at=at)
    events.record("case.opened", case, by=by, at=at, tier=case.tier, matter=case.kind, flags=case.flags)
    return case


def _new_code(tier: Tier) -> str:
    """Return a letter and digits that are easy to say and not in use; five digits once four are crowded."""
    for attempt in range(CODE_TRIES):
        digits = 4 if attempt < CODE_TRIES // 2 else 5
        code = f"{CODE_LETTERS[tier]}-{secrets.randbelow(9 * 10 ** (digits - 1)) + 10 ** (digits - 1)}"
        if not Case.objects.filter(code=code).exists():
            return code
    raise RuntimeError("no free case code")


def route(state: str, *, at: datetime) -> Organization:
    """Return which organization answers for a place.

    One that serves the state and is staffed now, else the default one.
    """
    serving = list(Organization.objects.filter(service_states__contains=[state])) if state else []
    staffed = on_call.staffed(serving, at=at)
    for organization in serving:
        if organization.pk in staffed:
            return organization
    return Organization.objects.get(slug=settings.DEFAULT_ORGANIZATION)


@transaction.atomic
def tell_more(case: Case, report: Report, *, by: By, at: datetime) -> Case:
    """Add what the person tells us next: where they are, how to call back, who is with them.

    More urgent only, never less. A case that is over stays over: what is told about it opens another; return that.
    """
    engine = escalation.locked(case)
    case = engine.case
    if case.status == CaseStatus.RESOLVED:
        return open(report, organization=case.organization, by=by, at=at)
    _learn(case, report)
    case.flags = sorted({*case.flags, *report.flags})
    if _more_urgent(report.tier, Tier(case.tier)):
        _call_again(engine, report, by=by, at=at)
    case.version += 1
    case.save()
    events.record("case.told_more", case, by=by, at=at, fields=_given(report))
    return case


def _call_again(engine: Escalation, report: Report, *, by: By, at: datetime) -> None:
    """Begin the more urgent ladder; who had taken the case took something less, and is asked again with the others."""
    case = engine.case
    case.tier, case.kind = report.tier, report.kind
    escalation.restart(engine, at=at)
    if case.status == CaseStatus.ACKNOWLEDGED:
        case.owner = None
        moves.move(case, CaseStatus.OPEN, by=by, at=at, kind="case.more_urgent")


def _learn(case: Case, report: Report) -> None:
    """Take over what the report says; what it leaves out stays as it was."""
    for name in ("place", "preferred_name", "present", "state", "told_to_call"):
        if getattr(report, name):
            setattr(case, name, getattr(report, name))
    if report.callback:
        case.callback, case.callback_hash = report.callback, phone_hash(report.callback)


def _given(report: Report) -> list[str]:
    return [name for name in ("place", "callback", "preferred_name", "present") if getattr(report, name)]


def _more_urgent(one: Tier, other: Tier) -> bool:
    order = [Tier.RED, Tier.ORANGE, Tier.FUNERAL, Tier.FOLLOW_UP]
    return order.index(one) < order.index(other)


@transaction.atomic
def acknowledge(case: Case, *, by: Viewer, at: datetime) -> Case:
    """Let a coordinator take the case, exactly once; who comes second gets the case back and sees who has it.

    Pages not yet sent are withdrawn. Raises NotFound for somebody who is not a coordinator of its organization.
    """
    engine = escalation.locked(case)
    case = engine.case
    user = _coordinator(case, by)
    if engine.status != EscalationStatus.RUNNING:
        return case
    case.owner = user
    moves.move(case, CaseStatus.ACKNOWLEDGED, by=by, at=at)
    escalation.answered(engine, at=at)
    return case


@transaction.atomic
def note(case: Case, text: str, *, by: Viewer, at: datetime) -> CaseNote:
    """Write down what was done or learnt; it keeps an answer from expiring."""
    engine = escalation.locked(case)
    case = engine.case
    written: CaseNote = CaseNote.objects.create(
        case=case, data_key=case.data_key, text=text, by_user=_coordinator(case, by), at=at
    )
    if engine.status == EscalationStatus.ANSWERED:
        escalation.acted(engine, at=at)
    moves.touch(case, at=at)
    events.record("case.noted", case, by=by, at=at)
    return written


@transaction.atomic
def resolve(case: Case, outcome: str, *, by: Viewer, at: datetime) -> Case:
    """End a case with an outcome code; the calling ends with it. Raises NotPossibleNow if it is over already."""
    engine = escalation.locked(case)
    case = engine.case
    _coordinator(case, by)
    case.resolved_at, case.outcome = at, outcome
    moves.move(case, CaseStatus.RESOLVED, by=by, at=at)
    escalation.ended(engine, at=at)
    return case


def _coordinator(case: Case, by: Viewer) -> User:
    """Return the account that answers; raises NotFound for anybody but a coordinator or admin of the organization."""
    if by.user is None or case.organization_id not in by.organizations(Role.COORDINATOR, Role.ADMIN):
        raise NotFound
    return by.user
