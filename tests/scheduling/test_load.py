"""A load contract leaves so many visits a day and a week, and so many minutes; a rest lies between any two."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from scheduling import appointments, impact, load, open_starts, rescheduling, schedules
from scheduling.availability import OpenStart as Start
from scheduling.load import Given, Limits
from scheduling.models import Event, OpenStart
from scheduling.refusals import Invalid, SlotTaken
from scheduling.schedules import Terms
from scheduling.slots import Slot
from scheduling.weeks import Hours
from tests import factories
from tests.factories import AT, DAY, HOUR, MAKER, MINUTE, viewer

CHICAGO = ZoneInfo("America/Chicago")
TEN = AT + HOUR  # Monday, ten in the morning in Houston
SUNDAY_NIGHT = datetime(2026, 6, 15, 4, 30, tzinfo=UTC)  # half past eleven in Houston: Monday in UTC


def within(*starts, given=(), **limits):
    found = load.within([Start(at, free) for at, free in starts], given, Limits(**limits), CHICAGO)
    return [(start.starts_at, start.free_minutes) for start in found]


def test_without_a_limit_everything_is_left():
    assert within((TEN, 60), given=[Given(TEN - HOUR, 60)] * 50) == [(TEN, 60)]


@pytest.mark.parametrize(("count", "left"), [(0, 1), (1, 1), (2, 0), (3, 0)])
def test_a_full_day_has_nothing_more(count, left):
    assert len(within((TEN, 60), given=[Given(TEN, 30)] * count, visits_a_day=2)) == left


def test_a_full_day_leaves_the_next_one():
    starts = (TEN, 60), (TEN + DAY, 60)
    assert within(*starts, given=[Given(TEN, 30)], visits_a_day=1) == [(TEN + DAY, 60)]


def test_a_full_week_has_nothing_more_until_monday():
    starts = (TEN, 60), (SUNDAY_NIGHT, 30), (TEN + 7 * DAY, 60)
    assert within(*starts, given=[Given(TEN + DAY, 30)], visits_a_week=1) == [(TEN + 7 * DAY, 60)]


def test_a_visit_counts_in_the_local_day_in_which_it_starts():
    monday = (TEN + 7 * DAY, 60)
    assert within(monday, given=[Given(SUNDAY_NIGHT, 60)], visits_a_day=1, visits_a_week=1) == [monday]


def test_no_start_has_more_minutes_than_the_week_has_left():
    given = [Given(TEN, 50), Given(TEN + DAY, 50)]
    starts = (TEN + 2 * DAY, 120), (TEN + 2 * DAY + HOUR, 10), (TEN + 7 * DAY, 120)
    assert within(*starts, given=given, minutes_a_week=120) == [
        (TEN + 2 * DAY, 20),
        (TEN + 2 * DAY + HOUR, 10),
        (TEN + 7 * DAY, 120),
    ]
    assert within(starts[0], given=given, minutes_a_week=100) == []


def test_weeks_begin_on_the_monday_of_the_wall_clock():
    begins, ends = load.weeks_around(SUNDAY_NIGHT, SUNDAY_NIGHT, CHICAGO)
    assert (begins, ends) == (datetime(2026, 6, 8, 5, tzinfo=UTC), datetime(2026, 6, 15, 5, tzinfo=UTC))


# --- in the calendar -------------------------------------------------------------------------------------------------


@pytest.fixture
def ramos(dr_ramos):
    return dr_ramos


def agree(ramos, **terms):
    schedule = ramos.actor.schedule
    schedule.refresh_from_db()
    schedules.set_terms(schedule, Terms(notice_minutes=0, horizon_days=14, **terms), by=MAKER, at=AT)
    factories.assert_the_copy_is_true()


def days():
    starts = OpenStart.objects.filter(starts_at__gte=AT).values_list("starts_at", flat=True)
    return {start.astimezone(CHICAGO).day for start in starts}


@pytest.mark.django_db
def test_the_last_visit_of_a_day_closes_it_and_giving_it_back_opens_it(ramos, lupita):
    agree(ramos, visits_a_day=1)
    visit = factories.booked(lupita)
    assert 8 not in days()
    factories.assert_the_copy_is_true()
    appointments.cancel(visit, because="patient", by=MAKER, at=AT)
    assert 8 in days()
    factories.assert_the_copy_is_true()


@pytest.mark.django_db
def test_the_last_minutes_of_a_week_shorten_all_its_starts(ramos, lupita):
    agree(ramos, minutes_a_week=75)
    factories.booked(lupita)
    assert max(OpenStart.objects.filter(starts_at__lt=AT + 6 * DAY).values_list("free_minutes", flat=True)) == 45
    assert OpenStart.objects.filter(starts_at__gt=AT + 7 * DAY, free_minutes=75).exists()
    factories.assert_the_copy_is_true()


@pytest.mark.django_db
def test_a_visit_that_moves_counts_where_it_goes(ramos, lupita):
    agree(ramos, visits_a_week=1, minutes_a_week=60)
    visit = factories.booked(lupita)
    assert days() & set(range(8, 15)) == set()
    by = viewer(factories.user_of(lupita))
    rescheduling.reschedule(visit, next_week(visit), by=by, at=AT)
    assert days() & set(range(15, 22)) == set()
    assert days() >= set(range(9, 15))
    factories.assert_the_copy_is_true()


@pytest.mark.parametrize(("asked", "late"), [(True, False), (False, True)])
@pytest.mark.django_db
def test_whoever_was_asked_to_move_is_not_late(ramos, lupita, asked, late):
    visit = factories.booked(lupita)  # in an hour
    if asked:
        impact.ask_to_move(visit, by=MAKER, at=AT)
    rescheduling.reschedule(visit, next_week(visit), by=viewer(factories.user_of(lupita)), at=AT)
    codes = Event.objects.filter(subject=visit.uuid).latest("pk").codes
    assert codes.get("late", False) is late
    visit.refresh_from_db()
    assert not visit.is_asked_to_move


def next_week(visit):
    """Return the same time with the same people, a week later."""
    slot = factories.slot_of(visit)
    return Slot(**vars(slot) | {"starts_at": visit.starts_at + 7 * DAY})


@pytest.mark.django_db
def test_a_hold_counts_like_a_visit_until_it_lapses(ramos):
    agree(ramos, visits_a_week=1)
    factories.hold(viewer())
    assert days() & set(range(8, 15)) == set()
    appointments.lapse_holds(at=AT + HOUR)
    assert days() >= set(range(9, 15))
    factories.assert_the_copy_is_true()


@pytest.mark.django_db
def test_a_time_found_before_the_day_was_full_is_taken(ramos, lupita):
    agree(ramos, visits_a_day=1)
    found = factories.open_slots()[3].slot
    factories.booked(lupita)
    with pytest.raises(SlotTaken):
        appointments.hold(found, by=viewer(), at=AT)


@pytest.mark.django_db
def test_a_rest_lies_between_two_visits(ramos, lupita):
    agree(ramos, rest_minutes=30)
    factories.booked(lupita)
    assert [found.slot.starts_at for found in factories.open_slots()[:1]] == [TEN + HOUR]
    factories.assert_the_copy_is_true()


@pytest.mark.parametrize(("before", "after", "rest", "gap"), [(0, 0, 20, 20), (10, 5, 20, 20), (15, 15, 20, 30)])
@pytest.mark.django_db
def test_a_rest_asks_for_no_more_than_the_buffers_leave_open(ramos, before, after, rest, gap):
    agree(ramos, before_minutes=before, after_minutes=after, rest_minutes=rest)
    schedule = type(ramos.actor.schedule).objects.get(actor=ramos.actor)
    assert schedule.before_minutes + schedule.minutes_after == gap


@pytest.mark.django_db
def test_visits_that_are_booked_stand_whatever_the_limit(ramos, lupita):
    visit = factories.booked(lupita)
    agree(ramos, visits_a_day=1, minutes_a_week=10)
    visit.refresh_from_db()
    assert visit.status == "booked"


# --- a pause ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_nothing_is_offered_in_a_pause_and_everything_after_it(ramos, lupita):
    visit = factories.booked(lupita)
    outside = schedules.pause(ramos.actor.schedule, AT.date() + 3 * DAY, by=MAKER, at=AT)
    assert outside == [visit]
    assert min(days()) == 11
    factories.assert_the_copy_is_true()


@pytest.mark.django_db
def test_a_pause_without_an_end_lasts_until_it_is_ended(ramos):
    schedules.pause(ramos.actor.schedule, None, by=MAKER, at=AT)
    assert days() == set()
    open_starts.extend(at=AT + 3 * DAY)
    assert days() == set()
    schedules.resume(ramos.actor.schedule, by=MAKER, at=AT)
    assert 8 in days()
    factories.assert_the_copy_is_true()


@pytest.mark.django_db
def test_a_pause_cannot_end_before_it_begins(ramos):
    with pytest.raises(Invalid):
        schedules.pause(ramos.actor.schedule, AT.date() - DAY, by=MAKER, at=AT)


@pytest.mark.django_db
def test_a_time_found_before_the_pause_is_taken(ramos):
    found = factories.open_slots()[0].slot
    schedules.pause(ramos.actor.schedule, None, by=MAKER, at=AT)
    with pytest.raises(SlotTaken):
        appointments.hold(found, by=viewer(), at=AT)


# --- terms -----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_longer_horizon_offers_more_days_and_a_shorter_one_fewer(ramos):
    agree(ramos)
    before = len(days())
    schedules.set_terms(ramos.actor.schedule, Terms(horizon_days=20), by=MAKER, at=AT)
    assert len(days()) == before + 6
    factories.assert_the_copy_is_true()
    schedules.set_terms(ramos.actor.schedule, Terms(horizon_days=3), by=MAKER, at=AT)
    assert days() == {8, 9, 10, 11}
    factories.assert_the_copy_is_true()


@pytest.mark.parametrize(
    ("field", "value"),
    [("horizon_days", 0), ("horizon_days", 367), ("before_minutes", -1), ("visits_a_day", 0), ("minutes_a_week", 0)],
)
@pytest.mark.django_db
def test_terms_that_cannot_be_meant_are_refused(ramos, field, value):
    with pytest.raises(Invalid) as refused:
        schedules.set_terms(ramos.actor.schedule, Terms(**{field: value}), by=MAKER, at=AT)
    assert refused.value.field == field


@pytest.mark.django_db
def test_terms_are_read_as_they_were_set(ramos):
    terms = Terms(5, 10, 20, 120, 21, 300, 4, 12)
    schedules.set_terms(ramos.actor.schedule, terms, by=MAKER, at=AT)
    ramos.actor.schedule.refresh_from_db()
    assert schedules.terms_of(ramos.actor.schedule) == terms


@pytest.mark.django_db
def test_two_clinicians_in_one_booking_are_counted_each(acompana, elena, ramos, lupita):
    """What closes one person's day leaves the other's as it was."""
    vega = factories.clinician("Vega", acompana, elena, hours=[Hours(day, time(13), time(14)) for day in range(7)])
    agree(ramos, visits_a_day=1)
    factories.booked(lupita)
    assert OpenStart.objects.filter(actor=vega.actor, starts_at__lt=AT + DAY).count() == 2
    assert MINUTE * 60 == HOUR
