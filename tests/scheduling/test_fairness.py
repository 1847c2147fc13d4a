"""What decides among times of one hour: whom the patient knows, and who has given less lately."""

from datetime import time

import pytest

from scheduling import appointments, fairness, search
from scheduling.models import Appointment, Representative, Schedule
from scheduling.weeks import Hours
from tests import factories
from tests.factories import AT, DAY, HOUR, MINUTE, criteria, user_of, viewer

pytestmark = pytest.mark.django_db

TEN = AT + HOUR


@pytest.fixture
def team(acompana, elena, consulta):
    """Add clinicians by name, as they are needed."""

    def add(name, **how):
        return factories.clinician(name, acompana, elena, **how)

    return add


def found(**wanted):
    return search.find(criteria(**wanted), at=AT).found


def names(**wanted):
    return [one.clinician.user.preferred_name for one in found(**wanted)]


def given(one):
    return Schedule.objects.get(actor=one.actor).given_minutes


def during(start, end=12):
    return [Hours(day, time(start), time(end)) for day in range(7)]


# --- what everybody has given ----------------------------------------------------------------------------------------


def test_minutes_of_booked_visits_count(dr_ramos, lupita):
    factories.booked(lupita)
    assert given(dr_ramos) == 0
    assert fairness.count_given(at=AT) == 1
    assert given(dr_ramos) == 30


def test_counting_again_changes_nothing(dr_ramos, lupita):
    factories.booked(lupita)
    assert [fairness.count_given(at=AT) for _ in range(2)] == [1, 0]


def test_what_is_only_held_or_was_cancelled_does_not_count(dr_ramos, lupita):
    factories.hold(viewer(holder="beto's phone"))
    visit = factories.booked(lupita)
    appointments.cancel(visit, because="patient", by=viewer(user_of(lupita)), at=AT)
    fairness.count_given(at=AT)
    assert given(dr_ramos) == 0


def test_what_was_long_ago_is_forgotten(dr_ramos, lupita):
    factories.booked(lupita)
    fairness.count_given(at=AT)
    fairness.count_given(at=AT + 40 * DAY)
    assert given(dr_ramos) == 0


def test_an_interpreters_minutes_count_too(acompana, elena, consulta, nayeli, lupita):
    factories.clinician("Park", acompana, elena, languages=["en"])
    by = viewer(user_of(lupita))
    appointments.confirm(appointments.hold(found(language="mxb")[0].slot, by=by, at=AT), patient=lupita, by=by, at=AT)
    fairness.count_given(at=AT)
    assert given(nayeli) == 30


# --- fair load -------------------------------------------------------------------------------------------------------


def test_of_those_who_can_at_the_same_instant_whoever_has_given_less_is_first(team):
    team("Mucho"), team("Poco")
    Schedule.objects.filter(actor__clinician__user__email__startswith="mucho").update(given_minutes=900)
    firsts = {}
    for one in found(limit=100):
        firsts.setdefault(one.slot.starts_at, one.clinician.user.preferred_name)
    assert set(firsts.values()) == {"Poco"}


def test_a_sooner_time_comes_before_a_lighter_load(team):
    team("Mucho"), team("Poco", hours=during(11))
    Schedule.objects.filter(actor__clinician__user__email__startswith="mucho").update(given_minutes=900)
    assert names(limit=2) == ["Mucho", "Mucho"]


def test_a_few_hours_more_or_less_decide_nothing(team):
    for number, name in enumerate(("Ana", "Beatriz", "Carla")):
        team(name)
        Schedule.objects.filter(actor__clinician__user__email__startswith=name.lower()).update(
            given_minutes=number * 60
        )
    firsts = {}
    for one in found(limit=200):
        firsts.setdefault(one.slot.starts_at, one.clinician.user.preferred_name)
    assert len(set(firsts.values())) > 1


# --- whom the patient knows ------------------------------------------------------------------------------------------


def seen(patient, clinician, *, days_ago=7, status="fulfilled"):
    """Let a patient have been seen by a clinician."""
    [slot] = [one.slot for one in found(clinician=clinician.uuid)][:1]
    by = viewer(user_of(patient))
    visit = appointments.confirm(appointments.hold(slot, by=by, at=AT), patient=patient, by=by, at=AT)
    before = AT - days_ago * DAY
    visit.participants.update(occupied=(before, before + 30 * MINUTE))
    Appointment.objects.filter(pk=visit.pk).update(starts_at=before, ends_at=before + 30 * MINUTE, status=status)
    return visit


def test_whom_somebody_saw_last(team, lupita):
    ramos, vega = team("Ramos"), team("Vega")
    seen(lupita, vega, days_ago=3), seen(lupita, ramos, days_ago=9)
    assert search.last_clinician(viewer(user_of(lupita))) == vega.uuid


def test_whoever_was_never_seen_knows_nobody(team, lupita, beto):
    seen(lupita, team("Ramos"))
    assert search.last_clinician(viewer(user_of(beto))) is None
    assert search.last_clinician(viewer()) is None


def test_a_visit_that_did_not_take_place_makes_nobody_known(team, lupita):
    seen(lupita, team("Ramos"), status="booked")
    assert search.last_clinician(viewer(user_of(lupita))) is None


def test_whoever_no_longer_speaks_for_them_is_not_told(team, lupita, beto):
    seen(lupita, team("Ramos"))
    Representative.objects.create(
        user=user_of(beto), patient=lupita, relation="relative", consented_at=AT, until=AT + MINUTE
    )
    assert search.last_clinician(viewer(user_of(beto))) is None


def test_within_an_hour_the_clinician_they_know_is_first(team):
    team("Ana"), team("Beatriz")
    ramos = team("Ramos", hours=[Hours(day, time(10, 30), time(12)) for day in range(7)])
    first, *others = found(last_clinician=ramos.uuid)
    assert (first.clinician, first.known) == (ramos, True)
    assert first.slot.starts_at == TEN + 30 * MINUTE
    assert others[0].slot.starts_at == TEN


def test_a_sooner_hour_comes_before_whom_they_know(team):
    team("Ana")
    ramos = team("Ramos", hours=during(11))
    assert [one.known for one in found(last_clinician=ramos.uuid, limit=3)] == [False, False, True]


def test_whom_they_know_is_not_crowded_out_of_a_full_list(team):
    for name in ("Ana", "Beatriz", "Carla", "Diana"):
        team(name)
    ramos = team("Ramos")
    Schedule.objects.filter(actor=ramos.actor).update(given_minutes=9000)
    assert "Ramos" not in names(limit=3)
    assert names(limit=3, last_clinician=ramos.uuid)[0] == "Ramos"


def test_whom_they_know_must_fit_like_everybody(team):
    team("Ana")
    ramos = team("Ramos", states=["CA"])
    assert set(names(last_clinician=ramos.uuid)) == {"Ana"}
