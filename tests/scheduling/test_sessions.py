"""Talks for many: places are counted, nobody sees who else comes, and a place is a visit like any other."""

import pytest
from django.db import IntegrityError, transaction

from scheduling import appointments, schedules, sessions
from scheduling.models import Appointment, AppointmentStatus, Event, Notification, Participant
from scheduling.refusals import NotFound, NotPossibleNow, PatientBusy, SessionFull, SlotTaken, TooManyHolds
from tests import factories
from tests.factories import AT, HOUR, MINUTE, user_of, viewer
from tests.racing import at_once


@pytest.fixture
def talk(dr_ramos, acompana):
    return factories.talk(dr_ramos, acompana, places=3)


@pytest.fixture
def people(db):
    return [factories.patient(f"Persona {number}", f"+1713555020{number}") for number in range(5)]


def takes(talk, who, at=AT) -> Appointment:
    by = viewer(user_of(who), at=at)
    return appointments.confirm(sessions.hold(talk, by=by, at=at), patient=who, by=by, at=at)


# --- opening ---------------------------------------------------------------------------------------------------------


def test_a_talk_takes_its_hosts_time_and_no_patients(talk, dr_ramos):
    assert (talk.status, talk.places, talk.patient) == ("booked", 3, None)
    [part] = talk.participants.all()
    assert (part.actor, part.role) == (dr_ramos.actor, "clinician")
    assert part.occupied.lower <= talk.starts_at
    factories.assert_the_copy_is_true()


def test_a_talk_need_not_lie_in_the_hours_for_visits(talk, dr_ramos):
    assert schedules.outside_hours(dr_ramos.actor.schedule, at=AT) == []


def test_a_host_has_one_talk_at_a_time(talk, dr_ramos, acompana):
    with pytest.raises(SlotTaken):
        factories.talk(dr_ramos, acompana)


def test_a_time_of_a_visit_is_no_time_for_a_talk(dr_ramos, acompana, lupita):
    visit = factories.booked(lupita)
    with pytest.raises(SlotTaken):
        factories.talk(dr_ramos, acompana, hours=(visit.starts_at - AT) // HOUR)


def test_nobody_but_an_approved_clinician_opens_one(tomas, talk):
    for user in (tomas, None):
        with pytest.raises(NotFound):
            sessions.open_session(talk.visit_type, talk.location, AT + 3 * HOUR, 5, by=viewer(user), at=AT)


@pytest.mark.parametrize(("hours", "places"), [(-1, 5), (0, 5), (50, 1)])
def test_neither_the_past_nor_one_person_is_a_talk(dr_ramos, talk, hours, places):
    when = AT + hours * HOUR
    with pytest.raises(NotPossibleNow):
        sessions.open_session(talk.visit_type, talk.location, when, places, by=viewer(dr_ramos.user), at=AT)


def test_a_visit_type_for_one_is_no_talk(dr_ramos, talk, consulta):
    with pytest.raises(NotPossibleNow):
        sessions.open_session(consulta, talk.location, AT + 50 * HOUR, 5, by=viewer(dr_ramos.user), at=AT)


def test_a_talk_is_never_offered_as_a_visit(talk):
    assert factories.open_slots()
    assert factories.open_slots(care="prevention") == []


# --- taking places ---------------------------------------------------------------------------------------------------


def test_a_place_is_a_visit_of_its_own(talk, lupita):
    place = takes(talk, lupita)
    assert (place.status, place.session, place.starts_at, place.places) == ("booked", talk, talk.starts_at, 1)
    assert [part.role for part in place.participants.all()] == ["patient"]
    assert Notification.objects.filter(subject=place.uuid, kind="appointment_booked").exists()


def test_as_many_as_there_are_places_and_no_more(talk, people):
    for who in people[:3]:
        takes(talk, who)
    with pytest.raises(SessionFull):
        takes(talk, people[3])
    assert Appointment.objects.sessions().get().left == 0


def test_a_place_given_back_is_free_again(talk, people):
    places = [takes(talk, who) for who in people[:3]]
    appointments.cancel(places[0], because="patient", by=viewer(user_of(people[0])), at=AT)
    assert takes(talk, people[3]).status == AppointmentStatus.BOOKED


def test_a_held_place_counts_until_its_hold_is_over(talk, people):
    for who in people[:2]:
        takes(talk, who)
    sessions.hold(talk, by=viewer(holder="somebody"), at=AT)
    with pytest.raises(SessionFull):
        sessions.hold(talk, by=viewer(holder="another"), at=AT + 4 * MINUTE)
    assert sessions.hold(talk, by=viewer(holder="another"), at=AT + 5 * MINUTE).status == "proposed"


def test_a_held_place_lapses_like_any_hold(talk):
    sessions.hold(talk, by=viewer(holder="somebody"), at=AT)
    assert appointments.lapse_holds(at=AT + 6 * MINUTE) == 1
    assert Appointment.objects.sessions().get().left == 3


def test_one_browser_holds_no_more_than_two(talk):
    by = viewer(holder="somebody")
    for _ in range(2):
        sessions.hold(talk, by=by, at=AT)
    with pytest.raises(TooManyHolds):
        sessions.hold(talk, by=by, at=AT)


def test_nobody_has_two_places_at_once(talk, lupita):
    takes(talk, lupita)
    with pytest.raises(PatientBusy):
        takes(talk, lupita)


def test_a_talk_that_began_or_was_cancelled_has_no_place(talk, lupita, dr_ramos):
    with pytest.raises(SessionFull):
        takes(talk, lupita, at=talk.starts_at)
    sessions.cancel(talk, because="clinician", by=viewer(dr_ramos.user), at=AT)
    with pytest.raises(SessionFull):
        takes(talk, lupita)


def test_attendees_see_their_own_place_and_nobody_elses(talk, people):
    hers, his = takes(talk, people[0]), takes(talk, people[1])
    seen = set(Appointment.objects.visible_to(viewer(user_of(people[0]))))
    assert hers in seen
    assert {his, talk} & seen == set()


def test_a_session_with_a_patient_is_refused_by_the_database(talk, lupita):
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(pk=talk.pk).update(patient=lupita)


# --- cancelling ------------------------------------------------------------------------------------------------------


def test_cancelling_tells_each_and_frees_everybody(talk, people, dr_ramos):
    for who in people[:2]:
        takes(talk, who)
    sessions.hold(talk, by=viewer(holder="somebody"), at=AT)
    sessions.cancel(talk, because="clinician", by=viewer(dr_ramos.user), at=AT)
    assert set(Appointment.objects.values_list("status", flat=True)) == {"cancelled"}
    told = Notification.objects.filter(kind="appointment_cancelled").exclude(patient=None)
    assert {one.patient for one in told} == set(people[:2])
    assert not Participant.objects.exclude(occupied=None).exists()
    factories.assert_the_copy_is_true()


def test_an_event_names_the_talk_and_no_person(talk, lupita):
    takes(talk, lupita)
    held = Event.objects.filter(kind="appointment.held").last()
    assert held.codes == {"session": str(talk.uuid)}


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_twelve_people_want_three_places_and_three_have_them(dr_ramos, acompana):
    talk = factories.talk(dr_ramos, acompana, places=3)

    def want(number):
        try:
            return sessions.hold(talk, by=viewer(holder=f"browser {number}"), at=AT)
        except SessionFull:
            return None

    got = at_once([lambda number=number: want(number) for number in range(12)])
    assert sum(place is not None for place in got) == 3
    assert Appointment.objects.filter(session=talk).count() == 3
