"""A visit that moves is the same visit: the new time is won before the old one is free, and everybody hears of it."""

import pytest

from scheduling import appointments, encounters, rescheduling, search
from scheduling.access import System
from scheduling.models import (
    Appointment,
    Encounter,
    Event,
    Location,
    OpenStart,
    Organization,
    Participant,
    Presence,
    VisitType,
)
from scheduling.refusals import NotPossibleNow, PatientBusy, SlotTaken, VisitBegan
from scheduling.slots import Slot
from tests import factories
from tests.factories import AT, DAY, HOUR, MINUTE, user_of, viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def hers(lupita):
    return viewer(user_of(lupita))


@pytest.fixture
def visit(dr_ramos, lupita):
    """Lupita sees Dr. Ramos at ten, an hour from now."""
    return factories.booked(lupita)


@pytest.fixture
def dr_vega(acompana, elena, consulta):
    return factories.clinician("Vega", acompana, elena)


def slot_at(visit, after, **other) -> Slot:
    """Return the time so much later than a visit, with the same people unless told."""
    known = factories.slot_of(visit)
    fields = vars(known) | {"starts_at": visit.starts_at + after} | other
    return Slot(**fields)


def with_them(*people):
    return {"actors": tuple(one.actor.uuid for one in people)}


def move(visit, slot, by, at=AT):
    return rescheduling.reschedule(visit, slot, by=by, at=at)


def spans(visit):
    """Return who takes part and from when until when they are occupied."""
    parts = Participant.objects.filter(appointment=visit, occupied__isnull=False)
    return {part.role: (part.occupied.lower, part.occupied.upper) for part in parts}


def everything(visit):
    """Return what a refused move must leave as it was."""
    rows = Appointment.objects.filter(pk=visit.pk).values()
    parts = Participant.objects.filter(appointment=visit).order_by("pk").values()
    rooms = Encounter.objects.filter(appointment=visit).values()
    return list(rows), list(parts), list(rooms), Event.objects.count(), list(OpenStart.objects.order_by("pk").values())


# --- what moves ------------------------------------------------------------------------------------------------------


def test_the_same_visit_is_at_the_new_time(visit, hers):
    moved = move(visit, slot_at(visit, HOUR), hers)
    known = Appointment.objects.get(pk=visit.pk)
    assert moved == visit
    assert (known.uuid, known.status) == (visit.uuid, "booked")
    assert (known.starts_at, known.ends_at) == (visit.starts_at + HOUR, visit.ends_at + HOUR)


def test_sequence_and_version_rise_by_one(visit, hers):
    move(visit, slot_at(visit, HOUR), hers)
    known = Appointment.objects.get(pk=visit.pk)
    assert (known.sequence, known.version) == (visit.sequence + 1, visit.version + 1)


def test_everybody_in_it_is_occupied_then_and_no_longer_before(visit, hers):
    move(visit, slot_at(visit, HOUR), hers)
    later = (visit.starts_at + HOUR, visit.ends_at + HOUR)
    assert spans(visit) == {"clinician": later, "patient": later}


def test_the_old_time_is_offered_again_and_the_new_one_is_not(visit, hers, beto):
    move(visit, slot_at(visit, HOUR), hers)
    starts = [found.slot.starts_at for found in factories.open_slots()]
    assert visit.starts_at in starts
    assert visit.starts_at + HOUR not in starts
    factories.assert_the_copy_is_true()
    assert factories.booked(beto).starts_at == visit.starts_at


def test_a_quarter_of_an_hour_later_is_not_in_its_own_way(acompana, elena, consulta, lupita, hers):
    factories.clinician("Ramos", acompana, elena, schedule={"step_minutes": 15})
    visit, step = factories.booked(lupita), 15 * MINUTE
    move(visit, slot_at(visit, step), hers)
    later = (visit.starts_at + step, visit.ends_at + step)
    assert spans(visit) == {"clinician": later, "patient": later}
    factories.assert_the_copy_is_true()


def test_buffers_move_with_it(acompana, elena, consulta, lupita, hers):
    factories.clinician("Ramos", acompana, elena, schedule={"before_minutes": 5, "after_minutes": 10})
    visit = factories.booked(lupita)
    move(visit, slot_at(visit, HOUR), hers)
    start, end = visit.starts_at + HOUR, visit.ends_at + HOUR
    assert spans(visit)["clinician"] == (start - 5 * MINUTE, end + 10 * MINUTE)
    assert spans(visit)["patient"] == (start, end)
    factories.assert_the_copy_is_true()


def test_another_clinician_takes_the_place_of_the_one_before(visit, hers, dr_ramos, dr_vega):
    move(visit, slot_at(visit, DAY, **with_them(dr_vega)), hers)
    parts = Participant.objects.filter(appointment=visit)
    assert {part.actor_id for part in parts} == {dr_vega.actor_id, visit.patient.actor_id}
    assert not Participant.objects.filter(actor=dr_ramos.actor).exists()
    assert visit.starts_at in [found.slot.starts_at for found in factories.open_slots(clinician=dr_ramos.uuid)]


def test_whoever_stays_keeps_their_place(visit, hers, dr_ramos):
    before = Participant.objects.get(appointment=visit, actor=dr_ramos.actor).uuid
    move(visit, slot_at(visit, HOUR), hers)
    assert Participant.objects.get(appointment=visit, actor=dr_ramos.actor).uuid == before


def test_an_interpreter_who_is_in_the_new_time_comes_along(visit, hers, dr_ramos, nayeli):
    factories.interprets(nayeli, visit)
    move(visit, slot_at(visit, HOUR, language="mxb", **with_them(dr_ramos, nayeli)), hers)
    assert set(spans(visit)) == {"clinician", "interpreter", "patient"}


def test_a_visit_across_a_language_moves_to_another_clinician_with_whoever_interprets(dr_ramos, nayeli, lupita, hers):
    slot = factories.open_slots(language="mxb")[0].slot
    visit = appointments.confirm(appointments.hold(slot, by=hers, at=AT), patient=lupita, by=hers, at=AT)
    vega = factories.clinician("Vega", dr_ramos.actor.schedule.organization, factories.User.objects.first())
    moved = move(visit, slot_at(visit, DAY, **with_them(vega, nayeli)), hers)
    assert factories.slot_of(moved).actors == (vega.actor.uuid, nayeli.actor.uuid)
    assert moved.language == "mxb"
    back = move(visit, slot_at(visit, DAY + HOUR, **with_them(dr_ramos, nayeli)), hers)
    assert factories.slot_of(back).actors == slot.actors
    factories.assert_the_copy_is_true()


def test_times_for_a_visit_across_a_language_come_with_an_interpreter(dr_ramos, nayeli, lupita, hers):
    slot = factories.open_slots(language="mxb")[0].slot
    visit = appointments.confirm(appointments.hold(slot, by=hers, at=AT), patient=lupita, by=hers, at=AT)
    same, _others = shown(visit)
    assert same
    assert {one.interpreters for one in same} == {(nayeli,)}


def test_an_interpreter_who_is_not_in_the_new_time_is_free(visit, hers, dr_ramos, nayeli):
    factories.interprets(nayeli, visit)
    move(visit, slot_at(visit, HOUR, **with_them(dr_ramos)), hers)
    assert set(spans(visit)) == {"clinician", "patient"}
    assert not Participant.objects.filter(actor=nayeli.actor).exists()


def test_a_guest_stays_a_guest(visit, hers, tomas):
    guest = Participant.objects.create(appointment=visit, user=tomas, role="guest")
    move(visit, slot_at(visit, HOUR), hers)
    guest.refresh_from_db()
    assert guest.occupied is None


def test_the_event_says_who_when_it_was_and_whose_time_is_free_again(visit, hers, dr_ramos):
    move(visit, slot_at(visit, DAY), hers)
    event = Event.objects.get(subject=visit.uuid, kind="appointment.rescheduled")
    assert (event.by_user, event.subject_version) == (hers.user, visit.version + 1)
    assert event.codes == {
        "was": "booked",
        "because": "patient",
        "late": True,
        "was_starts_at": visit.starts_at.isoformat(),
        "was_ends_at": visit.ends_at.isoformat(),
        "was_with": [str(dr_ramos.actor.uuid)],
    }


def test_moving_to_where_it_is_changes_nothing(visit, hers):
    before = everything(visit)
    assert move(visit, slot_at(visit, 0 * HOUR), hers) == visit
    assert everything(visit) == before


def test_a_hold_that_is_over_is_not_in_the_way(visit, hers):
    held = factories.hold(viewer(holder="beto's phone"), number=1)
    slot = slot_at(visit, held.starts_at - visit.starts_at)
    assert move(visit, slot, hers, at=AT + appointments.HOLD).starts_at == held.starts_at
    assert Appointment.objects.get(pk=held.pk).cancelled_because == "lapsed"


# --- the room --------------------------------------------------------------------------------------------------------


def test_the_rooms_old_keys_open_nothing_and_its_door_opens_at_the_new_time(visit, hers):
    room = Encounter.objects.get(appointment=visit)
    moved = move(visit, slot_at(visit, DAY), hers)
    again = Encounter.objects.get(appointment=visit)
    assert (again.uuid, again.room_epoch, again.status) == (room.uuid, room.room_epoch + 1, "planned")
    assert encounters.open_door(moved, at=moved.starts_at) == again
    with pytest.raises(encounters.RoomNotOpenYet):
        encounters.open_door(moved, at=visit.starts_at)


def test_who_is_at_the_door_is_sent_out_and_may_move_it_still(visit, hers):
    place = encounters.seat(visit, by=hers)
    encounters.arrive(place, by=hers, at=visit.starts_at - 20 * MINUTE)
    moved = move(visit, slot_at(visit, DAY), hers, at=visit.starts_at - 10 * MINUTE)
    assert moved.status == "booked"
    assert Presence.objects.get().left_at == visit.starts_at - 10 * MINUTE


@pytest.mark.parametrize("modality", ["phone", "video"])
def test_a_visit_that_becomes_another_kind_loses_or_gains_its_room(acompana, elena, lupita, hers, modality):
    kinds = {kind: factories.visit_type(kind, modality=kind) for kind in ("video", "phone")}
    other = "phone" if modality == "video" else "video"
    factories.clinician("Ramos", acompana, elena)
    slot = factories.open_slots(visit_type=modality)[0].slot
    visit = appointments.confirm(appointments.hold(slot, by=hers, at=AT), patient=lupita, by=hers, at=AT)
    moved = move(visit, slot_at(visit, HOUR, visit_type=kinds[other].uuid), hers)
    rooms = Encounter.objects.filter(appointment=moved).exclude(status="cancelled")
    assert rooms.exists() == (other == "video")


# --- clinics ---------------------------------------------------------------------------------------------------------


def test_a_visit_at_a_clinic_moves_to_another_chair_or_clinic(acompana, esperanza, lupita, hers):
    VisitType.objects.all().delete()
    factories.visit_type("clinica", modality="in_person")
    visit = factories.booked(lupita)
    other = factories.clinic("Centro", acompana, chairs=1)
    slot = next(found.slot for found in factories.open_slots() if found.location == other)
    moved = move(visit, slot, hers)
    assert moved.location_id == Location.objects.get(name="Centro").pk
    assert set(spans(moved)) == {"chair", "patient"}
    factories.assert_the_copy_is_true()


# --- refused: the old time is kept -----------------------------------------------------------------------------------


def refused(visit, slot, by, refusal, at=AT):
    before = everything(visit)
    with pytest.raises(refusal):
        move(visit, slot, by, at=at)
    return everything(visit) == before


def test_a_time_that_somebody_else_has_is_refused_and_the_old_one_kept(visit, hers, beto):
    other = factories.booked(beto)
    assert refused(visit, factories.slot_of(other), hers, SlotTaken)


def test_a_time_that_somebody_holds_is_refused(visit, hers):
    held = factories.hold(viewer(holder="beto's phone"))
    assert refused(visit, factories.slot_of(held), hers, SlotTaken)


@pytest.mark.parametrize("after", [3 * HOUR, -2 * HOUR, 60 * DAY])
def test_a_time_nobody_offers_is_refused(visit, hers, after):
    assert refused(visit, slot_at(visit, after), hers, SlotTaken)


def test_a_clinician_without_a_licence_there_is_refused(visit, hers, acompana, elena):
    soto = factories.clinician("Soto", acompana, elena, states=["CA"])
    assert refused(visit, slot_at(visit, DAY, **with_them(soto)), hers, SlotTaken)


def test_a_time_at_which_the_patient_is_elsewhere_is_refused(visit, hers, lupita, dr_vega):
    other = next(one.slot for one in factories.open_slots(clinician=dr_vega.uuid) if one.slot.starts_at > visit.ends_at)
    appointments.confirm(appointments.hold(other, by=hers, at=AT), patient=lupita, by=hers, at=AT)
    assert refused(visit, slot_at(visit, other.starts_at - visit.starts_at), hers, PatientBusy)


@pytest.mark.parametrize("because", ["patient", "clinician"])
def test_a_cancelled_visit_is_not_moved(visit, hers, because):
    slot = slot_at(visit, HOUR)
    appointments.cancel(visit, because=because, by=hers, at=AT)
    assert refused(visit, slot, hers, NotPossibleNow)


def test_a_hold_is_not_moved(dr_ramos, hers):
    held = factories.hold(hers)
    assert refused(held, slot_at(held, HOUR), hers, NotPossibleNow)


def test_a_visit_that_is_on_is_not_moved(visit, hers, dr_ramos):
    appointments.admit(visit, by=viewer(dr_ramos.user), at=visit.starts_at)
    assert refused(visit, slot_at(visit, DAY), viewer(dr_ramos.user), NotPossibleNow, at=visit.starts_at)


# --- until when ------------------------------------------------------------------------------------------------------


def test_the_patient_may_move_it_until_it_begins(visit, hers):
    assert refused(visit, slot_at(visit, DAY), hers, VisitBegan, at=visit.starts_at)
    assert move(visit, slot_at(visit, DAY), hers, at=visit.starts_at - MINUTE).status == "booked"


def test_whoever_sees_the_patient_may_move_it_after_that(visit, dr_ramos):
    his = viewer(dr_ramos.user)
    moved = move(visit, slot_at(visit, DAY), his, at=visit.starts_at + 10 * MINUTE)
    assert Event.objects.get(subject=moved.uuid, kind="appointment.rescheduled").codes["because"] == "clinician"


@pytest.mark.parametrize(("hours", "late"), [(1, False), (2, True), (0, False)])
def test_what_is_late_is_as_the_organization_counts(dr_ramos, lupita, hers, hours, late):
    """Two hours' notice or less is late where two are asked for; where none are, nothing is."""
    visit = factories.booked(lupita, number=2)
    Organization.objects.update(late_change_hours=hours)
    assert visit.starts_at == AT + 2 * HOUR
    move(visit, slot_at(visit, DAY), hers, at=AT + MINUTE)
    assert Event.objects.get(subject=visit.uuid, kind="appointment.rescheduled").codes.get("late", False) is late


def test_a_move_that_is_not_the_patients_is_never_late(visit, dr_ramos):
    move(visit, slot_at(visit, DAY), viewer(dr_ramos.user))
    move(visit, slot_at(visit, 2 * DAY), System("tests"))
    events = Event.objects.filter(subject=visit.uuid, kind="appointment.rescheduled").order_by("pk")
    assert [event.codes["because"] for event in events] == ["clinician", "organization"]
    assert not any("late" in event.codes for event in events)


def test_the_patient_may_cancel_until_it_begins(visit, hers):
    with pytest.raises(VisitBegan):
        appointments.cancel(visit, because="patient", by=hers, at=visit.starts_at)
    assert appointments.cancel(visit, because="patient", by=hers, at=visit.starts_at - MINUTE).status == "cancelled"


def test_a_late_cancellation_is_counted_as_such_and_an_early_one_is_not(visit, lupita, hers, dr_ramos):
    other = factories.booked(lupita, number=6)
    appointments.cancel(visit, because="patient", by=hers, at=AT)
    appointments.cancel(other, because="patient", by=hers, at=other.starts_at - 5 * HOUR)
    events = Event.objects.filter(kind="appointment.cancelled").order_by("pk")
    assert [event.codes.get("late") for event in events] == [True, None]


# --- which times -----------------------------------------------------------------------------------------------------


def shown(visit, limit=60):
    whole = Appointment.objects.for_display().get(pk=visit.pk)
    return rescheduling.times(whole, limit=limit, at=AT)


def test_the_same_clinicians_times_are_apart_from_others(visit, dr_ramos, dr_vega):
    same, others = shown(visit)
    assert {one.clinician for one in same} == {dr_ramos}
    assert {one.clinician for one in others} == {dr_vega}
    assert len(others) == rescheduling.EACH


def test_only_the_same_kind_of_visit_is_shown(visit):
    factories.visit_type("otra", modality="phone")
    same, _others = shown(visit)
    assert {one.visit_type.code for one in same} == {"consulta-video"}


def test_at_a_clinic_the_same_place_comes_first(acompana, esperanza, lupita):
    factories.visit_type("clinica", modality="in_person")
    visit = factories.booked(lupita)
    factories.clinic("Centro", acompana)
    same, others = shown(visit)
    assert {one.location.name for one in same} == {visit.location.name if visit.location else "Esperanza"}
    assert {one.location.name for one in others} == {"Centro"}


def test_what_somebody_is_called_in_a_time(visit, dr_vega):
    assert rescheduling.names(factories.slot_of(visit)) == ["Ramos"]
    assert rescheduling.names(slot_at(visit, DAY, **with_them(dr_vega))) == ["Vega"]


def test_every_time_that_is_shown_can_be_had(visit, hers, dr_vega):
    same, others = shown(visit, limit=12)
    for found in [*same[:3], *others[:3]]:
        move(visit, found.slot, hers)
        assert Appointment.objects.get(pk=visit.pk).starts_at == found.slot.starts_at
    assert search.slot_of(Appointment.objects.for_display().get(pk=visit.pk)) == others[2].slot
