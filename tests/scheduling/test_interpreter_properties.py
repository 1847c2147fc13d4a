"""Whatever people do with visits in many languages: nobody is in two places, and what is offered can be held."""

import contextlib

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling import appointments, interpreting, search
from scheduling.appointments import HOLD
from scheduling.models import UPCOMING, Appointment, Participant
from scheduling.refusals import Refusal, TooManyHolds
from tests import factories
from tests.factories import AT, MINUTE, criteria, user_of, viewer

pytestmark = pytest.mark.django_db

LANGUAGES = ["mxb", "es", "en", "zai", "qmx", ""]
CARE = ["clinical", "orientation"]


@pytest.fixture
def everybody(acompana, elena, consulta):
    """Clinicians and interpreters of whom most need one another, and three patients."""
    factories.visit_type("orientacion", care="orientation", minutes=20)
    for name, languages, states in [("Park", ["en"], ["TX"]), ("Ramos", ["es"], ["TX"]), ("Lejos", ["es", "en"], [])]:
        factories.clinician(name, acompana, elena, languages=languages, states=states)
    for name, languages in [("Nayeli", ["mxb", "en"]), ("Xochitl", ["mxb", "es"]), ("Bruno", ["es", "en"])]:
        factories.interpreter(name, acompana, elena, languages, schedule={"after_minutes": 5})
    return [factories.patient(f"P{number}", f"+1713555{number:04}") for number in range(300, 303)]


steps = st.one_of(
    st.tuples(st.just("book"), st.integers(0, 2), st.sampled_from(LANGUAGES), st.sampled_from(CARE), st.integers(0, 5)),
    st.tuples(st.just("hold"), st.integers(0, 2), st.sampled_from(LANGUAGES), st.sampled_from(CARE), st.integers(0, 5)),
    st.tuples(st.just("cancel"), st.integers(0, 9)),
    st.tuples(st.just("leave"), st.integers(0, 9), st.integers(0, 1)),
    st.tuples(st.just("lapse"), st.just(0)),
)


class World:
    """What people do, one step after another, with the clock going on a minute each time."""

    def __init__(self, patients):
        self.patients, self.at = patients, AT

    def take(self, step):
        self.at += MINUTE
        with contextlib.suppress(Refusal):
            getattr(self, step[0])(*step[1:])

    def hold(self, who, language, care, number):
        found = search.find(criteria(language=language, care=care, since=self.at), at=self.at).found
        if not found:
            return None
        by = viewer(user_of(self.patients[who]), at=self.at)
        try:
            return appointments.hold(found[number % len(found)].slot, by=by, at=self.at)
        except TooManyHolds:
            return None
        except Refusal as refusal:
            raise AssertionError("what was offered a moment ago could not be held") from refusal

    def book(self, who, language, care, number):
        held = self.hold(who, language, care, number)
        if held:
            patient = self.patients[who]
            appointments.confirm(held, patient=patient, by=viewer(user_of(patient), at=self.at), at=self.at)

    def cancel(self, number):
        visits = Appointment.objects.filter(status__in=UPCOMING)
        if visits:
            visit = visits[number % len(visits)]
            appointments.cancel(visit, because="patient", by=viewer(at=self.at), at=self.at)

    def leave(self, number, which):
        visits = Appointment.objects.filter(status__in=UPCOMING, participants__role="interpreter").distinct()
        if visits:
            visit = visits[number % len(visits)]
            voices = visit.participants.filter(role="interpreter").order_by("pk")
            user = voices[which % len(voices)].actor.interpreter.user
            interpreting.withdraw(visit, by=viewer(user, at=self.at), at=self.at)

    def lapse(self, _):
        self.at += HOLD
        appointments.lapse_holds(at=self.at)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(taken=st.lists(steps, min_size=3, max_size=12))
def test_no_order_of_steps_puts_anybody_in_two_places_or_loses_a_time(everybody, taken):
    with transaction.atomic():
        world = World(everybody)
        for step in taken:
            world.take(step)
        nobody_is_in_two_places()
        everybody_there_is_needed()
        factories.assert_the_copy_is_true(at=world.at)
        transaction.set_rollback(True)


def nobody_is_in_two_places():
    spans = {}
    for part in Participant.objects.filter(occupied__isnull=False):
        for other in spans.setdefault(part.actor_id, []):
            assert part.occupied.upper <= other.lower or other.upper <= part.occupied.lower
        spans[part.actor_id].append(part.occupied)


def everybody_there_is_needed():
    """Where interpreters are seated they bridge the visit, or one of them left and nobody could come."""
    for visit in Appointment.objects.for_display().filter(status__in=UPCOMING):
        voices = [part for part in visit.participants.all() if part.role == "interpreter"]
        assert len(voices) <= 2
        assert len(interpreting.pairs(visit)) in (0, len(voices))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    language=st.sampled_from(LANGUAGES),
    care=st.sampled_from(CARE),
    number=st.integers(0, 40),
    minutes=st.integers(0, 3 * 24 * 60),
)
def test_whatever_a_search_finds_can_be_held_right_away(everybody, language, care, number, minutes):
    at = AT + minutes * MINUTE
    found = search.find(criteria(language=language, care=care, since=at, limit=50), at=at).found
    if found:
        with transaction.atomic():
            one = found[number % len(found)]
            held = appointments.hold(one.slot, by=viewer(holder="somebody"), at=at)
            assert held.participants.count() == 1 + len(one.interpreters)
            transaction.set_rollback(True)
