"""Signing in by phone: a code, and the visits; whether the phone is known shows nowhere."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.reading import read
from tests.walks import wrong

KNOWN, UNKNOWN = "713 555 0142", "713 556 0142"


def ask(client, phone: str = KNOWN, country: str = "US"):
    return client.post("/entrar/", {"country": country, "phone": phone})


def test_the_code_brings_to_the_visits(client, outbox, dr_ramos, lupita):
    visit = factories.booked(lupita)
    ask(client)
    response = client.post("/entrar/clave/", {"code": outbox.code()}, follow=True)
    assert response.redirect_chain == [("/citas/", 302)]
    assert f"/citas/{visit.uuid}/" in read(response).links.values()


def test_an_unknown_phone_looks_the_same(outbox, lupita):
    def walk(phone):
        browser = Client()
        asked = ask(browser, phone)
        pages = [browser.get(asked.url), browser.post(asked.url, {"code": wrong(outbox.code())})]
        return asked.status_code, asked.url, [(page.status_code, read(page).words) for page in pages]

    assert walk(UNKNOWN) == walk(KNOWN)


def test_an_unknown_phone_costs_as_many_questions(outbox, lupita):
    def cost(phone):
        with CaptureQueriesContext(connection) as queries:
            ask(Client(), phone)
        return len(queries)

    assert cost(UNKNOWN) == cost(KNOWN)


def test_an_unknown_phone_finds_no_visits(client, outbox, dr_ramos, lupita):
    factories.booked(lupita)
    ask(client, UNKNOWN)
    page = read(client.post("/entrar/clave/", {"code": outbox.code()}, follow=True))
    assert "8 de junio" not in page.words


def test_a_wrong_code_says_how_many_tries_are_left(client, outbox):
    ask(client)
    page = read(client.post("/entrar/clave/", {"code": wrong(outbox.code())}))
    assert page.status == 422
    assert "4" in page.errors[0]


def test_a_code_works_once(client, outbox):
    ask(client)
    code = outbox.code()
    client.post("/entrar/clave/", {"code": code})
    assert client.post("/entrar/clave/", {"code": code}).url == "/entrar/"


def test_a_code_that_is_too_old_says_to_ask_for_another(client, outbox, clock):
    ask(client)
    code = outbox.code()
    clock.move(minutes=10)
    page = read(client.post("/entrar/clave/", {"code": code}))
    assert page.status == 410
    assert "/entrar/" in page.links.values()


def test_without_a_code_sent_there_is_nothing_to_type(client, db):
    assert client.get("/entrar/clave/").url == "/entrar/"
    client.get("/horas/?state=TX")
    assert client.post("/entrar/clave/", {"code": "123456"}).url == "/entrar/"


@pytest.mark.parametrize(("country", "phone"), [("US", "713 555 014"), ("MX", "55 1234 567")])
def test_a_phone_that_is_none_says_how_many_digits(client, clock, db, country, phone):
    page = read(ask(client, phone, country))
    assert "10 números" in page.errors[0]
    assert (page.fields["phone"], page.fields["country"]) == (phone, country)


def test_a_sixth_code_in_an_hour_is_not_sent(client, outbox):
    for _ in range(5):
        ask(client)
    assert "muchos códigos" in read(ask(client)).errors[0]
    assert len(outbox.messages("code")) == 5


def test_an_hour_later_codes_are_sent_again(client, outbox, clock):
    for _ in range(5):
        ask(client)
    clock.move(hours=1)
    assert ask(client).status_code == 302


def test_the_address_of_the_session_changes_when_somebody_signs_in(client, outbox, lupita):
    ask(client)
    before = client.session.session_key
    client.post("/entrar/clave/", {"code": outbox.code()})
    assert client.session.session_key != before


def test_who_signs_out_of_the_phone_sees_no_visits(client, outbox, lupita):
    client.force_login(factories.user_of(lupita))
    client.post("/cuenta/logout/")
    assert client.get("/citas/").url == "/entrar/"
