"""A relative who speaks for somebody does what they could, while it lasts; and hears nothing meant for them."""

import pytest

from scheduling import access, accounts, recovery, rescheduling, subscriptions
from scheduling.access import System, Viewer
from scheduling.models import Appointment, Event, LinkGrant, Notification, Patient, Relation, Representative
from tests import factories
from tests.factories import AT, DAY, HOUR, MINUTE, user_of, viewer
from tests.reading import read
from tests.scheduling.test_rescheduling import slot_at

PARTS = ["", "estado/", "cancelar/", "cambiar/", "calendario.ics"]
OTHERS = [relation for relation in Relation.values if relation != "self"]


@pytest.fixture
def visit(dr_ramos, lupita, clock):
    return factories.booked(lupita)


def speaks(user, patient, relation="relative", **fields):
    return Representative.objects.create(user=user, patient=patient, relation=relation, consented_at=AT, **fields)


@pytest.fixture
def son(visit, beto):
    """Beto, who speaks for Lupita: what says so."""
    return speaks(user_of(beto), visit.patient, "child")


@pytest.fixture
def at_his(client, clock, son):
    """Beto's browser."""
    client.force_login(son.user)
    return client


def end(spoken_for, at=AT):
    spoken_for.until = at
    spoken_for.save()


def page_of(visit, part=""):
    return f"/citas/{visit.uuid}/{part}"


# --- the pages -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", PARTS)
def test_every_page_of_the_visit_opens_for_who_speaks_for_the_patient(at_his, visit, part):
    assert at_his.get(page_of(visit, part)).status_code == 200


@pytest.mark.parametrize("part", PARTS)
def test_none_of_them_opens_once_that_has_ended(at_his, visit, son, part):
    end(son)
    assert at_his.get(page_of(visit, part)).status_code == 404


@pytest.mark.parametrize("relation", OTHERS)
def test_whoever_they_are_to_the_patient(client, clock, visit, beto, relation):
    speaks(user_of(beto), visit.patient, relation)
    client.force_login(user_of(beto))
    assert client.get(page_of(visit)).status_code == 200


def test_the_list_has_the_visits_of_both(at_his, visit, beto):
    own = factories.booked(beto, number=3)
    links = read(at_his.get("/citas/")).links.values()
    assert {page_of(visit), page_of(own)} <= set(links)


def test_once_it_has_ended_the_list_has_their_own_alone(at_his, visit, beto, son):
    own = factories.booked(beto, number=3)
    end(son)
    links = read(at_his.get("/citas/")).links.values()
    assert page_of(own) in links
    assert page_of(visit) not in links


def test_the_patient_does_not_see_the_visits_of_who_speaks_for_them(client, clock, son, lupita, beto):
    own = factories.booked(beto, number=3)
    client.force_login(Representative.objects.get(patient=lupita, relation="self").user)
    assert client.get(page_of(own)).status_code == 404


# --- what they may do ------------------------------------------------------------------------------------------------


def test_they_move_it_as_the_patient_would(at_his, visit, son):
    answer = at_his.post(page_of(visit, "cambiar/confirmar/"), {"slot": slot_at(visit, HOUR).id})
    assert answer.url == page_of(visit)
    event = Event.objects.get(kind="appointment.rescheduled")
    assert (event.by_user, event.codes["because"]) == (son.user, "patient")
    assert Appointment.objects.get(pk=visit.pk).starts_at == visit.starts_at + HOUR


def test_what_they_change_in_the_last_hours_is_late_like_the_patients_own(visit, son):
    by = viewer(son.user)
    rescheduling.reschedule(visit, slot_at(visit, HOUR), by=by, at=AT)
    assert Event.objects.get(kind="appointment.rescheduled").codes["late"] is True


def test_they_cancel_it_as_the_patient_would(at_his, visit):
    at_his.post(page_of(visit, "cancelar/"))
    known = Appointment.objects.get(pk=visit.pk)
    assert (known.status, known.cancelled_because) == ("cancelled", "patient")


@pytest.mark.parametrize("part", ["cancelar/", "cambiar/confirmar/"])
def test_a_page_that_was_open_when_it_ended_changes_nothing(at_his, visit, son, part):
    slot = slot_at(visit, HOUR).id
    end(son)
    assert at_his.post(page_of(visit, part), {"slot": slot}).status_code == 404
    known = Appointment.objects.get(pk=visit.pk)
    assert (known.status, known.sequence) == ("booked", 0)


def test_once_it_has_ended_they_are_no_longer_on_the_patients_side(visit, son):
    assert access.side_of(visit, by=viewer(son.user)) == "patient"
    end(son)
    assert access.side_of(visit, by=viewer(son.user)) == "organization"


# --- what reaches them -----------------------------------------------------------------------------------------------


def test_news_go_to_the_patient_and_not_to_who_speaks_for_them(visit, son):
    rescheduling.reschedule(visit, slot_at(visit, DAY), by=viewer(son.user), at=AT)
    told = Notification.objects.filter(kind="appointment_moved").values_list("user", "patient")
    assert (None, visit.patient_id) in told
    assert son.user.pk not in [user for user, _ in told]


def test_their_calendar_has_the_visits_of_both_until_it_ends(visit, son, beto):
    own = factories.booked(beto, number=3)
    secret = subscriptions.subscribe(son.user, by=viewer(son.user), at=AT)
    both = subscriptions.read(secret, at=AT).text
    assert (str(visit.uuid) in both, str(own.uuid) in both) == (True, True)
    end(son)
    after = subscriptions.read(secret, at=AT).text
    assert (str(visit.uuid) in after, str(own.uuid) in after) == (False, True)


def test_their_lost_link_brings_the_visits_they_speak_for(visit, son, outbox):
    recovery.ask(son.user.phone, language="es", at=AT)
    recovery.send_due(at=AT)
    [message] = outbox.messages(recovery.KIND)
    secret = message.body.partition("/l/")[2].split()[0]
    assert message.address == son.user.phone
    assert accounts.open_link(secret, at=AT).subject == visit.uuid


def test_it_brings_nothing_and_takes_nothing_back_once_that_has_ended(visit, son, outbox):
    _grant, old = accounts.grant_link("appointment", visit.uuid, at=AT)
    end(son)
    recovery.ask(son.user.phone, language="es", at=AT)
    recovery.send_due(at=AT)
    assert outbox.messages(recovery.KIND) == []
    assert accounts.open_link(old, at=AT)


# --- programs --------------------------------------------------------------------------------------------------------


@pytest.fixture
def book(client, visit, son):
    """Hold the next open time as a program of Beto's, and book it for somebody."""
    token = accounts.issue_token(son.user, by=System("tests"), at=AT)
    headers = {"Authorization": f"Bearer {token}"}

    def post(patient):
        slot = factories.open_slots()[3].slot.id
        held = client.post("/api/v1/holds", {"slot": slot}, content_type="application/json", headers=headers)
        body = {"hold": held.json()["id"], "patient": str(patient)}
        return client.post("/api/v1/appointments", body, content_type="application/json", headers=headers)

    return post


def test_a_program_books_for_somebody_its_owner_speaks_for(book, lupita):
    answer = book(lupita.uuid)
    assert answer.status_code == 201
    assert Appointment.objects.get(uuid=answer.json()["id"]).patient == lupita


def test_for_nobody_else_and_not_once_it_has_ended(book, lupita, son):
    stranger = factories.patient("Chuy", "+17135550146")
    end(son)
    for patient in (stranger.uuid, lupita.uuid):
        answer = book(patient)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
        assert [one["field"] for one in answer.json()["errors"]] == ["patient"]
        Appointment.objects.filter(status="proposed").delete()


def test_who_speaks_for_somebody_is_still_a_patient_of_their_own(son, beto):
    assert accounts.patient_of(son.user, about={}, by=System("tests"), at=AT) == beto
    assert Patient.objects.count() == 2


# --- links: each opens what it is of ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("scope", "seen"), [("appointment", 1), ("case", 0), ("calendar", 0), ("offer", 0)])
def test_a_link_of_another_kind_opens_no_visit_even_with_its_name(visit, scope, seen):
    grant, _secret = accounts.grant_link(scope, visit.uuid, at=AT)
    by = Viewer(at=AT, links=(str(grant.uuid),))
    assert Appointment.objects.visible_to(by).count() == seen


@pytest.mark.parametrize(("minutes", "opens"), [(-1, True), (0, False), (1, False)])
def test_a_link_ends_at_the_minute_it_says(visit, minutes, opens):
    _grant, secret = accounts.grant_link("appointment", visit.uuid, at=AT, life=HOUR)
    assert bool(accounts.open_link(secret, at=AT + HOUR + minutes * MINUTE)) is opens


def test_a_link_taken_back_is_no_longer_held_though_the_browser_remembers_it(visit):
    grant, _secret = accounts.grant_link("appointment", visit.uuid, at=AT)
    by = Viewer(at=AT, links=(str(grant.uuid),))
    LinkGrant.objects.filter(pk=grant.pk).update(revoked_at=AT)
    assert by.linked("appointment") == []
