"""The interpreter's turns: what is next, between which languages, with whom; and saying that one cannot go."""

import pytest

from scheduling import appointments, encounters, search
from scheduling.models import Appointment, Participant
from tests import factories
from tests.factories import AT, criteria, user_of, viewer
from tests.reading import read

TURNS = "/turnos/"


@pytest.fixture
def dr_park(acompana, elena, consulta):
    """A clinician who speaks only English."""
    return factories.clinician("Park", acompana, elena, languages=["en"])


@pytest.fixture
def at_work(client, clock, nayeli):
    """Nayeli's browser."""
    client.force_login(nayeli.user)
    return client


def booked(patient, number=0) -> Appointment:
    """A visit in Mixteco, by default at the first open time."""
    by = viewer(user_of(patient))
    slot = search.find(criteria(language="mxb"), at=AT).found[number].slot
    held = appointments.hold(slot, by=by, at=AT)
    return appointments.confirm(held, patient=patient, reason="Me duele la cabeza", by=by, at=AT)


def leaving(visit) -> str:
    return f"{TURNS}{visit.uuid}/no-puedo/"


def test_without_turns_it_says_so(at_work):
    page = read(at_work.get(TURNS))
    assert page.title == "Mis turnos"
    assert "Por ahora nadie necesita que usted interprete." in page.words


def test_the_next_turn_says_when_between_which_languages_and_with_whom(at_work, dr_park, lupita):
    booked(lupita)
    page = read(at_work.get(TURNS))
    assert page.headings[1].startswith("10:00 a. m. · Hoy, lunes 8")
    assert "Usted interpreta entre mixteco" in page.words
    assert "inglés" in page.words
    assert "Park" in page.words


def test_nothing_about_the_patient_is_said(at_work, dr_park, lupita):
    booked(lupita)
    words = read(at_work.get(TURNS)).words
    assert "Lupita" not in words
    assert "cabeza" not in words


def test_in_a_relay_the_other_interpreter_is_named(client, clock, acompana, elena, dr_park, lupita):
    xochitl = factories.interpreter("Xochitl", acompana, elena, ["mxb", "es"])
    factories.interpreter("Bruno", acompana, elena, ["es", "en"])
    booked(lupita)
    client.force_login(xochitl.user)
    words = read(client.get(TURNS)).words
    assert "Bruno interpreta entre español e inglés" in words or "Bruno interpreta entre español y inglés" in words


def test_turns_come_in_the_order_of_time_each_with_its_way_out(at_work, dr_park, lupita, beto):
    later, first = booked(lupita, 1), booked(beto)
    page = read(at_work.get(TURNS))
    assert page.html.index(leaving(first)) < page.html.index(leaving(later))
    assert page.headings[2] == "Después"


def test_the_way_in_opens_half_an_hour_before(at_work, clock, dr_park, lupita):
    visit = booked(lupita)
    assert f"/citas/{visit.uuid}/sala/" not in read(at_work.get(TURNS)).links.values()
    clock.at = visit.starts_at - encounters.OPENS_BEFORE
    assert any(str(visit.uuid) in link and "no-puedo" not in link for link in read(at_work.get(TURNS)).links.values())


def test_a_visit_that_was_cancelled_is_no_turn(at_work, dr_park, lupita):
    appointments.cancel(booked(lupita), because="patient", by=viewer(user_of(lupita)), at=AT)
    assert "nadie necesita" in read(at_work.get(TURNS)).words


def test_whoever_cannot_go_is_asked_once_more(at_work, dr_park, lupita, nayeli):
    visit = booked(lupita)
    page = read(at_work.get(leaving(visit)))
    assert page.title == "¿No puede ir a esta cita?"
    assert page.links["No, ahí estaré"] == TURNS
    assert Participant.objects.filter(actor=nayeli.actor).exists()


def test_whoever_cannot_go_is_told_that_another_comes(at_work, dr_park, lupita, acompana, elena):
    visit = booked(lupita)
    factories.interpreter("Ana", acompana, elena, ["mxb", "en"])
    page = read(at_work.post(leaving(visit), follow=True))
    assert "Gracias por avisar. Ya va otro intérprete." in page.words
    assert "nadie necesita" in page.words


def test_whoever_cannot_go_is_told_that_a_person_is_looking(at_work, dr_park, lupita):
    page = read(at_work.post(leaving(booked(lupita)), follow=True))
    assert "Una persona ya busca otro intérprete." in page.words


def test_nobody_leaves_somebody_elses_turn(client, clock, dr_park, nayeli, lupita, acompana, elena):
    visit = booked(lupita)
    client.force_login(factories.interpreter("Ana", acompana, elena, ["mxb", "en"]).user)
    assert client.get(leaving(visit)).status_code == client.post(leaving(visit)).status_code == 404


def test_a_turn_once_left_is_not_there(at_work, dr_park, lupita):
    visit = booked(lupita)
    at_work.post(leaving(visit))
    assert at_work.get(leaving(visit)).status_code == 404
    assert at_work.get(f"/citas/{visit.uuid}/").status_code == 404


def test_the_menu_of_an_interpreter_leads_there(at_work):
    assert read(at_work.get("/")).links["Mis turnos"] == TURNS


def test_in_english(at_work, dr_park, lupita):
    booked(lupita)
    words = read(at_work.get(f"{TURNS}?lang=en")).words
    assert "You interpret between Mixtec" in words
    assert "I cannot go" in words
