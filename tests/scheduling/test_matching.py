"""What a person looks for and why a clinician does not fit are plain values, whose codes programs read."""

from dataclasses import FrozenInstanceError

import pytest

from scheduling import shown
from scheduling.matching import Reason, Refused
from tests.factories import criteria


def test_the_codes_of_the_reasons_and_their_order_are_what_programs_rely_on():
    codes = ["specialty", "modality", "no_licence", "language", "age", "no_interpreter", "no_open_time"]
    assert [str(reason) for reason in Reason] == codes


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words(reason):
    assert shown.refusal(reason, "TX").endswith(".")


def test_what_was_not_said_narrows_nothing():
    asked = criteria()
    assert (asked.visit_type, asked.modality, asked.specialty, asked.care) == ("", "", "", "")
    assert (asked.age, asked.clinician, asked.limit) == (None, None, 20)


def test_nobody_changes_a_question_after_it_was_asked():
    with pytest.raises(FrozenInstanceError):
        criteria().state = "CA"
    with pytest.raises(FrozenInstanceError):
        Refused(Reason.AGE, 1).count = 2
