"""The link from a message: opens one visit without an account, leaves the address at once, and ends."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from scheduling import accounts
from scheduling.models import GrantScope, LinkGrant
from tests import factories
from tests.reading import read


@pytest.fixture
def visit(dr_ramos, lupita, clock):
    return factories.booked(lupita)


@pytest.fixture
def link(outbox, visit) -> str:
    """The address in the message that Lupita's phone received."""
    [message] = [one for one in outbox.messages("appointment_booked") if one.address == "+17135550142"]
    return re.search(r"/l/\S+", message.body)[0]


def test_the_link_opens_the_visit_without_an_account(client, link, visit):
    response = client.get(link, follow=True)
    assert "10:00 a. m." in read(response).words
    assert "_auth_user_id" not in client.session


def test_the_secret_leaves_the_address_at_once(client, link, visit):
    response = client.get(link)
    assert (response.status_code, response.url) == (302, f"/citas/{visit.uuid}/")
    assert "no-store" in response["Cache-Control"]


def test_the_secret_is_kept_nowhere(link):
    secret = link.removeprefix("/l/")
    assert secret not in str(list(LinkGrant.objects.values()))


def test_the_link_opens_only_its_own_visit(client, link, lupita):
    other = factories.booked(lupita, number=4)
    client.get(link)
    assert client.get(f"/citas/{other.uuid}/").status_code == 404


def test_by_the_link_the_visit_can_be_cancelled_as_the_patient(client, link, visit):
    client.get(link)
    client.post(f"/citas/{visit.uuid}/cancelar/")
    visit.refresh_from_db()
    assert (visit.status, visit.cancelled_because) == ("cancelled", "patient")


def test_the_link_is_of_no_use_to_the_next_browser(client, link, visit):
    client.get(link)
    assert Client().get(f"/citas/{visit.uuid}/").status_code == 404


@pytest.mark.parametrize("days", [60, 400])
def test_a_link_that_is_too_old_says_what_to_do(client, clock, link, days):
    clock.move(days=days, seconds=1)
    page = read(client.get(link))
    assert page.status == 404
    assert "/entrar/" in page.links.values()


def test_a_link_nobody_made_says_the_same(client, db, clock):
    page = read(client.get("/l/nunca-hubo-tal"))
    assert page.status == 404
    assert "/entrar/" in page.links.values()


def test_a_link_taken_back_closes_the_page_it_had_opened(client, clock, link, visit):
    client.get(link)
    LinkGrant.objects.update(revoked_at=clock.at)
    assert client.get(link).status_code == 404
    assert client.get(f"/citas/{visit.uuid}/").status_code == 404


def test_what_a_link_opened_closes_when_the_link_ends(client, clock, link, visit):
    client.get(link)
    clock.move(days=13)
    assert client.get(f"/citas/{visit.uuid}/").status_code == 200
    LinkGrant.objects.update(expires_at=clock.at)
    assert client.get(f"/citas/{visit.uuid}/").status_code == 404


def test_a_browser_keeps_the_last_ten_links(client, clock, visit, lupita):
    for _ in range(12):
        _grant, secret = accounts.grant_link(GrantScope.APPOINTMENT, visit.uuid, at=clock.at, life=timedelta(days=1))
        client.get(f"/l/{secret}")
    assert len(client.session["grants"]) == 10
