"""The door of a visit: when it opens, as whom one comes in, who lets whom in, and how it ends."""

import pytest

from scheduling import accounts, appointments, encounters
from scheduling.access import Viewer
from scheduling.encounters import CLOSES_AFTER, OPENS_BEFORE
from scheduling.models import Appointment, Encounter, Event, Participant, Presence, Representative, Role
from scheduling.refusals import NotFound, NotPossibleNow, RoomClosed, RoomNotOpenYet, RoomTooLate
from tests import factories
from tests.factories import AT, DAY, MINUTE, user_of, viewer

pytestmark = pytest.mark.django_db

SECOND = MINUTE / 60


@pytest.fixture
def visit(dr_ramos, nayeli, lupita):
    """Lupita sees Dr. Ramos at ten, and Nayeli interprets."""
    booked = factories.booked(lupita)
    factories.interprets(nayeli, booked)
    return Appointment.objects.get(pk=booked.pk)


@pytest.fixture
def hers(lupita):
    return viewer(user_of(lupita))


@pytest.fixture
def his(dr_ramos):
    return viewer(dr_ramos.user)


def arrive(visit, by, at=None, **how):
    seat = encounters.seat(visit, by=by)
    return encounters.arrive(seat, by=by, at=at or visit.starts_at, **how)


def admit(presence, by, at=None):
    return encounters.admit(presence, by=by, at=at or presence.arrived_at + MINUTE)


def status(visit):
    return Appointment.objects.get(pk=visit.pk).status


# --- when ------------------------------------------------------------------------------------------------------------


def door(visit, at):
    return encounters.open_door(visit, at=at)


def test_the_door_opens_half_an_hour_before(visit):
    opens = visit.starts_at - OPENS_BEFORE
    assert door(visit, opens) == visit.encounter
    with pytest.raises(RoomNotOpenYet) as refusal:
        door(visit, opens - SECOND)
    assert refusal.value.opens_at == opens == visit.starts_at - 30 * MINUTE


def test_the_door_closes_four_hours_after(visit):
    closes = visit.ends_at + CLOSES_AFTER
    assert door(visit, closes) == visit.encounter
    with pytest.raises(RoomTooLate):
        door(visit, closes + SECOND)
    assert closes == visit.ends_at + 240 * MINUTE


def test_there_is_no_door_to_a_cancelled_visit(visit, hers):
    appointments.cancel(visit, because="patient", by=hers, at=AT)
    with pytest.raises(RoomClosed):
        door(Appointment.objects.get(pk=visit.pk), visit.starts_at)


def test_there_is_no_door_to_a_finished_visit(visit, hers, his):
    admit(arrive(visit, hers), his)
    encounters.finish(visit, by=his, at=visit.ends_at)
    with pytest.raises(RoomClosed):
        door(Appointment.objects.get(pk=visit.pk), visit.ends_at)


def test_there_is_no_door_at_a_clinic(esperanza, lupita):
    factories.visit_type("consulta-clinica", modality="in_person")
    visit = factories.booked(lupita)
    with pytest.raises(RoomClosed):
        door(visit, visit.starts_at)


def test_there_is_no_door_to_a_hold(dr_ramos):
    held = factories.hold(viewer())
    with pytest.raises(RoomClosed):
        door(held, held.starts_at)


# --- as whom ---------------------------------------------------------------------------------------------------------


def linked(visit, scope="appointment", at=AT):
    grant, _ = accounts.grant_link(scope, visit.uuid, at=AT)
    return Viewer(at=at, links=(str(grant.uuid),))


def relative(visit, until=None):
    son = factories.patient("Son", "+17135550178")
    speaks = {"relation": "child", "consented_at": AT, "until": until}
    Representative.objects.create(user=user_of(son), patient=visit.patient, **speaks)
    return viewer(user_of(son))


def guest(visit, role="guest"):
    user = factories.staff("Marta", visit.organization, Role.COORDINATOR)
    Participant.objects.create(appointment=visit, user=user, role=role)
    return viewer(user)


SEATS = {
    "the patient": (lambda visit: viewer(user_of(visit.patient)), "patient"),
    "whoever speaks for the patient": (relative, "patient"),
    "whoever holds the link": (linked, "patient"),
    "the clinician": (lambda visit: viewer(visit.participants.get(role="clinician").person), "clinician"),
    "the interpreter": (lambda visit: viewer(visit.participants.get(role="interpreter").person), "interpreter"),
    "a guest": (guest, "guest"),
    "a coordinator who was called in": (lambda visit: guest(visit, "coordinator"), "coordinator"),
}
NO_SEAT = {
    "the public": lambda visit: viewer(),
    "another patient": lambda visit: viewer(user_of(factories.patient("Beto", "+17135550145"))),
    "whoever spoke for the patient once": lambda visit: relative(visit, until=AT),
    "whoever holds a link that ended": lambda visit: linked(visit, at=AT + 90 * DAY),
    "whoever holds a link of another scope": lambda visit: linked(visit, scope="case"),
    "a coordinator who may see it": lambda visit: viewer(factories.staff("Rosa", visit.organization, Role.COORDINATOR)),
    "another clinician": lambda visit: viewer(
        factories.clinician("Vega", visit.organization, visit.organization.memberships.first().user).user
    ),
}


@pytest.mark.parametrize(("who", "role"), SEATS.values(), ids=SEATS)
def test_comes_in_as(visit, who, role):
    assert encounters.seat(visit, by=who(visit)).role == role


@pytest.mark.parametrize("who", NO_SEAT.values(), ids=NO_SEAT)
def test_has_no_place_in_it(visit, who):
    with pytest.raises(NotFound):
        encounters.seat(visit, by=who(visit))


def test_a_clinician_who_holds_the_patients_link_is_still_the_clinician(visit, dr_ramos):
    grant, _ = accounts.grant_link("appointment", visit.uuid, at=AT)
    assert encounters.seat(visit, by=Viewer(dr_ramos.user, AT, links=(str(grant.uuid),))).role == "clinician"


# --- arriving and being let in ---------------------------------------------------------------------------------------


def test_a_patient_who_arrives_waits_at_the_door(visit, hers):
    presence = arrive(visit, hers, client="page-1")
    assert (presence.admitted_at, presence.left_at, presence.client) == (None, None, "page-1")
    assert (presence.arrived_at, presence.seen_at) == (visit.starts_at, visit.starts_at)
    assert status(visit) == "arrived"


@pytest.mark.parametrize("who", ["the clinician", "the interpreter", "a guest", "a coordinator who was called in"])
def test_everybody_else_goes_straight_in(visit, who):
    presence = arrive(visit, SEATS[who][0](visit))
    assert presence.admitted_at == visit.starts_at
    assert status(visit) == "booked"


def test_arriving_is_an_event_that_says_where(visit, hers):
    presence = arrive(visit, hers)
    event = Event.objects.get(subject=presence.uuid)
    where = {"encounter": str(visit.encounter.uuid), "appointment": str(visit.uuid)}
    assert (event.kind, event.codes) == ("presence.arrived", where)


@pytest.mark.parametrize("early", [OPENS_BEFORE + SECOND, DAY])
def test_nobody_arrives_before_the_door_opens(visit, hers, early):
    with pytest.raises(RoomNotOpenYet):
        arrive(visit, hers, at=visit.starts_at - early)
    assert not Presence.objects.exists()
    assert status(visit) == "booked"


def test_the_clinician_lets_the_patient_in_and_the_visit_begins(visit, hers, his):
    presence = admit(arrive(visit, hers), his)
    encounter = Encounter.objects.get(appointment=visit)
    assert presence.admitted_at == visit.starts_at + MINUTE
    assert (encounter.status, encounter.started_at) == ("in-progress", visit.starts_at + MINUTE)
    assert status(visit) == "checked-in"


def test_a_coordinator_who_was_called_in_may_let_in_too(visit, hers):
    assert admit(arrive(visit, hers), guest(visit, "coordinator")).admitted_at


@pytest.mark.parametrize("who", ["the patient", "whoever holds the link", "the interpreter", "a guest"])
def test_nobody_else_lets_anybody_in(visit, hers, who):
    presence = arrive(visit, hers)
    with pytest.raises(NotFound):
        admit(presence, SEATS[who][0](visit))
    assert status(visit) == "arrived"


def test_letting_in_twice_changes_nothing_the_second_time(visit, hers, his):
    presence = admit(arrive(visit, hers), his)
    assert admit(presence, his, at=visit.ends_at).admitted_at == visit.starts_at + MINUTE
    assert Event.objects.filter(kind="presence.admitted").count() == 1


def test_whoever_went_cannot_be_let_in(visit, hers, his):
    presence = arrive(visit, hers)
    encounters.leave(presence, by=hers, at=visit.starts_at)
    with pytest.raises(NotPossibleNow):
        admit(presence, his)


def test_nobody_is_let_in_to_a_visit_cancelled_meanwhile(visit, hers, his):
    presence = arrive(visit, hers)
    appointments.cancel(visit, because="clinician", by=his, at=visit.starts_at)
    with pytest.raises(NotPossibleNow):
        admit(presence, his)
    presence.refresh_from_db()
    assert (presence.admitted_at, Encounter.objects.get().status) == (None, "cancelled")
