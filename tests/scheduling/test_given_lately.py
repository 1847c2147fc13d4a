"""What counts as given lately: whose minutes, of which visits, and from when until when."""

import pytest

from scheduling import appointments, fairness
from scheduling.models import Appointment, Participant, Schedule
from tests import factories
from tests.factories import AT, DAY, HOUR, viewer

pytestmark = pytest.mark.django_db


def given(one):
    return Schedule.objects.get(actor=one.actor).given_minutes


def shifted(visit, much):
    """Move a visit as if it had been booked so much earlier or later."""
    starts, ends = visit.starts_at + much, visit.ends_at + much
    Appointment.objects.filter(pk=visit.pk).update(starts_at=starts, ends_at=ends)
    Participant.objects.filter(appointment=visit).update(occupied=(starts, ends))


@pytest.mark.parametrize(
    ("days", "minutes"), [(-29, 0), (-28.1, 0), (-28, 30), (-1, 30), (0, 30), (27, 30), (28, 30), (28.1, 0), (60, 0)]
)
def test_four_weeks_before_and_after_count(dr_ramos, lupita, days, minutes):
    visit = factories.booked(lupita)
    shifted(visit, AT + days * DAY - visit.starts_at)
    fairness.count_given(at=AT)
    assert given(dr_ramos) == minutes


@pytest.mark.parametrize("because", ["patient", "clinician"])
def test_a_visit_that_was_cancelled_is_taken_off_again(dr_ramos, lupita, because):
    visit = factories.booked(lupita)
    fairness.count_given(at=AT)
    by = viewer(factories.user_of(lupita)) if because == "patient" else viewer(dr_ramos.user)
    appointments.cancel(visit, because=because, by=by, at=AT)
    assert (given(dr_ramos), fairness.count_given(at=AT), given(dr_ramos)) == (30, 1, 0)


def test_what_is_long_ago_falls_out_day_by_day(dr_ramos, lupita):
    factories.booked(lupita)
    changed = [fairness.count_given(at=AT + days * DAY) for days in (0, 10, 28, 29, 30)]
    assert changed == [1, 0, 0, 1, 0]


def test_each_visit_counts_its_own_minutes(dr_ramos, lupita, beto, consulta):
    factories.booked(lupita)
    type(consulta).objects.update(minutes=60)
    factories.booked(beto)
    fairness.count_given(at=AT)
    assert given(dr_ramos) == 90


def test_buffers_and_rest_are_no_time_given(acompana, elena, consulta, lupita):
    how = {"before_minutes": 10, "after_minutes": 15, "rest_minutes": 20}
    ramos = factories.clinician("Ramos", acompana, elena, schedule=how)
    factories.booked(lupita)
    fairness.count_given(at=AT)
    assert given(ramos) == 30


def test_whoever_gives_nothing_is_not_written_to(dr_ramos, nayeli, lupita):
    factories.booked(lupita)
    before = Schedule.objects.get(actor=nayeli.actor)
    assert fairness.count_given(at=AT) == 1
    assert vars(Schedule.objects.get(actor=nayeli.actor)).items() >= {"given_minutes": 0, "id": before.pk}.items()


def test_all_are_counted_in_one_statement(dr_ramos, acompana, elena, lupita, django_assert_num_queries):
    for name in ("Vega", "Luna", "Sol"):
        factories.clinician(name, acompana, elena)
    factories.booked(lupita)
    with django_assert_num_queries(1):
        fairness.count_given(at=AT)


def test_a_count_is_no_change_of_hours(dr_ramos, lupita):
    """Counting must not look like somebody's work: no new version, and what is open stays as it was."""
    factories.booked(lupita)
    before = Schedule.objects.get(actor=dr_ramos.actor).version
    fairness.count_given(at=AT)
    assert Schedule.objects.get(actor=dr_ramos.actor).version == before
    factories.assert_the_copy_is_true()


def test_the_lighter_load_is_first_only_at_the_same_instant(dr_ramos, acompana, elena, lupita):
    vega = factories.clinician("Vega", acompana, elena)
    Schedule.objects.filter(actor=dr_ramos.actor).update(given_minutes=600)
    found = [(one.slot.starts_at, one.clinician) for one in factories.open_slots(limit=8)]
    assert [starts for starts, _ in found] == sorted(starts for starts, _ in found)
    assert [who for starts, who in found if starts == AT + HOUR] == [vega, dr_ramos]


@pytest.mark.parametrize(("one", "other", "first"), [(0, 240, 0), (240, 0, 1), (479, 720, 0), (1000, 0, 1)])
def test_four_hours_make_a_difference(dr_ramos, acompana, elena, one, other, first):
    vega = factories.clinician("Vega", acompana, elena)
    Schedule.objects.filter(actor=dr_ramos.actor).update(given_minutes=one)
    Schedule.objects.filter(actor=vega.actor).update(given_minutes=other)
    assert factories.open_slots()[0].clinician == [dr_ramos, vega][first]


def test_a_talk_counts_for_whoever_gives_it(dr_ramos, acompana):
    factories.talk(dr_ramos, acompana)
    fairness.count_given(at=AT)
    assert given(dr_ramos) == 60
