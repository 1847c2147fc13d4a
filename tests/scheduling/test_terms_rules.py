"""What the verbs on hours take and refuse: numbers at their edges, clocks, pauses, extra time, and what is recorded."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from scheduling import schedules
from scheduling.models import UNTIL_RESUMED, AvailabilityException, Event, OpenStart, Schedule
from scheduling.refusals import Invalid
from scheduling.schedules import RANGES, Terms
from scheduling.weeks import Hours
from tests import factories
from tests.factories import AT, DAY, HOUR, MAKER, MINUTE, viewer

pytestmark = pytest.mark.django_db

TODAY = date(2026, 6, 8)


@pytest.fixture
def hers(dr_ramos):
    return dr_ramos.actor.schedule


def wall(day=9, hour=0, minute=0):
    """Return a reading of the schedule's clock in June."""
    return datetime(2026, 6, day, hour, minute, tzinfo=UTC).replace(tzinfo=None)


def refused(verb, *given, at=AT):
    with pytest.raises(Invalid) as refusal:
        verb(*given, by=MAKER, at=at)
    return refusal.value.field, refusal.value.detail


def versions():
    return list(Schedule.objects.order_by("pk").values_list("version", flat=True))


# --- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RANGES)
def test_each_number_is_taken_up_to_its_edges(hers, name):
    for value in (RANGES[name].start, RANGES[name].stop - 1):
        schedules.set_terms(hers, Terms(**{name: value}), by=MAKER, at=AT)
        hers.refresh_from_db()
        assert getattr(hers, name) == value


@pytest.mark.parametrize("name", RANGES)
def test_each_number_beyond_its_edges_is_refused_and_nothing_changes(hers, name):
    before = versions(), schedules.terms_of(hers)
    for value in (RANGES[name].start - 1, RANGES[name].stop):
        assert refused(schedules.set_terms, hers, Terms(**{name: value})) == (name, "out_of_range")
    hers.refresh_from_db()
    assert (versions(), schedules.terms_of(hers)) == before


@pytest.mark.parametrize(
    ("terms", "limited"),
    [
        (Terms(), False),
        (Terms(rest_minutes=30, before_minutes=10, notice_minutes=0), False),
        (Terms(minutes_a_week=1), True),
        (Terms(visits_a_day=1), True),
        (Terms(visits_a_week=1), True),
    ],
)
def test_only_a_number_of_visits_or_minutes_is_a_limit(hers, terms, limited):
    schedules.set_terms(hers, terms, by=MAKER, at=AT)
    hers.refresh_from_db()
    assert hers.is_limited is limited


@pytest.mark.parametrize(("notice", "first"), [(0, 15), (60, 15), (61, 15.5), (120, 16), (180, 39)])
def test_nobody_books_later_than_the_notice(hers, notice, first):
    """Her day begins at three in the afternoon in UTC, an hour from now."""
    schedules.set_terms(hers, Terms(notice_minutes=notice), by=MAKER, at=AT)
    midnight = AT - 14 * HOUR
    assert (factories.open_slots()[0].slot.starts_at - midnight) / HOUR == first


# --- clocks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["", "Mars/Base", "America", "../etc/passwd", "America/Chicago ", "\0"])
def test_a_clock_nobody_has_is_refused(hers, zone):
    assert refused(schedules.set_zone, hers, zone) == ("zone", "unknown_zone")
    hers.refresh_from_db()
    assert hers.zone == "America/Chicago"


@pytest.mark.parametrize(
    ("zone", "hour"), [("America/New_York", 14), ("America/Denver", 16), ("Pacific/Honolulu", 20), ("UTC", 10)]
)
def test_the_same_hours_by_another_clock_are_other_instants(hers, zone, hour):
    schedules.set_zone(hers, zone, by=MAKER, at=AT - 8 * HOUR)
    starts = OpenStart.objects.filter(starts_at__gte=AT - 8 * HOUR).order_by("starts_at")
    assert starts[0].starts_at.hour == hour
    factories.assert_the_copy_is_true(AT - 8 * HOUR)


def test_a_visit_that_another_clock_leaves_outside_stands_and_is_told(hers, lupita):
    visit = factories.booked(lupita)
    assert schedules.set_zone(hers, "Pacific/Honolulu", by=MAKER, at=AT) == [visit]
    assert schedules.set_zone(hers, "America/Chicago", by=MAKER, at=AT) == []
    visit.refresh_from_db()
    assert visit.status == "booked"


# --- a pause ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [-400, -1, 0])
def test_a_pause_that_is_over_already_is_refused(hers, days):
    assert refused(schedules.pause, hers, TODAY + days * DAY) == ("until", "over")


def test_a_pause_ends_at_midnight_by_the_schedules_clock(hers):
    schedules.pause(hers, TODAY + DAY, by=MAKER, at=AT)
    hers.refresh_from_db()
    assert hers.paused_until == datetime(2026, 6, 9, 5, tzinfo=UTC)


def test_a_second_pause_takes_the_place_of_the_first(hers):
    schedules.pause(hers, None, by=MAKER, at=AT)
    schedules.pause(hers, TODAY + 2 * DAY, by=MAKER, at=AT)
    assert factories.open_slots()[0].slot.starts_at.date() == TODAY + 2 * DAY
    schedules.pause(hers, None, by=MAKER, at=AT)
    hers.refresh_from_db()
    assert hers.paused_until == UNTIL_RESUMED
    assert factories.open_slots() == []


def test_a_pause_and_its_end_leave_hours_and_time_off_as_they_were(hers):
    schedules.take_off(hers, TODAY, TODAY, by=MAKER, at=AT)
    before = [(one.starts_at, one.free_minutes) for one in OpenStart.objects.order_by("starts_at")]
    schedules.pause(hers, TODAY + 9 * DAY, by=MAKER, at=AT)
    schedules.resume(hers, by=MAKER, at=AT)
    assert [(one.starts_at, one.free_minutes) for one in OpenStart.objects.order_by("starts_at")] == before


def test_to_go_on_without_a_pause_changes_nothing_that_is_offered(hers):
    before = [found.slot for found in factories.open_slots()]
    schedules.resume(hers, by=MAKER, at=AT)
    assert [found.slot for found in factories.open_slots()] == before


# --- extra time and time off -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts", "ends", "detail"),
    [
        (wall(9, 10), wall(9, 10), "before_start"),
        (wall(9, 10), wall(9, 9), "before_start"),
        (wall(9, 10), wall(10, 10, 1), "too_long"),
        (wall(1, 10), wall(1, 12), "over"),
        (wall(8, 7), wall(8, 9), "over"),
    ],
    ids=["nothing", "backwards", "more than a day", "last week", "until this very instant"],
)
def test_extra_time_that_cannot_be_given(hers, starts, ends, detail):
    assert refused(schedules.give_extra, hers, starts, ends) == ("ends", detail)
    assert not AvailabilityException.objects.exists()


@pytest.mark.parametrize(("starts", "ends"), [(wall(9, 10), wall(10, 10)), (wall(8, 8), wall(8, 9, 30))])
def test_extra_time_may_last_a_day_and_may_have_begun(hers, starts, ends):
    extra, told = schedules.give_extra(hers, starts, ends, by=MAKER, at=AT)
    assert (extra.ends_at - extra.starts_at, told) == (ends - starts, [])
    factories.assert_the_copy_is_true()


@pytest.mark.parametrize(("day", "real"), [(date(2026, 3, 8), 2), (date(2026, 11, 1), 4), (date(2026, 6, 9), 3)])
def test_extra_time_over_a_change_of_the_clock_lasts_as_long_as_it_does(hers, day, real):
    """From one to four in the morning: an hour less in spring, one more in autumn."""
    at = datetime(2026, 3, 1, tzinfo=UTC)
    starts = wall().replace(month=day.month, day=day.day, hour=1)
    extra, _ = schedules.give_extra(hers, starts, starts + 3 * HOUR, by=MAKER, at=at)
    assert extra.ends_at - extra.starts_at == timedelta(hours=real)


def test_extra_time_that_the_clock_skips_is_none(hers):
    skipped = wall().replace(month=3, day=8, hour=2, minute=10)
    at = datetime(2026, 3, 1, tzinfo=UTC)
    assert refused(schedules.give_extra, hers, skipped, skipped + 20 * MINUTE, at=at) == ("ends", "over")


@pytest.mark.parametrize(("first", "last", "field"), [(2, 1, "last"), (-3, -2, "ends"), (-1, -1, "ends")])
def test_days_off_that_cannot_be_taken(hers, first, last, field):
    assert refused(schedules.take_off, hers, TODAY + first * DAY, TODAY + last * DAY)[0] == field


def test_a_day_off_beats_extra_time_on_it(hers):
    schedules.take_off(hers, TODAY, TODAY, by=MAKER, at=AT)
    schedules.give_extra(hers, wall(8, 15), wall(8, 17), by=MAKER, at=AT)
    assert factories.open_slots()[0].slot.starts_at.date() == TODAY + DAY


# --- what is recorded ------------------------------------------------------------------------------------------------

VERBS = {
    "schedule.week_set": partial(schedules.set_week, week=[Hours(1, wall(9, 9).time(), wall(9, 10).time())]),
    "schedule.time_off": partial(schedules.take_off, first=TODAY, last=TODAY),
    "schedule.extra_given": partial(schedules.give_extra, starts=wall(9, 15), ends=wall(9, 16)),
    "schedule.terms_set": partial(schedules.set_terms, terms=Terms()),
    "schedule.zone_set": partial(schedules.set_zone, zone="America/Denver"),
    "schedule.paused": partial(schedules.pause, until=None),
    "schedule.resumed": schedules.resume,
}


@pytest.mark.parametrize("kind", VERBS)
def test_every_change_is_one_event_with_its_author_and_no_words(hers, dr_ramos, kind):
    before, [version] = Event.objects.count(), versions()
    VERBS[kind](hers, by=viewer(dr_ramos.user), at=AT)
    event = Event.objects.latest("pk")
    assert Event.objects.count() == before + 1
    assert (event.kind, event.subject, event.by_user, versions()) == (
        kind,
        hers.actor.uuid,
        dr_ramos.user,
        [version + 1],
    )
    assert "Ramos" not in str(event.codes)


@pytest.mark.parametrize("kind", VERBS)
def test_no_change_of_one_touches_what_another_offers(hers, acompana, elena, kind):
    vega = factories.clinician("Vega", acompana, elena)
    theirs = lambda: list(OpenStart.objects.filter(actor=vega.actor).order_by("pk").values())  # noqa: E731
    before = theirs()
    VERBS[kind](hers, by=MAKER, at=AT)
    assert theirs() == before
