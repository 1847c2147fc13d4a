"""A zone defined by yearly rules says of every hour what the zone itself says; independent readers agree."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from scheduling import timezones
from scheduling.calendars import Invitation, render_feed
from tests.factories import HOUR

SINCE = datetime(2026, 1, 5, 12, tzinfo=UTC)
CHANGING = ["America/Chicago", "America/New_York", "America/Los_Angeles", "America/Tijuana", "America/Ciudad_Juarez"]
STILL = ["America/Mexico_City", "America/Phoenix", "America/Cancun", "America/Hermosillo", "Pacific/Honolulu"]
hours = st.integers(0, 3 * 365 * 24).map(lambda number: SINCE + number * HOUR)


def parts(zone):
    made = timezones.definition(zone, SINCE)
    return {part.name: part for part in made.subcomponents}


def test_the_clock_of_houston_changes_by_two_rules():
    made = parts("America/Chicago")
    assert made["DAYLIGHT"]["RRULE"].to_ical() == b"FREQ=YEARLY;BYDAY=2SU;BYMONTH=3"
    assert made["STANDARD"]["RRULE"].to_ical() == b"FREQ=YEARLY;BYDAY=1SU;BYMONTH=11"
    assert made["DAYLIGHT"]["DTSTART"].dt.hour == made["STANDARD"]["DTSTART"].dt.hour == 2


@pytest.mark.parametrize("zone", CHANGING)
def test_a_zone_that_changes_has_both_its_halves(zone):
    assert set(parts(zone)) == {"DAYLIGHT", "STANDARD"}


@pytest.mark.parametrize("zone", STILL)
def test_a_zone_that_never_changes_has_one_offset_and_no_rule(zone):
    [only] = parts(zone).values()
    assert "RRULE" not in only
    assert only["TZOFFSETTO"].td == SINCE.astimezone(ZoneInfo(zone)).utcoffset()


def test_a_zone_that_follows_no_yearly_rule_is_not_defined_and_its_times_are_in_utc():
    assert timezones.definition("Africa/Casablanca", SINCE) is None
    assert "DTSTART:20260105T120000Z" in feed(SINCE, "Africa/Casablanca")


def feed(instant, zone):
    one = Invitation(uid="x", sequence=0, starts_at=instant, ends_at=instant + HOUR / 2, stamp=SINCE, summary="Cita")
    return render_feed([one], name="Citas", zone=zone, since=SINCE)


@given(instant=hours, zone=st.sampled_from(CHANGING + STILL))
def test_written_by_rules_it_is_the_same_instant_as_in_utc(instant, zone):
    """Read back by the definition in the file alone, under a name no reader knows; but in the hour that is twice."""
    wall = instant.astimezone(ZoneInfo(zone))
    twice = wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()
    [event] = Calendar.from_ical(feed(instant, zone).replace(zone, f"Own/{zone.replace('/', '-')}")).walk("VEVENT")
    assert twice or event.start.astimezone(UTC) == instant


# --- a clock that changes between two places -------------------------------------------------------------------------

BEFORE, AFTER = datetime(2027, 3, 10, 18, tzinfo=UTC), datetime(2027, 3, 17, 22, tzinfo=UTC)
SPRING = datetime(2027, 3, 14, 8, tzinfo=UTC)


def test_between_houston_and_mexico_the_gap_changes_in_march():
    found = timezones.shift(AFTER, BEFORE, "America/Chicago", "America/Mexico_City")
    assert abs(found - SPRING) <= timedelta(minutes=1)


@pytest.mark.parametrize(
    ("mine", "other"),
    [("America/Chicago", "America/New_York"), ("America/Phoenix", "America/Mexico_City"), ("UTC", "UTC")],
)
def test_where_both_change_or_none_there_is_nothing_to_say(mine, other):
    """Houston and New York change an hour apart; by the day of the visit nothing is different."""
    assert timezones.shift(AFTER, BEFORE, mine, other) is None


def test_before_the_change_there_is_nothing_to_say():
    assert timezones.shift(BEFORE + HOUR, BEFORE, "America/Chicago", "America/Mexico_City") is None


def test_after_the_visit_there_is_nothing_to_say():
    """A visit that is over by the time the page is read: no clock changes between now and then."""
    assert timezones.shift(BEFORE, AFTER, "America/Chicago", "America/Mexico_City") is None


@pytest.mark.parametrize(
    ("seen", "visit", "mine", "zone", "forward"),
    [
        ((2026, 3, 2), (2026, 3, 10), "America/Chicago", "America/Chicago", True),
        ((2026, 10, 28), (2026, 11, 3), "America/Chicago", "America/Chicago", False),
        ((2026, 3, 2), (2026, 3, 10), "America/Phoenix", "America/Los_Angeles", True),
    ],
)
def test_which_clock_moves_and_which_way(seen, visit, mine, zone, forward):
    other = "America/Mexico_City" if mine == zone else zone
    found = timezones.changing(datetime(*visit, 18, tzinfo=UTC), datetime(*seen, 18, tzinfo=UTC), mine, other)
    assert (found.zone, found.forward) == (zone, forward)


@given(seen=hours, days=st.integers(1, 60), mine=st.sampled_from(CHANGING), other=st.sampled_from(STILL))
def test_a_change_is_found_whenever_the_gap_is_another_one(seen, days, mine, other):
    visit = seen + timedelta(days=days)
    found = timezones.changing(visit, seen, mine, other)
    gaps = [_ahead(instant, mine) - _ahead(instant, other) for instant in (seen, visit)]
    assert (found is None) == (gaps[0] == gaps[1])
    assert found is None or (found.zone == mine and seen < found.at <= visit)


def _ahead(instant, zone):
    return instant.astimezone(ZoneInfo(zone)).utcoffset()
