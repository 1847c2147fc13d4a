"""What each noun of navigation is. Import them from here."""

from navigation.models.cases import (
    CODE_LETTERS,
    TRANSITIONS,
    Case,
    CaseKind,
    CaseNote,
    CaseStatus,
    Presence,
    Tier,
)
from navigation.models.escalation import (
    Escalation,
    EscalationPolicy,
    EscalationStatus,
    EscalationStep,
    Target,
)
from navigation.models.needs import Intake, Level
from navigation.models.on_call import OnCallShift

__all__ = [
    "CODE_LETTERS",
    "TRANSITIONS",
    "Case",
    "CaseKind",
    "CaseNote",
    "CaseStatus",
    "Escalation",
    "EscalationPolicy",
    "EscalationStatus",
    "EscalationStep",
    "Intake",
    "Level",
    "OnCallShift",
    "Presence",
    "Target",
    "Tier",
]
