"""A calendar that is no longer read hides the starts in the hours it covers, in search and at the hold; no others."""

import pytest
from django.db.backends.postgresql.psycopg_any import NumericRange

from scheduling import appointments, freshness
from scheduling.refusals import SlotTaken
from tests import factories
from tests.factories import AT, DAY, HOUR, MINUTE, viewer
from tests.factories.feeds import feed

pytestmark = pytest.mark.django_db

STALE = {"fresh_until": AT}
TEN = AT + HOUR  # ten o'clock in Houston, when Dr. Ramos begins


def minutes(weekday, since, until):
    return NumericRange(weekday * 1440 + since, weekday * 1440 + until)


def starts(at=AT):
    return [found.slot.starts_at for found in factories.open_slots(at)]


def test_a_fresh_calendar_hides_only_what_it_says(dr_ramos):
    before = starts()
    feed(dr_ramos, (TEN, TEN + HOUR))
    assert starts()[:10] == before[2:12]


def test_busy_time_leaves_room_for_the_visits_buffers(acompana, elena, consulta):
    ramos = factories.clinician("Ramos", acompana, elena, schedule={"after_minutes": 15})
    feed(ramos, (TEN + HOUR, TEN + 2 * HOUR))
    assert starts()[:2] == [TEN, TEN + DAY]


def test_a_stale_calendar_hides_all_it_covers(dr_ramos):
    feed(dr_ramos, **STALE)
    assert starts() == []


@pytest.mark.parametrize(("after", "hidden"), [(HOUR - MINUTE, False), (HOUR, True), (2 * HOUR, True)])
def test_it_is_stale_from_the_very_instant_on(dr_ramos, after, hidden):
    feed(dr_ramos, fresh_until=AT + HOUR)
    assert (starts(AT + after) == []) is hidden


def test_it_hides_nobody_else(dr_ramos, acompana, elena):
    vega = factories.clinician("Vega", acompana, elena)
    feed(dr_ramos, **STALE)
    assert {found.clinician for found in factories.open_slots()} == {vega}


def test_one_stale_calendar_of_two_is_enough(dr_ramos):
    feed(dr_ramos)
    feed(dr_ramos, address="https://other.example/", **STALE)
    assert starts() == []


@pytest.mark.parametrize(
    ("hours", "left"),
    [
        (minutes(0, 600, 660), [11 * 60, 11 * 60 + 30]),
        (minutes(0, 615, 616), [10 * 60 + 30, 11 * 60, 11 * 60 + 30]),
        (minutes(0, 630, 720), [10 * 60]),
        (minutes(0, 720, 1440), [600, 630, 660, 690]),
        (minutes(1, 0, 1440), [600, 630, 660, 690]),
    ],
    ids=["ten to eleven", "one minute", "from half past ten", "afternoon", "tuesday"],
)
def test_only_in_the_hours_it_covers_by_the_schedules_clock(dr_ramos, hours, left):
    feed(dr_ramos, hours=[hours], **STALE)
    monday = [start for start in starts() if start < TEN + DAY - HOUR]
    assert [(start - (TEN - 10 * HOUR)) // MINUTE for start in monday] == left


def test_hours_are_those_of_the_wall_after_the_clock_changed(dr_ramos):
    """In Houston the clock goes back on November 1: ten o'clock is an hour later then."""
    autumn = AT.replace(month=11, day=2, hour=16)
    feed(dr_ramos, hours=[minutes(0, 600, 660)], **STALE)
    asked = {"actors": [dr_ramos.actor_id], "minutes": 30, "at": AT}
    assert not freshness.is_known(starts_at=autumn, **asked)
    assert freshness.is_known(starts_at=autumn - HOUR, **asked)


def test_a_visit_that_runs_into_monday_meets_mondays_hours(dr_ramos):
    feed(dr_ramos, hours=[minutes(0, 0, 60)], **STALE)
    midnight = AT - 9 * HOUR + 7 * DAY
    asked = {"actors": [dr_ramos.actor_id], "minutes": 30, "at": AT}
    known = [freshness.is_known(starts_at=midnight + much * MINUTE, **asked) for much in (-45, -30, -15, 0, 45, 60)]
    assert known == [True, True, False, False, False, True]


def test_nothing_is_offered_beyond_what_it_told(dr_ramos):
    feed(dr_ramos, known_until=TEN + DAY + HOUR)
    assert starts()[-1] == TEN + DAY + HOUR / 2


def test_a_time_that_was_found_is_not_held_once_the_calendar_is_stale(dr_ramos):
    feed(dr_ramos, fresh_until=AT + MINUTE)
    slot = factories.open_slots()[0].slot
    with pytest.raises(SlotTaken):
        appointments.hold(slot, by=viewer(), at=AT + MINUTE)


def test_a_time_that_was_found_is_not_held_once_the_calendar_takes_it(dr_ramos):
    slot = factories.open_slots()[0].slot
    feed(dr_ramos, (TEN, TEN + HOUR))
    with pytest.raises(SlotTaken):
        appointments.hold(slot, by=viewer(), at=AT)


def test_a_held_time_can_be_confirmed_whatever_the_calendar_does(dr_ramos, lupita):
    by = viewer(factories.user_of(lupita))
    held = factories.hold(by)
    feed(dr_ramos, (TEN, TEN + HOUR), **STALE)
    assert appointments.confirm(held, patient=lupita, by=by, at=AT).status == "booked"


def test_the_copy_knows_what_other_calendars_say(dr_ramos):
    feed(dr_ramos, (TEN + DAY, TEN + DAY + HOUR / 3), (TEN + 2 * DAY, TEN + 3 * DAY))
    factories.assert_the_copy_is_true()
