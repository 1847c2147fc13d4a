"""Hours kept for some visits, or for what is urgent: to whom they are offered, who holds them, what runs into them."""

from datetime import time

import pytest

from scheduling import appointments, open_starts, schedules
from scheduling.models import AvailabilityRule, OpenStart
from scheduling.refusals import Invalid, SlotTaken
from scheduling.slots import Slot
from scheduling.weeks import Hours
from tests import factories
from tests.factories import AT, DAY, HOUR, MAKER, MINUTE, viewer

pytestmark = pytest.mark.django_db

TEN = AT + HOUR
PHONE = ("consulta-telefono",)
URGENT = 24


@pytest.fixture
def by_phone(consulta):
    return factories.visit_type("consulta-telefono", modality="phone")


@pytest.fixture
def ramos(acompana, elena, consulta, by_phone):
    """Dr. Ramos, who gives no hours yet."""
    return factories.clinician("Ramos", acompana, elena, hours=[])


@pytest.fixture
def give(ramos):
    def set_week(*week, **how):
        schedule = ramos.actor.schedule
        return schedules.set_week(schedule, week, by=MAKER, at=AT, **how)

    return set_week


def every_day(starts, ends, **kept):
    return [Hours(day, time(starts), time(ends), **kept) for day in range(7)]


def offered(at=AT, **wanted):
    return [found.slot.starts_at for found in factories.open_slots(at, limit=100, **wanted)]


def slot(ramos, visit_type, starts_at):
    return Slot(starts_at, visit_type.uuid, (ramos.actor.uuid,), "TX", "America/Chicago")


def hold(ramos, visit_type, starts_at, by=None, at=AT):
    return appointments.hold(slot(ramos, visit_type, starts_at), by=by or viewer(), at=at)


# --- for some visits -------------------------------------------------------------------------------------------------


def test_hours_for_visits_by_phone_are_offered_to_those_only(give):
    give(*every_day(10, 12, visit_types=PHONE))
    assert offered(visit_type="consulta-video") == []
    assert offered(visit_type="consulta-telefono")[:2] == [TEN, TEN + 30 * MINUTE]


def test_hours_for_visits_by_phone_are_held_for_those_only(give, ramos, consulta, by_phone):
    give(*every_day(10, 12, visit_types=PHONE))
    with pytest.raises(SlotTaken):
        hold(ramos, consulta, TEN)
    assert hold(ramos, by_phone, TEN).starts_at == TEN


def test_hours_for_everything_have_no_rule_in_the_copy(give):
    give(*every_day(10, 12), *every_day(13, 14, visit_types=PHONE))
    kept = OpenStart.objects.exclude(rule=None).values_list("rule__starts", flat=True)
    assert set(kept) == {time(13)}
    assert OpenStart.objects.filter(rule=None).exists()
    factories.assert_the_copy_is_true()


def test_a_visit_does_not_run_into_hours_kept_for_others(give):
    give(*every_day(10, 12), *every_day(12, 13, visit_types=PHONE))
    assert OpenStart.objects.filter(rule=None).order_by("starts_at")[3].free_minutes == 30
    last = OpenStart.objects.exclude(rule=None).order_by("starts_at").first()
    assert (last.starts_at, last.free_minutes) == (TEN + 2 * HOUR, 60)


def test_a_visit_in_kept_hours_may_run_on_into_hours_for_all(give):
    give(*every_day(10, 11, visit_types=PHONE), *every_day(11, 12))
    first = OpenStart.objects.order_by("starts_at").first()
    assert (first.starts_at, first.free_minutes) == (TEN, 120)


def test_kept_hours_go_on_over_midnight(give):
    give(Hours(0, time(22), time(0), PHONE), Hours(1, time(0), time(2), PHONE))
    assert OpenStart.objects.order_by("starts_at").first().free_minutes == 240


def test_extra_time_over_kept_hours_is_for_all(give, ramos):
    give(*every_day(10, 12, visit_types=PHONE))
    extra = AT.replace(tzinfo=None, hour=10), AT.replace(tzinfo=None, hour=11)
    schedules.give_extra(ramos.actor.schedule, *extra, by=MAKER, at=AT)
    assert offered(visit_type="consulta-video") == [TEN, TEN + 30 * MINUTE]
    factories.assert_the_copy_is_true()


def test_a_visit_of_another_type_is_outside_of_kept_hours(give, lupita):
    give(*every_day(10, 12))
    visit = factories.booked(lupita)
    assert give(*every_day(10, 12, visit_types=PHONE)) == [visit]
    assert give(*every_day(10, 12, visit_types=("consulta-video",))) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Hours(0, time(10), time(12), PHONE), Hours(0, time(11), time(13))),
        (Hours(0, time(22), time(2), PHONE), Hours(1, time(1), time(3), release_hours=2)),
        (Hours(6, time(22), time(2), PHONE), Hours(0, time(1), time(3))),
        (Hours(0, time(10), time(11), release_hours=2), Hours(0, time(10), time(11), release_hours=3)),
        (Hours(3, time(0), time(0), PHONE), Hours(3, time(12), time(13))),
    ],
)
def test_hours_that_overlap_must_be_kept_for_the_same(give, one, other):
    with pytest.raises(Invalid) as refused:
        give(one, other)
    assert (refused.value.field, refused.value.detail) == ("week", "hours_overlap")
    assert not AvailabilityRule.objects.exists()


def test_hours_that_touch_may_be_kept_for_different_things(give):
    give(Hours(6, time(22), time(0), PHONE), Hours(0, time(0), time(2)), Hours(0, time(2), time(3), PHONE))
    assert AvailabilityRule.objects.count() == 3


def test_hours_for_visits_nobody_knows_are_refused(give):
    with pytest.raises(Invalid):
        give(Hours(0, time(10), time(12), ("consulta-telepatica",)))


# --- for what is urgent ----------------------------------------------------------------------------------------------


def test_urgent_hours_are_offered_to_everybody_from_so_many_hours_before(give):
    give(*every_day(10, 12, release_hours=URGENT))
    assert TEN in offered()
    assert TEN + DAY not in offered()
    assert TEN + DAY in offered(AT + HOUR)


def test_coordinators_are_offered_all_of_them(give):
    give(*every_day(10, 12, release_hours=URGENT))
    assert TEN + 2 * DAY in offered(urgent=True)


def test_before_their_release_only_a_coordinator_holds_urgent_hours(give, ramos, consulta, tomas):
    give(*every_day(10, 12, release_hours=URGENT))
    with pytest.raises(SlotTaken):
        hold(ramos, consulta, TEN + 2 * DAY)
    assert hold(ramos, consulta, TEN + 2 * DAY, by=viewer(tomas)).status == "proposed"


def test_after_their_release_anybody_holds_urgent_hours(give, ramos, consulta):
    give(*every_day(10, 12, release_hours=URGENT))
    assert hold(ramos, consulta, TEN + 2 * DAY, at=AT + DAY + HOUR).status == "proposed"


def test_a_clinician_is_no_coordinator(give, ramos, consulta):
    give(*every_day(10, 12, release_hours=URGENT))
    with pytest.raises(SlotTaken):
        hold(ramos, consulta, TEN + 2 * DAY, by=viewer(ramos.user))


def test_urgent_hours_for_visits_by_phone_are_both(give, ramos, consulta, by_phone, tomas):
    give(*every_day(10, 12, visit_types=PHONE, release_hours=URGENT))
    with pytest.raises(SlotTaken):
        hold(ramos, consulta, TEN + 2 * DAY, by=viewer(tomas))
    assert hold(ramos, by_phone, TEN + 2 * DAY, by=viewer(tomas)).starts_at == TEN + 2 * DAY


def test_whoever_does_not_say_for_what_has_no_kept_hours_open(give, ramos):
    give(*every_day(10, 11, visit_types=PHONE), *every_day(11, 12))
    schedule = ramos.actor.schedule
    schedule.refresh_from_db()
    assert not open_starts.is_open(schedule, TEN, 30)
    assert open_starts.is_open(schedule, TEN + HOUR, 30)


def test_a_clinics_kept_chairs_are_kept_too(esperanza):
    factories.visit_type("clinica", modality="in_person")
    for chair in esperanza.chairs.all():
        week = every_day(10, 12, release_hours=URGENT)
        schedules.set_week(chair.actor.schedule, week, by=MAKER, at=AT)
    assert TEN + 2 * DAY not in offered(visit_type="clinica")
    assert TEN + 2 * DAY in offered(visit_type="clinica", urgent=True)


@pytest.mark.parametrize(("role", "sees"), [("tomas", True), ("lupita", False)])
def test_pages_and_programs_offer_urgent_hours_to_coordinators(client, clock, give, request, role, sees):
    give(*every_day(10, 12, release_hours=2))
    client.force_login(factories.account(request.getfixturevalue(role)))
    page = client.get("/horas/?state=TX&language=es")
    answer = client.get("/api/v1/slots?state=TX&language=es").json()
    assert (b'name="slot"' in page.content.replace(str(TEN).encode(), b"")) or not sees
    assert (len(answer["slots"]) > 4) is sees
