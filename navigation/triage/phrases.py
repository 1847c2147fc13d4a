"""The notation in which the data says how people speak, compiled to regular expressions that cannot run away.

    no {can} breathe     words in a row; {can} is any entry of the list of that name
    pain ... chest       up to four words between, none of which denies
    pain & chest         both in one clause, either first, up to six words between
    (a|b c)  [very]      one of these; perhaps this
    !(a|b c)             what follows is none of these
    <!(a|b)              the word before is none of these
    convuls*             any word that begins so
    38..42               any number from 38 to 42.9
    ^  $                 the clause begins, or ends, here

A line is words and boundaries ("." and ","), each followed by one space. Every repetition is bounded, so the time to
search a line grows with its length and no faster.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from .letters import plain

_STEM: Final = 4  # letters under which the words of one stem are found together
_NOTATION: Final = re.compile(r"\.\.\.|<!\(|!\(|[()\[\]|^$&]|\{[^{}]+\}|[^\s()\[\]|{}^$&]+")
_AND: Final = frozenset({"y", "and"})
_SPAN: Final = re.compile(r"(\d+)\.\.(\d+)")
_BETWEEN: Final = "(?:(?!(?:[.,_]|no|ni|sin|nunca|tampoco|not|nor|never|without|dont|doesnt|didnt|isnt) )[^ ]+ )"
_CLAUSE_BEGINS: Final = r"(?<=[.,] )"
_CLAUSE_ENDS: Final = r"(?=[.,] )"
_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyz ")  # letters that stand for themselves
_NOTHING: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True)
class Line:
    """What somebody wrote, as words and boundaries."""

    text: str

    @cached_property
    def keys(self) -> frozenset[str]:
        """The words, and what each is listed under where a phrase has only its stem."""
        words = frozenset(self.text.split())
        return words | frozenset(map(_stem_key, words))

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(sentence for sentence in self.text.split(" . ") if sentence.strip())

    def without(self, finds: Iterable[re.Match[str]]) -> "Line":
        """Return the line with what was found taken out of it."""
        text = self.text
        for found in finds:
            text = text[: found.start()] + re.sub("[^ ]", "_", found[0]) + text[found.end() :]
        return Line(text)


@dataclass(frozen=True, eq=False)
class Phrase:
    """One way to say something. A line that says it has a key from each of the ``needs``, the rarest first.

    ``words`` are all the words it is made of; a stem keeps its star.
    """

    regex: str
    needs: tuple[frozenset[str], ...]
    words: frozenset[str]

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(f"(?<= ){self.regex}")

    def find(self, line: Line) -> Iterator[re.Match[str]]:
        """Yield every place of the line where this is said."""
        return self._compiled.finditer(line.text) if self._possible(line) else iter(())

    def replace(self, line: Line, words: str) -> Line:
        """Return the line with other words wherever this is said."""
        return Line(self._compiled.sub(words, line.text)) if self._possible(line) else line

    def _possible(self, line: Line) -> bool:
        return not any(map(line.keys.isdisjoint, self.needs))


class Notation:
    """Reads phrases that may name the given lists; a list may name those before it."""

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        self._lists: dict[str, Phrase] = {}
        for name, entries in lists.items():
            self._lists[plain(f"{{{name}}}")] = self.any_of(entries)

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
            elif piece == "&":
                return _near(_in_a_row(branches[-1]), self._until_closed(pieces))
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
    if span := _SPAN.fullmatch(word):
        whole = "|".join(map(str, range(int(span[1]), int(span[2]) + 1)))
        return Phrase(rf"(?:{whole})(?:\.\d+)* ", (), _NOTHING)
    stem = word.removesuffix("*")
    if stem == word:
        # Reading parts clauses before "and": a phrase that has the word reaches over the boundary.
        boundary = "(?:, )?" if word in _AND else ""
        return Phrase(f"{boundary}{re.escape(word)} ", (frozenset({word}),), frozenset({word}))
    needs = (frozenset({_stem_key(stem)}),) if len(stem) >= _STEM else ()
    return Phrase(f"{re.escape(stem)}[^ ]* ", needs, frozenset({word}))


def _stem_key(word: str) -> str:
    return word[:_STEM] + "*"


def _in_a_row(parts: list[Phrase]) -> Phrase:
    needs = {need for part in parts for need in part.needs}
    return Phrase("".join(part.regex for part in parts), tuple(sorted(needs, key=_rarity, reverse=True)), _words(parts))


def _near(one: Phrase, other: Phrase) -> Phrase:
    either = _one_of([_in_a_row([one, _WITHIN_SIX, other]), _in_a_row([other, _WITHIN_SIX, one])])
    return Phrase(either.regex, _in_a_row([one, other]).needs, either.words)


def _rarity(need: frozenset[str]) -> tuple[int, int, list[str]]:
    """Rank a need by how seldom a text meets it: short words are in every text."""
    return min(map(len, need)), -len(need), sorted(need)


def _one_of(branches: list[Phrase]) -> Phrase:
    if len(branches) == 1:
        return branches[0]
    rarest = [branch.needs[0] for branch in branches if branch.needs]
    needs = (frozenset[str]().union(*rarest),) if len(rarest) == len(branches) else ()
    return Phrase(_either([branch.regex for branch in branches]), needs, _words(branches))


def _either(regexes: Iterable[str]) -> str:
    """Return a pattern for any of these that looks at each letter once, and takes the longest of them first."""
    by_start: dict[str, list[str]] = {}
    for regex in dict.fromkeys(regexes):
        start = regex[:1] if regex[:1] in _PLAIN else regex
        by_start.setdefault(start, []).append(regex[len(start) :])
    starts = sorted(by_start, key=lambda start: start == "")  # what ends here, only if nothing longer fits
    branches = [start + (rest[0] if len(rest := by_start[start]) == 1 else _either(rest)) for start in starts]
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"


def _words(parts: Iterable[Phrase]) -> frozenset[str]:
    return frozenset[str]().union(*(part.words for part in parts))


def _perhaps(part: Phrase) -> Phrase:
    return Phrase(f"(?:{part.regex})?", (), part.words)


def _not_ahead(part: Phrase) -> Phrase:
    return Phrase(f"(?!{part.regex})", (), part.words)


def _not_behind(part: Phrase) -> Phrase:
    # Python looks back over a fixed width only: one look for each word.
    return Phrase("".join(f"(?<! {re.escape(word)} )" for word in sorted(part.words)), (), part.words)


_BRACKETS: Final[dict[str, Callable[[Phrase], Phrase]]] = {
    "(": lambda part: part,
    "[": _perhaps,
    "!(": _not_ahead,
    "<!(": _not_behind,
}
_WITHIN_SIX: Final = Phrase(f"{_BETWEEN}{{0,6}}?", (), _NOTHING)
_MARKS: Final = {
    "...": Phrase(f"{_BETWEEN}{{0,4}}?", (), _NOTHING),
    "^": Phrase(_CLAUSE_BEGINS, (), _NOTHING),
    "$": Phrase(_CLAUSE_ENDS, (), _NOTHING),
}
