"""Many people want the same time at the same instant: one of them has it, the others hear it at once, nobody waits."""

import time
from itertools import pairwise

import pytest
from django.db import connection, transaction

from scheduling import appointments
from scheduling.appointments import HOLD
from scheduling.models import Actor, Appointment, Event, Participant
from scheduling.refusals import HoldExpired, NotPossibleNow, Refusal, SlotTaken, TooManyHolds
from tests import factories
from tests.factories import AT, MINUTE, user_of, viewer
from tests.racing import at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

QUICK = 10  # seconds on a busy machine; each deadlock alone costs one, so a storm of them costs twenty
SECOND = MINUTE / 60


def holds(slots, at=AT):
    """Return one act for each slot: somebody else holds it."""

    def act(number, slot):
        return lambda: appointments.hold(slot, by=viewer(holder=f"browser {number}"), at=at)

    return [act(number, slot) for number, slot in enumerate(slots)]


def won(outcomes):
    return [one for one in outcomes if isinstance(one, Appointment)]


def quickly(acts):
    """Let everybody act at once; return the outcomes, in which there is nothing but success and refusals."""
    began = time.monotonic()
    outcomes = at_once(acts)
    assert time.monotonic() - began < QUICK
    assert [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, Refusal)] == []
    return outcomes


def nobody_is_double_booked():
    taken = Participant.objects.filter(occupied__isnull=False).order_by("actor", "occupied")
    spans = [(part.actor_id, part.occupied.lower, part.occupied.upper) for part in taken]
    return all(one[0] != after[0] or one[2] <= after[1] for one, after in pairwise(spans))


def test_twenty_people_want_one_time_and_one_has_it(dr_ramos):
    slot = factories.open_slots()[0].slot
    outcomes = quickly(holds([slot] * 20))
    assert len(won(outcomes)) == 1
    assert sum(isinstance(one, SlotTaken) for one in outcomes) == 19
    assert Appointment.objects.count() == Event.objects.filter(kind="appointment.held").count() == 1


@pytest.mark.parametrize("offset", [0, 1])
def test_of_overlapping_visits_of_unequal_length_one_is_held(dr_ramos, offset):
    factories.visit_type("larga", minutes=60, modality="phone")
    long = factories.open_slots(visit_type="larga")[0].slot
    short = factories.open_slots(visit_type="consulta-video")[offset].slot
    outcomes = quickly(holds([long, short] * 6))
    assert len(won(outcomes)) == 1
    assert nobody_is_double_booked()


def test_buffers_count_in_a_race_too(acompana, elena, consulta):
    factories.clinician("Ramos", acompana, elena, schedule={"after_minutes": 10})
    slots = [found.slot for found in factories.open_slots()[:2]]
    assert len(won(quickly(holds(slots * 4)))) == 1


def test_different_times_of_one_clinician_are_refused_to_nobody(dr_ramos):
    slots = [found.slot for found in factories.open_slots()[:12]]
    outcomes = quickly(holds(slots))
    assert len(won(outcomes)) == 12
    assert nobody_is_double_booked()


def test_as_many_people_as_there_are_chairs(acompana):
    factories.clinic("Esperanza", acompana, chairs=3)
    factories.visit_type("consulta-clinica", modality="in_person")
    slot = factories.open_slots()[0].slot
    assert len(won(quickly(holds([slot] * 9)))) == 1
    others = [factories.open_slots()[0].slot for _ in range(8)]
    assert len(won(quickly(holds(others)))) == 1


def test_one_browser_that_presses_often_holds_no_more_than_two(dr_ramos):
    slots = [found.slot for found in factories.open_slots()[:8]]
    one = viewer(holder="lupita's phone")
    outcomes = quickly([lambda slot=slot: appointments.hold(slot, by=one, at=AT) for slot in slots])
    assert Appointment.objects.filter(status="proposed").count() <= 2
    assert len(won(outcomes)) + sum(isinstance(each, TooManyHolds) for each in outcomes) == 8


def in_vain(actor, act):
    """Act while somebody keeps the actor's lock, waiting for it a moment only."""

    def impatiently():
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
            try:
                return act()
            finally:
                cursor.execute("RESET lock_timeout")

    with transaction.atomic():
        Actor.objects.select_for_update().get(pk=actor.pk)
        return at_once([impatiently])[0]


def test_whoever_waits_too_long_for_a_time_hears_that_it_is_taken(dr_ramos):
    slot = factories.open_slots()[0].slot
    [act] = holds([slot])
    assert isinstance(in_vain(dr_ramos.actor, act), SlotTaken)
    assert isinstance(act(), Appointment)


def test_whoever_waits_too_long_to_confirm_may_do_so_again(dr_ramos, lupita):
    held = factories.hold(viewer(user_of(lupita)))

    def act():
        return appointments.confirm(held, patient=lupita, by=viewer(user_of(lupita)), at=AT)

    assert isinstance(in_vain(lupita.actor, act), NotPossibleNow)
    assert act().status == "booked"


# --- the end of a hold -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("round_", range(4))
def test_a_hold_that_ends_while_it_is_confirmed_is_the_owners_or_the_nexts(dr_ramos, lupita, round_):
    held = factories.hold(viewer(user_of(lupita)))
    slot = factories.slot_of(held)
    last, over = AT + HOLD - SECOND, AT + HOLD
    acts = [lambda: appointments.confirm(held, patient=lupita, by=viewer(user_of(lupita)), at=last)]
    acts += [*holds([slot] * 6, at=over), lambda: appointments.lapse_holds(at=over)]
    acts = acts[round_:] + acts[:round_]
    quickly(acts)
    held.refresh_from_db()
    others = Appointment.objects.exclude(pk=held.pk).filter(status="proposed").count()
    assert (held.status, others) in [("booked", 0), ("cancelled", 1)]
    assert nobody_is_double_booked()


def test_a_hold_that_is_over_goes_to_exactly_one_of_those_who_waited(dr_ramos):
    held = factories.hold(viewer(holder="lupita's phone"))
    outcomes = quickly(holds([factories.slot_of(held)] * 8, at=AT + HOLD))
    assert len(won(outcomes)) == 1
    assert Event.objects.filter(subject=held.uuid, kind="appointment.cancelled").count() == 1


def test_eight_sweeps_at_once_let_each_hold_go_once(dr_ramos):
    for number in range(4):
        factories.hold(viewer(holder=f"browser {number}"))
    counts = quickly([lambda: appointments.lapse_holds(at=AT + HOLD)] * 8)
    assert sum(counts) == 4
    assert Event.objects.filter(kind="appointment.cancelled").count() == 4


# --- confirming and cancelling ---------------------------------------------------------------------------------------


def test_a_hold_confirmed_eight_times_at_once_is_one_visit(dr_ramos, lupita):
    hers = viewer(user_of(lupita))
    held = factories.hold(hers)
    outcomes = quickly([lambda: appointments.confirm(held, patient=lupita, by=hers, at=AT)] * 8)
    assert outcomes == [held] * 8
    assert held.participants.count() == 2
    assert Event.objects.filter(kind="appointment.booked").count() == 1


def test_a_hold_confirmed_for_two_patients_at_once_belongs_to_one(dr_ramos, lupita, beto):
    held = factories.hold(viewer())
    acts = [lambda who=who: appointments.confirm(held, patient=who, by=viewer(), at=AT) for who in [lupita, beto] * 4]
    outcomes = quickly(acts)
    assert {one.patient_id for one in won(outcomes)} in [{lupita.pk}, {beto.pk}]
    assert sum(isinstance(one, HoldExpired) for one in outcomes) == 4


def test_a_patient_who_confirms_many_visits_of_one_hour_at_once_has_one(acompana, elena, consulta, lupita):
    hers = viewer(user_of(lupita))
    for name in ["Ramos", "Vega", "Soto", "Luna", "Cruz", "Mora", "Rey", "Paz"]:
        factories.clinician(name, acompana, elena)
    slots = [found.slot for found in factories.open_slots()[:8]]
    held = won(quickly(holds(slots)))
    assert len({one.starts_at for one in held}) == 1
    quickly([lambda one=one: appointments.confirm(one, patient=lupita, by=hers, at=AT) for one in held])
    assert lupita.appointments.filter(status="booked").count() == 1
    assert nobody_is_double_booked()


def test_a_visit_cancelled_eight_times_at_once_is_cancelled_once(dr_ramos, lupita):
    visit, hers = factories.booked(lupita), viewer(user_of(lupita))
    outcomes = quickly([lambda: appointments.cancel(visit, because="patient", by=hers, at=AT)] * 8)
    assert len(won(outcomes)) == 1
    assert sum(isinstance(one, NotPossibleNow) for one in outcomes) == 7
    visit.refresh_from_db()
    assert visit.sequence == 1


def test_a_time_given_back_is_booked_by_one_of_those_who_ask_for_it(dr_ramos, lupita):
    visit, hers = factories.booked(lupita), viewer(user_of(lupita))
    slot = factories.slot_of(visit)
    cancels = [lambda: appointments.cancel(visit, because="patient", by=hers, at=AT)]
    outcomes = quickly(cancels + holds([slot] * 8))
    assert len(won(outcomes[1:])) <= 1
    assert nobody_is_double_booked()
    assert len(won(quickly(holds([slot] * 8)))) == 1 - len(won(outcomes[1:]))


def test_people_who_book_confirm_and_cancel_all_at_once_leave_the_copy_true(dr_ramos, acompana, elena):
    factories.clinician("Vega", acompana, elena)
    patients = [factories.patient(f"P{number}", f"+1713555{number:04}") for number in range(300, 308)]

    def live(patient, number):
        by = viewer(user_of(patient))
        for turn in range(3):
            held = appointments.hold(factories.open_slots()[(number + turn) % 3].slot, by=by, at=AT)
            visit = appointments.confirm(held, patient=patient, by=by, at=AT)
            appointments.cancel(visit, because="patient", by=by, at=AT)

    quickly([lambda who=who, number=number: live(who, number) for number, who in enumerate(patients)])
    assert nobody_is_double_booked()
    factories.assert_the_copy_is_true(at=AT)
