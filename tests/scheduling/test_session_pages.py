"""The pages of talks: whoever wants takes a place with a phone code, the host sees who comes."""

import pytest

from scheduling.models import Appointment
from tests import factories
from tests.factories import AT
from tests.reading import read

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def talk(dr_ramos, acompana):
    return factories.talk(dr_ramos, acompana, places=2)


@pytest.fixture
def host(client, dr_ramos):
    client.force_login(dr_ramos.user)
    return client


def test_the_list_says_when_where_and_how_many_places(client, talk):
    words = read(client.get("/platicas/")).words
    assert "Plática" in words
    assert "Houston" in words
    assert "Quedan 2 lugares" in words


def test_without_talks_the_page_says_so(client, db):
    assert "no hay pláticas" in read(client.get("/platicas/")).words


def test_the_first_page_leads_there(client, acompana):
    assert "/platicas/" in read(client.get("/")).links.values()


def test_a_place_is_taken_with_a_phone_code(client, talk, outbox):
    held = client.post(f"/platicas/{talk.uuid}/apartar/").url
    client.post(held, {"name": "Lupita", "country": "US", "phone": "713 555 0142"})
    answer = client.post(f"{held}clave/", {"code": outbox.code()})
    page = read(client.get(answer.url))
    assert "Confirmada" in page.words
    assert Appointment.objects.get(session=talk).status == "booked"


def test_the_last_place_gone_is_said_kindly(client, talk):
    for number in range(2):
        factories.sessions.hold(talk, by=factories.viewer(holder=f"browser {number}"), at=AT)
    page = read(client.post(f"/platicas/{talk.uuid}/apartar/"))
    assert page.status == 409
    assert "Ya no queda lugar" in page.words
    assert "Lleno" in read(client.get("/platicas/")).words


def test_a_talk_that_is_none_is_not_there(client, db):
    assert client.post("/platicas/00000000-0000-4000-8000-000000000000/apartar/").status_code == 404


@pytest.fixture
def told(talk):
    """What a host types."""
    return {
        "visit_type": talk.visit_type.pk,
        "location": talk.location.pk,
        "day": "2026-06-12",
        "hour": "17:00",
        "places": "12",
    }


def test_a_host_opens_one_by_the_clock_of_the_place(host, told):
    page = read(host.post("/platicas/nueva/", told, follow=True))
    assert "0 de 12 lugares" in page.words
    assert Appointment.objects.get(places=12).starts_at.isoformat() == "2026-06-12T22:00:00+00:00"


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("places", "1", "Una plática es para dos personas o más."),
        ("places", "501", "No más de 500."),
        ("day", "", "Elija el día."),
        ("day", "2020-01-01", "Elija un día y una hora que todavía no pasan."),
        ("hour", "tarde", "Escriba la hora así: 17:00."),
        ("location", "", "Elija dónde."),
        ("visit_type", "", "Elija de qué trata."),
    ],
)
def test_a_mistake_says_what_to_do_and_loses_nothing(host, told, field, typed, said):
    page = read(host.post("/platicas/nueva/", told | {field: typed}))
    assert said in page.errors
    kept = "places" if field != "places" else "day"
    assert page.fields[kept] == told[kept]


def test_an_hour_that_is_not_free_is_said(host, told):
    host.post("/platicas/nueva/", told)
    page = read(host.post("/platicas/nueva/", told))
    assert "Usted tiene otra cosa a esa hora." in page.errors


def test_the_host_sees_who_comes_and_the_day_leads_there(host, talk, lupita):
    by = factories.viewer(factories.user_of(lupita))
    held = factories.sessions.hold(talk, by=by, at=AT)
    factories.appointments.confirm(held, patient=lupita, by=by, at=AT)
    assert "Lupita" in read(host.get(f"/platicas/{talk.uuid}/")).words
    assert f"/platicas/{talk.uuid}/" in read(host.get("/dia/")).links.values()


def test_cancelling_says_that_everybody_is_told(host, talk):
    page = read(host.post(f"/platicas/{talk.uuid}/cancelar/", follow=True))
    assert "Quien tenía lugar recibe un mensaje" in page.words
    assert "Cancelada" in page.words
