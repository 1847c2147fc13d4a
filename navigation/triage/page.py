"""The few words in which a page asks about red flags: a frightened person does not read forty questions."""

from collections.abc import Collection
from functools import cache

from .flags import Language, load


def signs(language: Language, off: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return (code, words) to ask everybody, most pressing first; whoever is unsure finds themselves in the list."""
    return [(entry["code"], entry[language]) for entry in _signs() if entry["code"] not in off]


@cache
def _signs() -> list[dict[str, str]]:
    entries: list[dict[str, str]] = load("page_signs.json")["signs"]
    return entries
