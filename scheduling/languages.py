"""Which languages people speak, as ISO 639-3 names them and as they themselves say it: by group, and by town.

Nobody says "I speak mxb". They say "mixteco", and from which town; and two mixtecos may not understand one another. So
a group (mixteco) has variants (ISO codes), and a variant has towns. Somebody whose town we do not know speaks the
group, under a code of ISO's range for private use (qaa to qtz), or ISO's own where there is one for all of it.

Source and date lie in data/languages.json. A town is a hint to whom to ask for, never a judgement; the list is not
whole.
"""

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "data" / "languages.json"
SPANISH, ENGLISH, OTHER = "es", "en", "und"
_OF = re.compile("^(de las?|de los|del?) ")
_WIDE = {SPANISH: ("español", "Spanish"), ENGLISH: ("inglés", "English"), OTHER: ("otra lengua", "another language")}


@dataclass(frozen=True)
class Variant:
    """One language of a group: its ISO 639-3 code, how it is told from the others, and towns where it is spoken."""

    code: str
    es: str
    towns: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """What people call their language, in Spanish and English, what its speakers call it, and its variants."""

    code: str
    es: str
    en: str
    own: str
    variants: tuple[Variant, ...]

    def name(self, tongue: str) -> str:
        return self.en if tongue == ENGLISH else self.es


@cache
def groups() -> tuple[Group, ...]:
    """Return every group, by its Spanish name."""
    read = json.loads(_FILE.read_text(encoding="utf-8"))["groups"]
    return tuple(sorted((_group(one) for one in read), key=lambda group: plain(group.es)))


def _group(one: dict[str, Any]) -> Group:
    variants = tuple(Variant(each["code"], each["es"], tuple(each["towns"])) for each in one["variants"])
    return Group(one["code"], one["es"], one["en"], one["own"], variants)


@cache
def _by_code() -> dict[str, tuple[Group, Variant | None]]:
    found: dict[str, tuple[Group, Variant | None]] = {group.code: (group, None) for group in groups()}
    return found | {variant.code: (group, variant) for group in groups() for variant in group.variants}


def is_known(code: str) -> bool:
    """Return whether it is one of ours: Spanish, English, "another", a group or a variant."""
    return code in _WIDE or code in _by_code()


def name(code: str, tongue: str) -> str:
    """Return what a language is called in Spanish or English; its code if we have no name for it."""
    if code in _WIDE:
        return _WIDE[code][tongue == ENGLISH]
    group, variant = _by_code().get(code, (None, None))
    if group is None:
        return code
    if variant is None or len(group.variants) == 1:
        return group.name(tongue)
    return f"{group.en} ({_OF.sub('', variant.es)})" if tongue == ENGLISH else f"{group.es} {variant.es}"


def group_of(code: str) -> Group | None:
    """Return the group a code names or belongs to; None for Spanish, English and what we do not know."""
    return _by_code().get(code, (None, None))[0]


def spoken_by(code: str) -> frozenset[str]:
    """Return the codes of those who may understand: of a variant itself alone, of a group all its variants.

    Of a group it is a guess: whoever shows it says so, and asks for the town.
    """
    group, variant = _by_code().get(code, (None, None))
    if group is None or variant is not None:
        return frozenset({code})
    return frozenset({code, *(each.code for each in group.variants)})


def of_town(words: str, group: str = "") -> tuple[Variant, ...]:
    """Return the variants spoken in a town, as somebody wrote its name; of one group, or of all.

    A whole name counts before a part of one: "San Juan Mixtepec" is not every town whose name has "San Juan" in it.
    """
    wanted = plain(words)
    if len(wanted) < 3:
        return ()
    among = [variant for each in groups() if group in ("", each.code) for variant in each.variants]
    whole = tuple(variant for variant in among if any(wanted in _ways(town) for town in variant.towns))
    return whole or tuple(variant for variant in among if any(wanted in plain(town) for town in variant.towns))


def _ways(town: str) -> tuple[str, str]:
    """Return how a town may be written in full: with its state, or without."""
    return plain(town), plain(town.partition(",")[0])


@cache
def towns(group: str = "") -> tuple[str, ...]:
    """Return every town of a group, or of all, in the order of the alphabet."""
    found = {town for each in groups() if group in ("", each.code) for one in each.variants for town in one.towns}
    return tuple(sorted(found, key=plain))


def plain(words: str) -> str:
    """Return words as they are compared: no accents, no capitals, no signs, single spaces."""
    letters = unicodedata.normalize("NFKD", words.casefold())
    kept = "".join(letter if letter.isalnum() else " " for letter in letters if not unicodedata.combining(letter))
    return " ".join(kept.split())
