"""Who has an open time for this person: every filter, by both ways of looking, soonest first, in few queries."""

from itertools import pairwise

import pytest
from django.apps import apps

from scheduling import eligibility, schedules, search
from scheduling.models import Clinician, Licence, Location, OpenStart, Schedule, VisitType
from tests import factories
from tests.factories import AT, DAY, HOUR, MAKER, MINUTE, criteria, viewer

pytestmark = pytest.mark.django_db

TEN = AT + HOUR


@pytest.fixture(params=["few fit", "many fit"], autouse=True)
def way(request, monkeypatch):
    """Each test twice: looking up each clinician's times, and walking through time."""
    if request.param == "many fit":
        monkeypatch.setattr(eligibility, "FEW", 0)


@pytest.fixture
def team(acompana, elena, consulta):
    """Add clinicians by name, as they are needed."""

    def add(name, **how):
        return factories.clinician(name, acompana, elena, **how)

    return add


def found(at=AT, each=0, **wanted):
    return search.find(criteria(**wanted), at=at, each=each).found


def names(**wanted):
    """Return who has a time, each once, soonest first."""
    return list(dict.fromkeys(one.clinician.user.preferred_name for one in found(limit=200, **wanted)))


def starts(**wanted):
    return [one.slot.starts_at for one in found(**wanted)]


# --- what is found ---------------------------------------------------------------------------------------------------


def test_a_time_says_when_with_whom_and_what(dr_ramos, consulta):
    first = found()[0]
    assert (first.slot.starts_at, first.ends_at) == (TEN, TEN + 30 * MINUTE)
    assert (first.clinician, first.visit_type, first.location) == (dr_ramos, consulta, None)
    assert (first.slot.actors, first.slot.state, first.slot.zone) == ((dr_ramos.actor.uuid,), "TX", "America/Chicago")


def test_the_soonest_come_first_and_no_more_than_asked_for(dr_ramos):
    times = starts(limit=6)
    assert len(times) == 6
    assert times[0] == TEN
    assert all(one < after for one, after in pairwise(times))


def test_a_time_that_is_held_is_not_found(dr_ramos):
    factories.hold(viewer())
    assert starts()[0] == TEN + 30 * MINUTE


def test_a_visit_is_found_where_it_fits_whole(dr_ramos):
    factories.visit_type("larga", minutes=90, modality="phone")
    assert [start - TEN for start in starts(visit_type="larga", limit=3)] == [0 * DAY, 30 * MINUTE, DAY]


def test_nobody_there_is_no_time(consulta):
    assert search.find(criteria(), at=AT) == search.Results([], [])


# --- for whom --------------------------------------------------------------------------------------------------------


def test_licensed_where_the_patient_is(team):
    team("Texana", states=["TX"]), team("Californiana", states=["CA"]), team("Ambas", states=["TX", "CA"])
    assert sorted(names(state="TX")) == ["Ambas", "Texana"]
    assert sorted(names(state="CA")) == ["Ambas", "Californiana"]
    assert names(state="NY") == []


def test_speaking_their_language(team):
    team("Ramos", languages=["es"]), team("Smith", languages=["en"])
    assert names(language="es") == ["Ramos"]
    assert names(language="en") == ["Smith"]
    assert sorted(names(language="")) == ["Ramos", "Smith"]


def test_seeing_such_patients(team):
    team("Familia"), team("Dientes", specialties=["dental"])
    factories.visit_type("dental", specialty="dental")
    assert names() == ["Familia"]
    assert names(specialty="dental") == ["Dientes"]
    assert names(visit_type="dental") == ["Dientes"]


def test_in_the_way_they_can_be_seen(team):
    team("Video", modalities=["video"]), team("Telefono", modalities=["phone"])
    factories.visit_type("llamada", modality="phone")
    assert names(modality="video") == ["Video"]
    assert names(modality="phone") == ["Telefono"]


@pytest.mark.parametrize(("age", "who"), [(0, ["Nina"]), (17, ["Nina"]), (18, ["Grande"]), (130, ["Grande"])])
def test_of_their_age(team, age, who):
    team("Nina", min_age=0, max_age=17), team("Grande", min_age=18)
    assert names(age=age) == who


def test_an_age_that_was_not_said_keeps_nobody_out(team):
    team("Nina", max_age=17), team("Grande", min_age=18)
    assert sorted(names(age=None)) == ["Grande", "Nina"]


def test_orientation_needs_no_licence(team):
    team("Lejos", states=[])
    factories.visit_type("orientacion", care="orientation")
    assert names() == []
    assert names(care="orientation") == ["Lejos"]


@pytest.mark.parametrize("status", ["applied", "paused", "suspended"])
def test_only_who_was_approved(dr_ramos, status):
    Clinician.objects.update(status=status)
    assert names() == []


def test_a_visit_that_is_not_given_any_more_has_no_times(dr_ramos):
    VisitType.objects.update(active=False)
    assert names() == names(visit_type="consulta-video") == []


def test_a_visit_nobody_knows_has_no_times(dr_ramos):
    assert names(visit_type="masaje") == []


# --- when ------------------------------------------------------------------------------------------------------------


def test_a_licence_that_lapses_counts_for_the_visits_before_it_does(team):
    team("Ramos", licensed_until=AT + 2 * DAY)
    assert {start.date() for start in starts()} == {AT.date(), AT.date() + DAY}


def test_its_last_day_is_that_of_the_patients_wall_clock(team):
    """It ends on the 10th: in Honolulu the visit just after midnight in Houston is on the evening before."""
    team("Ramos", licensed_until=AT + 2 * DAY, hours=[schedules.Hours(2, factories.time(0), factories.time(2))])
    assert starts(zone="America/Chicago") == []
    assert len(starts(zone="Pacific/Honolulu")) == 4


@pytest.mark.parametrize(
    "change",
    [
        {"verified_at": None, "verified_by": None, "source": ""},
        {"country": "MX", "state": ""},
        {"expires_on": AT.date()},
    ],
)
def test_a_licence_that_does_not_hold_is_none(dr_ramos, change):
    Licence.objects.update(**change)
    assert names() == []


def test_each_clinicians_notice_counts(team):
    team("Ya"), team("Despacio", schedule={"notice_minutes": 90})
    first = {one.clinician.user.preferred_name: one.slot.starts_at for one in reversed(found(limit=100))}
    assert first == {"Ya": TEN, "Despacio": TEN + 30 * MINUTE}


def test_each_clinicians_horizon_counts(team):
    team("Lejos"), team("Cerca", schedule={"horizon_days": 2})
    last = {one.clinician.user.preferred_name: one.slot.starts_at for one in found(limit=200)}
    assert last["Cerca"] < AT + 2 * DAY < last["Lejos"]


def test_what_has_begun_is_over(dr_ramos):
    assert starts(since=AT - DAY, until=AT + DAY)[0] == TEN
    assert found(at=TEN + MINUTE, since=AT)[0].slot.starts_at == TEN + 30 * MINUTE


def test_from_counts_and_to_does_not(dr_ramos):
    half_past, eleven = TEN + 30 * MINUTE, TEN + HOUR
    assert starts(since=half_past, until=eleven) == [half_past]


# --- fairness --------------------------------------------------------------------------------------------------------


def test_no_clinician_has_more_times_than_asked_for(team):
    team("Ramos"), team("Vega")
    per = [one.clinician.user.preferred_name for one in found(each=2, limit=50)]
    assert (per.count("Ramos"), per.count("Vega")) == (2, 2)


def test_of_those_who_can_at_the_same_instant_not_always_the_same_is_first(team):
    for name in ("Ramos", "Vega", "Soto"):
        team(name)
    times = found(limit=150)
    first = {}
    for one in times:
        first.setdefault(one.slot.starts_at, one.clinician.user.preferred_name)
    assert set(first.values()) == {"Ramos", "Vega", "Soto"}


def test_nobody_is_crowded_out_by_whoever_has_many_times(team):
    team("Mucho"), team("Poco", hours=[schedules.Hours(0, factories.time(10), factories.time(10, 30))])
    assert "Poco" in names(since=AT, until=AT + DAY)


# --- cost ------------------------------------------------------------------------------------------------------------


def rows():
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in apps.get_app_config("scheduling").get_models()
    }


def test_looking_writes_nothing(dr_ramos, esperanza):
    factories.visit_type("consulta-clinica", modality="in_person")
    before = rows()
    found(), found(at=AT + DAY), found(state="CA")
    assert rows() == before


def test_looking_takes_six_queries_at_most(team, esperanza, django_assert_max_num_queries):
    factories.visit_type("consulta-clinica", modality="in_person")
    for name in ("Ramos", "Vega", "Soto"):
        team(name)
    with django_assert_max_num_queries(6):
        times = found(limit=100)
        assert {one.clinician.user.preferred_name for one in times if one.clinician} == {"Ramos", "Vega", "Soto"}
        assert {one.location.name for one in times if one.location} == {"Esperanza"}


def test_looking_trusts_the_copy_and_holding_does_not(dr_ramos):
    OpenStart.objects.filter(starts_at=TEN).delete()
    assert starts()[0] == TEN + 30 * MINUTE
    Schedule.objects.update(horizon_days=1), Location.objects.all().delete()
    schedules.take_off(dr_ramos.actor.schedule, AT.date(), AT.date(), by=MAKER, at=AT)
    assert starts() == []
