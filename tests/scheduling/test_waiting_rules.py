"""The rules of waiting as tables: which hours suit, until when an offer stands, and whose turn it is."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import quiet, waiting
from scheduling.waiting import CONTINUITY_HOURS, FULL_LOAD_HOURS, HOUR, UNSERVED_HOURS, URGENCY, Span

HOUSTON, TIJUANA, PHOENIX = "America/Chicago", "America/Tijuana", "America/Phoenix"
ZONES = [HOUSTON, TIJUANA, PHOENIX, "America/New_York", "Pacific/Honolulu", "America/Mexico_City"]
FAR = datetime(2028, 1, 1, tzinfo=UTC)

instants = st.integers(0, 729 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + minutes * HOUR / 60)
zones = st.sampled_from(ZONES)
spans = st.builds(
    lambda weekday, times: Span(weekday, *sorted(times)),
    st.integers(0, 6),
    st.sets(st.times(), min_size=2, max_size=2),
)
urgencies = st.sampled_from(sorted(URGENCY))
waits = st.timedeltas(timedelta(0), timedelta(days=700))


def wall(text, zone=HOUSTON):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


# --- what suits ------------------------------------------------------------------------------------------------------

MORNING, EVENING = (time(6), time(12)), (time(17), time(23))


@pytest.mark.parametrize(
    ("hours", "begins", "suits"),
    [
        ([], "2026-06-08T03:00", True),
        ([Span(0, *MORNING)], "2026-06-08T06:00", True),
        ([Span(0, *MORNING)], "2026-06-08T11:59:59", True),
        ([Span(0, *MORNING)], "2026-06-08T12:00", False),
        ([Span(0, *MORNING)], "2026-06-15T09:00", True),
        ([Span(0, *MORNING)], "2026-06-14T09:00", False),
        ([Span(0, *MORNING), Span(0, *EVENING)], "2026-06-08T18:00", True),
        ([Span(0, *MORNING), Span(0, *EVENING)], "2026-06-08T14:00", False),
        ([Span(6, *EVENING), Span(1, *MORNING)], "2026-06-14T22:59", True),
        ([Span(6, *EVENING), Span(1, *MORNING)], "2026-06-14T09:00", False),
    ],
)
def test_hours_suit_by_weekday_and_wall_clock(hours, begins, suits):
    assert waiting.suits(hours, None, None, wall(begins), HOUSTON) is suits


@pytest.mark.parametrize(
    ("first", "last", "begins", "suits"),
    [
        (None, None, "2026-06-10T09:00", True),
        (date(2026, 6, 10), None, "2026-06-10T00:00", True),
        (date(2026, 6, 10), None, "2026-06-09T23:59", False),
        (None, date(2026, 6, 10), "2026-06-10T23:59", True),
        (None, date(2026, 6, 10), "2026-06-11T00:00", False),
        (date(2026, 6, 10), date(2026, 6, 10), "2026-06-10T12:00", True),
    ],
)
def test_days_are_those_of_the_persons_calendar(first, last, begins, suits):
    assert waiting.suits([], first, last, wall(begins), HOUSTON) is suits


def test_late_at_night_it_is_another_day_further_west():
    midnight = wall("2026-06-10T00:30")
    assert not waiting.suits([], None, date(2026, 6, 9), midnight, HOUSTON)
    assert waiting.suits([], None, date(2026, 6, 9), midnight, TIJUANA)


def test_in_summer_and_in_winter_nine_is_nine():
    nine = [Span(day, time(9), time(9, 30)) for day in range(7)]
    for day in ("2026-03-07", "2026-03-08", "2026-10-31", "2026-11-01"):
        assert waiting.suits(nine, None, None, wall(f"{day}T09:00"), HOUSTON)


@given(instants, zones, st.lists(spans, max_size=4), spans)
def test_whoever_can_at_more_hours_loses_none(instant, zone, hours, another):
    if hours and waiting.suits(hours, None, None, instant, zone):
        assert waiting.suits([*hours, another], None, None, instant, zone)


@given(instants, zones, st.lists(spans, max_size=3))
def test_in_which_zone_the_time_is_told_makes_no_difference(instant, zone, hours):
    told = [waiting.suits(hours, None, None, instant.astimezone(ZoneInfo(one)), zone) for one in ZONES]
    assert len(set(told)) == 1


@given(instants, zones, st.integers(-3, 3), st.integers(-3, 3))
def test_the_days_that_suit_have_no_hole(instant, zone, before, after):
    day = instant.astimezone(ZoneInfo(zone)).date()
    first, last = day + timedelta(days=before), day + timedelta(days=after)
    assert waiting.suits([], first, last, instant, zone) is (first <= day <= last)


# --- until when ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "latest", "due"),
    [
        ("2026-06-08T08:00", None, "2026-06-08T08:30"),
        ("2026-06-08T20:29", None, "2026-06-08T20:59"),
        ("2026-06-08T20:31", None, "2026-06-09T08:01"),
        ("2026-06-08T20:59", None, "2026-06-09T08:29"),
        ("2026-06-08T09:00", "2026-06-08T09:10", "2026-06-08T09:10"),
        ("2026-06-08T09:00", "2026-06-08T09:09:59", None),
        ("2026-06-08T09:00", "2026-06-08T08:00", None),
        ("2026-06-08T21:00", None, None),
        ("2026-06-08T03:00", None, None),
        ("2026-06-08T20:45", "2026-06-09T08:05", "2026-06-09T08:05"),
        ("2026-06-08T20:50", "2026-06-09T06:00", "2026-06-08T21:00"),
        ("2026-06-08T20:51", "2026-06-09T06:00", None),
    ],
)
def test_half_an_hour_to_answer_none_of_it_at_night(asked, latest, due):
    found = waiting.deadline(wall(asked), latest=wall(latest) if latest else FAR, zone=HOUSTON)
    assert found == (wall(due) if due else None)


@pytest.mark.parametrize("day", ["2026-03-07", "2026-10-31"])
def test_the_night_the_clocks_change_takes_no_minute_from_anybody(day):
    asked = wall(f"{day}T20:45")
    due = waiting.deadline(asked, latest=FAR, zone=HOUSTON)
    assert due.astimezone(ZoneInfo(HOUSTON)).time() == time(8, 15)


@given(instants, zones)
def test_without_quiet_hours_it_is_always_half_an_hour(instant, zone):
    due = waiting.deadline(instant, latest=FAR, zone=zone, rule=quiet.NEVER)
    assert due - instant == waiting.LIFE


@given(
    instants, zones, st.timedeltas(timedelta(0), timedelta(hours=20)), st.timedeltas(timedelta(0), timedelta(hours=9))
)
def test_a_later_visit_never_leaves_less_time_to_answer(instant, zone, ahead, more):
    sooner = waiting.deadline(instant, latest=instant + ahead, zone=zone)
    later = waiting.deadline(instant, latest=instant + ahead + more, zone=zone)
    assert sooner is None or (later is not None and later >= sooner)


# --- whose turn ------------------------------------------------------------------------------------------------------


@given(urgencies, waits, waits)
def test_of_two_as_urgent_whoever_waits_longer_weighs_no_less(urgency, one, more):
    assert waiting.weight(urgency, one + more) >= waiting.weight(urgency, one)


@given(waits)
def test_more_urgent_weighs_more_after_the_same_wait(waited):
    routine, soon, urgent = (waiting.weight(one, waited) for one in ("routine", "soon", "urgent"))
    assert 0 < routine < soon < urgent


def test_an_unknown_urgency_is_a_mistake_and_not_a_guess():
    with pytest.raises(KeyError):
        waiting.weight("whim", timedelta(0))


def test_a_clock_that_ran_ahead_makes_nobody_weigh_nothing():
    assert waiting.weight("routine", timedelta(days=-30)) == waiting.weight("routine", timedelta(0))


@given(waits, st.integers(0, 27 * 24), st.booleans(), st.integers(0, 500))
def test_within_four_weeks_serving_somebody_is_better_than_not(waited, hours, known, gave):
    weight = waiting.weight("routine", waited)
    cost = waiting.cost(weight, hours * HOUR, known=known, given=gave * HOUR)
    assert cost < 0 or hours + FULL_LOAD_HOURS >= UNSERVED_HOURS


@given(st.integers(0, 600), st.integers(0, 600), st.integers(0, 100))
def test_a_clinician_known_before_is_worth_as_much_whoever_they_are(hours, weight, gave):
    how = {"until": hours * HOUR, "given": gave * HOUR}
    gained = waiting.cost(weight, how["until"], known=False, given=how["given"]) - waiting.cost(
        weight, how["until"], known=True, given=how["given"]
    )
    assert gained == weight * CONTINUITY_HOURS
