"""The order of results, whoever works here and whoever asks: the hour first, then what makes it easier for them."""

from datetime import time
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling import places, search
from scheduling.models import Clinician, Location, Schedule
from scheduling.weeks import Hours
from tests import factories
from tests.factories import AT, HOUR, MINUTE, criteria

pytestmark = pytest.mark.django_db

tries = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
NAMES = ["Ana", "Beatriz", "Carla"]
HOUSTON, KATY, EL_PASO = (29.7052, -95.4985), (29.7858, -95.8245), (31.7619, -106.4850)
SPOTS = [HOUSTON, KATY, EL_PASO, (None, None)]


@pytest.fixture
def house(acompana, elena, consulta):
    """Three clinicians and two clinics, every morning."""
    factories.visit_type("consulta-clinica", modality="in_person")
    for number, name in enumerate(NAMES):
        hours = [Hours(day, time(10, 15 * number), time(12)) for day in range(7)]
        factories.clinician(name, acompana, elena, hours=hours)
    for name in ("Esperanza", "Plaza"):
        factories.clinic(name, acompana, chairs=1)


def found(**wanted) -> list[search.Found]:
    return search.find(criteria(**{"limit": 60} | wanted), at=AT).found


def hour(one: search.Found):
    return one.slot.starts_at.replace(minute=0)


def changed(minutes: list[int], ages: list[int], spots: list[tuple]) -> None:
    """Let everybody have given so much, see from such an age on, and be there."""
    for one, given_minutes, age in zip(Clinician.objects.order_by("pk"), minutes, ages, strict=True):
        Schedule.objects.filter(actor=one.actor).update(given_minutes=given_minutes)
        Clinician.objects.filter(pk=one.pk).update(min_age=age)
    for place, (latitude, longitude) in zip(Location.objects.order_by("pk"), spots, strict=True):
        Location.objects.filter(pk=place.pk).update(latitude=latitude, longitude=longitude)


teams = {
    "minutes": st.lists(st.integers(0, 3000), min_size=3, max_size=3),
    "ages": st.lists(st.sampled_from([0, 18, 65]), min_size=3, max_size=3),
    "spots": st.lists(st.sampled_from(SPOTS), min_size=2, max_size=2),
}
wishes = st.fixed_dictionaries(
    {"age": st.sampled_from([None, 0, 17, 18, 64, 65, 130]), "near": st.sampled_from([None, HOUSTON, EL_PASO])}
)


@given(wish=wishes, **teams)
@tries
def test_hours_are_in_order_and_within_one_whoever_is_known_then_whoever_is_near(house, wish, minutes, ages, spots):
    with transaction.atomic():
        changed(minutes, ages, spots)
        knows = Clinician.objects.order_by("pk").last()
        ordered = found(last_clinician=knows.uuid, **wish)
        transaction.set_rollback(True)
    for one, other in pairwise(ordered):
        assert hour(one) <= hour(other)
        if hour(one) == hour(other):
            assert one.known >= other.known
        if one.miles is not None and other.miles is not None and hour(one) == hour(other):
            assert one.miles <= other.miles


@given(wish=wishes, **teams)
@tries
def test_nobody_is_shown_who_does_not_see_that_age_or_is_too_far(house, wish, minutes, ages, spots):
    with transaction.atomic():
        changed(minutes, ages, spots)
        ordered = found(**wish)
        transaction.set_rollback(True)
    for one in ordered:
        assert one.miles is None or one.miles <= search.FAR
        if one.clinician and wish["age"] is not None:
            assert one.clinician.min_age <= wish["age"]


@given(wish=wishes, limit=st.integers(1, 30), **teams)
@tries
def test_a_shorter_list_is_of_the_same_hours_as_the_beginning_of_a_longer_one(house, wish, limit, minutes, ages, spots):
    with transaction.atomic():
        changed(minutes, ages, spots)
        shorter, longer = found(limit=limit, **wish), found(**wish)
        transaction.set_rollback(True)
    assert [hour(one) for one in shorter] == [hour(one) for one in longer][:limit]


@given(wish=wishes, **teams)
@tries
def test_asking_twice_gives_the_same_answer(house, wish, minutes, ages, spots):
    with transaction.atomic():
        changed(minutes, ages, spots)
        once, again = found(**wish), found(**wish)
        transaction.set_rollback(True)
    assert [one.slot for one in once] == [one.slot for one in again]


@given(far=st.permutations([HOUSTON, KATY]))
@tries
def test_each_clinic_is_as_far_as_it_is_whatever_the_other(house, far):
    with transaction.atomic():
        changed([0] * 3, [0] * 3, far)
        miles = {(one.location.latitude, round(one.miles)) for one in found(near=HOUSTON) if one.location}
        transaction.set_rollback(True)
    assert miles == {(HOUSTON[0], 0), (KATY[0], 20)}


@pytest.mark.parametrize("postal_code", ["77074", "77449", "79901"])
def test_a_zip_code_lies_near_itself(house, postal_code):
    here = places.of_zip(postal_code).middle
    Location.objects.update(latitude=here[0], longitude=here[1])
    assert {one.miles for one in found(near=here) if one.location} == {0}


@pytest.mark.parametrize(("minutes", "first"), [([900, 0, 0], "Carla"), ([0, 0, 900], "Ana")])
def test_of_two_at_the_same_instant_whoever_has_given_less_is_first(house, minutes, first):
    changed(minutes, [0] * 3, [HOUSTON] * 2)
    half_past = [one for one in found() if one.clinician and one.slot.starts_at == AT + HOUR + 30 * MINUTE]
    assert {one.clinician.user.preferred_name for one in half_past} == {"Ana", "Carla"}
    assert half_past[0].clinician.user.preferred_name == first


@pytest.mark.parametrize("name", NAMES)
def test_whoever_they_know_is_known_in_each_of_their_times_and_nobody_else_is(house, name):
    theirs = Clinician.objects.get(user__email=f"{name.lower()}@acompana.example")
    ordered = found(last_clinician=theirs.uuid)
    assert {one.clinician == theirs for one in ordered if one.known} == {True}
    assert not [one for one in ordered if one.clinician == theirs and not one.known]
