"""Which starts a silent calendar hides, held against counting the minutes of the week one by one."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.backends.postgresql.psycopg_any import NumericRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling import freshness
from scheduling.models import BusyFeed, Schedule
from tests import factories
from tests.factories import AT, DAY, HOUR, MINUTE
from tests.factories.feeds import feed

pytestmark = pytest.mark.django_db

WEEK = 7 * 24 * 60
ZONES = ["America/Chicago", "Asia/Kolkata", "Pacific/Honolulu"]


@st.composite
def covered(draw):
    start = draw(st.integers(0, WEEK - 15))
    return NumericRange(start, draw(st.integers(start + 1, min(start + 2000, WEEK))))


@pytest.fixture
def asked(dr_ramos):
    def ask(starts_at, minutes=30, at=AT):
        return freshness.is_known([dr_ramos.actor_id], starts_at, minutes, at=at)

    return ask


def minutes_of(starts_at, minutes, zone):
    """Return the minutes of the week that a visit takes by the wall clock."""
    wall = starts_at.astimezone(ZoneInfo(zone))
    first = wall.weekday() * 1440 + wall.hour * 60 + wall.minute
    return {minute % WEEK for minute in range(first, first + minutes)}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    hours=st.lists(covered(), min_size=1, max_size=3),
    quarters=st.integers(0, 2 * WEEK // 15),
    minutes=st.sampled_from([15, 30, 60, 240]),
    zone=st.sampled_from(ZONES),
)
def test_a_visit_is_hidden_if_one_of_its_minutes_is_covered(dr_ramos, asked, hours, quarters, minutes, zone):
    BusyFeed.objects.all().delete()
    feed(dr_ramos, hours=hours, fresh_until=AT)
    Schedule.objects.filter(actor=dr_ramos.actor).update(zone=zone)
    starts_at = AT + quarters * 15 * MINUTE
    taken = minutes_of(starts_at, minutes, zone)
    hidden = any(taken & set(range(one.lower, one.upper)) for one in hours)
    assert asked(starts_at, minutes) is not hidden


@pytest.mark.parametrize(
    ("ahead", "minutes", "known"),
    [(0, 30, True), (23.5, 30, True), (23.5, 31, False), (24, 1, False), (240, 30, False)],
)
def test_a_visit_must_end_within_what_the_calendar_tells(dr_ramos, asked, ahead, minutes, known):
    feed(dr_ramos, known_until=AT + DAY)
    assert asked(AT + ahead * HOUR, minutes) is known


@pytest.mark.parametrize(("after", "known"), [(0, True), (119, True), (120, False), (121, False)])
def test_a_calendar_is_silent_from_the_instant_on_until_which_it_was_fresh(dr_ramos, asked, after, known):
    feed(dr_ramos)
    assert asked(AT + 5 * HOUR, at=AT + after * MINUTE) is known


def test_whoever_has_no_other_calendar_is_known(dr_ramos, asked):
    assert asked(AT + 400 * DAY)


def test_nobody_at_all_is_known():
    assert freshness.is_known([], AT, 30, at=AT)


@pytest.mark.parametrize(("silent", "known"), [([], True), ([0], False), ([1], False), ([0, 1], False)])
def test_of_two_people_in_a_visit_each_must_be_known(dr_ramos, nayeli, silent, known):
    people = [dr_ramos, nayeli]
    for number, one in enumerate(people):
        feed(one, fresh_until=AT if number in silent else AT + HOUR, address=f"https://c{number}.example/")
    assert freshness.is_known([one.actor_id for one in people], AT + HOUR, 30, at=AT) is known


def test_the_two_are_asked_about_at_once(dr_ramos, nayeli, django_assert_num_queries):
    with django_assert_num_queries(1):
        freshness.is_known([dr_ramos.actor_id, nayeli.actor_id], AT + HOUR, 30, at=AT)


@pytest.mark.parametrize(("fresh", "covers"), [(True, False), (False, False), (True, True)])
def test_of_two_calendars_the_silent_one_hides_only_its_own_hours(dr_ramos, asked, fresh, covers):
    """Ten o'clock on Monday is covered by the first one; the second is about the evenings."""
    ten, evening = NumericRange(600, 720), NumericRange(1080, 1200)
    feed(dr_ramos, hours=[ten], fresh_until=AT + HOUR if fresh else AT)
    feed(dr_ramos, hours=[ten if covers else evening], fresh_until=AT, address="https://other.example/")
    assert asked(AT + HOUR) is (fresh and not covers)


def test_an_interpreter_whose_calendar_is_silent_is_not_put_between(nayeli, dr_ramos, asked):
    feed(nayeli, fresh_until=AT)
    assert asked(AT + HOUR)
    assert not freshness.is_known([dr_ramos.actor_id, nayeli.actor_id], AT + HOUR, 30, at=AT)


@pytest.mark.parametrize("weeks", [0, 1, 20, 30])
def test_the_covered_hours_are_those_on_the_wall_all_the_year(dr_ramos, asked, weeks):
    """In winter ten o'clock in Houston is an hour later in UTC; the calendar covers ten to eleven on the wall."""
    feed(dr_ramos, hours=[NumericRange(600, 660)], fresh_until=AT)
    monday = (AT + weeks * 7 * DAY).astimezone(ZoneInfo("America/Chicago"))
    ten = monday.replace(hour=10)
    found = [asked((ten + timedelta(minutes=more)).astimezone(ZoneInfo("UTC"))) for more in (-30, 0, 30, 60)]
    assert found == [True, False, False, True]


def test_a_pause_of_a_calendar_ends_with_its_next_reading(dr_ramos):
    silent = feed(dr_ramos, fresh_until=AT)
    assert factories.open_slots() == []
    silent.fresh_until = AT + HOUR
    silent.save(update_fields=["fresh_until"])
    assert len(factories.open_slots()) > 0
