"""Many people, one interpreter, several clinicians, at the same instant: nobody is in two places."""

from itertools import pairwise

import pytest

from scheduling import appointments, interpreting, search
from scheduling.models import Appointment, Participant
from scheduling.refusals import Refusal, SlotTaken
from tests import factories
from tests.factories import AT, criteria, user_of, viewer
from tests.racing import at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def park_and_smith(acompana, elena, consulta):
    """Two clinicians who speak only English."""
    return [factories.clinician(name, acompana, elena, languages=["en"]) for name in ("Park", "Smith")]


def slots():
    found = search.find(criteria(language="mxb", limit=100), at=AT).found
    return [one.slot for one in found if one.slot.starts_at == found[0].slot.starts_at]


def holds(these):
    def act(number, slot):
        return lambda: appointments.hold(slot, by=viewer(holder=f"browser {number}"), at=AT)

    return [act(number, slot) for number, slot in enumerate(these)]


def won(outcomes):
    assert [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, Refusal)] == []
    return [one for one in outcomes if isinstance(one, Appointment)]


def nobody_is_double_booked():
    taken = Participant.objects.filter(occupied__isnull=False).order_by("actor", "occupied")
    spans = [(part.actor_id, part.occupied.lower, part.occupied.upper) for part in taken]
    return all(one[0] != after[0] or one[2] <= after[1] for one, after in pairwise(spans))


def booked(patient, slot):
    by = viewer(user_of(patient))
    return appointments.confirm(appointments.hold(slot, by=by, at=AT), patient=patient, by=by, at=AT)


@pytest.mark.parametrize("round_", range(3))
def test_twenty_people_two_clinicians_and_one_interpreter(park_and_smith, nayeli, round_):
    both = slots()
    assert len(both) == 2
    outcomes = at_once(holds((both * 10)[round_:] + both[:round_]))
    assert len(won(outcomes)) == 1
    assert sum(isinstance(one, SlotTaken) for one in outcomes) == 19
    assert nobody_is_double_booked()
    assert Participant.objects.filter(actor=nayeli.actor).count() == 1


def test_a_relay_and_those_in_it_alone_do_not_lock_one_another_out(park_and_smith, acompana, elena):
    ramos = factories.clinician("Ramos", acompana, elena, languages=["es"])
    factories.interpreter("Xochitl", acompana, elena, ["mxb", "es"])
    factories.interpreter("Bruno", acompana, elena, ["es", "en"])
    these = slots()
    assert {len(slot.actors) for slot in these} == {2, 3}
    outcomes = won(at_once(holds(these * 5)))
    assert len(outcomes) == 1
    assert nobody_is_double_booked()
    assert ramos.actor.participations.count() <= 1


def test_two_interpreters_leave_at_once_and_one_seat_is_left_for_them(park_and_smith, acompana, elena, lupita, beto):
    for name in ("Ana", "Beatriz"):
        factories.interpreter(name, acompana, elena, ["mxb", "en"])
    visits = [booked(lupita, slots()[0])]
    visits.append(booked(beto, slots()[0]))
    factories.interpreter("Carla", acompana, elena, ["mxb", "en"])

    def leave(visit):
        user = visit.participants.get(role="interpreter").actor.interpreter.user
        return lambda: interpreting.withdraw(visit, by=viewer(user), at=AT)

    assert len(won(at_once([leave(visit) for visit in visits]))) == 2
    assert nobody_is_double_booked()
    voices = Participant.objects.filter(role="interpreter", appointment__in=visits)
    assert 1 <= voices.count() <= 2
    factories.assert_the_copy_is_true()


def test_an_interpreter_leaves_while_the_patient_cancels(park_and_smith, nayeli, lupita):
    visit = booked(lupita, slots()[0])
    acts = [
        lambda: interpreting.withdraw(visit, by=viewer(nayeli.user), at=AT),
        lambda: appointments.cancel(visit, because="patient", by=viewer(user_of(lupita)), at=AT),
    ]
    won(at_once(acts))
    visit.refresh_from_db()
    assert visit.status == "cancelled"
    assert not Participant.objects.filter(occupied__isnull=False).exists()
    factories.assert_the_copy_is_true()


def test_an_interpreter_leaves_while_others_want_the_one_who_would_come(
    park_and_smith, nayeli, lupita, acompana, elena
):
    visit = booked(lupita, slots()[0])
    factories.interpreter("Ana", acompana, elena, ["mxb", "en"])
    [slot] = slots()
    acts = [lambda: interpreting.withdraw(visit, by=viewer(nayeli.user), at=AT), *holds([slot] * 8)]
    won(at_once(acts))
    assert nobody_is_double_booked()
    factories.assert_the_copy_is_true()
