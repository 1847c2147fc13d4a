"""The decision: from a text and answers to a level, a kind, the flags raised and what to do, in that order of need."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

from .ear import ear
from .flags import LANGUAGES, Flag, Language, Level, Question, book
from .worry import worry

ANSWERS: Final = ("yes", "no", "unsure")
_RAISING: Final = frozenset({"yes", "unsure"})  # who is not sure is helped as if it were so
_FIRST_TO_DIAL: Final = "911"
_MEDICAL: Final = "medical need"  # the sign that an unflagged text is about health
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


class InvalidInput(ValueError):
    """What was sent cannot be assessed. ``field`` names the part, such as ``answers.CHEST``; ``code`` says why."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field, self.code = field, code


@dataclass(frozen=True)
class Action:
    """Something to do: "call" a number, or "tell" (say or do this now; no number)."""

    kind: Literal["call", "tell"]
    number: str | None
    label: str


@dataclass(frozen=True)
class Assessment:
    """How soon help is needed, of which kind, which flags say so, and what to do first."""

    level: Level
    kind: str
    flags: tuple[str, ...]
    actions: tuple[Action, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the answer of ``POST /api/v1/triage``, keys in order."""
        return asdict(self) | {"flags": list(self.flags), "actions": [asdict(action) for action in self.actions]}


def assess(
    text: str = "",
    answers: Mapping[str, str] = _NONE,
    language: Language = "es",
    off: Collection[str] = (),
) -> Assessment:
    """Weigh what a person wrote and answered. Either may raise the level; neither takes back what the other says.

    Args:
        text: anything, of any length; Spanish and English are both understood whatever the language.
        answers: code of a flag, of its first question or of a detail → "yes", "no" or "unsure" (which counts as yes).
        language: of the labels.
        off: codes of flags this deployment has switched off; their answers are read and ignored.

    Raises:
        InvalidInput: an unknown language, code or answer.
    """
    _check(answers, language)
    heard = ear().hear(text)
    signs = heard.signs | _answered(answers)
    flags = [flag for flag in book().flags if flag.code not in off]
    raised = [flag for flag in flags if flag.raised_by(signs)]
    # Words that only worry say how bad it is, not what it is: the kind is that of the flags, if there are any.
    kind = raised[0].kind if raised else None
    if not _is_emergency(raised) and worry().raised_by(heard.sentences):
        raised = [*(flag for flag in flags if flag.net), *raised]
    if not raised:
        return Assessment("routine", "medical" if _MEDICAL in signs else "help", (), ())
    codes = tuple(flag.code for flag in raised)
    return Assessment(raised[0].level, kind or raised[0].kind, codes, tuple(_actions(raised, signs, language)))


def questions(language: Language = "es", off: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return the (code, question) pairs to ask everybody, in order; `follow_up` gives the rest.

    Whoever is asked about red flags is asked about pregnancy: people do not volunteer it (CDC).
    """
    asked = [flag.first or flag.question for flag in book().flags if flag.first or flag.code not in off]
    return _worded(asked, language)


def follow_up(code: str, language: Language = "es", off: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return the (code, question) pairs to ask when the answer to this code is yes or unsure; mostly none.

    Raises InvalidInput for a code that is never asked.
    """
    _check({code: "yes"}, language)
    flags = (flag for flag in book().flags if flag.first and flag.first.code == code and flag.code not in off)
    return _worded((detail for flag in flags for detail in flag.details), language)


def _worded(asked: Iterable[Question], language: Language) -> list[tuple[str, str]]:
    _check({}, language)
    return [(question.code, question.text[language]) for question in asked]


def _check(answers: Mapping[str, str], language: str) -> None:
    if language not in LANGUAGES:
        raise InvalidInput("language", "unknown")
    known = {question.code for flag in book().flags for question in flag.questions()}
    for code, answer in answers.items():
        if code not in known:
            raise InvalidInput(f"answers.{code}", "unknown")
        if answer not in ANSWERS:
            raise InvalidInput(f"answers.{code}", "not_yes_no_unsure")


def _answered(answers: Mapping[str, str]) -> frozenset[str]:
    """Return the signs that the answers affirm: a code is its own sign, a first question has another name for it."""
    named = {flag.first.code: flag.first_sign for flag in book().flags if flag.first and flag.first_sign}
    return frozenset(named.get(code) or code for code, answer in answers.items() if answer in _RAISING)


def _is_emergency(raised: Iterable[Flag]) -> bool:
    return any(flag.level == "emergency" for flag in raised)


def _actions(raised: Iterable[Flag], signs: frozenset[str], language: Language) -> Iterator[Action]:
    calls = [call for flag in raised for call in flag.calls if not call.when or not call.when.isdisjoint(signs)]
    numbers = {call.number: call.label[language] for call in calls}
    for number in sorted(numbers, key=lambda number: number != _FIRST_TO_DIAL):
        yield Action("call", number, numbers[number])
    for flag in raised:
        yield Action("tell", None, flag.advice[language])
