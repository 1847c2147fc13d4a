"""What somebody has open follows from hours, exceptions and visits; search reads a copy that is moved on day by day."""

from datetime import UTC, date, datetime, time

import pytest
from django.db.models import F

from scheduling import open_starts, schedules
from scheduling.models import Actor, ActorKind, AvailabilityException, OpenStart, Schedule
from scheduling.weeks import Hours
from tests import factories
from tests.factories import AT, DAY, HOUR, MAKER, MINUTE

pytestmark = pytest.mark.django_db

TEN = AT + HOUR  # ten in the morning in Houston


def schedule(org, *hours, zone="America/Chicago", at=AT, **how):
    """Return the schedule of somebody who works these hours."""
    actor = Actor.objects.create(kind=ActorKind.CLINICIAN)
    known = {"zone": zone, "notice_minutes": 0, "horizon_days": 14}
    made = Schedule.objects.create(actor=actor, organization=org, **known | how)
    schedules.set_week(made, hours, by=MAKER, at=at)
    open_starts.extend(at=at)
    made.refresh_from_db()
    return made


def every_day(starts, ends):
    return [Hours(day, time(starts), time(ends)) for day in range(7)]


def computed(one, since=AT, until=AT + DAY):
    return open_starts.compute([one], since, until)[one.actor_id]


def copied(one):
    return list(OpenStart.objects.filter(actor=one.actor_id).order_by("starts_at"))


# --- the truth -------------------------------------------------------------------------------------------------------


def test_hours_are_open_from_their_first_minute_to_the_last_whole_visit(acompana):
    starts = computed(schedule(acompana, *every_day(10, 12)))
    assert [(start.starts_at - TEN) // MINUTE for start in starts] == [0, 30, 60, 90]
    assert [start.free_minutes for start in starts] == [120, 90, 60, 30]


def test_starts_lie_on_the_step(acompana):
    starts = computed(schedule(acompana, *every_day(10, 11), step_minutes=20))
    assert [(start.starts_at - TEN) // MINUTE for start in starts] == [0, 20, 40]


def test_only_what_begins_between_the_two_instants_is_told(acompana):
    one = schedule(acompana, *every_day(10, 12))
    starts = computed(one, TEN + 30 * MINUTE, TEN + HOUR)
    assert [start.starts_at for start in starts] == [TEN + 30 * MINUTE]


def test_free_time_runs_on_over_midnight(acompana):
    one = schedule(acompana, Hours(0, time(22), time(0)), Hours(1, time(0), time(2)))
    evening = datetime(2026, 6, 9, 3, tzinfo=UTC)  # ten in the evening of Monday
    assert computed(one, evening, evening + MINUTE)[0].free_minutes == 240


def test_a_window_that_began_yesterday_is_open_today(acompana):
    one = schedule(acompana, Hours(0, time(22), time(4)))
    two_in_the_morning = datetime(2026, 6, 9, 7, tzinfo=UTC)
    starts = computed(one, two_in_the_morning, two_in_the_morning + 2 * HOUR)
    assert [start.free_minutes for start in starts] == [120, 90, 60, 30]


def test_somebody_without_hours_has_nothing_open(acompana):
    assert computed(schedule(acompana)) == []


def test_extra_time_opens_what_the_week_does_not(acompana):
    one = schedule(acompana)
    extra = {"kind": "extra", "starts_at": TEN + 15 * MINUTE, "ends_at": TEN + 75 * MINUTE}
    AvailabilityException.objects.create(schedule=one, **extra)
    assert [start.starts_at for start in computed(one)] == [TEN + 15 * MINUTE, TEN + 45 * MINUTE]


def test_time_off_beats_extra_time(acompana):
    one = schedule(acompana)
    for kind in ("extra", "off"):
        AvailabilityException.objects.create(schedule=one, kind=kind, starts_at=TEN, ends_at=TEN + HOUR)
    assert computed(one) == []


def test_three_queries_however_many_are_asked_about(acompana, django_assert_num_queries):
    everybody = [schedule(acompana, *every_day(10, 12)) for _ in range(4)]
    with django_assert_num_queries(3):
        assert len(open_starts.compute(everybody, AT, AT + DAY)) == 4


# --- beside a visit --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "left"),
    [(0, 0, [0, 60, 90]), (0, 10, [90]), (10, 0, [90]), (30, 30, [])],
)
def test_a_visit_leaves_room_for_the_buffers_on_both_sides(acompana, elena, consulta, lupita, before, after, left):
    how = {"before_minutes": before, "after_minutes": after}
    one = factories.clinician("Ramos", acompana, elena, schedule=how).actor.schedule
    factories.booked(lupita, number=1)  # half past ten to eleven
    fit = [start.starts_at for start in computed(one) if start.free_minutes >= 30]
    assert [(start - TEN) // MINUTE for start in fit] == left


def test_is_open_says_the_same_as_the_list(acompana, dr_ramos, lupita):
    one = dr_ramos.actor.schedule
    factories.booked(lupita, number=1)
    asked = [TEN + minutes * MINUTE for minutes in range(-30, 150, 10)]
    listed = {start.starts_at for start in computed(one) if start.free_minutes >= 30}
    assert {start for start in asked if open_starts.is_open(one, start, 30)} == listed


def test_what_is_asked_of_the_hours_alone_does_not_mind_visits(dr_ramos, lupita):
    one, visit = dr_ramos.actor.schedule, factories.booked(lupita)
    assert open_starts.offers(one, visit.starts_at, visit.ends_at)
    assert open_starts.offers(one, TEN, TEN + 2 * HOUR)
    assert not open_starts.offers(one, TEN - MINUTE, TEN + HOUR)
    assert not open_starts.offers(one, TEN, TEN + 2 * HOUR + MINUTE)


def test_hours_that_touch_offer_a_visit_across_both(acompana):
    one = schedule(acompana, Hours(0, time(10), time(11)), Hours(0, time(11), time(12)))
    assert open_starts.offers(one, TEN + 45 * MINUTE, TEN + 75 * MINUTE)


# --- clocks that change ----------------------------------------------------------------------------------------------


def test_the_hour_lost_in_spring_is_not_offered(acompana):
    """In Chicago, on 8 March 2026, two o'clock is three."""
    at = datetime(2026, 3, 7, 12, tzinfo=UTC)
    one = schedule(acompana, Hours(6, time(1), time(4)), at=at)
    assert [start.starts_at.hour for start in computed(one, at, at + 2 * DAY)] == [7, 7, 8, 8]
    factories.assert_the_copy_is_true(at)


def test_the_hour_repeated_in_autumn_is_offered_twice(acompana):
    """In Chicago, on 1 November 2026, one o'clock comes twice."""
    at = datetime(2026, 10, 31, 12, tzinfo=UTC)
    one = schedule(acompana, Hours(6, time(1), time(3)), at=at)
    assert [start.starts_at.hour for start in computed(one, at, at + 2 * DAY)] == [6, 6, 7, 7, 8, 8]
    factories.assert_the_copy_is_true(at)


def test_nine_in_the_morning_stays_nine_in_the_morning(acompana):
    at = datetime(2026, 3, 7, 12, tzinfo=UTC)
    one = schedule(acompana, *every_day(9, 10), at=at, step_minutes=60)
    assert [start.starts_at.hour for start in computed(one, at, at + 3 * DAY)] == [15, 14, 14]


# --- the copy --------------------------------------------------------------------------------------------------------


def test_the_copy_holds_the_horizon_up_to_a_midnight_of_the_zone(acompana):
    one = schedule(acompana, *every_day(10, 12), horizon_days=3)
    assert one.open_until == datetime(2026, 6, 12, 5, tzinfo=UTC)  # midnight after the 11th in Houston
    days = {row.starts_at.date() for row in copied(one)}
    assert days == {date(2026, 6, day) for day in (8, 9, 10, 11)}
    factories.assert_the_copy_is_true()


def test_the_copy_counts_free_time_no_further_than_a_day(acompana):
    always = [Hours(day, time(0), time(0)) for day in range(7)]
    one = schedule(acompana, *always, zone="UTC", step_minutes=720)
    assert {row.free_minutes for row in copied(one) if row.starts_at < one.open_until - DAY} == {1440}
    factories.assert_the_copy_is_true()


def test_a_day_later_the_copy_has_one_day_more_and_drops_what_is_over(acompana):
    one = schedule(acompana, *every_day(10, 12), horizon_days=3)
    later = AT + 2 * DAY
    assert open_starts.extend(at=later) == 1
    days = {row.starts_at.date() for row in copied(one)}
    assert days == {date(2026, 6, day) for day in (9, 10, 11, 12, 13)}
    factories.assert_the_copy_is_true(later)


def test_nothing_is_moved_on_twice_in_a_day(acompana):
    schedule(acompana, *every_day(10, 12))
    before = list(OpenStart.objects.values())
    assert open_starts.extend(at=AT + HOUR) == 0
    assert list(OpenStart.objects.values()) == before


def test_after_a_pause_of_the_service_everything_is_caught_up(acompana):
    one = schedule(acompana, *every_day(10, 12), horizon_days=3)
    later = AT + 30 * DAY
    open_starts.extend(at=later)
    assert min(row.starts_at for row in copied(one)) >= later - DAY
    factories.assert_the_copy_is_true(later)


def test_a_sweep_moves_no_more_than_it_was_told_to_those_furthest_behind_first(acompana):
    first, second = (schedule(acompana, *every_day(10, 12)) for _ in range(2))
    Schedule.objects.filter(pk=second.pk).update(open_until=F("open_until") - DAY)
    assert open_starts.extend(at=AT + 2 * DAY, limit=1) == 1
    second.refresh_from_db()
    assert second.open_until > first.open_until


def test_a_rebuild_never_goes_past_what_was_derived(acompana):
    one = schedule(acompana, *every_day(10, 12), horizon_days=3)
    before = [(row.starts_at, row.free_minutes) for row in copied(one)]
    open_starts.rebuild([one], AT, AT + 60 * DAY)
    assert [(row.starts_at, row.free_minutes) for row in copied(one)] == before


def test_a_rebuild_repairs_a_copy_that_went_wrong(acompana):
    one = schedule(acompana, *every_day(10, 12))
    OpenStart.objects.filter(starts_at__gt=TEN).update(free_minutes=5)
    OpenStart.objects.filter(starts_at=TEN).delete()
    OpenStart.objects.create(actor=one.actor, starts_at=TEN + 7 * MINUTE, free_minutes=60)
    open_starts.rebuild([one], AT, one.open_until)
    factories.assert_the_copy_is_true()


def test_nobody_elses_copy_is_touched(acompana):
    one, other = (schedule(acompana, *every_day(10, 12)) for _ in range(2))
    before = [row.pk for row in copied(other)]
    open_starts.rebuild([one], AT, one.open_until)
    schedules.set_week(one, [], by=MAKER, at=AT)
    assert [row.pk for row in copied(other)] == before
