"""Spelling: from the word somebody typed to the word the phrases know.

People write by ear ("enbarasada", "combulcion"), in a hurry ("repsirar"), or short ("q", "tngo"). A word is left alone
when the phrases know it; else it is, in this order, a known abbreviation, a word that sounds the same in Spanish, a
word that sounds like a known stem, or a long word one slip away. Anything else stays as typed.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Final

_BY_EAR_FROM: Final = 4  # letters; shorter words sound like too many others
_BY_STEM_FROM: Final = 5
_BY_SLIP_FROM: Final = 5
_UP_TO: Final = 24  # no word is longer; what is, is not looked at
_SOUNDS: Final = [
    (re.compile(pattern), sound)
    for pattern, sound in [
        ("ph", "f"),
        ("ch", "4"),
        ("h", ""),
        ("ll", "y"),
        ("y", "i"),
        ("qu(?=[ei])|q", "k"),
        ("c(?=[ei])|z|x", "s"),
        ("c", "k"),
        ("gu(?=[ei])", "g"),
        ("g(?=[ei])", "j"),
        ("v", "b"),
        ("n(?=[bp])", "m"),
        (r"(.)\1", r"\1"),
    ]
]


def sound(word: str) -> str:
    """Return a key that words have in common when they sound the same in Mexican Spanish."""
    for pattern, letter in _SOUNDS:
        word = pattern.sub(letter, word)
    return word


class Speller:
    """Knows the words of the phrases (a stem ends in a star) and the abbreviations.

    A slip is mended only into a word of ``guessed``, those that matter; words of ``kept`` are real and stay.
    """

    def __init__(
        self, known: Collection[str], guessed: Collection[str], short: Mapping[str, str], kept: Collection[str]
    ) -> None:
        words = sorted(word for word in known if not word.endswith("*"))
        stems = sorted(word.removesuffix("*") for word in known if word.endswith("*"))
        self._as_typed = frozenset(words) | frozenset(kept)
        self._short = dict(short)
        self._by_ear = {sound(word): word for word in words if len(word) >= _BY_EAR_FROM}
        self._by_stem = {sound(stem): stem for stem in stems if len(stem) >= _BY_STEM_FROM}
        self._by_slip: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted(guessed):
            for shorter in _slips(word):
                self._by_slip[shorter].append(word)

    def read(self, word: str) -> str:
        """Return the word, or words, that this was meant to be."""
        if word in self._short:
            return self._short[word]
        if word in self._as_typed or not _BY_EAR_FROM <= len(word) <= _UP_TO or not word.isalpha():
            return word
        heard = sound(word)
        return self._by_ear.get(heard) or self._stemmed(heard) or self._slipped(word) or word

    def _stemmed(self, heard: str) -> str | None:
        lengths = range(len(heard), _BY_STEM_FROM - 1, -1)
        return next((self._by_stem[heard[:length]] for length in lengths if heard[:length] in self._by_stem), None)

    def _slipped(self, word: str) -> str | None:
        near = (known for shorter in _slips(word) for known in self._by_slip.get(shorter, ()))
        return next((known for known in near if _plausible(word, known)), None)


def _slips(word: str) -> Iterator[str]:
    """Yield the word and the word without each of its letters but the first: seldom is the first one wrong.

    Two words that share one of these differ by one letter, or by two letters swapped.
    """
    if len(word) >= _BY_SLIP_FROM and word.isalpha():
        yield word
        for place in range(1, len(word)):
            yield word[:place] + word[place + 1 :]


def _plausible(word: str, known: str) -> bool:
    return word[0] == known[0] and len(known) > _BY_SLIP_FROM
