"""The ear: which signs a text claims, here and now. Built once from the data, then without state."""

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
_GRAMMAR: Final = ("denial", "aside", "past", "ago")


@dataclass(frozen=True, eq=False)
class _Saying:
    """One phrase, and the sign it says."""

    sign: Sign
    phrase: Phrase


class Ear:
    """Hears signs in text of either language, or of both at once."""

    def __init__(self, signs: Iterable[Sign], data: Mapping[str, Any]) -> None:
        notation = Notation(data["lists"])
        sayings = [_Saying(sign, notation.phrase(phrase)) for sign in signs for phrase in sign.phrases]
        self._by_key: defaultdict[str, list[_Saying]] = defaultdict(list)
        for saying in sayings:
            for key in saying.phrase.needs[0] if saying.phrase.needs else [_ANY]:
                self._by_key[key].append(saying)
        self._denial = Denial(notation, data["denial"])
        self._aside = Aside(notation, data["aside"])
        self._past = Past(notation, data["past"], data["ago"])
        self._reader = _reader(notation, data, sayings)

    def signs(self, text: str) -> frozenset[str]:
        """Return the codes of all signs that the text claims to be so, now."""
        literal = self._reader.literally(text)
        claimed = self._reader.plainly(literal)
        heard: set[str] = set()
        for saying in self._possible(literal):
            code = saying.sign.code
            if code not in heard and self._says(saying, literal if saying.sign.literal else claimed):
                heard.add(code)
        return frozenset(heard)

    def _possible(self, line: Line) -> Iterator[_Saying]:
        keys = {_ANY} | (line.keys & self._by_key.keys())
        return iter(dict.fromkeys(saying for key in keys for saying in self._by_key[key]))

    def _says(self, saying: _Saying, line: Line) -> bool:
        finds = saying.phrase.find(line)
        if saying.sign.literal:
            return any(True for _ in finds)
        return any(self._stands(said(line, found), saying.sign.limit) for found in finds)

    def _stands(self, claim: Said, limit: str) -> bool:
        taken_back = self._denial.covers(claim) or self._aside.covers(claim) or self._past.covers(claim, limit)
        return not taken_back


def _reader(notation: Notation, data: Mapping[str, Any], sayings: list[_Saying]) -> Reader:
    figures = [notation.phrase(figure) for figure in data["figures"]]
    sentences, clauses = notation.any_of(data["sentences"]), notation.any_of(data["clauses"])
    grammar = [notation.any_of(entries) for part in _GRAMMAR for entries in data[part].values()]
    known = _words([saying.phrase for saying in sayings] + figures + grammar + [sentences, clauses])
    guessed = _words(saying.phrase for saying in sayings if not saying.sign.literal)
    return Reader(Speller(known, guessed, data["short"], data["kept"]), sentences, clauses, figures)


def _words(phrases: Iterable[Phrase]) -> frozenset[str]:
    return frozenset[str]().union(*(phrase.words for phrase in phrases))


@cache
def ear() -> Ear:
    """Return the ear for the shipped data, built once."""
    return Ear(book().signs, load("triage_language.json"))
