"""At night nobody is written to: by the clock on their wall, whatever it does in March and November."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.quiet import NEVER, NIGHT, Rule, awake_at

HOUSTON, MEXICO, TIJUANA = "America/Chicago", "America/Mexico_City", "America/Tijuana"
ZONES = [HOUSTON, MEXICO, TIJUANA, "America/Los_Angeles", "America/Phoenix", "Australia/Lord_Howe", "America/Havana"]
MINUTE = timedelta(minutes=1)


def wall(text, zone=HOUSTON, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "then"),
    [
        ("2026-06-08T20:59", "2026-06-08T20:59"),
        ("2026-06-08T21:00", "2026-06-09T08:00"),
        ("2026-06-09T03:00", "2026-06-09T08:00"),
        ("2026-06-09T07:59", "2026-06-09T08:00"),
        ("2026-06-09T08:00", "2026-06-09T08:00"),
        ("2026-03-07T23:00", "2026-03-08T08:00"),  # that night an hour is lost
        ("2026-10-31T23:00", "2026-11-01T08:00"),  # and here one comes twice
    ],
)
def test_from_nine_at_night_until_eight_in_the_morning_it_waits(at, then):
    assert awake_at(wall(at), HOUSTON) == wall(then)


def test_the_clock_is_that_of_the_recipient():
    at = wall("2026-06-08T22:30", HOUSTON)
    assert awake_at(at, "America/Los_Angeles") == at
    assert awake_at(at, "America/New_York") == wall("2026-06-09T08:00", "America/New_York")


def test_the_night_that_loses_an_hour_is_shorter():
    begins = wall("2026-03-07T21:00")
    assert awake_at(begins, HOUSTON) - begins == timedelta(hours=10)
    assert awake_at(begins, MEXICO) - begins == timedelta(hours=11)


def test_an_end_within_the_hour_that_is_repeated_counts_when_it_first_strikes():
    rule = Rule(time(22), time(1, 30))
    assert awake_at(wall("2026-10-31T23:00"), HOUSTON, rule) == wall("2026-11-01T01:30", fold=0)
    assert awake_at(wall("2026-11-01T01:10", fold=1), HOUSTON, rule) == wall("2026-11-01T01:30", fold=1)


def test_an_end_within_the_hour_that_is_lost_is_reached_within_the_next():
    then = awake_at(wall("2026-03-07T23:00"), HOUSTON, Rule(time(22), time(2, 30)))
    assert wall("2026-03-08T03:00") <= then <= wall("2026-03-08T04:00")


def test_hours_within_one_day_are_quiet_too():
    siesta = Rule(time(14), time(16))
    assert awake_at(wall("2026-06-08T15:00"), HOUSTON, siesta) == wall("2026-06-08T16:00")
    assert awake_at(wall("2026-06-08T23:00"), HOUSTON, siesta) == wall("2026-06-08T23:00")


def test_somebody_who_wants_no_quiet_hours_has_none():
    assert awake_at(wall("2026-06-09T03:00"), HOUSTON, NEVER) == wall("2026-06-09T03:00")


times = st.integers(0, 24 * 60 - 1).map(lambda minutes: time(*divmod(minutes, 60)))
rules = st.builds(Rule, times, times) | st.just(NIGHT)
# Most of them within a day of a clock change.
changes = st.sampled_from([wall("2026-03-08T02:00"), wall("2026-11-01T02:00"), wall("2026-04-05T02:00")])
near = st.builds(lambda change, minutes: change + minutes * MINUTE, changes, st.integers(-1500, 1500))


@given(at=near, zone=st.sampled_from(ZONES), rule=rules)
def test_it_is_never_quiet_then_and_never_earlier_than_asked(at, zone, rule):
    then = awake_at(at, zone, rule)
    assert then >= at
    assert not rule.holds_at(then.astimezone(ZoneInfo(zone)).time())
    assert awake_at(then, zone, rule) == then


@given(at=near, zone=st.sampled_from(ZONES), rule=rules)
def test_it_waits_no_longer_than_the_quiet_hours_last(at, zone, rule):
    """Walking minute by minute finds no earlier instant, but where the clock itself jumped over the end."""
    place, then = ZoneInfo(zone), awake_at(at, zone, rule)
    first = next(at + n * MINUTE for n in range(5000) if not rule.holds_at((at + n * MINUTE).astimezone(place).time()))
    jumped = first.astimezone(place).utcoffset() != (first - MINUTE).astimezone(place).utcoffset()
    assert then == first or (jumped and then - first <= timedelta(hours=1))
