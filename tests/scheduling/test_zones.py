"""A zone's name means the same to Python, to the database and to people; anything else is none."""

import pytest
from django.db import connection

from scheduling import places, spoken
from tests.factories import AT


def known_to_the_database() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_timezone_names")
        return {name for (name,) in cursor.fetchall()}


def taken(name: str) -> bool:
    try:
        return places.zone_named(name) == name
    except places.PlaceUnknown:
        return False


@pytest.mark.django_db
def test_where_people_live_every_zone_we_take_is_known_to_the_database():
    ours = {name for name in places._zone_names() if name.startswith(("America/", "US/", "Pacific/", "Mexico/"))}
    assert len(ours) > 150
    assert ours <= known_to_the_database()


@pytest.mark.parametrize(
    "name",
    ["localtime", "Factory", "posixrules", "right/UTC", "posix/UTC", "america/chicago", "EST5EDT4", "", "+05:00"],
)
def test_a_name_that_means_something_only_here_is_none(name):
    assert not taken(name)


@pytest.mark.parametrize("state", places.STATES)
@pytest.mark.parametrize("language", ["es", "en"])
def test_the_clock_of_every_state_has_a_name_people_know(state, language):
    zone = places.of_state(state).zone
    assert taken(zone)
    said = spoken.zone(zone, language)
    assert said
    assert "/" not in said


@pytest.mark.parametrize("asked", ["localtime", "right/America/Chicago", "posixrules"])
def test_a_program_that_asks_by_such_a_clock_is_told(client, clock, dr_ramos, asked):
    answer = client.get("/api/v1/slots", {"state": "TX", "zone": asked})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "zone")


@pytest.mark.parametrize("zone", ["America/Denver", "America/Puerto_Rico", "America/Phoenix", "UTC"])
def test_the_same_time_is_told_by_the_clock_that_was_asked_for(client, clock, dr_ramos, zone):
    asked = client.get("/api/v1/slots", {"state": "TX", "zone": zone, "limit": 1}).json()["slots"][0]
    here = client.get("/api/v1/slots", {"state": "TX", "limit": 1}).json()["slots"][0]
    assert asked["zone"] == zone
    assert asked["starts_at"] != here["starts_at"] or zone == "America/Chicago"
    assert AT.fromisoformat(asked["starts_at"]) == AT.fromisoformat(here["starts_at"])
