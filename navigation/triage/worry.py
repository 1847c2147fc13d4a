"""Worry: the second net, for what no phrase foresaw.

People in fright say things no list has. Every word, and every pair of neighbours, carries points learned from labelled
sentences (`learn`): how much oftener it is said in an emergency than otherwise. A sentence with enough of them worries.
Points are sums, one word at a time: anybody can read in the data file why a sentence worried.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Final

from .flags import load

DATA: Final = "triage_points.json"
_TELLING: Final = 4  # letters; shorter words tell nothing by themselves
_STEM: Final = 5  # letters that longer words are also known by, so that "sangrando" speaks for "sangraba"
_SILENT: Final = (",", "_")  # boundaries, and what was taken out


def features(sentence: str) -> frozenset[str]:
    """Return what a sentence is judged by: its words, their stems, and pairs of neighbours."""
    words = [word for word in sentence.split() if not word.startswith(_SILENT)]
    return frozenset(_features(words))


def _features(words: list[str]) -> Iterator[str]:
    telling = [word for word in words if len(word) >= _TELLING]
    yield from telling
    yield from (f"{word[:_STEM]}*" for word in telling if len(word) > _STEM)
    yield from (f"{one} {two}" for one, two in pairwise(words) if max(len(one), len(two)) >= _TELLING)


class Worry:
    """Adds up the points of a sentence: ``base`` and those of its features; from ``enough`` on, it worries."""

    def __init__(self, points: Mapping[str, int], base: int, enough: int) -> None:
        self._points, self._base, self._enough = points, base, enough

    def score(self, sentence: str) -> int:
        """Return the points of one sentence: 100 more, and an emergency is 2.7 times as likely."""
        return self._base + sum(self._points.get(feature, 0) for feature in features(sentence))

    def raised_by(self, sentences: Iterable[str]) -> bool:
        """Return whether any of the sentences worries; a calm one beside it does not soothe."""
        return any(self.score(sentence) >= self._enough for sentence in sentences)


@cache
def worry() -> Worry:
    """Return the worry for the shipped points, read once."""
    data = load(DATA)
    return Worry(data["points"], data["base"], data["enough"])
