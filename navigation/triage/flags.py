"""The red flags, as the data files say them: what is asked, what is looked for in a text, what to do.

navigation/data/red_flags.json is what a clinician signs off; navigation/data/triage_language.json is how people write.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

Language = Literal["es", "en"]
Level = Literal["emergency", "urgent", "routine"]

LANGUAGES: Final[tuple[Language, ...]] = ("es", "en")
LEVELS: Final[tuple[Level, ...]] = ("emergency", "urgent", "routine")
DATA: Final = Path(__file__).resolve().parent.parent / "data"
DEFAULT_LIMIT: Final = "month"  # a sign dated further back than this is past, unless the sign says otherwise


@dataclass(frozen=True)
class Question:
    """Something asked, and the code under which the answer comes back."""

    code: str
    text: Mapping[str, str]


@dataclass(frozen=True)
class Call:
    """A number to offer: always, or only when the text has one of the signs in ``when``."""

    number: str
    label: Mapping[str, str]
    when: frozenset[str]


@dataclass(frozen=True)
class Source:
    """Where a flag comes from, read on which day, and whether the named source says so itself."""

    name: str
    url: str | None
    date: str
    verified: bool


@dataclass(frozen=True)
class Flag:
    """One red flag: raised by its own sign (its code), by a detail of its list, or by signs that come together.

    ``net`` marks the one that catches what worries although nothing else says emergency.
    """

    code: str
    level: Level
    kind: str
    question: Question
    advice: Mapping[str, str]
    calls: tuple[Call, ...]
    source: Source
    together: tuple[frozenset[str], ...]
    first: Question | None
    first_sign: str | None
    details: tuple[Question, ...]
    net: bool

    def raised_by(self, signs: frozenset[str]) -> bool:
        """Return whether these signs raise this flag; more signs never take it back."""
        alone = {self.code, *(detail.code for detail in self.details)}
        return not alone.isdisjoint(signs) or any(both <= signs for both in self.together)

    def questions(self) -> Iterator[Question]:
        """Yield every question whose answer concerns this flag."""
        if self.first is not None:
            yield self.first
        yield self.question
        yield from self.details


@dataclass(frozen=True, eq=False)
class Sign:
    """Something a text may say: how, in either language, and how long ago it stops counting (see ``ago``).

    ``literal`` takes the words alone, whatever is claimed with them: a topic, not a claim.
    """

    code: str
    phrases: tuple[str, ...]
    limit: str
    literal: bool


@dataclass(frozen=True)
class Book:
    """All flags, most pressing first, and all signs."""

    version: str
    reviewed_on: str
    flags: tuple[Flag, ...]
    signs: tuple[Sign, ...]


@cache
def book() -> Book:
    """Read the red flags, once."""
    data = load("red_flags.json")
    flags = tuple(_flag(entry, data["numbers"]) for entry in data["flags"])
    own = ((entry["code"], entry["patterns"], entry) for entry in data["flags"])
    shared = ((code, entry, entry) for code, entry in data["signs"].items())
    signs = tuple(_sign(code, patterns, entry) for code, patterns, entry in (*own, *shared))
    return Book(data["version"], data["reviewed_on"], tuple(sorted(flags, key=_pressing)), signs)


def load(name: str) -> dict[str, Any]:
    """Return one of the data files."""
    data: dict[str, Any] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return data


def _pressing(flag: Flag) -> int:
    return LEVELS.index(flag.level)


def _flag(entry: Mapping[str, Any], numbers: Mapping[str, Any]) -> Flag:
    first = entry.get("first")
    return Flag(
        code=entry["code"],
        level=entry["level"],
        kind=entry["kind"],
        question=Question(entry["code"], entry["question"]),
        advice=entry["advice"],
        calls=tuple(_calls(entry["calls"], numbers)),
        source=Source(**entry["source"], date=entry["date"], verified=entry["verified"]),
        together=tuple(frozenset(signs) for signs in entry["together"]),
        first=Question(first["code"], first["question"]) if first else None,
        first_sign=first["sign"] if first else None,
        details=tuple(Question(detail["code"], detail["question"]) for detail in entry.get("details", ())),
        net=entry.get("net", False),
    )


def _calls(entries: Iterable[Mapping[str, Any]], numbers: Mapping[str, Any]) -> Iterator[Call]:
    for entry in entries:
        number = numbers[entry["number"]]
        yield Call(number["number"], number["label"], frozenset(entry.get("when", ())))


def _sign(code: str, patterns: Mapping[str, Any], entry: Mapping[str, Any]) -> Sign:
    phrases = tuple(phrase for language in LANGUAGES for phrase in patterns[language])
    return Sign(code, phrases, entry.get("past_after", DEFAULT_LIMIT), entry.get("literal", False))
