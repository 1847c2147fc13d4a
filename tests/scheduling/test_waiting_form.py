"""What the waiting list asks, and the wish that comes of it: whatever stands in an address or is typed."""

from datetime import date, time
from itertools import pairwise

import pytest
from django.http import QueryDict
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from scheduling.models import Care, Modality, Specialty
from scheduling.views.waiting_form import PARTS, SuitsForm, WaitForm, asked, wish

WHAT = {"state": "TX", "zone": "America/Chicago", "language": "es", "specialty": "family", "care": "clinical"}
TUESDAY = date(2026, 6, 30)
HERS = {"name": "Lupita", "country": "US", "phone": "713 555 0142"}


# --- what stands in an address ---------------------------------------------------------------------------------------


def test_a_state_is_enough_and_the_rest_is_taken_for_granted():
    found = asked({"state": "TX"})
    assert found == WHAT | {"language": "", "modality": ""}


@pytest.mark.parametrize(
    ("state", "zone"),
    [
        ("CA", "America/Los_Angeles"),
        ("NY", "America/New_York"),
        ("AZ", "America/Phoenix"),
        ("HI", "Pacific/Honolulu"),
    ],
)
def test_where_nobody_says_by_which_clock_it_is_the_states(state, zone):
    assert asked({"state": state})["zone"] == zone


def test_who_is_in_another_zone_of_the_state_says_so():
    assert asked({"state": "TX", "zone": "America/Denver"})["zone"] == "America/Denver"


@pytest.mark.parametrize(
    "query", [{}, {"state": ""}, {"state": "ZZ"}, {"state": "Texas!"}, {"state": "TX", "zone": "Mars/Olympus"}], ids=str
)
def test_a_place_nobody_knows_is_asked_for_again(query):
    assert asked(query) is None


@pytest.mark.parametrize(
    ("language", "kept"),
    [
        ("mxb", "mxb"),
        ("zh-Hant", "zh-Hant"),
        ("es&care=x", ""),
        ("<b>", ""),
        ("-", ""),
        ("", ""),
        ("a" * 40, "a" * 16),
    ],
)
def test_a_language_is_a_code_or_nothing(language, kept):
    assert asked({"state": "TX", "language": language})["language"] == kept


@pytest.mark.parametrize(
    ("name", "known", "otherwise"),
    [
        ("specialty", Specialty.values, "family"),
        ("care", Care.values, "clinical"),
        ("modality", Modality.values, ""),
    ],
)
def test_a_choice_is_one_we_have_or_the_usual_one(name, known, otherwise):
    for value in known:
        assert asked({"state": "TX", name: value})[name] == value
    for unknown in ("", "anything", known[0].upper()):
        assert asked({"state": "TX", name: unknown})[name] == otherwise


@given(st.dictionaries(st.sampled_from([*WHAT, "modality"]), st.text(max_size=30)))
def test_whatever_stands_in_an_address_is_a_wish_or_a_question(query):
    found = asked({"state": "TX"} | query)
    assert found is None or wish(found, {}).hours == ()


# --- what is typed ---------------------------------------------------------------------------------------------------


def typed(*, days=(), parts=(), last_day="", form=SuitsForm, **more):
    data = QueryDict(mutable=True)
    data.setlist("days", days)
    data.setlist("parts", parts)
    data.update({"last_day": last_day} | more)
    return form(data)


def wished(**how):
    form = typed(**how)
    assert form.is_valid(), form.errors
    return wish(WHAT, form.typed())


def test_nothing_chosen_means_any_hour_of_any_day():
    assert wished().hours == () and wished().last_day is None


@pytest.mark.parametrize(
    ("days", "parts", "spans"),
    [
        (["0"], [], {(0, time(0), time(23, 59))}),
        (["0", "6"], ["morning"], {(0, time(6), time(12)), (6, time(6), time(12))}),
        ([], ["evening"], {(day, time(17), time(23)) for day in range(7)}),
        (["2"], ["morning", "afternoon"], {(2, time(6), time(12)), (2, time(12), time(17))}),
        (["5", "5"], ["morning"], {(5, time(6), time(12))}),
    ],
)
def test_days_and_parts_of_the_day_are_crossed(days, parts, spans):
    assert {(one.weekday, one.starts, one.ends) for one in wished(days=days, parts=parts).hours} == spans


def test_the_parts_of_a_day_follow_each_other_without_a_hole():
    windows = [(starts, ends) for starts, ends, _ in PARTS.values()]
    assert all(one[1] == after[0] for one, after in pairwise(windows))


@given(st.sets(st.sampled_from("0123456")), st.sets(st.sampled_from(sorted(PARTS))))
def test_every_hour_chosen_is_of_a_day_chosen(days, parts):
    hours = wished(days=sorted(days), parts=sorted(parts)).hours
    assert {one.weekday for one in hours} <= ({int(day) for day in days} or set(range(7)))
    assert all(one.starts < one.ends for one in hours)
    assert bool(hours) is bool(days or parts)


@pytest.mark.parametrize(("day", "kept"), [("2026-06-30", TUESDAY), ("", None), (" 2026-06-30 ", TUESDAY)])
def test_the_last_day_is_a_day_or_none(day, kept):
    assert wished(last_day=day).last_day == kept


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("days", ["7"]),
        ("days", ["-1"]),
        ("days", ["monday"]),
        ("parts", ["night"]),
        ("parts", ["morning", ""]),
        ("last_day", "2026-02-30"),
        ("last_day", "1026-06-30"),
        ("last_day", "soon"),
    ],
)
def test_what_is_no_answer_is_refused_at_its_question(name, value):
    assert set(typed(**{name: value}).errors) == {name}


# --- who waits -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({}, set()),
        ({"name": ""}, {"name"}),
        ({"name": "   "}, {"name"}),
        ({"name": "a" * 500}, {"name"}),
        ({"phone": ""}, {"phone"}),
        ({"phone": "911"}, {"phone"}),
        ({"phone": "55 1234 5678", "country": "MX"}, set()),
        ({"name": "", "phone": ""}, {"name", "phone"}),
    ],
)
def test_whoever_waits_gives_a_name_and_a_phone(given, wrong):
    assert set(typed(form=WaitForm, **(HERS | given)).errors) == wrong


@pytest.mark.parametrize(("language", "words"), [("es", "Qué días le quedan"), ("en", "Which days suit you?")])
def test_it_asks_in_both_languages(language, words):
    with override(language):
        assert words in WaitForm().as_p()


@pytest.mark.parametrize("word", ["social", "immigr", "status", "visa", "citizen", "birth", "income"])
def test_it_asks_for_nothing_that_could_be_held_against_anybody(word):
    assert [name for name in WaitForm().fields if word in name] == []
