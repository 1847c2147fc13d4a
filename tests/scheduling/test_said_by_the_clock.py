"""What is said of a time is what a clock on the wall there shows, on every day of the year, changes included."""

import re
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import spoken, timezones
from scheduling.spoken import NBSP
from tests.factories import HOUR, MINUTE

HOUSTON, MEXICO, JUAREZ, EL_PASO = "America/Chicago", "America/Mexico_City", "America/Ciudad_Juarez", "America/Denver"
PLACES = sorted(spoken.ZONES)
START = datetime(2026, 1, 1, tzinfo=UTC)
instants = st.integers(0, 3 * 366 * 24 * 60).map(lambda minutes: START + minutes * MINUTE)
places, tongues = st.sampled_from(PLACES), st.sampled_from(["es", "en"])


def plain(text):
    return text.replace(NBSP, " ")


def read_back(said):
    """Return the hour and minute that somebody understands who hears ``5:05 p. m.``."""
    hour, minute, half = re.fullmatch(r"(\d+):(\d\d) ([ap])\. ?m\.", plain(said)).groups()
    return int(hour) % 12 + (12 if half == "p" else 0), int(minute)


# --- hours -----------------------------------------------------------------------------------------------------------


@given(instant=instants, zone=places, language=tongues)
def test_an_hour_is_understood_as_the_wall_there_shows_it(instant, zone, language):
    wall = instant.astimezone(ZoneInfo(zone))
    assert read_back(spoken.hour(instant, zone, language)) == (wall.hour, wall.minute)


@given(clock=st.times(), language=tongues)
def test_no_hour_is_zero_or_above_twelve(clock, language):
    assert 1 <= int(spoken.wall(clock, language).partition(":")[0]) <= 12


@given(instant=instants, zone=places)
def test_only_one_oclock_is_a_la(instant, zone):
    said = plain(spoken.at_hour(instant, zone, "es"))
    hour = instant.astimezone(ZoneInfo(zone)).hour
    assert said.startswith("a la 1:" if hour % 12 == 1 else "a las ")


@pytest.mark.parametrize(
    ("clock", "said"),
    [
        (time(0, 30), "12:30 a. m."),
        (time(11, 59), "11:59 a. m."),
        (time(12, 1), "12:01 p. m."),
        (time(13), "1:00 p. m."),
    ],
)
def test_midnight_and_noon_are_told_apart(clock, said):
    assert plain(spoken.wall(clock, "es")) == said


# --- days ------------------------------------------------------------------------------------------------------------


@given(when=st.dates(date(2020, 1, 1), date(2040, 12, 31)), language=tongues)
def test_a_day_of_the_calendar_is_the_same_as_its_noon_there(when, language):
    noon = datetime.combine(when, time(12), ZoneInfo(HOUSTON))
    assert spoken.date_alone(when, language) == spoken.day(noon, HOUSTON, language)


@given(when=st.dates(date(2020, 1, 1), date(2040, 12, 31)), language=tongues)
def test_two_days_that_follow_each_other_are_never_said_alike(when, language):
    today, tomorrow = (spoken.date_alone(when + timedelta(days=days), language) for days in (0, 1))
    assert today != tomorrow
    assert today.split()[0] != tomorrow.split()[0]


@given(instant=instants, zone=places, ahead=st.integers(-3, 3), language=tongues)
def test_today_and_tomorrow_are_counted_on_the_wall_there(instant, zone, ahead, language):
    place = ZoneInfo(zone)
    noon = datetime.combine(instant.astimezone(place).date() + timedelta(days=ahead), time(12), place)
    near = {0: ("hoy", "today"), 1: ("mañana", "tomorrow")}.get(ahead)
    said = spoken.near_day(noon, zone, language, at=instant)
    assert said == spoken.day(noon, zone, language) if near is None else said.startswith(near[language == "en"])


@given(instant=instants, zone=places, ahead=st.integers(2, 300), language=tongues)
def test_a_sentence_about_any_other_day_names_it(instant, zone, ahead, language):
    later = instant + timedelta(days=ahead)
    said = spoken.on_day(later, zone, language, at=instant)
    assert said == f"{'On' if language == 'en' else 'El'} {spoken.day(later, zone, language)}"


# --- the nights on which a clock changes -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("utc", "said"),
    [("2027-03-14T07:59", "1:59 a. m."), ("2027-03-14T08:00", "3:00 a. m."), ("2026-11-01T06:30", "1:30 a. m.")],
)
def test_the_hour_that_is_lost_is_never_said(utc, said):
    assert plain(spoken.hour(datetime.fromisoformat(utc + "+00:00"), HOUSTON, "es")) == said


@pytest.mark.parametrize("zone", PLACES)
def test_through_three_years_every_hour_there_is_said_and_at_most_two_hours_alike(zone):
    said = [spoken.day(START + n * HOUR, zone, "es") + spoken.hour(START + n * HOUR, zone, "es") for n in range(8760)]
    twice = sum(first == second for first, second in pairwise(said))
    assert twice == (1 if ZoneInfo(zone).utcoffset(datetime(2026, 1, 1)) != summer(zone) else 0)  # noqa: DTZ001


def summer(zone):
    return ZoneInfo(zone).utcoffset(datetime(2026, 7, 1))  # noqa: DTZ001 (a wall clock)


@pytest.mark.parametrize(
    ("mine", "other", "changes"),
    [
        (HOUSTON, MEXICO, True),
        (MEXICO, HOUSTON, True),
        (JUAREZ, EL_PASO, False),
        (HOUSTON, JUAREZ, False),
        (MEXICO, "America/Cancun", False),
        (HOUSTON, "America/Phoenix", True),
        (HOUSTON, HOUSTON, False),
    ],
)
def test_between_february_and_april_the_gap_changes_where_one_clock_does(mine, other, changes):
    booked, visit = datetime(2027, 2, 20, 15, tzinfo=UTC), datetime(2027, 4, 5, 15, tzinfo=UTC)
    assert (timezones.shift(visit, booked, mine, other) is not None) is changes


@given(booked=instants, hours=st.integers(0, 24 * 90), mine=places, other=places)
def test_what_is_said_of_a_change_is_true_before_and_after_it(booked, hours, mine, other):
    visit = booked + hours * HOUR
    found = timezones.shift(visit, booked, mine, other)
    assert (found is None) == (gap(booked, mine, other) == gap(visit, mine, other))
    if found:
        assert booked < found <= visit
        assert gap(found - MINUTE, mine, other) == gap(booked, mine, other) != gap(found, mine, other)
        assert timezones.shift(visit, booked, other, mine) == found


def gap(instant, mine, other):
    here, there = (instant.astimezone(ZoneInfo(zone)).utcoffset() for zone in (mine, other))
    return here - there
