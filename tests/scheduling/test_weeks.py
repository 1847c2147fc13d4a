"""Weeks that stand in for the usual ones, and what comes back when they are over or taken back."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import schedules, weeks
from scheduling.models import OpenStart
from scheduling.refusals import Invalid, NotFound
from scheduling.weeks import MINUTES_OF_A_WEEK, Hours
from tests import factories
from tests.factories import AT, DAY, MAKER

pytestmark = pytest.mark.django_db

TODAY = date(2026, 6, 8)  # a Monday
MORNINGS = [Hours(day, time(10), time(12)) for day in range(7)]  # what Dr. Ramos gives to begin with
EVENINGS = [Hours(day, time(18), time(20)) for day in range(7)]
NOON = [Hours(day, time(12), time(13)) for day in range(7)]


@pytest.fixture
def hers(dr_ramos):
    return dr_ramos.actor.schedule


def give(schedule, week, first=None, last=None, at=AT):
    schedules.set_week(schedule, week, by=MAKER, at=at, first=first, last=last)
    factories.assert_the_copy_is_true()


def hours_on(schedule, day):
    """Return from when until when the schedule's rules offer a day, by its wall clock."""
    valid = schedule.rules.filter(weekday=day.weekday(), valid_from__lte=day).exclude(valid_until__lte=day)
    return sorted((rule.starts.hour, rule.ends.hour) for rule in valid)


def open_hours(day):
    """Return the first hour (UTC) that search has of a day."""
    starts = OpenStart.objects.filter(starts_at__date=day).order_by("starts_at").values_list("starts_at", flat=True)
    return starts[0].hour if starts else None


# --- for some weeks --------------------------------------------------------------------------------------------------


def test_hours_for_some_days_hold_then_and_the_usual_ones_before_and_after(hers):
    give(hers, EVENINGS, TODAY + 2 * DAY, TODAY + 4 * DAY)
    found = [hours_on(hers, TODAY + days * DAY) for days in range(7)]
    assert found == [[(10, 12)], [(10, 12)], [(18, 20)], [(18, 20)], [(18, 20)], [(10, 12)], [(10, 12)]]


def test_search_offers_them_on_their_days(hers):
    give(hers, [Hours(day, time(13), time(14)) for day in range(7)], TODAY + 2 * DAY, TODAY + 4 * DAY)
    assert [open_hours(TODAY + days * DAY) for days in (1, 2, 4, 5)] == [15, 18, 18, 15]


def test_they_are_told_as_planned_and_the_usual_ones_as_usual(hers):
    give(hers, EVENINGS, TODAY + 2 * DAY, TODAY + 4 * DAY)
    [one] = weeks.planned(hers, TODAY)
    assert (one.first, one.last, list(one.hours)) == (TODAY + 2 * DAY, TODAY + 4 * DAY, EVENINGS)
    assert weeks.usual(hers) == MORNINGS


def test_changing_the_usual_hours_leaves_planned_weeks_alone(hers):
    give(hers, EVENINGS, TODAY + 2 * DAY, TODAY + 4 * DAY)
    give(hers, NOON)
    found = [hours_on(hers, TODAY + days * DAY) for days in range(6)]
    assert found == [[(12, 13)], [(12, 13)], [(18, 20)], [(18, 20)], [(18, 20)], [(12, 13)]]
    assert weeks.usual(hers) == NOON


def test_later_weeks_cut_those_planned_before(hers):
    give(hers, EVENINGS, TODAY + 2 * DAY, TODAY + 6 * DAY)
    give(hers, NOON, TODAY + 3 * DAY, TODAY + 4 * DAY)
    assert [(one.first.day, one.last.day) for one in weeks.planned(hers, TODAY)] == [(10, 10), (11, 12), (13, 14)]
    assert [hours_on(hers, TODAY + days * DAY) for days in (2, 3, 5, 7)] == [
        [(18, 20)],
        [(12, 13)],
        [(18, 20)],
        [(10, 12)],
    ]


def test_weeks_taken_back_are_usual_again(hers):
    give(hers, EVENINGS, TODAY + 2 * DAY, TODAY + 4 * DAY)
    give(hers, NOON)
    schedules.forget_weeks(hers, TODAY + 2 * DAY, by=MAKER, at=AT)
    assert {tuple(hours_on(hers, TODAY + days * DAY)) for days in range(7)} == {((12, 13),)}
    assert weeks.planned(hers, TODAY) == []
    factories.assert_the_copy_is_true()


def test_weeks_that_began_are_taken_back_from_today_on(hers):
    give(hers, EVENINGS, TODAY, TODAY + 6 * DAY)
    later = AT + 2 * DAY
    schedules.forget_weeks(hers, TODAY, by=MAKER, at=later)
    assert [hours_on(hers, TODAY + days * DAY) for days in (1, 2, 3)] == [[(18, 20)], [(10, 12)], [(10, 12)]]


def test_only_weeks_that_are_planned_are_taken_back(hers):
    with pytest.raises(NotFound):
        schedules.forget_weeks(hers, TODAY, by=MAKER, at=AT)


def test_a_week_in_the_past_begins_today(hers):
    give(hers, EVENINGS, TODAY - 30 * DAY, TODAY)
    assert hours_on(hers, TODAY - DAY) == []
    assert hours_on(hers, TODAY) == [(18, 20)]


def test_a_validity_that_ends_before_it_begins_is_refused(hers):
    with pytest.raises(Invalid) as refused:
        give(hers, EVENINGS, TODAY + 5 * DAY, TODAY + 4 * DAY)
    assert (refused.value.field, refused.value.detail) == ("last", "before_first")
    assert weeks.usual(hers) == MORNINGS


def test_weeks_that_are_over_are_no_longer_told(hers):
    give(hers, EVENINGS, TODAY, TODAY + DAY)
    assert weeks.planned(hers, TODAY + DAY) != []
    assert weeks.planned(hers, TODAY + 2 * DAY) == []


def test_hours_that_begin_later_and_have_no_end_wait_until_then(hers):
    give(hers, EVENINGS, TODAY + 3 * DAY)
    assert [hours_on(hers, TODAY + days * DAY) for days in (2, 3, 30)] == [[(10, 12)], [(18, 20)], [(18, 20)]]


periods = st.tuples(st.integers(0, 12), st.one_of(st.none(), st.integers(0, 6)))


@given(plan=st.lists(st.tuples(periods, st.integers(6, 20)), max_size=6))
def test_each_day_has_the_hours_that_were_last_said_for_it(plan):
    """The usual ones yield to temporary ones, whenever they were said; of the same sort the last counts."""
    usual: dict[int, int] = {}
    special: dict[int, int] = {}
    for (first, length), hour in plan:
        days = range(first, first + length + 1) if length is not None else range(first, 40)
        (special if length is not None else usual).update(dict.fromkeys(days, hour))
    cuts = _Rules()
    for (first, length), hour in plan:
        cuts.say(first, length, hour)
    expected = {day: special.get(day, usual.get(day)) for day in range(30)}
    assert {day: cuts.on(day) for day in range(30)} == expected


class _Rules:
    """The same with the schedule's own code: gaps around what is planned, on days counted from zero."""

    def __init__(self):
        self.usual, self.special = {}, {}

    def say(self, first, length, hour):
        day = lambda number: TODAY + number * DAY  # noqa: E731
        if length is not None:
            self.special |= dict.fromkeys(range(first, first + length + 1), hour)
            return
        planned = [weeks.Weeks(day(one), day(one + 1), ()) for one in sorted(self.special)]
        for begins, ends in weeks._gaps(planned, day(first)):
            until = (ends - TODAY).days if ends else 40
            self.usual |= dict.fromkeys(range((begins - TODAY).days, until), hour)

    def on(self, day):
        return self.special.get(day, self.usual.get(day))


# --- minutes of the week ---------------------------------------------------------------------------------------------

moments = st.times().map(lambda moment: time(moment.hour, moment.minute))
windows = st.builds(Hours, st.integers(0, 6), moments, moments)


@given(windows)
def test_a_window_lasts_a_day_at_the_most_and_never_nothing(one):
    assert 0 < len(one.minutes) <= 24 * 60
    assert one.minutes.start // (24 * 60) == one.weekday


@given(windows, windows)
def test_two_windows_overlap_when_they_share_a_minute_of_the_week(one, other):
    kept = Hours(other.weekday, other.starts, other.ends, release_hours=2)
    share = {minute % MINUTES_OF_A_WEEK for minute in one.minutes} & {
        minute % MINUTES_OF_A_WEEK for minute in other.minutes
    }
    assert (weeks.overlapping([one, kept]) is not None) is bool(share)


@given(windows, windows)
def test_what_is_kept_for_the_same_may_overlap(one, other):
    assert weeks.overlapping([one, other]) is None


def test_an_end_at_the_start_is_a_whole_day():
    assert len(Hours(2, time(9), time(9)).minutes) == 24 * 60
    assert timedelta(minutes=len(Hours(2, time(22), time(2)).minutes)) == timedelta(hours=4)
