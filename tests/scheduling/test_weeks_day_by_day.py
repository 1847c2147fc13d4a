"""Whatever order hours are said and taken back in, each day has what it should have, and search has the same."""

from datetime import date, time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling import schedules, weeks
from scheduling.models import AvailabilityRule
from scheduling.refusals import Invalid
from scheduling.weeks import Hours
from tests import factories
from tests.factories import AT, DAY, HOUR, MAKER

pytestmark = pytest.mark.django_db

TODAY = date(2026, 6, 8)
DAYS = range(16)

usual = st.tuples(st.just("usual"), st.integers(6, 9))
special = st.tuples(st.just("special"), st.integers(12, 20), st.integers(0, 12), st.integers(0, 4))
taken_back = st.tuples(st.just("forget"), st.integers(0, 3))
plans = st.lists(st.one_of(usual, special, taken_back), max_size=7)


@pytest.fixture
def hers(dr_ramos):
    return dr_ramos.actor.schedule


def every_day(hour):
    return [Hours(day, time(hour), time(hour + 1)) for day in range(7)]


def hour_of(schedule, day):
    """Return the hours at which the rules let a day begin."""
    valid = schedule.rules.filter(weekday=day.weekday(), valid_from__lte=day).exclude(valid_until__lte=day)
    return [rule.starts.hour for rule in valid]


class ByHand:
    """The same, kept in two lists of days: what is usual, and what stands in for it."""

    def __init__(self):
        self.usual, self.special = 10, {}

    def act(self, schedule, kind, *how):
        getattr(self, kind)(schedule, *how)

    def usual_hours(self, schedule, hour):
        schedules.set_week(schedule, every_day(hour), by=MAKER, at=AT)
        self.usual = hour

    def special_hours(self, schedule, hour, first, length):
        days = range(first, first + length + 1)
        ends = TODAY + days[0] * DAY, TODAY + days[-1] * DAY
        schedules.set_week(schedule, every_day(hour), by=MAKER, at=AT, first=ends[0], last=ends[1])
        self.special |= dict.fromkeys(days, hour)

    def forget(self, schedule, number):
        planned = weeks.planned(schedule, TODAY)
        if number < len(planned):
            one = planned[number]
            schedules.forget_weeks(schedule, one.first, by=MAKER, at=AT)
            gone = {day for day in self.special if one.first <= TODAY + day * DAY < one.until}
            self.special = {day: hour for day, hour in self.special.items() if day not in gone}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plans)
def test_each_day_has_the_hours_last_said_for_it_in_the_database(hers, plan):
    AvailabilityRule.objects.filter(schedule=hers).delete()
    schedules.set_week(hers, every_day(10), by=MAKER, at=AT)
    hand = ByHand()
    for kind, *how in plan:
        hand.act(hers, {"usual": "usual_hours", "special": "special_hours"}.get(kind, kind), *how)
    expected = [[hand.special.get(day, hand.usual)] for day in DAYS]
    assert [hour_of(hers, TODAY + day * DAY) for day in DAYS] == expected
    factories.assert_the_copy_is_true()


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [(0, 0, [0]), (0, 6, [0, 1, 2, 3, 4, 5, 6]), (5, 5, [5]), (-3, 1, [0, 1]), (13, 20, [13, 14, 15])],
)
def test_both_ends_of_other_weeks_are_in_them(hers, first, last, days):
    schedules.set_week(hers, every_day(18), by=MAKER, at=AT, first=TODAY + first * DAY, last=TODAY + last * DAY)
    assert [day for day in DAYS if hour_of(hers, TODAY + day * DAY) == [18]] == days


def test_weeks_that_are_over_before_today_are_refused(hers):
    with pytest.raises(Invalid) as refused:
        schedules.set_week(hers, every_day(18), by=MAKER, at=AT, first=TODAY - 9 * DAY, last=TODAY - DAY)
    assert refused.value.field == "last"


def test_today_is_the_schedules_today_late_in_the_evening(hers):
    """At eleven at night in Houston, tomorrow in UTC, hours for today are still for today."""
    late = AT + 14 * HOUR
    schedules.set_week(hers, every_day(18), by=MAKER, at=late, first=TODAY, last=TODAY)
    assert hour_of(hers, TODAY) == [18]
    assert hour_of(hers, TODAY + DAY) == [10]


def test_what_weeks_are_kept_for_comes_back_whole(hers):
    kept = [Hours(2, time(9), time(11), ("consulta-video",), 24)]
    schedules.set_week(hers, kept, by=MAKER, at=AT)
    schedules.set_week(hers, every_day(18), by=MAKER, at=AT, first=TODAY, last=TODAY + 8 * DAY)
    schedules.forget_weeks(hers, TODAY, by=MAKER, at=AT)
    assert weeks.usual(hers) == kept
    assert {tuple(rule.visit_types) for rule in hers.rules.all()} == {("consulta-video",)}
