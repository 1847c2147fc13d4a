"""What people write back to us, and what their words mean.

Note [Questions are found, not kept]. Whatever may be answered by replying a word (a reminder, an offer) is a row of its
own module. That module registers how to find what is open to a phone at an instant; nothing here has to be told when a
question is over.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

Act = Callable[..., str | None]


@dataclass(frozen=True)
class Question:
    """Something a phone may answer with a word.

    `words` says what each word does. Words are written small and without accents ("1", "si"). An act is called with the
    keywords `by` (access.Viewer of the phone's account, or System) and `at`, opens its own transaction, and returns the
    kind of notification to answer with, or None for a plain "received". It may raise a Refusal, which is said.
    `label` names the question in a language without telling on anybody ("martes 9, 5:00 p. m."), for when one of
    several has to be chosen.
    """

    kind: str
    subject: UUID
    words: Mapping[str, Act]
    label: Callable[[str], str] | None = None


Find = Callable[[str, datetime], list[Question]]
_finders: dict[str, Find] = {}


def register(kind: str, find: Find) -> None:
    """Name how to find the open questions of a kind: `find(phone_hash, at)`; called from AppConfig.ready()."""
    _finders[kind] = find


def questions(phone_hash: str, at: datetime) -> list[Question]:
    """Return everything a phone may answer at an instant, in the order of registration."""
    return [question for find in _finders.values() for question in find(phone_hash, at)]
