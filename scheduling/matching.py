"""Who may see whom, in plain values: what a person looks for, and why a clinician does not fit."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Reason(StrEnum):
    """Why a clinician was left out; each is counted once, under the first that applies, in this order."""

    SPECIALTY = "specialty"
    MODALITY = "modality"
    NO_LICENCE = "no_licence"
    LANGUAGE = "language"
    AGE = "age"
    NO_OPEN_TIME = "no_open_time"


@dataclass(frozen=True)
class Criteria:
    """What is looked for. `state` is where the patient will be; instants aware; `age` in years, None if not said.

    `urgent` is for whoever may book the hours kept for what is urgent.
    """

    state: str
    language: str
    since: datetime
    until: datetime
    zone: str
    visit_type: str = ""
    modality: str = ""
    specialty: str = ""
    care: str = ""
    age: int | None = None
    clinician: UUID | None = None
    limit: int = 20
    urgent: bool = False


@dataclass(frozen=True)
class Refused:
    """How many clinicians were left out for a reason."""

    code: Reason
    count: int
