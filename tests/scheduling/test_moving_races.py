"""Moves at the same instant as moves, cancellations and bookings: one of them wins, nobody loses the time they had."""

from dataclasses import replace

import pytest

from scheduling import appointments, rescheduling
from scheduling.models import Appointment, Event, Participant
from scheduling.refusals import NotPossibleNow, Refusal, SlotTaken
from tests import factories
from tests.factories import AT, DAY, user_of, viewer
from tests.scheduling.test_races import holds, nobody_is_double_booked, quickly, won

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]


CHANGES = {"appointment.rescheduled", "appointment.cancelled"}


def mover(visit, slot):
    by = viewer(user_of(visit.patient))
    return lambda: rescheduling.reschedule(visit, slot, by=by, at=AT)


def slot_in(visit, after, **other):
    slot = factories.slot_of(visit)
    return replace(slot, starts_at=slot.starts_at + after, **other)


def by_pk(*visits):
    return [Appointment.objects.get(pk=visit.pk) for visit in visits]


@pytest.fixture
def visits(dr_ramos, lupita, beto):
    return factories.booked(lupita), factories.booked(beto)


def test_two_people_move_to_one_time_and_one_has_it(visits):
    slot = slot_in(visits[0], DAY)
    outcomes = quickly([mover(visit, slot) for visit in visits])
    assert len(won(outcomes)) == 1
    assert sum(isinstance(one, SlotTaken) for one in outcomes) == 1
    moved, kept = sorted(by_pk(*visits), key=lambda one: -one.sequence)
    assert (moved.starts_at, moved.sequence) == (slot.starts_at, 1)
    assert kept.starts_at in [one.starts_at for one in visits]
    assert (kept.sequence, kept.status) == (0, "booked")
    factories.assert_the_copy_is_true()


def test_two_people_who_exchange_their_times_at_once_never_deadlock_and_never_both_lose(visits):
    slots = [factories.slot_of(visit) for visit in visits]
    outcomes = quickly([mover(visits[0], slots[1]), mover(visits[1], slots[0])])
    assert len(won(outcomes)) <= 1
    assert {one.starts_at for one in by_pk(*visits)} <= {slot.starts_at for slot in slots} or won(outcomes)
    assert nobody_is_double_booked()
    factories.assert_the_copy_is_true()


def test_somebody_moves_to_the_time_that_another_books(visits):
    slot = slot_in(visits[0], DAY)
    outcomes = quickly([mover(visits[0], slot), *holds([slot] * 6)])
    assert len(won(outcomes)) == 1
    assert nobody_is_double_booked()
    factories.assert_the_copy_is_true()


def test_the_time_somebody_leaves_is_booked_by_one_and_never_before_it_is_left(visits):
    old = factories.slot_of(visits[0])
    outcomes = quickly([mover(visits[0], slot_in(visits[0], DAY)), *holds([old] * 6)])
    assert isinstance(outcomes[0], Appointment)
    assert len(won(outcomes[1:])) <= 1
    assert nobody_is_double_booked()


@pytest.mark.parametrize("elsewhere", [False, True])
def test_moved_and_cancelled_at_once_it_is_one_or_both_in_turn(visits, acompana, elena, elsewhere):
    visit = visits[0]
    slot = slot_in(visit, DAY)
    if elsewhere:
        slot = replace(slot, actors=(factories.clinician("Vega", acompana, elena).actor.uuid,))
    by = viewer(user_of(visit.patient))
    outcomes = quickly([mover(visit, slot), lambda: appointments.cancel(visit, because="patient", by=by, at=AT)] * 2)
    [after] = by_pk(visit)
    events = list(Event.objects.filter(subject=visit.uuid).values_list("kind", flat=True))
    assert after.sequence == sum(kind in CHANGES for kind in events)
    assert all(isinstance(one, Appointment | NotPossibleNow) for one in outcomes)
    taken = Participant.objects.filter(appointment=visit, occupied__isnull=False).exists()
    assert taken == (after.status == "booked")
    factories.assert_the_copy_is_true()


def test_pressed_eight_times_it_moves_once(visits):
    slot = slot_in(visits[0], DAY)
    outcomes = quickly([mover(visits[0], slot)] * 8)
    assert len(won(outcomes)) == 8
    assert by_pk(visits[0])[0].sequence == 1


def test_many_who_move_about_at_once_leave_the_copy_true(acompana, elena, consulta):
    for name in ("Ramos", "Vega"):
        factories.clinician(name, acompana, elena)
    patients = [factories.patient(f"P{number}", f"+1713555{number:04}") for number in range(400, 406)]
    visits = [factories.booked(one) for one in patients]
    slots = [found.slot for found in factories.open_slots()[:6]]

    def wander(visit, number):
        for turn in range(3):
            try:
                mover(visit, slots[(number + turn) % len(slots)])()
            except Refusal:
                continue

    quickly([lambda visit=visit, number=number: wander(visit, number) for number, visit in enumerate(visits)])
    assert {one.status for one in by_pk(*visits)} == {"booked"}
    assert nobody_is_double_booked()
    factories.assert_the_copy_is_true()
