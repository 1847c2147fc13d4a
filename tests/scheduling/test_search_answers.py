"""Besides the times of clinicians: why others were left out, clinics and their places, and what is like a lost time."""

import pytest

from scheduling import appointments, schedules, search
from scheduling.matching import Reason
from scheduling.models import Clinician, Location
from tests import factories
from tests.factories import AT, DAY, HOUR, MAKER, MINUTE, criteria, user_of, viewer

pytestmark = pytest.mark.django_db

TEN = AT + HOUR


@pytest.fixture
def team(acompana, elena, consulta):
    """Add clinicians by name, as they are needed."""

    def add(name, **how):
        return factories.clinician(name, acompana, elena, **how)

    return add


@pytest.fixture
def in_person(consulta):
    return factories.visit_type("consulta-clinica", modality="in_person")


def look(at=AT, **wanted):
    return search.find(criteria(**wanted), at=at)


def refusals(**wanted):
    return {refused.code: refused.count for refused in look(**wanted).refusals}


# --- why not ---------------------------------------------------------------------------------------------------------

AGAINST = {
    Reason.SPECIALTY: {"specialties": ["dental"]},
    Reason.MODALITY: {"modalities": ["phone"]},
    Reason.NO_LICENCE: {"states": ["CA"]},
    Reason.LANGUAGE: {"languages": ["en"]},
    Reason.AGE: {"max_age": 17},
    Reason.NO_OPEN_TIME: {"hours": []},
}


@pytest.mark.parametrize("reason", AGAINST)
def test_each_reason_is_counted(team, reason):
    team("Ramos"), team("Vega", **AGAINST[reason]), team("Soto", **AGAINST[reason])
    assert refusals(age=30, limit=100) == {reason: 2}


@pytest.mark.parametrize("number", range(len(AGAINST)))
def test_a_clinician_with_many_reasons_is_counted_once_under_the_first(team, number):
    everything_from_here = {key: value for how in list(AGAINST.values())[number:] for key, value in how.items()}
    team("Vega", **everything_from_here)
    assert refusals(age=30) == {list(AGAINST)[number]: 1}


def test_the_reasons_come_in_their_order_whatever_was_found(team):
    for number, how in enumerate(reversed(AGAINST.values())):
        team(f"C{number}", **how)
    assert [refused.code for refused in look(age=30).refusals] == [reason for reason in Reason if reason in AGAINST]


def test_whoever_is_not_approved_is_not_counted(team):
    team("Vega", languages=["en"])
    Clinician.objects.update(status="paused")
    assert refusals() == {}


def test_whoever_fits_is_not_counted(dr_ramos):
    assert refusals() == {}


def test_having_no_open_time_is_known_only_if_the_list_was_not_cut_short(team):
    team("Ramos"), team("Vega", hours=[])
    assert refusals(limit=20, until=AT + DAY) == {Reason.NO_OPEN_TIME: 1}
    assert refusals(limit=2) == {}


def test_orientation_is_refused_to_nobody_for_a_licence(team):
    factories.visit_type("orientacion", care="orientation")
    team("Vega", states=[])
    assert refusals() == {Reason.NO_LICENCE: 1}
    assert refusals(care="orientation") == {}


def test_who_was_not_asked_about_is_not_counted(team):
    team("Ramos")
    vega = team("Vega", languages=["en"])
    result = look(clinician=vega.uuid)
    assert result.found == []
    assert [(refused.code, refused.count) for refused in result.refusals] == [(Reason.LANGUAGE, 1)]


def test_one_clinician_if_that_is_who_they_want(team, in_person, acompana):
    team("Ramos"), factories.clinic("Esperanza", acompana)
    vega = team("Vega")
    assert {one.clinician for one in look(clinician=vega.uuid).found} == {vega}


# --- clinics ---------------------------------------------------------------------------------------------------------


def clinics(**wanted):
    return [one for one in look(**wanted).found if one.location]


def test_clinics_stand_beside_clinicians_in_the_order_of_time(dr_ramos, esperanza, in_person):
    first, second, *_ = look().found
    assert (first.clinician, first.location) == (dr_ramos, None)
    assert (second.clinician, second.location, second.visit_type) == (None, esperanza, in_person)
    assert first.slot.starts_at == second.slot.starts_at == TEN


def test_a_clinic_says_how_many_places_it_has_at_that_time(acompana, in_person):
    factories.clinic("Esperanza", acompana, chairs=3)
    factories.hold(viewer())
    first, second = clinics(limit=2)
    assert (first.slot.starts_at, first.places) == (TEN, 2)
    assert (second.slot.starts_at, second.places) == (TEN + 30 * MINUTE, 3)


def test_each_time_of_a_clinic_is_told_once(esperanza, in_person):
    times = [one.slot.starts_at for one in clinics(limit=50)]
    assert len(times) == len(set(times))


@pytest.mark.parametrize(
    "change",
    [{"state": "CA"}, {"bookable_here": False}, {"specialties": ["dental"]}, {"languages": ["en"]}],
    ids=str,
)
def test_a_clinic_that_does_not_fit_is_not_told(esperanza, in_person, change):
    assert clinics() != []
    Location.objects.update(**change)
    assert clinics() == []


def test_a_clinics_notice_and_horizon_count(esperanza, in_person):
    for chair in esperanza.chairs.all():
        type(chair.actor.schedule).objects.update(notice_minutes=90, horizon_days=2)
    times = [one.slot.starts_at for one in clinics(limit=50)]
    assert (times[0], times[-1] < AT + 2 * DAY) == (TEN + 30 * MINUTE, True)


def test_who_wants_video_is_told_no_clinic(dr_ramos, esperanza, in_person):
    assert clinics(modality="video") == []
    assert {one.location for one in look(modality="in_person").found} == {esperanza}


def test_both_together_are_no_more_than_asked_for(dr_ramos, esperanza, in_person):
    assert len(look(limit=5).found) == 5


# --- what is like a time that was lost -------------------------------------------------------------------------------


def like(slot, limit=3, at=AT):
    return [(one.clinician.user.preferred_name, one.slot.starts_at) for one in search.like(slot, limit=limit, at=at)]


def test_whoever_missed_a_time_is_told_the_next_ones_of_the_same_person(team):
    team("Ramos"), team("Vega")
    slot = look().found[0].slot
    appointments.hold(slot, by=viewer(), at=AT)
    [name] = [one.clinician.user.preferred_name for one in look(limit=50).found if one.slot.actors == slot.actors][:1]
    assert like(slot) == [(name, TEN + minutes * MINUTE) for minutes in (30, 60, 90)]


def test_others_are_told_if_that_person_has_none(team):
    ramos = team("Ramos")
    slot = look().found[0].slot
    team("Vega"), team("Smith", languages=["en"])
    schedules.set_week(ramos.actor.schedule, [], by=MAKER, at=AT)
    assert like(slot, limit=1) == [("Vega", TEN)]


def test_they_come_in_the_order_of_time(team):
    team("Ramos", hours=[schedules.Hours(2, factories.time(10), factories.time(11))])
    slot = look().found[1].slot
    team("Vega")
    times = [starts_at for _, starts_at in like(slot, limit=4)]
    assert times == sorted(times)


def test_nothing_is_like_a_visit_that_is_given_no_more(dr_ramos, consulta):
    slot = look().found[0].slot
    consulta.delete()
    assert search.like(slot, limit=3, at=AT) == []


def test_the_slot_of_a_hold_is_the_one_it_was_made_of(dr_ramos):
    slot = look().found[2].slot
    assert factories.slot_of(appointments.hold(slot, by=viewer(), at=AT)) == slot


def test_the_slot_of_a_visit_names_everybody_but_the_patient(dr_ramos, nayeli, lupita):
    visit = factories.booked(lupita)
    factories.interprets(nayeli, visit)
    assert set(factories.slot_of(visit).actors) == {dr_ramos.actor.uuid, nayeli.actor.uuid}


def test_a_visit_that_was_lost_can_be_held_again_from_it(dr_ramos, lupita):
    visit, hers = factories.booked(lupita), viewer(user_of(lupita))
    slot = factories.slot_of(visit)
    appointments.cancel(visit, because="patient", by=hers, at=AT)
    assert appointments.hold(slot, by=hers, at=AT).starts_at == visit.starts_at
