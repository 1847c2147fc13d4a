"""The engine: who is called next for each case, until a person answers; and what an answer does to it.

Note [Promises]. The escalation is a row born with its case and due at once; a sweep every five seconds claims what is
due by the database's clock. A step and the pages it owes are one transaction. An empty step advances at once. The last
step repeats for ever. An answer is exactly once, and withdraws the pages not yet sent; it expires if nothing is done.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from navigation import moves, on_call
from navigation.models import Case, CaseStatus, Escalation, EscalationPolicy, EscalationStatus, Target, Tier
from scheduling import events, notifications
from scheduling.access import System
from scheduling.models import Channel, Notification, Queue, User
from scheduling.notifications import Composed, Recipient

log = logging.getLogger(__name__)

ENGINE = System("escalation")
PAGE = "page"
POISON_PAUSE = timedelta(seconds=30)

MINUTE = 60
HOUR = 60 * MINUTE
# Used where an organization has no policy of its own: (seconds after opening, whom), repeat, expiry of an answer.
DEFAULT_LADDERS: dict[str, dict[str, Any]] = {
    Tier.RED: {
        "steps": [
            (0, Target.ON_CALL),
            (2 * MINUTE, Target.SECOND),
            (5 * MINUTE, Target.COORDINATORS),
            (8 * MINUTE, Target.LAST_RESORT),
        ],
        "repeat_after": 3 * MINUTE,
        "answer_expires_after": 10 * MINUTE,
    },
    Tier.ORANGE: {
        "steps": [
            (0, Target.ON_CALL),
            (5 * MINUTE, Target.SECOND),
            (15 * MINUTE, Target.COORDINATORS),
            (30 * MINUTE, Target.LAST_RESORT),
        ],
        "repeat_after": 15 * MINUTE,
        "answer_expires_after": HOUR,
    },
    Tier.FUNERAL: {
        "steps": [
            (0, Target.ON_CALL),
            (15 * MINUTE, Target.SECOND),
            (45 * MINUTE, Target.COORDINATORS),
            (2 * HOUR, Target.LAST_RESORT),
        ],
        "repeat_after": 45 * MINUTE,
        "answer_expires_after": 24 * HOUR,
    },
    Tier.FOLLOW_UP: {
        "steps": [(0, Target.ON_CALL), (24 * HOUR, Target.COORDINATORS)],
        "repeat_after": 24 * HOUR,
        "answer_expires_after": 72 * HOUR,
    },
}


def start(case: Case, *, at: datetime) -> Escalation:
    """Create the case's escalation, due now, with the ladder of its organization and tier frozen in it."""
    return Escalation.objects.create(case=case, ladder=_ladder(case), started_at=at, due_at=at)


def restart(escalation: Escalation, *, at: datetime) -> None:
    """Begin the ladder of the case's present tier from its first step; for a case that became more urgent."""
    escalation.ladder = _ladder(escalation.case)
    _run_again(escalation, at)
    escalation.save()


def _ladder(case: Case) -> dict[str, Any]:
    policy = EscalationPolicy.objects.filter(organization=case.organization, tier=case.tier).first()
    if policy is None:
        default = DEFAULT_LADDERS[case.tier]
        steps = [{"after": after, "target": target.value} for after, target in default["steps"]]
        return default | {"steps": steps}
    steps = [{"after": step.after, "target": step.target} for step in policy.steps.all()]
    return {
        "steps": steps or [{"after": 0, "target": Target.LAST_RESORT.value}],
        "repeat_after": policy.repeat_after,
        "answer_expires_after": policy.answer_expires_after,
    }


# --- the sweep -------------------------------------------------------------------------------------------------------


def step_due(*, at: datetime, limit: int = 200) -> int:
    """Run every escalation that is due; return how many moved.

    A case that breaks is put off half a minute and counted.
    """
    moved = 0
    for _ in range(limit):
        with transaction.atomic():
            escalation = _claim(at)
            if escalation is None:
                break
            moved += _safely(escalation, at)
    return moved


def _claim(at: datetime) -> Escalation | None:
    due = Escalation.objects.exclude(status=EscalationStatus.ENDED).filter(due_at__lte=at)
    found: Escalation | None = _lock(due, skip_locked=True).order_by("due_at").first()
    return found


def _lock(escalations: Any, **how: Any) -> Any:
    """Lock escalations and their cases.

    Whoever waited for the lock must read both as they are now: a row that is only joined comes as it was before.
    """
    rows = escalations.select_for_update(of=("self", "case"), no_key=True, **how)
    return rows.select_related("case__organization", "case__data_key")


def _safely(escalation: Escalation, at: datetime) -> int:
    try:
        with transaction.atomic():
            _advance(escalation, at)
            return 1
    except Exception:
        log.exception("escalation of case %s broke", escalation.case_id)
        failures = escalation.failures + 1
        Escalation.objects.filter(pk=escalation.pk).update(due_at=at + POISON_PAUSE, failures=failures)
        return 0


def _advance(escalation: Escalation, at: datetime) -> None:
    """Do what is due: an answer that nobody followed up expires; otherwise call the next people who can be called."""
    if escalation.status == EscalationStatus.ANSWERED:
        _expire_answer(escalation, at)
    escalation.version += 1
    while not _call(escalation, at) and not _on_last_step(escalation):
        escalation.step += 1
    _schedule_next(escalation, at)
    escalation.failures = 0
    escalation.save()


def _call(escalation: Escalation, at: datetime) -> bool:
    """Owe a page to everybody the present step means; return whether there was anybody."""
    case, target = escalation.case, escalation.ladder["steps"][escalation.step]["target"]
    reached = [user for user in on_call.people(target, case.organization, at=at) if user.phone]
    _page(reached, escalation, at)
    kind = "case.paged" if reached else "case.step_empty"
    events.record(kind, case, by=ENGINE, at=at, target=target, users=[str(user.uuid) for user in reached])
    return bool(reached)


def _page(people: list[User], escalation: Escalation, at: datetime) -> None:
    """Owe each of them a page, which carries the escalation's version: an answer withdraws those not yet sent."""
    case = escalation.case
    to = [Recipient(Channel.SMS, user.language, user_id=user.pk) for user in people]
    version = escalation.version
    notifications.owe(PAGE, to, at=at, queue=Queue.PAGES, subject=case.uuid, topic=topic(case), topic_version=version)


def compose_page(notification: Notification, at: datetime) -> Composed:
    """Return what a page says: the case's code, what sort it is and how urgent; nothing about anybody."""
    assert notification.subject, "a page is about a case"
    case = Case.objects.get(uuid=notification.subject)
    return Composed({"code": case.code, "kind": case.get_kind_display(), "tier": case.get_tier_display()})


def topic(case: Case) -> str:
    """Return under which topic a case's pages are owed."""
    return f"case:{case.uuid}"


def _on_last_step(escalation: Escalation) -> bool:
    return bool(escalation.step >= len(escalation.ladder["steps"]) - 1)


def _schedule_next(escalation: Escalation, at: datetime) -> None:
    """Set when to call next: the next step's time, counted from the start; after the last, again and again."""
    if _on_last_step(escalation):
        escalation.rounds += 1
        escalation.due_at = at + timedelta(seconds=escalation.ladder["repeat_after"])
        return
    escalation.step += 1
    after = timedelta(seconds=escalation.ladder["steps"][escalation.step]["after"])
    escalation.due_at = max(escalation.started_at + after, at)


def _expire_answer(escalation: Escalation, at: datetime) -> None:
    """Put a case that was answered and then left alone back on the ladder, from the first step; nobody has it now."""
    _run_again(escalation, at)
    escalation.case.owner = None
    moves.move(escalation.case, CaseStatus.OPEN, by=ENGINE, at=at, kind="case.answer_expired")


def _run_again(escalation: Escalation, at: datetime) -> None:
    escalation.status, escalation.answered_at = EscalationStatus.RUNNING, None
    escalation.step, escalation.rounds, escalation.started_at, escalation.due_at = 0, 0, at, at
    escalation.version += 1


# --- answers ---------------------------------------------------------------------------------------------------------


def locked(case: Case) -> Escalation:
    """Lock the case's escalation, which every verb on a case does first, and return it with the case read again."""
    found: Escalation = _lock(Escalation.objects).get(case=case)
    return found


def answered(escalation: Escalation, *, at: datetime) -> None:
    """Stop calling: withdraw the pages not yet sent, and wait for something to be done before the answer expires."""
    escalation.status, escalation.answered_at = EscalationStatus.ANSWERED, at
    acted(escalation, at=at)


def acted(escalation: Escalation, *, at: datetime) -> None:
    """Let an answer's time begin again, because a person did something about the case."""
    escalation.version += 1
    escalation.due_at = at + timedelta(seconds=escalation.ladder["answer_expires_after"])
    escalation.save()
    notifications.void(topic(escalation.case), below_version=escalation.version)


def ended(escalation: Escalation, *, at: datetime) -> None:
    """End the calling for good."""
    escalation.status, escalation.due_at = EscalationStatus.ENDED, at
    escalation.version += 1
    escalation.save()
    notifications.void(topic(escalation.case), below_version=escalation.version)
