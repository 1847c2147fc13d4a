"""The ear: which signs a text claims, here and now. Built once from the data, then without state."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from .claims import Aside, Denial, Past, Said, said
from .flags import Sign, book, load
from .phrases import Line, Notation, Phrase
from .reading import Reader
from .spelling import Speller

_ANY: Final = ""  # the key of phrases that need no certain word
_Saying = tuple[Sign, Phrase]  # one way to say a sign
_GRAMMAR: Final = ("denial", "aside", "past", "ago")


@dataclass(frozen=True)
class Heard:
    """What a text says: the codes of its signs, and its sentences, spelled, without what they take back."""

    signs: frozenset[str]
    sentences: tuple[str, ...]


class Ear:
    """Hears signs in text of either language, or of both at once."""

    def __init__(self, signs: Iterable[Sign], data: Mapping[str, Any]) -> None:
        notation = Notation(data["lists"])
        sayings = [(sign, notation.phrase(phrase)) for sign in signs for phrase in sign.phrases]
        self._by_key: defaultdict[str, list[_Saying]] = defaultdict(list)
        for sign, phrase in sayings:
            for key in phrase.needs[0] if phrase.needs else [_ANY]:
                self._by_key[key].append((sign, phrase))
        self._denial = Denial(notation, data["denial"])
        self._aside = Aside(notation, data["aside"])
        self._past = Past(notation, data["past"], data["ago"])
        self._reader = _reader(notation, data, sayings)

    def hear(self, text: str) -> Heard:
        """Return the signs that the text claims to be so, now, and its sentences without what it takes back."""
        literal = self._reader.literally(text)
        claimed = self._reader.plainly(literal)
        possible = list(self._possible(literal))
        named = {sign.code for sign, phrase in possible if sign.literal and any(phrase.find(literal))}
        claims, denied = self._weigh(claimed, [saying for saying in possible if not saying[0].literal])
        return Heard(frozenset(claims | named), claimed.without(denied).sentences)

    def _weigh(self, line: Line, sayings: list[_Saying]) -> tuple[set[str], list[re.Match[str]]]:
        """Return the signs that are claimed, and the finds that are taken back."""
        stands: dict[str, re.Match[str]] = {}
        taken_back: list[re.Match[str]] = []
        for sign, phrase in sayings:
            for found in phrase.find(line) if sign.code not in stands else ():
                if self._holds(said(line, found), sign.limit):
                    stands[sign.code] = found
                    break
                taken_back.append(found)
        # "No respira" stands, so "respira" in it is not denied.
        alone = [found for found in taken_back if not any(_overlap(found, other) for other in stands.values())]
        return set(stands), alone

    def _possible(self, line: Line) -> Iterator[_Saying]:
        keys = sorted({_ANY} | (line.keys & self._by_key.keys()))  # in one order, whatever the run
        return iter(dict.fromkeys(saying for key in keys for saying in self._by_key[key]))

    def _holds(self, claim: Said, limit: str) -> bool:
        taken_back = self._denial.covers(claim) or self._aside.covers(claim) or self._past.covers(claim, limit)
        return not taken_back


def _overlap(one: re.Match[str], other: re.Match[str]) -> bool:
    return one.start() < other.end() and other.start() < one.end()


def _reader(notation: Notation, data: Mapping[str, Any], sayings: list[_Saying]) -> Reader:
    figures = [notation.phrase(figure) for figure in data["figures"]]
    sentences, clauses = notation.any_of(data["sentences"]), notation.any_of(data["clauses"])
    grammar = [notation.any_of(entries) for part in _GRAMMAR for entries in data[part].values()]
    known = _words([phrase for _, phrase in sayings] + figures + grammar + [sentences, clauses])
    guessed = _words(phrase for sign, phrase in sayings if not sign.literal)
    return Reader(Speller(known, guessed, data["short"], data["kept"]), sentences, clauses, figures)


def _words(phrases: Iterable[Phrase]) -> frozenset[str]:
    return frozenset[str]().union(*(phrase.words for phrase in phrases))


@cache
def ear() -> Ear:
    """Return the ear for the shipped data, built once."""
    return Ear(book().signs, load("triage_language.json"))
