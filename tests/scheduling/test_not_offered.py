"""A time is held only if it is open and fits at that instant, whatever was true when it was found: computed again."""

from dataclasses import replace
from uuid import uuid4

import pytest

from scheduling import appointments, schedules, slots
from scheduling.models import Appointment, Chair, Clinician, Licence, Location, Schedule, VisitType
from scheduling.refusals import SlotTaken
from tests import factories
from tests.factories import AT, DAY, HOUR, MAKER, MINUTE, viewer

pytestmark = pytest.mark.django_db

HERS = viewer(holder="lupita's phone")


@pytest.fixture
def slot(dr_ramos):
    return factories.open_slots()[0].slot


@pytest.fixture
def chair(esperanza):
    factories.visit_type("consulta-clinica", modality="in_person")
    return factories.open_slots(modality="in_person")[0].slot


def refused(slot, at=AT):
    with pytest.raises(SlotTaken):
        appointments.hold(slot, by=HERS, at=at)
    return not Appointment.objects.exists()


def local_day(slot):
    return slot.starts_at.date()  # ten in the morning in Houston is the same day in UTC


# --- the time --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", [1, 15, -30, -15])
def test_a_start_that_is_not_on_the_grid_or_not_in_the_hours(slot, minutes):
    assert refused(replace(slot, starts_at=slot.starts_at + minutes * MINUTE))


def test_a_visit_that_would_run_over_the_end_of_the_hours(slot):
    assert refused(replace(slot, starts_at=slot.starts_at + 2 * HOUR))


def test_a_start_that_has_passed(slot):
    assert refused(slot, at=slot.starts_at + MINUTE)


def test_a_start_at_this_very_instant_is_still_open(slot):
    assert appointments.hold(slot, by=HERS, at=slot.starts_at).status == "proposed"


def test_a_start_within_the_clinicians_notice(slot):
    Schedule.objects.update(notice_minutes=61)
    assert refused(slot)
    Schedule.objects.update(notice_minutes=60)
    assert appointments.hold(slot, by=HERS, at=AT).status == "proposed"


def test_a_start_beyond_the_clinicians_horizon(slot):
    Schedule.objects.update(horizon_days=2)
    assert refused(replace(slot, starts_at=slot.starts_at + 2 * DAY))


def test_a_start_beyond_what_was_derived(slot):
    Schedule.objects.update(open_until=slot.starts_at)
    assert refused(slot)


def test_a_start_on_a_day_taken_off_since(slot, dr_ramos):
    schedules.take_off(dr_ramos.actor.schedule, local_day(slot), local_day(slot), by=MAKER, at=AT)
    assert refused(slot)


def test_a_start_in_hours_no_longer_offered(slot, dr_ramos):
    schedules.set_week(dr_ramos.actor.schedule, [], by=MAKER, at=AT)
    assert refused(slot)


# --- who and what ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["applied", "paused", "suspended"])
def test_a_clinician_who_may_not_be_offered(slot, status):
    Clinician.objects.update(status=status)
    assert refused(slot)


CHANGES = {
    "has no licence in the state": lambda: Licence.objects.update(state="CA"),
    "has a licence nobody verified": lambda: Licence.objects.update(verified_at=None, verified_by=None, source=""),
    "has a licence of another country": lambda: Licence.objects.update(country="MX", state=""),
    "has a licence that ended yesterday": lambda: Licence.objects.update(expires_on=AT.date() - DAY),
    "has a licence whose last day was yesterday": lambda: Licence.objects.update(expires_on=AT.date()),
    "no longer sees such patients": lambda: Clinician.objects.update(specialties=["dental"]),
    "no longer sees patients this way": lambda: Clinician.objects.update(modalities=["phone"]),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_clinician_who(slot, change):
    change()
    assert refused(slot)


def test_a_licence_that_ends_between_now_and_the_visit(dr_ramos):
    tomorrow = factories.open_slots()[4].slot
    Licence.objects.update(expires_on=AT.date() + DAY)
    assert refused(tomorrow)
    assert appointments.hold(factories.open_slots()[0].slot, by=HERS, at=AT).status == "proposed"


def test_orientation_needs_no_licence(dr_ramos):
    factories.visit_type("orientacion", care="orientation")
    Licence.objects.all().delete()
    assert appointments.hold(factories.open_slots(care="orientation")[0].slot, by=HERS, at=AT).pk


def test_a_slot_for_another_state_than_the_licence(slot):
    assert refused(replace(slot, state="CA"))


@pytest.mark.parametrize("change", [{"active": False}, {"minutes": 121}])
def test_a_visit_that_is_no_longer_given_or_became_too_long(slot, change):
    VisitType.objects.update(**change)
    assert refused(slot)


def test_a_visit_type_nobody_knows(slot):
    assert refused(replace(slot, visit_type=uuid4()))


def test_somebody_nobody_knows(slot):
    assert refused(replace(slot, actors=(uuid4(),)))
    assert refused(replace(slot, actors=(*slot.actors, uuid4())))


def test_somebody_who_offers_no_hours(slot, lupita):
    assert refused(replace(slot, actors=(lupita.actor.uuid,)))


def test_nobody_at_all(slot, chair):
    assert refused(replace(slot, actors=()))
    assert refused(replace(chair, actors=()))


def test_an_interpreter_alone_sees_no_patient(slot, chair, nayeli):
    assert refused(replace(slot, actors=(nayeli.actor.uuid,)))
    assert refused(replace(chair, actors=(nayeli.actor.uuid,)))


def test_a_clinic_that_no_longer_takes_bookings_here(chair):
    Location.objects.update(bookable_here=False)
    assert refused(chair)


def test_a_video_visit_in_a_chair(chair, slot):
    assert refused(replace(chair, visit_type=slot.visit_type))


def test_a_chair_that_was_taken_away(chair):
    Chair.objects.all().delete()
    assert refused(chair)


def test_a_slot_that_went_through_a_link_is_the_same_slot(slot):
    assert appointments.hold(slots.read(slot.id), by=HERS, at=AT).starts_at == slot.starts_at
