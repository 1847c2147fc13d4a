"""What suits somebody, how long an offer stands, and who goes before whom: plain values."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import quiet, waiting
from scheduling.waiting import HOUR, LEAST, LIFE, Span

HOUSTON = "America/Chicago"
MONDAY_MORNINGS = [Span(0, time(6), time(12))]
FAR = datetime(2027, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def at(hour, minute=0, day=8):
    """Return an instant of June 2026 by the clock of Houston; the 8th is a Monday."""
    return datetime(2026, 6, day, hour + 5, minute, tzinfo=UTC) if hour < 19 else at(hour - 24, minute, day + 1)


@pytest.mark.parametrize(
    ("starts_at", "suits"),
    [(at(6), True), (at(11, 59), True), (at(12), False), (at(5, 59), False), (at(9, day=9), False)],
)
def test_a_visit_begins_within_the_hours_that_suit(starts_at, suits):
    assert waiting.suits(MONDAY_MORNINGS, None, None, starts_at, HOUSTON) is suits


def test_no_hours_mean_any():
    assert waiting.suits([], None, None, at(3), HOUSTON)


def test_hours_are_by_the_clock_of_the_person():
    assert not waiting.suits(MONDAY_MORNINGS, None, None, at(13), HOUSTON)
    assert waiting.suits(MONDAY_MORNINGS, None, None, at(13), "America/Los_Angeles")


@pytest.mark.parametrize(("day", "suits"), [(8, False), (9, True), (10, True), (11, False)])
def test_both_days_are_included(day, suits):
    first, last = date(2026, 6, 9), date(2026, 6, 10)
    assert waiting.suits([], first, last, at(9, day=day), HOUSTON) is suits


def test_by_day_an_offer_stands_for_half_an_hour():
    assert waiting.deadline(at(9), latest=FAR, zone=HOUSTON) == at(9, 30)


def test_what_is_soon_is_answered_sooner():
    assert waiting.deadline(at(9), latest=at(9, 20), zone=HOUSTON) == at(9, 20)
    assert waiting.deadline(at(9), latest=at(9, 9), zone=HOUSTON) is None


def test_at_night_nobody_is_asked():
    assert waiting.deadline(at(22), latest=FAR, zone=HOUSTON) is None
    assert waiting.deadline(at(7, 59), latest=FAR, zone=HOUSTON) is None


def test_the_half_hour_does_not_run_at_night():
    assert waiting.deadline(at(20, 45), latest=FAR, zone=HOUSTON) == at(8, 15, day=9)


def test_a_visit_of_the_early_morning_is_answered_before_the_night():
    assert waiting.deadline(at(20, 40), latest=at(7, day=9), zone=HOUSTON) == at(21)
    assert waiting.deadline(at(20, 55), latest=at(7, day=9), zone=HOUSTON) is None


def test_whose_quiet_hours_are_others_is_asked_at_others():
    siesta = quiet.Rule(time(13), time(17))
    assert waiting.deadline(at(12, 50), latest=FAR, zone=HOUSTON, rule=siesta) == at(17, 20)
    assert waiting.deadline(at(18), latest=FAR, zone=HOUSTON, rule=siesta) == at(18, 30)


@given(
    st.integers(0, 365 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + minutes * MINUTE),
    st.integers(0, 72 * 60),
    st.sampled_from([HOUSTON, "America/Los_Angeles", "America/Mexico_City"]),
    st.tuples(st.times(), st.times()),
)
def test_a_deadline_is_never_at_night_and_leaves_time_to_answer(instant, minutes, zone, hours):
    rule = quiet.Rule(*hours)
    latest = instant + minutes * MINUTE
    due = waiting.deadline(instant, latest=latest, zone=zone, rule=rule)
    if due is None:
        return
    assert instant + LEAST <= due <= latest
    assert quiet.awake_at(instant, zone, rule) == instant
    just_before = due - timedelta(microseconds=1)
    assert quiet.awake_at(just_before, zone, rule) == just_before
    assert due <= instant + LIFE or quiet.awake_at(instant + LIFE, zone, rule) > instant + LIFE


def test_whoever_is_urgent_goes_before_whoever_waits_long():
    assert waiting.weight("urgent", timedelta()) > waiting.weight("routine", timedelta(days=90))
    assert waiting.weight("soon", timedelta()) > waiting.weight("routine", timedelta(days=20))


def test_whoever_waits_longer_goes_first():
    assert waiting.weight("routine", timedelta(days=3)) > waiting.weight("routine", timedelta(days=2))


def cost(hours, weight=7, *, known=False, given=0):
    return waiting.cost(weight, hours * HOUR, known=known, given=given * HOUR)


def test_sooner_is_better_and_being_served_is_better_than_not():
    assert cost(5) < cost(6) < cost(600) < 0


def test_seeing_the_same_clinician_again_is_worth_two_days():
    assert cost(48, known=True) == cost(0)
    assert cost(49, known=True) > cost(0)


def test_of_two_clinicians_the_one_who_gave_less_is_asked():
    assert cost(5, given=1) < cost(5, given=9)
    assert cost(5, given=40) == cost(5, given=400)


def test_the_more_somebody_weighs_the_more_is_gained_by_serving_them():
    assert cost(5, weight=70) < cost(5, weight=7)
