"""Letters: whatever was typed, as plain a–z words, numbers and boundaries."""

import html
import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby
from typing import Final

_TAG: Final = re.compile(
    r"</?(?:a|b|br|div|em|font|h[1-6]|i|img|li|ol|p|script|span|strong|style|table|td|tr|u|ul)\s*/?>"
)
_APOSTROPHES: Final = re.compile("['’‘´`ʼ]")
_STRETCHED: Final = re.compile(r"([a-z])\1{2,}")
_TOKEN: Final = re.compile(r"\d+(?:[.,]\d+)*|[a-z]+|[.!?¡¿;\n…]|[,:()\[\]—–]")
_ENDS: Final = frozenset(".!?¡¿;\n…")


def plain(text: str) -> str:
    """Return the text in lower case, without accents, tags, apostrophes or stretched letters ("ayudaaaa")."""
    bare = _TAG.sub(" ", html.unescape(text).lower())
    letters = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", bare))
    return _STRETCHED.sub(r"\1", "".join(letter for letter in letters if not unicodedata.combining(letter)))


def tokens(text: str) -> Iterator[str]:
    """Yield words, numbers (with a decimal point), and boundaries: "." ends a sentence, "," a clause.

    What is repeated at once is said once: in fright people write "no no no respira".
    """
    for token, _ in groupby(map(_token, _TOKEN.findall(plain(text)))):
        yield token


def _token(found: str) -> str:
    if found in _ENDS:
        return "."
    return found.replace(",", ".") if found[0].isdigit() else found if found[0].isalpha() else ","
