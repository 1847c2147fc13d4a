"""Outside the demo a password alone is half the way in: no page, no program's address and no socket opens to it."""

import json

import pytest
from allauth.mfa.models import Authenticator
from channels.db import database_sync_to_async as do
from channels.testing import WebsocketCommunicator
from django.test import Client

from config.asgi import application
from scheduling import accounts
from scheduling.access import System
from tests import factories
from tests.factories import AT, help

PASSWORD = "correcto-caballo-pila"


@pytest.fixture(autouse=True)
def outside_the_demo(settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture
def as_tomas(clock, tomas) -> Client:
    browser = Client()
    browser.force_login(tomas)
    return browser


def has_second_factor(user) -> None:
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})


@pytest.fixture
def case(acompana):
    return help.case(acompana)


def test_programs_addresses_know_nobody_yet(as_tomas, case):
    assert as_tomas.get("/api/v1/cases").status_code == 401
    assert as_tomas.get(f"/api/v1/cases/{case.code}").status_code == 404
    assert as_tomas.get(f"/api/v1/cases/{case.code}/timeline").status_code == 404
    assert as_tomas.post(f"/api/v1/cases/{case.code}/acknowledge", "{}", "application/json").status_code == 401


def test_pages_that_are_not_of_staff_show_no_more_than_to_anybody(as_tomas, case, dr_ramos, lupita):
    visit = factories.booked(lupita)
    for page in (f"/casos/{case.uuid}/", f"/citas/{visit.uuid}/", f"/citas/{visit.uuid}/sala/"):
        assert as_tomas.get(page).status_code == 404


def test_with_it_all_of_it_opens(as_tomas, tomas, case):
    has_second_factor(tomas)
    assert as_tomas.get("/tablero/").status_code == 200
    assert [one["code"] for one in as_tomas.get("/api/v1/cases").json()["cases"]] == [case.code]


def test_a_program_with_a_token_needs_no_second_factor(clock, tomas, case):
    token = accounts.issue_token(tomas, by=System("tests"), at=AT)
    answer = Client().get("/api/v1/cases", headers={"Authorization": f"Bearer {token}"})
    assert [one["code"] for one in answer.json()["cases"]] == [case.code]


def test_whoever_comes_in_by_phone_needs_none(client, clock, outbox, dr_ramos, lupita):
    visit = factories.booked(lupita)
    client.post("/entrar/", {"country": "US", "phone": "713 555 0142"})
    client.post("/entrar/clave/", {"code": outbox.code()})
    assert client.get(f"/citas/{visit.uuid}/").status_code == 200


def test_who_signs_in_is_led_to_where_it_is_set_up(client, clock, tomas):
    tomas.set_password(PASSWORD)
    tomas.save()
    answer = client.post("/cuenta/login/", {"login": tomas.email, "password": PASSWORD})
    assert answer.url == "/cuenta/2fa/totp/activate/"


async def first_heard(browser: Client) -> dict:
    cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in browser.cookies.items())
    headers = [(b"origin", b"http://testserver"), (b"cookie", cookies.encode())]
    socket = WebsocketCommunicator(application, "/ws/board/", headers=headers)
    await socket.connect()
    heard = await socket.receive_output()
    await socket.disconnect()
    return json.loads(heard["text"]) if "text" in heard else heard


@pytest.mark.django_db(transaction=True)
async def test_the_boards_socket_opens_with_it_only(as_tomas, tomas):
    assert (await first_heard(as_tomas))["code"] == 4404
    await do(has_second_factor)(tomas)
    assert (await first_heard(as_tomas))["kind"] == "beat"
