"""What is said of a calendar that cannot be read, and in which hours it matters, in both languages."""

from datetime import time

import pytest
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from scheduling.feed_forms import CoverForm, FeedForm, covered, feed_words
from scheduling.models import FeedError, Weekday
from scheduling.spoken import NBSP
from scheduling.weeks import Hours

CODES = [*FeedError.values, "bad_address", "has_password", "already_there", "too_many"]
UNKNOWN = "what_nobody_thought_of"


def words(code, language):
    with translation.override(language):
        return str(feed_words(code))


@pytest.mark.parametrize("code", [code for code in CODES if code not in ("", "unreachable")])
@pytest.mark.parametrize("language", ["es", "en"])
def test_every_fault_has_words_of_its_own(code, language):
    said = words(code, language)
    assert said != words(UNKNOWN, language)
    assert said[-1] == "."


@pytest.mark.parametrize("code", [code for code in CODES if code])
def test_the_words_are_in_two_languages(code):
    assert words(code, "es") != words(code, "en")


def test_nothing_wrong_is_nothing_said():
    assert words("", "es") == ""


def test_a_fault_nobody_thought_of_is_an_address_that_cannot_be_reached():
    assert words(UNKNOWN, "es") == words("unreachable", "es")


# --- the address -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["", "   ", "x" * 2001, "https://a\0b"])
def test_what_cannot_be_an_address_is_not_tried(address):
    assert set(FeedForm({"address": address}).errors) == {"address"}


def test_spaces_around_an_address_are_no_part_of_it():
    form = FeedForm({"address": "  webcal://calendar.example/x.ics \n"})
    assert form.is_valid()
    assert form.cleaned_data["address"] == "webcal://calendar.example/x.ics"


# --- in which hours --------------------------------------------------------------------------------------------------


def cover(days, starts="00:00", ends="00:00"):
    return CoverForm({"days": [str(day) for day in days], "starts": starts, "ends": ends})


@pytest.mark.parametrize("days", [[], [0], [0, 6], list(range(7))])
def test_each_chosen_day_has_the_hours(days):
    form = cover(days, "17:00", "20:00")
    assert form.is_valid()
    assert form.hours() == [Hours(day, time(17), time(20)) for day in days]


def test_from_midnight_until_midnight_is_the_whole_day():
    form = cover([2])
    assert form.is_valid()
    assert len(form.hours()[0].minutes) == 24 * 60


@pytest.mark.parametrize(
    ("days", "starts", "ends", "field"),
    [
        ([7], "10:00", "11:00", "days"),
        (["x"], "10:00", "11:00", "days"),
        ([0], "", "11:00", "starts"),
        ([0], "10:00", "24:00", "ends"),
        ([0], "diez", "11:00", "starts"),
    ],
)
def test_hours_that_are_none_are_told_where_they_are_wrong(days, starts, ends, field):
    assert set(cover(days, starts, ends).errors) == {field}


@pytest.mark.parametrize(
    ("lower", "upper", "spanish", "english"),
    [
        (0, 60, "lunes, 12:00 a. m. – 1:00 a. m.", "Monday, 12:00 a.m. – 1:00 a.m."),
        (3 * 1440 + 900, 3 * 1440 + 1020, "jueves, 3:00 p. m. – 5:00 p. m.", "Thursday, 3:00 p.m. – 5:00 p.m."),
        (6 * 1440, 7 * 1440, "domingo, 12:00 a. m. – 12:00 a. m.", "Sunday, 12:00 a.m. – 12:00 a.m."),
        (6 * 1440 + 1320, 7 * 1440 + 120, "domingo, 10:00 p. m. – 2:00 a. m.", "Sunday, 10:00 p.m. – 2:00 a.m."),
    ],
)
def test_minutes_of_the_week_are_said_as_a_day_and_hours(lower, upper, spanish, english):
    for language, expected in (("es", spanish), ("en", english)):
        with translation.override(language):
            assert [one.replace(NBSP, " ") for one in covered([NumericRange(lower, upper)])] == [expected]


@given(st.integers(0, 7 * 1440 - 1), st.integers(1, 1440))
def test_whatever_is_covered_is_said_on_the_day_on_which_it_begins(lower, length):
    with translation.override("en"):
        [said] = covered([NumericRange(lower, lower + length)])
        assert said.startswith(str(Weekday(lower // 1440).label))


def test_hours_are_said_in_the_order_they_were_given():
    with translation.override("en"):
        said = covered([NumericRange(1440, 1500), NumericRange(0, 60)])
    assert [one.split(",")[0] for one in said] == ["Tuesday", "Monday"]
