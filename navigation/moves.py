"""The one way a case's status changes, used by the verbs of cases and by the engine alike."""

from datetime import datetime
from typing import Any

from navigation.models import TRANSITIONS, Case, CaseStatus
from scheduling import events
from scheduling.access import System, Viewer
from scheduling.refusals import NotPossibleNow


def move(case: Case, to: CaseStatus, *, by: Viewer | System, at: datetime, kind: str = "", **codes: Any) -> None:
    """Change the status if the table allows it and record it as ``case.<status>`` or `kind`; raise NotPossibleNow."""
    if to not in TRANSITIONS[case.status]:
        raise NotPossibleNow
    case.status = to
    touch(case, at=at if isinstance(by, Viewer) else case.acted_at)
    events.record(kind or f"case.{to}", case, by=by, at=at, **codes)


def touch(case: Case, *, at: datetime) -> None:
    """Save the case with its next version, and when a person last acted on it."""
    case.acted_at, case.version = at, case.version + 1
    case.save()
