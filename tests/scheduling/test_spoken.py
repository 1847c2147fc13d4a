"""Days, hours and zones are said as people say them, in their language, by their clock, and do not break in two."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import places, spoken
from scheduling.spoken import NBSP

HOUSTON, MEXICO = "America/Chicago", "America/Mexico_City"
FIVE = datetime(2026, 3, 9, 22, 0, tzinfo=UTC)  # five in the afternoon of a Monday in Houston, four in Mexico City
instants = st.integers(0, 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def plain(text):
    return text.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("hour", "spanish", "english"),
    [
        (0, "12:00 a. m.", "12:00 a.m."),
        (9, "9:00 a. m.", "9:00 a.m."),
        (12, "12:00 p. m.", "12:00 p.m."),
        (17, "5:00 p. m.", "5:00 p.m."),
        (23, "11:00 p. m.", "11:00 p.m."),
    ],
)
def test_the_hour_is_said_on_a_clock_of_twelve(hour, spanish, english):
    instant = datetime(2026, 6, 8, hour, tzinfo=UTC)
    assert plain(spoken.hour(instant, "UTC", "es")) == spanish
    assert plain(spoken.hour(instant, "UTC", "en")) == english


def test_the_hour_is_that_of_the_zone():
    assert plain(spoken.hour(FIVE, HOUSTON, "es")) == "5:00 p. m."
    assert plain(spoken.hour(FIVE, MEXICO, "es")) == "4:00 p. m."


def test_minutes_have_two_digits():
    assert plain(spoken.hour(FIVE + timedelta(minutes=5), HOUSTON, "es")) == "5:05 p. m."


@given(instant=instants, language=st.sampled_from(["es", "en"]))
def test_an_hour_never_breaks_over_two_lines(instant, language):
    assert " " not in spoken.hour(instant, HOUSTON, language)


@pytest.mark.parametrize(
    ("hour", "spanish", "english"),
    [
        (1, "a la 1:00 a. m.", "at 1:00 a.m."),
        (10, "a las 10:00 a. m.", "at 10:00 a.m."),
        (12, "a las 12:00 p. m.", "at 12:00 p.m."),
        (13, "a la 1:00 p. m.", "at 1:00 p.m."),
    ],
)
def test_one_oclock_is_one_and_the_others_are_many(hour, spanish, english):
    instant = datetime(2026, 6, 8, hour, tzinfo=UTC)
    assert plain(spoken.at_hour(instant, "UTC", "es")) == spanish
    assert plain(spoken.at_hour(instant, "UTC", "en")) == english


@pytest.mark.parametrize(
    ("days", "spanish", "english"),
    [
        (0, "Hoy", "Today"),
        (1, "Mañana", "Tomorrow"),
        (2, "El miércoles 11 de marzo", "On Wednesday, March 11"),
        (-1, "El domingo 8 de marzo", "On Sunday, March 8"),
    ],
)
def test_a_sentence_may_begin_with_the_day(days, spanish, english):
    then = FIVE + timedelta(days=days)
    assert plain(spoken.on_day(then, HOUSTON, "es", at=FIVE)) == spanish
    assert plain(spoken.on_day(then, HOUSTON, "en", at=FIVE)) == english


def test_tomorrow_begins_at_midnight_where_the_person_is():
    late = datetime(2026, 3, 10, 4, 30, tzinfo=UTC)  # half past eleven at night in Houston
    assert spoken.on_day(late + timedelta(hours=1), HOUSTON, "es", at=late) == "Mañana"
    assert spoken.on_day(late + timedelta(hours=1), MEXICO, "es", at=late) == "Hoy"


@pytest.mark.parametrize(
    ("parts", "spanish", "english"),
    [(["a"], "a", "a"), (["a", "b"], "a y b", "a and b"), (["a", "b", "c"], "a, b y c", "a, b and c")],
)
def test_several_are_listed_as_a_person_lists_them(parts, spanish, english):
    assert (spoken.listed(parts, "es"), spoken.listed(parts, "en")) == (spanish, english)


@pytest.mark.parametrize(
    ("hour", "said"), [(1, "la 1:00 a. m."), (13, "la 1:00 p. m."), (12, "las 12:00 p. m."), (22, "las 10:00 p. m.")]
)
def test_one_o_clock_is_one_and_the_other_hours_are_many(hour, said):
    instant = datetime(2026, 6, 8, hour, tzinfo=UTC)
    assert plain(spoken.the_hour(instant, "UTC", "es")) == said
    assert spoken.the_hour(instant, "UTC", "en") == spoken.hour(instant, "UTC", "en")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Dr. Andrés Ramos", "el Dr. Andrés Ramos"),
        ("Dra. Paula Mendoza", "la Dra. Paula Mendoza"),
        ("Enf. Rosa López", "Enf. Rosa López"),
        ("Lupita", "Lupita"),
    ],
)
def test_a_title_is_said_as_people_say_it(name, said):
    assert spoken.the_person(name, "es") == said
    assert spoken.the_person(name, "en") == name


def test_the_day_is_said_in_words():
    assert plain(spoken.day(FIVE, HOUSTON, "es")) == "lunes 9 de marzo"
    assert plain(spoken.day(FIVE, HOUSTON, "en")) == "Monday, March 9"


def test_the_day_is_that_of_the_zone():
    midnight = datetime(2026, 3, 10, 5, 0, tzinfo=UTC)
    assert plain(spoken.day(midnight, HOUSTON, "es")) == "martes 10 de marzo"
    assert plain(spoken.day(midnight - timedelta(seconds=1), HOUSTON, "es")) == "lunes 9 de marzo"


@given(instant=instants)
def test_every_day_of_every_year_has_words_in_both_languages(instant):
    assert plain(spoken.day(instant, "UTC", "en")) == f"{instant:%A, %B} {instant.day}"
    assert plain(spoken.day(instant, "UTC", "es")).split()[1] == str(instant.day)


@pytest.mark.parametrize(
    ("days", "said"), [(0, "hoy, lunes"), (1, "mañana, martes"), (2, "miércoles"), (-1, "domingo")]
)
def test_today_and_tomorrow_are_said_so(days, said):
    assert spoken.near_day(FIVE + timedelta(days=days), HOUSTON, "es", at=FIVE).startswith(said)


def test_today_is_said_in_english_too():
    assert plain(spoken.near_day(FIVE, HOUSTON, "en", at=FIVE)) == "today, Monday, March 9"


def test_tomorrow_is_a_matter_of_the_wall_clock_and_not_of_24_hours():
    late = datetime(2026, 3, 10, 4, 30, tzinfo=UTC)  # half past eleven in the evening
    assert spoken.near_day(late + timedelta(hours=1), HOUSTON, "es", at=late).startswith("mañana")
    assert spoken.near_day(late, HOUSTON, "es", at=late).startswith("hoy")


def test_a_zone_is_called_what_people_call_it():
    assert spoken.zone(HOUSTON, "es") == "hora del centro (Houston, Chicago)"
    assert spoken.zone(HOUSTON, "en") == "Central time (Houston, Chicago)"


def test_a_zone_we_have_no_words_for_is_called_by_its_city():
    assert spoken.zone("America/Argentina/Buenos_Aires", "es") == "hora de Buenos Aires"
    assert spoken.zone("America/Argentina/Buenos_Aires", "en") == "Buenos Aires time"


@pytest.mark.parametrize("state", [state for state in places.STATES if state != "PR"])
def test_the_zone_of_every_state_is_said_with_a_city_people_know(state):
    assert "(" in spoken.zone(places.of_state(state).zone, "es")


@pytest.mark.parametrize("language", ["", "fr", "mxb"])
def test_a_language_the_pages_do_not_speak_is_spoken_to_in_spanish(language):
    assert plain(spoken.day(FIVE, HOUSTON, language)) == "lunes 9 de marzo"
