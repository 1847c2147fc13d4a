"""A hold takes a time for five minutes, for one browser, for real; then it lapses and the time is free again."""

import pytest

from scheduling import appointments
from scheduling.appointments import HOLD
from scheduling.models import Appointment, Event, Participant
from scheduling.refusals import HoldAlreadyExtended, HoldExpired, SlotTaken, TooManyHolds
from tests import factories
from tests.factories import AT, MINUTE, viewer

pytestmark = pytest.mark.django_db

HERS, HIS = viewer(holder="lupita's phone"), viewer(holder="beto's phone")
OVER = AT + HOLD
SECOND = MINUTE / 60


@pytest.fixture
def times(dr_ramos):
    """The slots Dr. Ramos has open today: ten, half past ten, eleven, half past eleven."""
    return [found.slot for found in factories.open_slots()[:4]]


def hold(slot, by=HERS, at=AT, **how):
    return appointments.hold(slot, by=by, at=at, **how)


def starts(at=AT):
    return [found.slot.starts_at for found in factories.open_slots(at)]


def happened(appointment):
    return list(Event.objects.filter(subject=appointment.uuid).values_list("kind", flat=True))


# --- holding ---------------------------------------------------------------------------------------------------------


def test_a_hold_is_a_proposed_appointment_that_ends_in_five_minutes(times, acompana):
    held = Appointment.objects.get(pk=hold(times[0]).pk)
    assert (held.status, held.held_until, held.held_by) == ("proposed", OVER, "lupita's phone")
    assert (held.starts_at, held.ends_at - held.starts_at) == (times[0].starts_at, 30 * MINUTE)
    assert (held.organization, held.location, held.patient) == (acompana, None, None)
    assert (held.patient_state, held.zone, held.created_at) == ("TX", "America/Chicago", AT)


def test_what_hold_returns_is_what_lies_in_the_database(times):
    held = hold(times[0])
    again = Appointment.objects.get(pk=held.pk)
    for field in Appointment._meta.concrete_fields:
        assert getattr(held, field.attname) == getattr(again, field.attname), field.name


def test_the_clinician_takes_part_and_is_occupied(times, dr_ramos):
    [part] = hold(times[0]).participants.all()
    assert (part.actor, part.role) == (dr_ramos.actor, "clinician")
    assert (part.occupied.lower, part.occupied.upper) == (times[0].starts_at, times[1].starts_at)


def test_holding_is_an_event_of_somebody_unknown(times):
    event = Event.objects.get(subject=hold(times[0]).uuid)
    assert (event.kind, event.by_system) == ("appointment.held", "public")


def test_a_held_time_is_no_longer_offered(times):
    hold(times[0])
    assert times[0].starts_at not in starts()
    assert times[1].starts_at in starts()


def test_a_time_somebody_holds_is_taken_for_everybody_else(times):
    hold(times[0])
    with pytest.raises(SlotTaken):
        hold(times[0], by=HIS)
    assert Appointment.objects.count() == 1


def test_a_time_that_is_booked_is_taken(times, lupita):
    appointments.confirm(hold(times[0]), patient=lupita, by=HERS, at=AT)
    with pytest.raises(SlotTaken):
        hold(times[0], by=HIS)


def test_a_longer_visit_that_runs_into_a_held_one_is_refused(times, dr_ramos):
    factories.visit_type("larga", minutes=60, modality="phone")
    [slot, *_] = [found.slot for found in factories.open_slots(visit_type="larga")]
    assert slot.starts_at == times[0].starts_at
    hold(times[1])
    with pytest.raises(SlotTaken):
        hold(slot, by=HIS)


def test_a_chair_is_held_with_its_clinic(acompana, esperanza):
    factories.visit_type("consulta-clinica", modality="in_person")
    held = hold(factories.open_slots()[0].slot)
    assert held.location == esperanza
    assert [part.role for part in held.participants.all()] == ["chair"]


def test_two_chairs_take_two_people_at_the_same_time_and_not_a_third(esperanza):
    factories.visit_type("consulta-clinica", modality="in_person")
    first = hold(factories.open_slots()[0].slot)
    second = hold(factories.open_slots()[0].slot, by=HIS)
    assert first.starts_at == second.starts_at
    assert first.starts_at not in starts()


def test_a_clinicians_buffers_are_occupied_with_the_visit(acompana, elena, consulta):
    ramos = factories.clinician("Ramos", acompana, elena, schedule={"before_minutes": 5, "after_minutes": 10})
    slot = factories.open_slots()[0].slot
    [part] = hold(slot).participants.filter(actor=ramos.actor)
    assert part.occupied.lower == slot.starts_at - 5 * MINUTE
    assert part.occupied.upper == slot.starts_at + 40 * MINUTE
    assert starts()[0] == slot.starts_at + 60 * MINUTE


# --- two at most -----------------------------------------------------------------------------------------------------


def test_a_browser_holds_two_times_at_most(times):
    hold(times[0]), hold(times[1])
    with pytest.raises(TooManyHolds):
        hold(times[2])
    assert Appointment.objects.filter(status="proposed").count() == 2
    assert times[2].starts_at in starts()


def test_what_others_hold_does_not_count(times):
    hold(times[0], by=HIS), hold(times[1], by=HIS)
    assert hold(times[2]).status == "proposed"


def test_a_hold_that_is_over_does_not_count(times):
    hold(times[0]), hold(times[1], at=AT + MINUTE)
    assert hold(times[2], at=OVER).status == "proposed"


def test_a_confirmed_hold_does_not_count(times, lupita):
    appointments.confirm(hold(times[0]), patient=lupita, by=HERS, at=AT)
    hold(times[1])
    assert hold(times[2]).status == "proposed"


def test_the_oldest_makes_room_if_asked_to(times):
    first, second = hold(times[0]), hold(times[1], at=AT + SECOND)
    third = hold(times[2], at=AT + 2 * SECOND, replace_oldest=True)
    live = Appointment.objects.filter(status="proposed")
    assert set(live) == {second, third}
    first.refresh_from_db()
    assert (first.status, first.cancelled_because) == ("cancelled", "released")
    assert times[0].starts_at in starts()


def test_nothing_makes_room_while_there_is_some(times):
    hold(times[0]), hold(times[1], replace_oldest=True)
    assert Appointment.objects.filter(status="proposed").count() == 2


# --- the end of a hold -----------------------------------------------------------------------------------------------


def test_a_hold_that_is_over_lapses_when_somebody_wants_its_time(times):
    hers = hold(times[0])
    his = hold(times[0], by=HIS, at=OVER)
    hers.refresh_from_db()
    assert (hers.status, hers.cancelled_because, his.status) == ("cancelled", "lapsed", "proposed")
    assert Event.objects.get(subject=hers.uuid, kind="appointment.cancelled").by_system == "holds"


def test_a_second_before_its_end_it_still_stands_in_the_way(times):
    hold(times[0])
    with pytest.raises(SlotTaken):
        hold(times[0], by=HIS, at=OVER - SECOND)


def test_a_longer_hold_that_is_over_lapses_when_a_time_inside_it_is_wanted(times):
    factories.visit_type("larga", minutes=60, modality="phone")
    longer = hold(factories.open_slots(visit_type="larga")[0].slot)
    assert hold(times[1], by=HIS, at=OVER).starts_at == longer.starts_at + 30 * MINUTE


def test_the_sweep_frees_every_time_whose_hold_is_over(times):
    hold(times[0]), hold(times[1])
    live = hold(times[2], by=HIS, at=AT + MINUTE)
    assert appointments.lapse_holds(at=OVER) == 2
    assert list(Appointment.objects.filter(status="proposed")) == [live]
    assert {times[0].starts_at, times[1].starts_at} <= set(starts())
    assert not Participant.objects.filter(occupied__isnull=False).exclude(appointment=live).exists()


def test_the_sweep_finds_nothing_the_second_time(times):
    held = hold(times[0])
    assert (appointments.lapse_holds(at=OVER), appointments.lapse_holds(at=OVER)) == (1, 0)
    assert happened(held) == ["appointment.held", "appointment.cancelled"]


def test_a_booked_visit_never_lapses(times, lupita):
    booked = appointments.confirm(hold(times[0]), patient=lupita, by=HERS, at=AT)
    assert appointments.lapse_holds(at=OVER + HOLD) == 0
    booked.refresh_from_db()
    assert booked.status == "booked"


def test_a_released_time_is_free_at_once(times):
    held = hold(times[0])
    appointments.release(held, by=HERS, at=AT)
    held.refresh_from_db()
    assert (held.status, held.cancelled_because) == ("cancelled", "released")
    assert hold(times[0], by=HIS).status == "proposed"


def test_releasing_twice_or_after_its_end_changes_nothing(times):
    held = hold(times[0])
    appointments.lapse_holds(at=OVER)
    appointments.release(held, by=HERS, at=OVER)
    held.refresh_from_db()
    assert held.cancelled_because == "lapsed"
    assert happened(held) == ["appointment.held", "appointment.cancelled"]


def test_a_hold_is_extended_once_by_five_minutes_from_now(times):
    held = appointments.extend_hold(hold(times[0]), by=HERS, at=AT + 4 * MINUTE)
    assert held.held_until == AT + 9 * MINUTE
    assert appointments.lapse_holds(at=OVER) == 0
    with pytest.raises(HoldAlreadyExtended):
        appointments.extend_hold(held, by=HERS, at=AT + 5 * MINUTE)


def test_a_hold_that_is_over_is_not_extended(times):
    with pytest.raises(HoldExpired):
        appointments.extend_hold(hold(times[0]), by=HERS, at=OVER)


def test_what_is_booked_is_no_longer_a_hold_to_extend(times, lupita):
    booked = appointments.confirm(hold(times[0]), patient=lupita, by=HERS, at=AT)
    with pytest.raises(HoldExpired):
        appointments.extend_hold(booked, by=HERS, at=AT)
