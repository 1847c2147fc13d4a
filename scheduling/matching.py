"""Who may see whom, in plain values: what a person looks for, and why a clinician does not fit."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from uuid import UUID


class Reason(StrEnum):
    """Why a clinician was left out; each is counted once, under the first that applies, in this order.

    `language` is of those whom no interpreter and no relay could reach, `no_interpreter` of those for whom none is free.
    """

    SPECIALTY = "specialty"
    MODALITY = "modality"
    NO_LICENCE = "no_licence"
    LANGUAGE = "language"
    AGE = "age"
    NO_INTERPRETER = "no_interpreter"
    NO_OPEN_TIME = "no_open_time"


@dataclass(frozen=True)
class Criteria:
    """What is looked for. `state` is where the patient will be; instants aware; `age` in years, None if not said.

    `near` is the patient's latitude and longitude in degrees, for clinics; `last_clinician` whom they saw last.
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
    near: tuple[float, float] | None = None
    last_clinician: UUID | None = None
    limit: int = 20
    urgent: bool = False


@dataclass(frozen=True)
class Refused:
    """How many clinicians were left out for a reason."""

    code: Reason
    count: int


def links(language: str, voices: Sequence[Collection[str]], speaks: Collection[str]) -> list[tuple[str, str]] | None:
    """Return between which languages each interpreter goes, from the patient's language to one of the clinician's.

    `voices` are the languages of each interpreter, from the patient's side on: none, one, or two in a relay. None if
    that does not bridge the language, or if somebody in it would have nothing to do.
    """
    if not voices:
        return [] if not language or language in speaks else None
    if not language or language in speaks or language not in voices[0]:
        return None
    passed = [language, *(_shared(one, other, language) for one, other in zip(voices, [*voices[1:], speaks], strict=True))]
    return list(pairwise(passed)) if all(passed) and len(set(passed)) == len(passed) else None


def _shared(one: Collection[str], other: Collection[str], language: str) -> str:
    """Return the language in which two go on, Spanish if they can; empty if there is none."""
    both = (set(one) & set(other)) - {language}
    return min(both, key=lambda code: (code != "es", code != "en", code), default="")
