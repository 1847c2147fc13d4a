"""Whoever gives time sets the week and takes days off; what is booked stands, and is told."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from scheduling import open_starts, schedules
from scheduling.access import Viewer
from scheduling.models import AvailabilityException, AvailabilityRule, Event, OpenStart
from scheduling.refusals import NotFound
from scheduling.weeks import Hours
from tests import factories
from tests.factories import AT, DAY, MAKER, viewer

pytestmark = pytest.mark.django_db

TODAY, TOMORROW = date(2026, 6, 8), date(2026, 6, 9)
MORNING = Hours(0, time(10), time(12))


@pytest.fixture
def hers(dr_ramos):
    """The schedule of Dr. Ramos: every day from ten to twelve."""
    return schedules.of_user(viewer(dr_ramos.user))


def set_week(schedule, *week, at=AT):
    return schedules.set_week(schedule, week, by=MAKER, at=at)


def take_off(schedule, first, last, at=AT):
    return schedules.take_off(schedule, first, last, by=MAKER, at=at)


def days(schedule):
    starts = OpenStart.objects.filter(actor=schedule.actor_id, starts_at__gte=AT)
    return sorted({start.astimezone(UTC).date() for start in starts.values_list("starts_at", flat=True)})


def rules(schedule):
    return [(rule.weekday, rule.starts, rule.ends) for rule in schedule.rules.filter(valid_until=None)]


# --- the week --------------------------------------------------------------------------------------------------------


def test_a_week_is_what_is_offered_from_today_on(hers):
    set_week(hers, Hours(1, time(14), time(15)))
    assert rules(hers) == [(1, time(14), time(15))]
    assert days(hers) == [TOMORROW, TOMORROW + 7 * DAY]
    factories.assert_the_copy_is_true()


def test_what_was_offered_on_the_days_before_stays_as_it_was(hers):
    set_week(hers, MORNING, at=AT + 2 * DAY)
    ended = hers.rules.exclude(valid_until=None)
    assert {(rule.valid_from, rule.valid_until) for rule in ended} == {(TODAY, TODAY + 2 * DAY)}
    assert open_starts.offers(hers, AT + timedelta(hours=1), AT + timedelta(hours=2))


def test_a_week_set_twice_in_a_day_leaves_only_the_second(hers):
    set_week(hers, Hours(1, time(14), time(15)))
    set_week(hers, Hours(2, time(16), time(17)))
    assert list(hers.rules.values_list("weekday", "valid_until")) == [(2, None)]


def test_an_empty_week_offers_nothing(hers):
    set_week(hers)
    assert rules(hers) == []
    assert days(hers) == []


def test_the_same_hours_said_twice_count_once(hers):
    set_week(hers, MORNING, MORNING)
    assert rules(hers) == [(0, time(10), time(12))]


def test_hours_that_overlap_offer_each_start_once(hers):
    set_week(hers, MORNING, Hours(0, time(11), time(13)))
    starts = OpenStart.objects.filter(actor=hers.actor_id, starts_at__lt=AT + DAY)
    assert starts.count() == 6
    factories.assert_the_copy_is_true()


def test_hours_may_cross_midnight(hers):
    set_week(hers, Hours(0, time(22), time(2)))
    starts = OpenStart.objects.filter(actor=hers.actor_id, starts_at__lt=AT + 2 * DAY).order_by("starts_at")
    assert starts.first().starts_at == datetime(2026, 6, 9, 3, tzinfo=UTC)
    assert starts.last().starts_at == datetime(2026, 6, 9, 6, 30, tzinfo=UTC)


def test_today_is_the_day_of_the_schedules_own_zone(hers):
    """At eleven in the evening in Houston it is tomorrow already in UTC."""
    late = datetime(2026, 6, 9, 4, tzinfo=UTC)
    set_week(hers, MORNING, at=late)
    assert hers.rules.get(valid_until=None).valid_from == TODAY


def test_setting_the_week_is_an_event_and_a_new_version(hers, dr_ramos):
    version = hers.version
    schedules.set_week(hers, [MORNING], by=viewer(dr_ramos.user), at=AT)
    hers.refresh_from_db()
    event = Event.objects.filter(subject=hers.actor.uuid).latest("pk")
    assert (hers.version, event.kind, event.by_user) == (version + 1, "schedule.week_set", dr_ramos.user)


# --- days off --------------------------------------------------------------------------------------------------------


def test_a_day_off_is_a_day_of_the_schedules_wall_clock(hers):
    off, _ = take_off(hers, TOMORROW, TOMORROW)
    assert off.starts_at == datetime(2026, 6, 9, 5, tzinfo=UTC)
    assert off.ends_at == datetime(2026, 6, 10, 5, tzinfo=UTC)
    assert TOMORROW not in days(hers)
    assert {TODAY, TOMORROW + DAY} <= set(days(hers))
    factories.assert_the_copy_is_true()


def test_both_ends_of_a_holiday_are_off(hers):
    take_off(hers, TOMORROW, TOMORROW + 2 * DAY)
    assert days(hers)[:2] == [TODAY, TOMORROW + 3 * DAY]


def test_a_day_that_lasts_23_hours_is_off_for_23_hours(acompana, elena, consulta):
    ramos = factories.clinician("Ramos", acompana, elena)
    spring = date(2026, 3, 8)
    off, _ = take_off(ramos.actor.schedule, spring, spring, at=datetime(2026, 3, 1, tzinfo=UTC))
    assert off.ends_at - off.starts_at == timedelta(hours=23)


def test_a_day_off_taken_back_is_offered_again(hers):
    before = days(hers)
    off, _ = take_off(hers, TOMORROW, TOMORROW)
    schedules.undo_exception(off, by=viewer(), at=AT)
    assert days(hers) == before
    assert not AvailabilityException.objects.exists()
    assert Event.objects.filter(kind="schedule.exception_undone").count() == 1


def test_of_two_days_off_that_overlap_one_taken_back_leaves_the_other(hers):
    off, _ = take_off(hers, TODAY, TOMORROW)
    take_off(hers, TOMORROW, TOMORROW)
    schedules.undo_exception(off, by=viewer(), at=AT)
    assert days(hers)[:2] == [TODAY, TOMORROW + DAY]


# --- what is booked --------------------------------------------------------------------------------------------------


def test_a_visit_outside_of_the_new_hours_stands_and_is_told(hers, lupita):
    visit = factories.booked(lupita)
    assert set_week(hers, Hours(3, time(10), time(12))) == [visit]
    visit.refresh_from_db()
    assert visit.status == "booked"
    factories.assert_the_copy_is_true()


def test_a_visit_on_a_day_off_stands_and_is_told(hers, lupita):
    visit = factories.booked(lupita)
    _, told = take_off(hers, TODAY, TODAY)
    assert told == [visit]


def test_a_visit_within_the_new_hours_is_not_told(hers, lupita):
    factories.booked(lupita)
    assert set_week(hers, MORNING) == []
    assert take_off(hers, TOMORROW, TOMORROW)[1] == []


def test_a_visit_half_of_which_is_outside_is_told(hers, lupita):
    visit = factories.booked(lupita)
    assert set_week(hers, Hours(0, time(10, 15), time(12))) == [visit]


def test_neither_holds_nor_visits_that_are_over_nor_those_of_others_are_told(hers, acompana, elena, lupita, beto):
    factories.clinician("Vega", acompana, elena)
    slots = {found.clinician.actor_id: found.slot for found in reversed(factories.open_slots(limit=4))}
    by = factories.viewer(factories.user_of(beto))
    others = next(slot for actor, slot in slots.items() if actor != hers.actor_id)
    held = factories.appointments.hold(others, by=by, at=AT)
    factories.appointments.confirm(held, patient=beto, by=by, at=AT)
    factories.appointments.hold(slots[hers.actor_id], by=viewer(), at=AT)
    past = factories.booked(lupita)
    assert set_week(hers, at=past.starts_at + DAY * 3) == []


# --- whose -----------------------------------------------------------------------------------------------------------


def test_clinicians_and_interpreters_find_their_own(dr_ramos, nayeli):
    assert schedules.of_user(viewer(dr_ramos.user)).actor == dr_ramos.actor
    assert schedules.of_user(viewer(nayeli.user)).actor == nayeli.actor


def test_nobody_else_finds_any(dr_ramos, tomas, lupita):
    for asker in (Viewer(), viewer(tomas), viewer(factories.user_of(lupita))):
        with pytest.raises(NotFound):
            schedules.of_user(asker)


def test_one_clinicians_week_changes_nobody_elses(hers, acompana, elena):
    vega = factories.clinician("Vega", acompana, elena)
    before = days(vega.actor.schedule)
    set_week(hers), take_off(hers, TODAY, TOMORROW)
    assert days(vega.actor.schedule) == before
    assert AvailabilityRule.objects.filter(schedule=vega.actor.schedule, valid_until=None).count() == 7
