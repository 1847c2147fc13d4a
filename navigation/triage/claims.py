"""Claims: whether what was said is said to be so, here and now, or denied, long past, or only talked about.

A claim is taken back only by words that leave no room for doubt. "No tengo carro dolor de pecho" denies a car: a denial
reaches over its own verbs and over the names of complaints, never over anything else.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .phrases import Line, Notation

_NEAR: Final = 240  # characters: a denial or a date further off belongs to something else


@dataclass(frozen=True)
class Said:
    """A phrase where it was found, the rest of its sentence before and after, and what comes next."""

    before: str
    words: str
    after: str
    next: str


def said(line: Line, found: re.Match[str]) -> Said:
    """Return the find with its surroundings, or as much of them as is near."""
    before = line.text[max(0, found.start() - _NEAR) : found.start()].rpartition(" . ")[2]
    after, _, following = line.text[found.end() : found.end() + _NEAR].partition(". ")
    return Said(f" {before}", found[0], after, f" {following}")


class Denial:
    """Tells what is denied: a "no", its verbs, then what was said, alone or in a list of complaints."""

    def __init__(self, notation: Notation, data: Mapping[str, list[str]]) -> None:
        part = _parts(notation, data)
        no, either, item = part["no"], part["or"], part["complaints"]
        verbs, items = _repeated(part["verbs"]), _repeated(item)
        listed = f"{no}(?!, ){_repeated(part['verbs'], item, either, ', ')}"
        self._directly = _ending(f"{no}{verbs}")
        self._undone = _ending(f"{part['not']}{no}{verbs}")
        self._last = _ending(f"{listed}{either}{verbs}")
        self._amid = _ending(f"{listed}, ")
        self._rest = re.compile(f"{items}(?:, {item}{items})*(?:, )?{either}")
        self._flatly = _ending(f"{part['denies']}{_repeated(part['verbs'], item, ', ')}")
        self._of_denial = _ending(part["not so"])
        self._negative = re.compile(no)
        self._opens = re.compile(part["opens"])

    def covers(self, said: Said) -> bool:
        """Return whether the sentence says that this is not so."""
        if self._negative.match(said.words):  # "no respira" is the alarm itself
            return bool(self._of_denial.search(said.before))
        if self._directly.search(said.before):
            return not self._undone.search(said.before)
        return not self._opens.match(said.words) and self._lists(said)

    def _lists(self, said: Said) -> bool:
        if self._last.search(said.before) or self._flatly.search(said.before):
            return True
        return bool(self._amid.search(said.before) and self._rest.match(said.after))


class Aside:
    """Tells what is only talked about: a course on it, a fear of it, what somebody already died of."""

    def __init__(self, notation: Notation, data: Mapping[str, list[str]]) -> None:
        part = _parts(notation, data)
        self._before = _ending(f"{part['before']}{_repeated(part['then'])}")
        self._after = re.compile(part["after"])
        self._treatment = _ending(part["treatments"])
        self._condition = re.compile(part["conditions"])

    def covers(self, said: Said) -> bool:
        """Return whether this is mentioned rather than reported."""
        mentioned = self._before.search(said.before) or self._after.match(said.after)
        return bool(mentioned) or self._treated(said)

    def _treated(self, said: Said) -> bool:
        # "Medicine for seizures" is a prescription; "medicine for chest pain" is chest pain.
        return bool(self._condition.match(said.words) and self._treatment.search(said.before))


class Past:
    """Tells what is long over. How long ago counts differs: a sign names its limit, a key of ``ago``, or "never"."""

    def __init__(self, notation: Notation, data: Mapping[str, list[str]], ago: Mapping[str, list[str]]) -> None:
        part = _parts(notation, data)
        self._tense = re.compile(f"(?<= )(?:(?P<now>{part['now']})|{part['then']})")
        self._still, self._again = _anywhere(part["still"]), _anywhere(part["again"])
        self._lifelong = _anywhere(part["lifelong"])
        self._ago: dict[str, re.Pattern[str]] = {}
        entries: list[str] = []
        for limit, more in reversed(list(ago.items())):  # what is years ago is months ago, too
            entries = [*entries, *more]
            self._ago[limit] = _anywhere(notation.any_of(entries).regex)

    def covers(self, said: Said, limit: str) -> bool:
        """Return whether the sentence dates this before the limit, in the past tense or in none."""
        ago = self._ago.get(limit)
        if ago is None:
            return False
        start = said.before.rpartition(", ")[2]
        clause = f" {start}{said.words}{said.after.partition(', ')[0]}"
        if self._lifelong.search(clause):
            return True
        if self._still.search(clause) or self._again.search(said.next):
            return False
        tense = self._tense_of(f" {start}{said.words}")
        if ago.search(clause):
            return tense != "now"
        return tense == "then" and bool(ago.search(f"{said.before}{said.words}{said.after}"))

    def _tense_of(self, words: str) -> str | None:
        """Return "now" or "then", as the last verb says; None without a verb."""
        verbs = list(self._tense.finditer(words))
        return None if not verbs else "now" if verbs[-1]["now"] else "then"


def _parts(notation: Notation, data: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: notation.any_of(entries).regex for name, entries in data.items()}


def _repeated(*parts: str) -> str:
    """Return any number of these, each taken for good: tried in many ways, they would take for ever."""
    return f"(?>{'|'.join(parts)})*"


def _ending(regex: str) -> re.Pattern[str]:
    return re.compile(f"(?<= ){regex}$")


def _anywhere(regex: str) -> re.Pattern[str]:
    return re.compile(f"(?<= ){regex}")
