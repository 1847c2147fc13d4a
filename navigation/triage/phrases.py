"""The notation in which the data says how people speak, compiled to regular expressions that cannot run away.

    no {can} breathe     words in a row; {can} is any entry of the list of that name
    pain ... chest       up to four words between, none of which denies
    (a|b c)  [very]      one of these; perhaps this
    !(a|b c)             what follows is none of these
    <!(a|b)              the word before is none of these
    convuls*             any word that begins so
    ^  $                 the clause begins, or ends, here

A line is words and boundaries ("." and ","), each followed by one space. Every repetition is bounded, so the time to
search a line grows with its length and no faster.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from .letters import plain

KEY_LENGTH: Final = 4
_NOTATION: Final = re.compile(r"\.\.\.|<!\(|!\(|[()\[\]|^$]|\{[\w-]+\}|[^\s()\[\]|{}^$]+")
_GAP: Final = r"(?:(?!(?:[.,]|no|ni|sin|nunca|tampoco|not|nor|never|without|dont|doesnt|didnt|isnt) )[^ ]+ ){0,4}?"
_CLAUSE_BEGINS: Final = r"(?<=[.,] )"
_CLAUSE_ENDS: Final = r"(?=[.,] )"


def key(word: str) -> str:
    """Return what a word is indexed by: its first letters, so that a stem and its endings share one key."""
    return word[:KEY_LENGTH]


@dataclass(frozen=True)
class Line:
    """What somebody wrote, as words and boundaries, and the keys of its words."""

    text: str

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(map(key, self.text.split()))


@dataclass(frozen=True)
class Phrase:
    """One way to say something. Any text that matches has a word with one of the ``keys``; none known: empty."""

    regex: str
    keys: frozenset[str]
    words: frozenset[str]

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(f"(?<= ){self.regex}")

    def find(self, line: Line) -> Iterator[re.Match[str]]:
        """Yield every place of the line where this is said."""
        if self.keys and self.keys.isdisjoint(line.keys):
            return iter(())
        return self._compiled.finditer(line.text)


_NOTHING: Final[frozenset[str]] = frozenset()


class Notation:
    """Reads phrases that may name the given lists; a list may name those before it."""

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        self._lists: dict[str, Phrase] = {}
        for name, entries in lists.items():
            self._lists[f"{{{name}}}"] = self.any_of(entries)

    def phrase(self, text: str) -> Phrase:
        """Return the phrase written so; an unknown list raises KeyError."""
        return self._until_closed(iter(_NOTATION.findall(plain(text))))

    def any_of(self, entries: Iterable[str]) -> Phrase:
        """Return a phrase that is any of the entries."""
        return _one_of([self.phrase(entry) for entry in entries])

    def _until_closed(self, pieces: Iterator[str]) -> Phrase:
        branches: list[list[Phrase]] = [[]]
        for piece in pieces:
            if piece in {")", "]"}:
                break
            if piece == "|":
                branches.append([])
            else:
                branches[-1].append(self._piece(piece, pieces))
        return _one_of([_in_a_row(branch) for branch in branches])

    def _piece(self, piece: str, rest: Iterator[str]) -> Phrase:
        if piece.endswith(("(", "[")):
            return _BRACKETS[piece](self._until_closed(rest))
        if piece in _MARKS:
            return _MARKS[piece]
        return self._lists[piece] if piece.startswith("{") else _word(piece)


def _word(word: str) -> Phrase:
    stem = word.removesuffix("*")
    if stem == word:
        return Phrase(f"{re.escape(word)} ", frozenset({key(word)}), frozenset({word}))
    known = frozenset({key(stem)}) if len(stem) >= KEY_LENGTH else _NOTHING
    return Phrase(f"{re.escape(stem)}[^ ]* ", known, _NOTHING)


def _in_a_row(parts: list[Phrase]) -> Phrase:
    keys = max((part.keys for part in parts), key=_rarity, default=_NOTHING)
    words = frozenset[str]().union(*(part.words for part in parts))
    return Phrase("".join(part.regex for part in parts), keys, words)


def _rarity(keys: frozenset[str]) -> tuple[int, int]:
    """Rank keys by how seldom a text will have one: short words are in every text."""
    return min(map(len, keys), default=0), -len(keys)


def _one_of(branches: list[Phrase]) -> Phrase:
    if len(branches) == 1:
        return branches[0]
    known = all(branch.keys for branch in branches)
    keys = frozenset[str]().union(*(branch.keys for branch in branches)) if known else _NOTHING
    words = frozenset[str]().union(*(branch.words for branch in branches))
    return Phrase(f"(?:{'|'.join(branch.regex for branch in branches)})", keys, words)


def _perhaps(part: Phrase) -> Phrase:
    return Phrase(f"(?:{part.regex})?", _NOTHING, part.words)


def _not_ahead(part: Phrase) -> Phrase:
    return Phrase(f"(?!{part.regex})", _NOTHING, part.words)


def _not_behind(part: Phrase) -> Phrase:
    # Python looks back over a fixed width only: one look for each word.
    return Phrase("".join(f"(?<! {re.escape(word)} )" for word in sorted(part.words)), _NOTHING, part.words)


_BRACKETS: Final = {"(": lambda part: part, "[": _perhaps, "!(": _not_ahead, "<!(": _not_behind}
_MARKS: Final = {
    "...": Phrase(_GAP, _NOTHING, _NOTHING),
    "^": Phrase(_CLAUSE_BEGINS, _NOTHING, _NOTHING),
    "$": Phrase(_CLAUSE_ENDS, _NOTHING, _NOTHING),
}
