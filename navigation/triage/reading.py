"""Reading: from raw text to the line in which phrases are looked for."""

import re
from collections.abc import Iterable
from typing import Final

from .letters import tokens
from .phrases import Line, Phrase
from .spelling import Speller

_HIDDEN: Final = "_ "  # no phrase has this word, and none reaches over it


class Reader:
    """Turns text into words as the phrases spell them, parted into clauses, with figures of speech taken out."""

    def __init__(self, speller: Speller, sentences: Phrase, clauses: Phrase, figures: Iterable[Phrase]) -> None:
        self._speller = speller
        self._starts = [(_before(sentences), ". "), (_before(clauses), ", ")]
        self._figures = tuple(figures)

    def literally(self, text: str) -> Line:
        """Return the line as written, which begins and ends with a boundary."""
        words = " ".join(self._speller.read(token) for token in tokens(text))
        line = f" . {words} . "
        for start, boundary in self._starts:
            line = start.sub(boundary, line)
        return Line(line)

    def plainly(self, line: Line) -> Line:
        """Return the line without figures of speech."""
        for figure in self._figures:
            line = figure.replace(line, _HIDDEN)
        return line


def _before(phrase: Phrase) -> re.Pattern[str]:
    return re.compile(f"(?<= )(?={phrase.regex})")
