"""A held time becomes a visit of a patient, once and in time; a cancelled one frees whatever it took."""

import pytest

from scheduling import appointments
from scheduling.access import side_of
from scheduling.appointments import HOLD
from scheduling.models import Appointment, Encounter, Event, Notification, Participant, Representative
from scheduling.refusals import HoldExpired, NotPossibleNow, PatientBusy
from tests import factories
from tests.factories import AT, MINUTE, user_of, viewer

pytestmark = pytest.mark.django_db

OVER = AT + HOLD


@pytest.fixture
def hers(lupita):
    return viewer(user_of(lupita))


@pytest.fixture
def held(dr_ramos, hers):
    return factories.hold(hers)


@pytest.fixture
def visit(dr_ramos, lupita):
    return factories.booked(lupita)


@pytest.fixture
def ramos(dr_ramos):
    return viewer(dr_ramos.user)


def confirm(held, patient, by, at=AT, **how):
    return appointments.confirm(held, patient=patient, by=by, at=at, **how)


def cancel(visit, by, because="patient", at=AT):
    return appointments.cancel(visit, because=because, by=by, at=at)


def kinds(appointment):
    return list(Event.objects.filter(subject=appointment.uuid).values_list("kind", flat=True))


def unchanged(appointment):
    """Return everything a refused verb must leave as it was."""
    rows = Appointment.objects.filter(pk=appointment.pk).values()
    parts = Participant.objects.filter(appointment=appointment).order_by("pk").values()
    return list(rows), list(parts), kinds(appointment), Notification.objects.count()


# --- confirm ---------------------------------------------------------------------------------------------------------


def test_a_confirmed_hold_is_a_booked_visit_of_the_patient(held, lupita, hers):
    confirm(held, lupita, hers, reason="me duele la cabeza")
    booked = Appointment.objects.get(pk=held.pk)
    assert (booked.status, booked.patient, booked.held_until) == ("booked", lupita, None)
    assert (booked.reason, booked.data_key_id) == ("me duele la cabeza", lupita.data_key_id)
    assert (booked.version, booked.sequence) == (1, 0)


def test_the_patients_own_time_is_taken_with_it(held, lupita, hers):
    part = confirm(held, lupita, hers).participants.get(role="patient")
    assert part.actor == lupita.actor
    assert (part.occupied.lower, part.occupied.upper) == (held.starts_at, held.ends_at)


def test_confirming_is_an_event_of_who_did_it_without_what_they_said(held, lupita, hers):
    event = Event.objects.get(subject=confirm(held, lupita, hers, reason="me duele").uuid, kind="appointment.booked")
    assert (event.by_user, event.codes) == (user_of(lupita), {"was": "proposed"})


def test_a_video_visit_has_a_room(held, lupita, hers):
    assert confirm(held, lupita, hers).encounter.status == "planned"


def test_a_visit_at_a_clinic_has_none(esperanza, lupita, hers):
    factories.visit_type("consulta-clinica", modality="in_person")
    confirm(factories.hold(hers), lupita, hers)
    assert not Encounter.objects.exists()


def test_confirming_twice_changes_nothing_the_second_time(held, lupita, hers):
    first = confirm(held, lupita, hers, reason="me duele")
    before = unchanged(first)
    assert confirm(held, lupita, hers, reason="otra cosa") == first
    assert unchanged(first) == before


def test_a_hold_that_is_over_is_not_booked(held, lupita, hers):
    before = unchanged(held)
    with pytest.raises(HoldExpired):
        confirm(held, lupita, hers, at=OVER)
    assert unchanged(held) == before


def test_after_that_its_time_is_anybodys(held, lupita, beto, hers):
    with pytest.raises(HoldExpired):
        confirm(held, lupita, hers, at=OVER)
    assert appointments.hold(factories.slot_of(held), by=viewer(user_of(beto)), at=OVER).starts_at == held.starts_at


def test_a_hold_is_good_until_the_instant_it_ends(held, lupita, hers):
    assert confirm(held, lupita, hers, at=OVER - MINUTE / 60).status == "booked"


@pytest.mark.parametrize("end", [appointments.release, lambda held, by, at: appointments.lapse_holds(at=OVER)])
def test_a_hold_that_was_let_go_is_not_booked(held, lupita, hers, end):
    end(held, by=hers, at=AT)
    with pytest.raises(HoldExpired):
        confirm(held, lupita, hers)


def test_a_visit_booked_for_one_patient_is_not_booked_for_another(visit, beto, hers):
    before = unchanged(visit)
    with pytest.raises(HoldExpired):
        confirm(visit, beto, hers)
    assert unchanged(visit) == before


def test_a_patient_is_in_one_visit_at_a_time(visit, lupita, hers, acompana, elena):
    factories.clinician("Vega", acompana, elena)
    other = factories.hold(hers)
    assert other.starts_at == visit.starts_at
    before = unchanged(other)
    with pytest.raises(PatientBusy):
        confirm(other, lupita, hers)
    assert unchanged(other) == before
    assert not Encounter.objects.filter(appointment=other).exists()


def test_a_patient_may_have_the_next_time_too(visit, lupita, hers):
    assert confirm(factories.hold(hers), lupita, hers).starts_at == visit.ends_at


# --- cancel ----------------------------------------------------------------------------------------------------------


def test_a_cancelled_visit_says_who_cancelled_and_raises_what_calendars_count_by(visit, hers):
    cancel(visit, hers)
    gone = Appointment.objects.get(pk=visit.pk)
    assert (gone.status, gone.cancelled_because, gone.sequence, gone.version) == ("cancelled", "patient", 1, 2)
    event = Event.objects.get(subject=visit.uuid, kind="appointment.cancelled")
    assert event.codes == {"was": "booked", "because": "patient", "late": True}


def test_its_time_is_free_for_everybody_in_it(visit, beto, hers):
    cancel(visit, hers)
    assert not visit.participants.filter(occupied__isnull=False).exists()
    assert factories.booked(beto).starts_at == visit.starts_at


def test_its_room_closes_and_every_token_of_it_is_useless(visit, hers):
    cancel(visit, hers)
    assert (visit.encounter.status, visit.encounter.room_epoch) == ("planned", 1)
    visit.encounter.refresh_from_db()
    assert (visit.encounter.status, visit.encounter.room_epoch) == ("cancelled", 2)


def test_a_visit_that_began_can_still_be_cancelled(visit, hers, ramos):
    appointments.admit(visit, by=ramos, at=visit.starts_at)
    assert cancel(visit, ramos, because="clinician", at=visit.starts_at).status == "cancelled"


def test_a_cancelled_visit_is_not_cancelled_again(visit, hers):
    cancel(visit, hers)
    before = unchanged(visit)
    with pytest.raises(NotPossibleNow):
        cancel(visit, hers)
    assert unchanged(visit) == before


def test_a_hold_is_released_and_not_cancelled(held, hers):
    before = unchanged(held)
    with pytest.raises(NotPossibleNow):
        cancel(held, hers)
    assert unchanged(held) == before


def test_as_whom_somebody_cancels(visit, tomas, ramos, hers, beto):
    Representative.objects.create(user=user_of(beto), patient=visit.patient, relation="relative", consented_at=AT)
    asked = [viewer(), hers, viewer(user_of(beto)), ramos, viewer(tomas)]
    sides = [side_of(visit, by=by) for by in asked]
    assert sides == ["patient", "patient", "patient", "clinician", "organization"]


def test_whoever_stopped_speaking_for_the_patient_is_no_longer_their_side(visit, beto):
    speaks = {"relation": "relative", "consented_at": AT, "until": AT}
    Representative.objects.create(user=user_of(beto), patient=visit.patient, **speaks)
    assert side_of(visit, by=viewer(user_of(beto))) == "organization"


# --- cost ------------------------------------------------------------------------------------------------------------


def test_booking_and_cancelling_take_few_queries_however_many_take_part(
    held, lupita, hers, django_assert_max_num_queries
):
    slot = factories.slot_of(held)
    appointments.release(held, by=hers, at=AT)
    with django_assert_max_num_queries(14):
        again = appointments.hold(slot, by=hers, at=AT)
    with django_assert_max_num_queries(13):
        visit = confirm(again, lupita, hers)
    with django_assert_max_num_queries(20):
        cancel(visit, hers)
