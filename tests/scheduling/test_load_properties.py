"""A load contract holds whatever was given before: held against counting by hand."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling import load
from scheduling.availability import OpenStart
from scheduling.load import Given, Limits
from tests.factories import DAY, HOUR, MINUTE

ZONES = [ZoneInfo(name) for name in ("America/Chicago", "Pacific/Honolulu", "Asia/Kolkata", "UTC")]
SPRING, AUTUMN = datetime(2026, 3, 6, tzinfo=UTC), datetime(2026, 10, 30, tzinfo=UTC)  # before each change of the clock

zones = st.sampled_from(ZONES)
instants = st.builds(
    lambda base, quarters: base + quarters * 15 * MINUTE, st.sampled_from([SPRING, AUTUMN]), st.integers(0, 900)
)
few = settings(max_examples=40)
starts = st.lists(st.builds(OpenStart, instants, st.integers(1, 300)), max_size=12)
visits = st.lists(st.builds(Given, instants, st.integers(5, 120)), max_size=8)
some = st.one_of(st.none(), st.integers(1, 6))
limits = st.builds(Limits, st.one_of(st.none(), st.integers(1, 400)), some, some)


def day(instant, zone):
    return instant.astimezone(zone).date()


def week(instant, zone):
    """Return the year and the number of the week by ISO's calendar, which begins on Monday too."""
    return day(instant, zone).isocalendar()[:2]


@few
@given(starts, visits, zones)
def test_without_limits_all_is_left_as_it_was(open_to, given_before, zone):
    assert load.within(open_to, given_before, Limits(), zone) == open_to


@few
@given(starts, visits, limits, zones)
def test_what_is_left_was_open_and_never_longer(open_to, given_before, most, zone):
    left = load.within(open_to, given_before, most, zone)
    before = Counter((start.starts_at, start.key) for start in open_to)
    assert all(Counter((start.starts_at, start.key) for start in left)[one] <= before[one] for one in before)
    assert all(start.free_minutes > 0 for start in left)
    assert max((start.free_minutes for start in left), default=0) <= max(
        (start.free_minutes for start in open_to), default=0
    )


@few
@given(starts, visits, limits, zones)
def test_one_visit_more_anywhere_breaks_no_limit(open_to, given_before, most, zone):
    """Whatever is taken of what is left, to its last minute, the contract is kept."""
    for start in load.within(open_to, given_before, most, zone):
        all_given = [*given_before, Given(start.starts_at, start.free_minutes)]
        same_day = [one for one in all_given if day(one.starts_at, zone) == day(start.starts_at, zone)]
        same_week = [one for one in all_given if week(one.starts_at, zone) == week(start.starts_at, zone)]
        assert most.visits_a_day is None or len(same_day) <= most.visits_a_day
        assert most.visits_a_week is None or len(same_week) <= most.visits_a_week
        assert most.minutes_a_week is None or sum(one.minutes for one in same_week) <= most.minutes_a_week


@few
@given(starts, visits, limits, zones)
def test_nothing_is_withheld_that_could_be_given(open_to, given_before, most, zone):
    left = {start.starts_at for start in load.within(open_to, given_before, most, zone)}
    for start in open_to:
        if start.starts_at in left:
            continue
        same_day = [one for one in given_before if day(one.starts_at, zone) == day(start.starts_at, zone)]
        same_week = [one for one in given_before if week(one.starts_at, zone) == week(start.starts_at, zone)]
        assert (
            len(same_day) >= (most.visits_a_day or 99)
            or len(same_week) >= (most.visits_a_week or 99)
            or sum(one.minutes for one in same_week) >= (most.minutes_a_week or 9999)
        )


@few
@given(starts, visits, limits, zones)
def test_giving_more_never_opens_anything(open_to, given_before, most, zone):
    fewer = {one.starts_at for one in load.within(open_to, given_before[1:], most, zone)}
    more = {one.starts_at for one in load.within(open_to, given_before, most, zone)}
    assert more <= fewer


@few
@given(instants, instants, zones)
def test_the_weeks_around_a_time_hold_it_whole(one, other, zone):
    since, until = sorted([one, other])
    begins, ends = load.weeks_around(since, until, zone)
    assert begins <= since <= until < ends
    assert {edge.astimezone(zone).isoformat()[11:19] for edge in (begins, ends)} == {"00:00:00"}
    assert {edge.astimezone(zone).weekday() for edge in (begins, ends)} == {0}
    assert week(begins, zone) == week(since, zone)
    assert week(ends - MINUTE, zone) == week(until, zone)


@pytest.mark.parametrize(
    ("instant", "hours"),
    [(SPRING, 7 * 24 - 1), (AUTUMN, 7 * 24 + 1), (SPRING + 14 * DAY, 7 * 24)],
    ids=["spring", "autumn", "any"],
)
def test_a_week_is_as_long_as_the_clock_makes_it(instant, hours):
    begins, ends = load.weeks_around(instant, instant, ZONES[0])
    assert ends - begins == timedelta(hours=hours)


@pytest.mark.parametrize(("hour", "counts"), [(4, True), (5, False)])
def test_the_day_ends_at_midnight_on_the_wall(hour, counts):
    """Houston's Friday ends at five in the morning in UTC."""
    noon = datetime(2026, 6, 12, 17, tzinfo=UTC)
    late = Given(datetime(2026, 6, 13, hour, tzinfo=UTC), 30)
    left = load.within([OpenStart(noon, 60)], [late], Limits(visits_a_day=1), ZONES[0])
    assert (left == []) is counts


def test_a_visit_over_midnight_counts_only_where_it_starts():
    eleven = datetime(2026, 6, 13, 4, tzinfo=UTC)
    next_day = OpenStart(eleven + 10 * HOUR, 60)
    assert load.within([next_day], [Given(eleven, 240)], Limits(visits_a_day=1), ZONES[0]) == [next_day]


def test_the_key_of_a_start_stays_with_it():
    start = OpenStart(SPRING, 60, 7)
    [left] = load.within([start], [], Limits(minutes_a_week=45), ZONES[0])
    assert left == OpenStart(SPRING, 45, 7)
