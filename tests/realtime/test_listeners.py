"""Which screens are told when something moves."""

import pytest

from navigation import cases
from realtime import groups
from scheduling import appointments, encounters, rescheduling, schedules
from scheduling.models import Encounter, ParticipantRole
from tests import factories
from tests.factories import AT, help


@pytest.fixture
def told(monkeypatch, django_capture_on_commit_callbacks):
    """Do something, and return who was told of what: pairs of a group and a kind."""

    def listen(act) -> list[tuple[str, str]]:
        said: list[tuple[str, str]] = []
        monkeypatch.setattr(groups, "push", lambda group, kind, uuid: said.append((group, kind)))
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return said

    return listen


def test_a_case_tells_its_own_page_and_the_board_of_its_organization(told, acompana):
    casa, opened = factories.organization("casa-pacifico", ["CA"]), []
    said = told(lambda: opened.append(help.case(casa)))
    assert said == [(groups.case(opened[0].uuid), "case.changed"), (groups.board(casa.pk), "case.changed")]


def test_everything_that_happens_to_a_case_is_told(told, acompana, tomas):
    one, by = help.case(), factories.viewer(tomas)
    page = (groups.case(one.uuid), "case.changed")
    for act in (
        lambda: cases.tell_more(one, help.report(), by=by, at=AT),
        lambda: cases.acknowledge(one, by=by, at=AT),
        lambda: cases.note(one, "x", by=by, at=AT),
        lambda: cases.resolve(one, "helped", by=by, at=AT),
    ):
        assert page in told(act)


def test_a_visit_tells_its_own_page_and_the_clinicians_day(told, visit, dr_ramos, lupita):
    by = factories.viewer(factories.user_of(lupita))
    said = told(lambda: appointments.cancel(visit, because="patient", by=by, at=AT))
    assert said == [
        (groups.appointment(visit.uuid), "appointment.changed"),
        (groups.day(dr_ramos.user.uuid), "appointment.changed"),
    ]


def test_a_visit_that_moves_to_another_clinician_tells_both_their_days(told, visit, dr_ramos, lupita, acompana, elena):
    vega = factories.clinician("Vega", acompana, elena)
    slot = factories.open_slots(clinician=vega.uuid)[0].slot
    said = told(lambda: rescheduling.reschedule(visit, slot, by=factories.viewer(factories.user_of(lupita)), at=AT))
    assert {(groups.day(one.user.uuid), "appointment.changed") for one in (dr_ramos, vega)} <= set(said)


def test_a_hold_is_nobodys_visit_yet(told, dr_ramos):
    held = []
    said = told(lambda: held.append(factories.hold(factories.viewer())))
    assert said == [(groups.appointment(held[0].uuid), "appointment.changed")]


def test_whoever_arrives_tells_the_room_the_visits_page_and_the_clinicians_day(told, visit, dr_ramos, lupita, clock):
    place = visit.participants.get(role=ParticipantRole.CLINICIAN)
    by = factories.viewer(dr_ramos.user)
    said = told(lambda: encounters.arrive(place, by=by, at=clock()))
    room = Encounter.objects.get(appointment=visit)
    assert {group for group, _ in said} == {
        groups.room(room.uuid),
        groups.appointment(visit.uuid),
        groups.day(dr_ramos.user.uuid),
    }
    assert {kind for _, kind in said} == {"presence.changed"}


def test_a_finished_visit_tells_the_room(told, visit, dr_ramos, lupita, clock):
    by = factories.viewer(dr_ramos.user)
    patient = visit.participants.get(role=ParticipantRole.PATIENT)
    encounters.admit(encounters.arrive(patient, by=by, at=clock()), by=by, at=clock())
    said = told(lambda: encounters.finish(visit, by=by, at=clock()))
    assert (groups.room(Encounter.objects.get(appointment=visit).uuid), "encounter.changed") in said


def test_new_hours_tell_the_day_of_whose_they_are(told, dr_ramos):
    by = factories.viewer(dr_ramos.user)
    said = told(lambda: schedules.set_week(dr_ramos.actor.schedule, [], by=by, at=AT))
    assert said == [(groups.day(dr_ramos.user.uuid), "schedule.changed")]


def test_what_no_screen_shows_is_told_to_none(told, db):
    assert told(lambda: factories.patient("Irma", "+15055550144")) == []


def test_a_message_says_what_to_look_at_and_nothing_about_it(acompana, monkeypatch, django_capture_on_commit_callbacks):
    said = []
    monkeypatch.setattr(groups, "push", lambda *message: said.append(message))
    with django_capture_on_commit_callbacks(execute=True):
        one = help.case(preferred_name="Lupita", place="Rancho El Sol", callback=help.PHONE)
    assert {message[1:] for message in said} == {("case.changed", one.uuid)}
