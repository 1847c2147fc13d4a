"""What a person looks for and why a clinician does not fit are plain values, whose codes programs read."""

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import matching, shown
from scheduling.matching import Reason, Refused, Voice
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


# --- from one language to another ------------------------------------------------------------------------------------

NAYELI, XOCHITL, BRUNO = ["mxb", "es", "en"], ["mxb", "es"], ["es", "en"]


@pytest.mark.parametrize(
    ("voices", "speaks", "across"),
    [
        ([], ["mxb"], []),
        ([], ["en"], None),
        ([NAYELI], ["en"], [("mxb", "en")]),
        ([NAYELI], ["en", "es"], [("mxb", "es")]),
        ([NAYELI], ["mxb", "en"], None),
        ([BRUNO], ["en"], None),
        ([XOCHITL], ["en"], None),
        ([XOCHITL, BRUNO], ["en"], [("mxb", "es"), ("es", "en")]),
        ([BRUNO, XOCHITL], ["en"], None),
        ([XOCHITL, BRUNO], ["es", "en"], None),
        ([NAYELI, BRUNO], ["en"], None),
        ([XOCHITL, ["zai", "en"]], ["en"], None),
    ],
    ids=str,
)
def test_who_goes_between_which_languages(voices, speaks, across):
    assert matching.links(["mxb"], voices, speaks) == across


def test_a_language_that_was_not_said_needs_nobody():
    assert matching.links([], [], ["en"]) == []
    assert matching.links([], [NAYELI], ["en"]) is None


spoken = st.frozensets(st.sampled_from(["mxb", "es", "en", "zai"]), min_size=1)


@given(voices=st.lists(spoken, max_size=2), speaks=spoken, own=st.sampled_from(["mxb", "es", "en"]))
def test_what_is_passed_on_is_understood_by_the_next(voices, speaks, own):
    across = matching.links([own], voices, speaks)
    if across is not None:
        assert len(across) == len(voices)
        for (heard, said), voice in zip(across, voices, strict=True):
            assert {heard, said} <= voice
        passed = [own, *(said for _, said in across)]
        assert [heard for heard, _ in across] == passed[:-1]
        assert passed[-1] in speaks
        assert len(set(passed)) == len(passed)


@given(
    languages=st.lists(spoken, max_size=5),
    kept=st.lists(spoken, max_size=1),
    speaks=spoken,
    own=st.sampled_from(["mxb", "es"]),
)
def test_seats_are_found_whenever_somebody_could_sit_there(languages, kept, speaks, own):
    free = [Voice(number, spoken) for number, spoken in enumerate(languages)]
    stay = [Voice(100 + number, spoken) for number, spoken in enumerate(kept)]
    seats = matching.seats([own], stay, free, speaks)
    people = [*stay, *free]
    ways = [[], *([one] for one in people), *([one, two] for one in people for two in people if one != two)]
    possible = any(matching.bridges([own], way, speaks) for way in ways)
    assert (seats is not None) == possible or (possible and stay)
    if seats is not None:
        assert matching.bridges([own], seats, speaks)
        assert {voice.actor for voice in seats} <= {voice.actor for voice in people}
