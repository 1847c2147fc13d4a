"""Who may see whom, in plain values: what a person looks for, and why a clinician does not fit."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain, pairwise
from uuid import UUID

from scheduling import languages


class Reason(StrEnum):
    """Why a clinician was left out; each is counted once, under the first that applies, in this order.

    `language` is of those whom no interpreter and no relay reaches, `no_interpreter` of those for whom none is free.
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

    @property
    def tongues(self) -> list[str]:
        """Return the codes of those who may understand the language; none if it does not matter."""
        return tongues(self.language)


def tongues(language: str) -> list[str]:
    """Return the codes under which a language is spoken: of a group of languages, all its variants."""
    return sorted(languages.spoken_by(language)) if language else []


@dataclass(frozen=True)
class Refused:
    """How many clinicians were left out for a reason."""

    code: Reason
    count: int


def links(
    tongues: Collection[str], voices: Sequence[Collection[str]], speaks: Collection[str]
) -> list[tuple[str, str]] | None:
    """Return between which languages each interpreter goes, from the patient's to one of the clinician's.

    `tongues` are the codes of the patient's language, `voices` the languages of each interpreter, from the patient's
    side on: none, one, or two in a relay. None if that does not bridge it, or if somebody would have nothing to do.
    """
    own = set(tongues)
    if not voices:
        return [] if not own or own & set(speaks) else None
    heard = own & set(voices[0])
    needless = own & set(speaks) or any((set(voice) - own) & set(speaks) for voice in voices[:-1])
    if needless or not heard:
        return None
    onward = [_shared(one, other, own) for one, other in zip(voices, [*voices[1:], speaks], strict=True)]
    return list(pairwise([min(heard), *onward])) if all(onward) else None


def _shared(one: Collection[str], other: Collection[str], but: Collection[str]) -> str:
    """Return the language in which two go on, Spanish if they can; empty if there is none."""
    both = set(one) & set(other) - set(but)
    return min(both, key=lambda code: (code != "es", code != "en", code), default="")


@dataclass(frozen=True)
class Voice:
    """An interpreter by the id of their actor, and what they speak."""

    actor: int
    languages: frozenset[str]


def seats(
    tongues: Collection[str], kept: Sequence[Voice], free: Sequence[Voice], speaks: Collection[str]
) -> list[Voice] | None:
    """Return who interprets once somebody has left, from the patient's side on; None if nobody can.

    Whoever stays keeps their seat if at all possible; of those who are free the first that fits is taken.
    """
    ways = chain(_beside(kept, free), ([one] for one in free), _relays(set(tongues), free))
    return next((way for way in ways if bridges(tongues, way, speaks)), None)


def bridges(tongues: Collection[str], voices: Sequence[Voice], speaks: Collection[str]) -> bool:
    """Return whether interpreters in this order bring a language to somebody who speaks others."""
    return links(tongues, [voice.languages for voice in voices], speaks) is not None


def _beside(kept: Sequence[Voice], free: Sequence[Voice]) -> Iterator[list[Voice]]:
    yield list(kept)
    for stays in kept:
        for one in free:
            yield [stays, one]
            yield [one, stays]


def _relays(own: set[str], free: Sequence[Voice]) -> Iterator[list[Voice]]:
    for one in free:
        if own & one.languages:
            yield from ([one, other] for other in free if other != one)
