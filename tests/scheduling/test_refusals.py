"""Programs rely on the code and status of each refusal: they are written down here and do not change."""

import inspect

import pytest
from django.utils.translation import override

from scheduling import problems, refusals
from scheduling.refusals import Refusal, RoomNotOpenYet, TooManyCodes, WrongCode
from tests.factories import AT, HOUR

CODES = {
    "AlreadyTaken": ("already_taken", 409),
    "CodeExpired": ("code_expired", 410),
    "HoldAlreadyExtended": ("hold_already_extended", 409),
    "HoldExpired": ("hold_expired", 410),
    "Invalid": ("invalid", 422),
    "NotFound": ("not_found", 404),
    "NotPossibleNow": ("not_possible_now", 409),
    "PatientBusy": ("patient_busy", 409),
    "Refusal": ("refused", 409),
    "RoomClosed": ("room_closed", 410),
    "RoomNotOpenYet": ("room_not_open_yet", 425),
    "RoomTokenInvalid": ("room_token_invalid", 403),
    "RoomTooLate": ("room_too_late", 410),
    "SignInFirst": ("sign_in_first", 401),
    "SlotInvalid": ("slot_invalid", 422),
    "SlotTaken": ("slot_taken", 409),
    "TooManyCodes": ("too_many_codes", 429),
    "TooManyHolds": ("too_many_holds", 409),
    "WrongCode": ("wrong_code", 422),
}


def kinds():
    return {name: kind for name, kind in inspect.getmembers(refusals, inspect.isclass) if issubclass(kind, Refusal)}


def test_every_refusal_keeps_its_code_and_status():
    assert CODES.items() <= {name: (kind.code, kind.status) for name, kind in kinds().items()}.items()


def test_every_refusal_says_in_the_source_what_it_means():
    assert all(inspect.getdoc(kind).endswith(".") for kind in kinds().values())


def words(refusal, language="es", zone="America/Chicago"):
    with override(language):
        return " ".join(problems.words(refusal, zone, language)).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("left", "spanish", "english"),
    [(4, "4 intentos", "4 tries"), (1, "1 intento.", "1 try left"), (0, "otro código", "another code")],
)
def test_a_wrong_code_says_how_many_tries_are_left(left, spanish, english):
    assert spanish in words(WrongCode(left))
    assert english in words(WrongCode(left), "en")


def test_a_room_that_is_not_open_says_when_by_the_readers_clock():
    assert "lunes 8 de junio a las 10:00 a. m., hora del centro" in words(RoomNotOpenYet(AT + HOUR))
    english = words(RoomNotOpenYet(AT + 14 * HOUR), "en", "America/Los_Angeles")
    assert "Monday, June 8 at 9:00 p.m., Pacific time" in english


def test_too_many_codes_says_when_to_ask_again():
    assert "En 12 minutos" in words(TooManyCodes(AT + HOUR, 12))
    assert "In 1 minute you" in words(TooManyCodes(AT + HOUR, 1), "en")


@pytest.mark.parametrize("language", ["es", "en"])
def test_what_a_person_typed_is_safe_when_the_hold_is_over(language):
    assert {"es": "lo que escribió", "en": "what you typed"}[language] in words(
        refusals.HoldExpired(), language
    ).lower()
