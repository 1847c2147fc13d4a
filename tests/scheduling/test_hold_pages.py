"""Holding a time: it is theirs until a named hour; taken, the next three are offered; over, it is offered again."""

import uuid

import pytest
from django.test import Client

from scheduling import appointments, slots
from scheduling.models import Appointment
from tests import factories, walks
from tests.reading import read
from tests.walks import hold, times

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def neighbour() -> Client:
    """Somebody else's browser."""
    return Client()


def test_a_held_time_says_until_when_it_is_theirs(client, dr_ramos):
    page = read(client.get(hold(client)))
    assert page.title == "Esta hora es suya"
    assert "Lunes 8 de junio, 10:00 a. m., hora del centro" in page.words
    assert "hasta las 9:05 a. m." in page.words


def test_a_held_time_is_offered_to_nobody_else(client, neighbour, dr_ramos):
    hold(client)
    assert "Hoy, lunes 8 de junio 10:30 a. m." in times(neighbour).words


def test_a_taken_time_brings_the_next_three(client, neighbour, dr_ramos):
    chosen = times(client).slots[0]
    hold(neighbour)
    response = client.post("/apartar/", {"slot": chosen})
    page = read(response)
    assert response.status_code == 409
    assert page.title == "Esa hora ya no está disponible"
    assert "10:30 a. m. Lunes 8 de junio 11:00 a. m. Lunes 8 de junio 11:30 a. m." in page.words
    assert len(page.slots) == 3


def test_one_of_the_next_three_can_be_held_at_once(client, neighbour, dr_ramos):
    chosen = times(client).slots[0]
    hold(neighbour)
    left = read(client.post("/apartar/", {"slot": chosen})).slots
    held = client.post("/apartar/", {"slot": left[0]})
    assert "10:30 a. m." in read(client.get(held.url)).words


def test_a_taken_time_with_nothing_left_still_says_where_to_go(client, neighbour, acompana, elena, consulta):
    monday = [hours for hours in factories.EVERY_DAY if hours.weekday == 0]
    factories.clinician("Vega", acompana, elena, hours=monday, schedule={"horizon_days": 3})
    chosen = times(client).slots
    for number, one in enumerate(chosen):
        appointments.hold(slots.read(one), by=factories.viewer(holder=f"b{number}"), at=factories.AT)
    response = client.post("/apartar/", {"slot": chosen[0]})
    assert response.status_code == 409
    assert "Ver todas las horas" in read(response).links


@pytest.mark.parametrize("made_up", ["", "x", "eyJhbGciOiJub25lIn0.x.y"])
def test_a_time_we_did_not_offer_is_refused(client, dr_ramos, made_up):
    response = client.post("/apartar/", {"slot": made_up})
    assert response.status_code == 422
    assert Appointment.objects.count() == 0


def test_an_altered_time_is_refused(client, dr_ramos):
    chosen = times(client).slots[0]
    assert client.post("/apartar/", {"slot": chosen[:-2] + "zz"}).status_code == 422


def test_a_third_time_lets_the_oldest_go(client, dr_ramos):
    for number in range(3):
        client.post("/apartar/", {"slot": times(client).slots[number]})
    assert [(one.status, one.cancelled_because) for one in Appointment.objects.order_by("pk")] == [
        ("cancelled", "released"),
        ("proposed", ""),
        ("proposed", ""),
    ]


def test_more_time_is_given_once(client, clock, dr_ramos):
    held = hold(client)
    clock.move(minutes=4)
    client.post(f"{held}mas-tiempo/")
    page = read(client.get(held))
    assert "hasta las 9:09 a. m." in page.words
    assert "Necesito más tiempo" not in page.words


def test_asking_for_more_time_again_changes_nothing(client, clock, dr_ramos):
    held = hold(client)
    client.post(f"{held}mas-tiempo/")
    clock.move(minutes=2)
    assert client.post(f"{held}mas-tiempo/").url == held
    assert "hasta las 9:05 a. m." in read(client.get(held)).words


def test_more_time_leads_back_to_the_question_that_was_open(client, outbox, dr_ramos):
    held = hold(client)
    wants_code = walks.ask_for_code(client, held)
    assert client.post(f"{held}mas-tiempo/", {"back": "hold_code"}).url == wants_code


@pytest.mark.parametrize("swept", [False, True], ids=["before the sweep", "after the sweep"])
def test_a_hold_that_is_over_is_offered_again(client, clock, dr_ramos, swept):
    held = hold(client)
    clock.move(minutes=6)
    assert not swept or appointments.lapse_holds(at=clock.at)
    response = client.get(held)
    page = read(response)
    assert response.status_code == 410
    assert "sigue libre" in page.words
    again = client.post("/apartar/", {"slot": page.slots[0]})
    assert "10:00 a. m." in read(client.get(again.url)).words


def test_a_hold_that_is_over_and_taken_brings_what_is_left(client, neighbour, clock, dr_ramos):
    held = hold(client)
    clock.move(minutes=6)
    appointments.lapse_holds(at=clock.at)
    hold(neighbour)
    page = read(client.get(held))
    assert page.status == 410
    assert "Otra persona la tomó" in page.words
    assert len(page.slots) == 3


def test_another_doctor_at_the_same_hour_is_not_the_time_that_was_held(
    client, neighbour, clock, acompana, elena, dr_ramos
):
    held = hold(client)
    clock.move(minutes=6)
    appointments.lapse_holds(at=clock.at)
    hold(neighbour)
    factories.clinician("Vega", acompana, elena)
    assert "Otra persona la tomó" in read(client.get(held)).words


@pytest.fixture
def chairs(acompana):
    """A clinic where two people can be seen at once."""
    factories.visit_type("clinica", modality="in_person")
    return factories.clinic("Esperanza", acompana, chairs=2)


def test_when_a_chair_is_taken_the_other_one_is_offered_at_the_same_hour(client, neighbour, chairs):
    chosen = times(client).slots[0]
    neighbour.post("/apartar/", {"slot": chosen})
    page = read(client.post("/apartar/", {"slot": chosen}))
    assert (page.status, slots.read(page.slots[0]).starts_at) == (409, slots.read(chosen).starts_at)


def test_any_chair_of_the_clinic_will_do(client, neighbour, clock, chairs):
    held = hold(client)
    clock.move(minutes=6)
    appointments.lapse_holds(at=clock.at)
    hold(neighbour)
    assert "sigue libre" in read(client.get(held)).words


def test_more_time_for_a_hold_that_is_over_offers_it_again(client, clock, dr_ramos):
    held = hold(client)
    clock.move(minutes=6)
    assert client.post(f"{held}mas-tiempo/").status_code == 410


@pytest.mark.parametrize("page", ["", "clave/"])
def test_somebody_elses_hold_looks_like_one_that_never_was(client, neighbour, dr_ramos, page):
    held = hold(client) + page
    never = f"/apartar/{uuid.uuid4()}/{page}"
    hold(neighbour)
    theirs, nobodys = neighbour.get(held), neighbour.get(never)
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content


@pytest.mark.parametrize("step", ["otra-clave/", "mas-tiempo/"])
def test_nobody_acts_on_somebody_elses_hold(client, neighbour, dr_ramos, step):
    assert neighbour.post(hold(client) + step).status_code == 404


def test_a_browser_without_a_hold_has_none(neighbour, client, dr_ramos):
    assert neighbour.get(hold(client)).status_code == 404


def test_holding_is_never_done_by_a_link(client, db):
    assert client.get("/apartar/").status_code == 405


def test_a_form_without_its_token_holds_nothing(dr_ramos):
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/apartar/", {"slot": times(strict).slots[0]})
    assert response.status_code == 403
    assert "abierta demasiado tiempo" in read(response).title
    assert Appointment.objects.count() == 0
