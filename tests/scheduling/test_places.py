"""A ZIP code or a state says where somebody is: the state whose licence counts and the clock they live by."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import places
from scheduling.places import STATES, Place, PlaceUnknown


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("77074", Place("TX", "America/Chicago", "Houston")),
        ("79901", Place("TX", "America/Denver", "El Paso")),
        ("32501", Place("FL", "America/Chicago", "Pensacola")),
        ("33125", Place("FL", "America/New_York", "Miami")),
        ("90011", Place("CA", "America/Los_Angeles", "Los Angeles")),
        ("85009", Place("AZ", "America/Phoenix", "Phoenix")),
        ("96814", Place("HI", "Pacific/Honolulu", "Honolulu")),
        ("00901", Place("PR", "America/Puerto_Rico", "San Juan")),
        ("20009", Place("DC", "America/New_York", "Washington")),
    ],
)
def test_a_zip_code_knows_the_state_the_city_and_the_clock(code, place):
    found = places.of_zip(code)
    assert (found.state, found.zone, found.city) == (place.state, place.zone, place.city)


@pytest.mark.parametrize("code", ["77074-1234", " 77074 ", "77074-"])
def test_a_zip_code_may_be_written_longer_or_with_spaces(code):
    assert places.of_zip(code).city == "Houston"


@pytest.mark.parametrize(
    "code",
    ["", "7707", "770744", "00000", "abcde", "٧٧٠٧٤", "77 074", "-77074", "06600x", "96910", "09001", "%", "77074;"],
)
def test_what_is_no_zip_code_of_a_state_is_unknown(code):
    with pytest.raises(PlaceUnknown):
        places.of_zip(code)


@given(code=st.one_of(st.text(max_size=8), st.from_regex(r"[0-9]{5}", fullmatch=True)))
def test_any_zip_code_is_a_place_with_a_real_clock_or_unknown(code):
    try:
        place = places.of_zip(code)
    except PlaceUnknown:
        return
    assert place.state in STATES
    assert ZoneInfo(place.zone).key == place.zone
    assert place.city


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_a_clock(state):
    place = places.of_state(state)
    assert (place.state, place.city) == (state, "")
    assert ZoneInfo(place.zone).key == place.zone


@pytest.mark.parametrize("written", ["tx", " TX ", "Tx"])
def test_a_state_may_be_written_as_people_write_it(written):
    assert places.of_state(written).state == "TX"


@pytest.mark.parametrize("written", ["", "XX", "Texas", "T", "GU", "ÑÑ"])
def test_what_is_no_state_is_unknown(written):
    with pytest.raises(PlaceUnknown):
        places.of_state(written)


def test_arizona_keeps_its_own_time():
    assert places.of_state("AZ").zone == "America/Phoenix"


@pytest.mark.parametrize("name", ["America/Chicago", "America/Mexico_City", "UTC"])
def test_a_time_zone_is_known_by_its_name(name):
    assert places.zone_named(name) == name


@pytest.mark.parametrize("name", ["", "America", "America/Nowhere", "../etc/passwd", "/etc/passwd", "x" * 5000, "a\0b"])
def test_what_is_no_time_zone_is_unknown(name):
    with pytest.raises(PlaceUnknown):
        places.zone_named(name)
