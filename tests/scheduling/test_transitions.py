"""What may become of an appointment: the whole table, every status against every other and every verb against each."""

from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction

from scheduling import appointments, encounters, rescheduling
from scheduling.appointments import move as _move
from scheduling.models import OCCUPYING, TRANSITIONS, Appointment, AppointmentStatus, Event, Participant
from scheduling.refusals import HoldExpired, NotPossibleNow, Refusal
from tests import factories
from tests.factories import AT, DAY, HOUR, MAKER, MINUTE, user_of, viewer

pytestmark = pytest.mark.django_db

S = AppointmentStatus
NO_VERB_YET = (S.WAITLIST, S.PROPOSED)  # the one move that takes time anew: whoever writes its verb must occupy it


@pytest.fixture
def visit(dr_ramos, lupita):
    return factories.booked(lupita)


@pytest.fixture
def ramos(dr_ramos):
    return viewer(dr_ramos.user)


@pytest.fixture
def hers(lupita):
    return viewer(user_of(lupita))


@contextmanager
def brought_to(visit, status):
    """Bring an appointment to a status, as the database allows it, and take everything back afterwards."""
    with transaction.atomic():
        visit.status = status
        visit.held_until = AT + HOUR if status == S.PROPOSED else None
        visit.cancelled_because = "patient" if status == S.CANCELLED else ""
        visit.save()
        if status not in OCCUPYING:
            Participant.objects.filter(appointment=visit).update(occupied=None)
        connection.check_constraints()
        yield Appointment.objects.get(pk=visit.pk)
        transaction.set_rollback(True)


def state(visit):
    """Return all that a refused move must leave as it was."""
    connection.check_constraints()
    rows = Appointment.objects.filter(pk=visit.pk).values()
    parts = Participant.objects.filter(appointment=visit).order_by("pk").values()
    return list(rows), list(parts), Event.objects.filter(subject=visit.uuid).count()


def move(visit, to):
    visit.cancelled_because = "patient" if to == S.CANCELLED else ""
    with transaction.atomic():
        _move(visit, to, by=MAKER, at=AT)


# --- status against status -------------------------------------------------------------------------------------------


def test_every_status_is_in_the_table():
    assert set(TRANSITIONS) == set(S)


@pytest.mark.parametrize("was", S)
def test_every_move_that_is_not_in_the_table_is_refused_and_changes_nothing(visit, was):
    for to in set(S) - TRANSITIONS[was]:
        with brought_to(visit, was) as appointment:
            before = state(appointment)
            with pytest.raises(NotPossibleNow):
                move(appointment, to)
            assert state(appointment) == before, f"{was} → {to}"


@pytest.mark.parametrize("was", S)
def test_every_move_in_the_table_is_made_recorded_and_frees_what_no_longer_takes_time(visit, was):
    for to in TRANSITIONS[was] - {NO_VERB_YET[1]}:
        with brought_to(visit, was) as appointment:
            version = appointment.version
            move(appointment, to)
            after = Appointment.objects.get(pk=visit.pk)
            assert (after.status, after.version, after.held_until) == (to, version + 1, None)
            taken = Participant.objects.filter(appointment=visit, occupied__isnull=False).exists()
            assert taken == (to in OCCUPYING)
            event = Event.objects.filter(subject=visit.uuid).latest("pk")
            assert (event.kind, event.codes) == (f"appointment.{to.name.lower()}", {"was": was})
            connection.check_constraints()


def test_only_one_move_would_take_time_anew_and_it_has_no_verb():
    anew = {(was, to) for was in set(S) - OCCUPYING for to in TRANSITIONS[was] & OCCUPYING}
    assert anew == {NO_VERB_YET}


def test_the_database_does_not_let_that_move_be_made_by_halves(visit):
    with brought_to(visit, S.WAITLIST) as appointment, pytest.raises(IntegrityError), transaction.atomic():
        move(appointment, S.PROPOSED)


def test_a_mistake_is_the_end():
    assert TRANSITIONS[S.ENTERED_IN_ERROR] == frozenset()


# --- verb against status ---------------------------------------------------------------------------------------------


def moved(appointment, *, by, at):
    """Move it by an hour."""
    slot = factories.slot_of(Appointment.objects.get(pk=appointment.pk))
    return rescheduling.reschedule(appointment, replace(slot, starts_at=slot.starts_at + HOUR), by=by, at=at)


# For each verb: the statuses in which it acts, and those in which it was done already and changes nothing.
VERBS = {
    appointments.extend_hold: ({S.PROPOSED}, set()),
    appointments.release: ({S.PROPOSED}, set(S) - {S.PROPOSED}),
    appointments.cancel: ({S.PENDING, S.BOOKED, S.ARRIVED, S.CHECKED_IN, S.WAITLIST}, set()),
    moved: ({S.BOOKED, S.ARRIVED}, set()),
    appointments.arrive: ({S.BOOKED}, {S.ARRIVED, S.CHECKED_IN}),
    appointments.admit: ({S.BOOKED, S.ARRIVED}, {S.CHECKED_IN}),
    appointments.fulfil: ({S.CHECKED_IN}, {S.FULFILLED}),
}


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
def test_each_verb_acts_where_it_may_and_nowhere_else(visit, ramos, verb):
    acts, already = VERBS[verb]
    how = {"because": "clinician"} if verb is appointments.cancel else {}
    for status in S:
        with brought_to(visit, status) as appointment:
            before = state(appointment)
            outcome = answer(verb, appointment, by=ramos, at=AT, **how)
            assert (outcome is not None) == (status not in acts | already), f"{verb.__name__} when {status}"
            assert (state(appointment) == before) == (status not in acts), f"{verb.__name__} when {status}"


def answer(verb, *args, **how):
    """Return what the verb refused with, if it did."""
    try:
        with transaction.atomic():
            verb(*args, **how)
    except Refusal as refusal:
        return refusal
    return None


@pytest.mark.parametrize("status", [status for status in S if status != S.PROPOSED])
def test_only_a_hold_is_confirmed(visit, beto, ramos, status):
    with brought_to(visit, status) as appointment:
        before = state(appointment)
        assert isinstance(answer(appointments.confirm, appointment, patient=beto, by=ramos, at=AT), HoldExpired)
        assert state(appointment) == before


# --- the visit -------------------------------------------------------------------------------------------------------


def test_a_visit_is_arrived_at_begun_and_done(visit, hers, ramos):
    at = visit.starts_at
    steps = [
        appointments.arrive(visit, by=hers, at=at).status,
        appointments.admit(visit, by=ramos, at=at).status,
        appointments.fulfil(visit, by=ramos, at=at + 30 * MINUTE).status,
    ]
    assert steps == ["arrived", "checked-in", "fulfilled"]
    kinds = [event.kind for event in Event.objects.filter(subject=visit.uuid)]
    assert kinds[-3:] == ["appointment.arrived", "appointment.checked_in", "appointment.fulfilled"]


def test_a_visit_that_took_place_still_occupies_its_time(visit, ramos):
    appointments.admit(visit, by=ramos, at=visit.starts_at)
    appointments.fulfil(visit, by=ramos, at=visit.ends_at)
    assert visit.participants.filter(occupied__isnull=False).count() == 2


def test_arriving_during_the_visit_does_not_send_anybody_back_to_the_door(visit, hers, ramos):
    appointments.admit(visit, by=ramos, at=visit.starts_at)
    assert appointments.arrive(visit, by=hers, at=visit.starts_at).status == "checked-in"


def test_coming_again_once_the_visit_is_over_is_too_late(visit, hers, ramos):
    appointments.admit(visit, by=ramos, at=visit.starts_at)
    encounters.finish(visit, by=ramos, at=visit.ends_at)
    with pytest.raises(NotPossibleNow):
        appointments.arrive(visit, by=hers, at=visit.ends_at + DAY)
