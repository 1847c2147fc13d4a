"""What somebody who asked for help sees while they wait: who is being called, who answered, what is missing."""

import pytest
from django.test import Client

from navigation import cases, escalation
from navigation.models import Case, Tier
from scheduling.models import LinkGrant
from tests import factories
from tests.factories import AT, help
from tests.reading import Page, read

REPORT = {"place": "Rancho El Sol", "country": "US", "phone": "713 555 0142", "present": "alone"}
NOWHERE = "7a6a4a5e-0000-4000-8000-000000000000"


@pytest.fixture
def one(rota, client, clock) -> Case:
    """A case that this browser reported."""
    client.post("/ahora/", REPORT)
    return Case.objects.get()


def page(client: Client, one: Case) -> Page:
    return read(client.get(f"/casos/{one.uuid}/"))


def fragment(client: Client, one: Case) -> Page:
    return read(client.get(f"/casos/{one.uuid}/estado/"))


@pytest.fixture(params=[page, fragment])
def look(request):
    """The page, and the part of it that is fetched again."""
    return request.param


def test_before_anybody_was_called_it_says_that_somebody_will_be(client, one, look):
    assert "Estamos llamando a quien está de guardia" in look(client, one).words


def test_while_somebody_is_called_it_says_who_and_when_the_next_is(client, one, look):
    escalation.step_due(at=AT)
    words = look(client, one).words
    assert "Estamos llamando a Tomas" in words
    assert "9:02 a. m." in words


def test_once_somebody_answered_it_says_who(client, one, tomas, look):
    help.taken(one, by=tomas)
    words = look(client, one).words
    assert "Tomas ya tiene su caso" in words
    assert "Estamos llamando" not in words


def test_when_the_answer_expired_it_says_who_is_called_again(client, one, tomas, clock):
    help.taken(one, by=tomas)
    clock.move(minutes=10)
    escalation.step_due(at=clock())
    words = page(client, one).words
    assert "Tomas ya tiene su caso" not in words
    assert "Estamos llamando a Tomas" in words


def test_a_closed_case_says_that_it_is_closed(client, one, tomas, look):
    cases.resolve(one, "helped", by=factories.viewer(tomas), at=AT)
    words = look(client, one).words
    assert "Este aviso ya se cerró" in words
    assert "Estamos llamando" not in words


def test_without_a_number_it_asks_for_one(client, one, look):
    assert f"/casos/{one.uuid}/ahora/" not in look(client, one).links.values()
    one.callback = one.callback_hash = ""
    one.save()
    shown = look(client, one)
    assert "No sabemos a qué número llamarle" in shown.words
    assert f"/casos/{one.uuid}/ahora/" in shown.links.values()


def test_the_code_can_be_said_on_the_phone(client, one, look):
    assert one.code in look(client, one).words


def test_a_person_in_danger_keeps_the_number_before_their_eyes(client, one):
    assert "tel:911" in page(client, one).links.values()


def test_a_family_in_grief_is_told_not_to_sign_instead(client, clock, rota):
    client.post("/familia/", {"country": "US", "phone": "713 555 0142"})
    shown = page(client, Case.objects.get(tier=Tier.FUNERAL))
    assert "No firme ni pague nada todavía" in shown.words
    assert "tel:911" not in shown.links.values()


def test_the_page_watches_its_own_case_and_fetches_only_its_part(client, one):
    html = page(client, one).html
    assert f'data-live="/ws/cases/{one.uuid}/"' in html
    assert f'hx-get="/casos/{one.uuid}/estado/"' in html
    assert "<html" not in fragment(client, one).html


def test_the_page_speaks_english_too(client, one, tomas):
    help.taken(one, by=tomas)
    assert "Tomas has your case" in read(client.get(f"/casos/{one.uuid}/?lang=en")).words


def test_the_page_tells_nothing_that_was_said(client, one):
    words = page(client, one).words
    assert "Rancho El Sol" not in words
    assert "0142" not in words.replace("555 0142", "", 1)  # the help line ends so too


@pytest.mark.parametrize("part", ["", "estado/", "ahora/"])
def test_the_case_of_somebody_else_is_like_one_that_does_not_exist(one, part):
    stranger = Client()
    theirs, none = (stranger.get(f"/casos/{uuid}/{part}") for uuid in (one.uuid, NOWHERE))
    assert (theirs.status_code, none.status_code) == (404, 404)
    assert theirs.content == none.content


def test_nobody_else_can_tell_more_about_it(one):
    assert Client().post(f"/casos/{one.uuid}/ahora/", REPORT | {"place": "otro lugar"}).status_code == 404
    assert Case.objects.get().place == "Rancho El Sol"


def test_a_browser_whose_link_ended_sees_nothing(client, one):
    LinkGrant.objects.update(revoked_at=AT)
    assert page(client, one).status == 404


def test_signed_in_on_another_phone_they_find_it_again(clock, rota, lupita):
    user = factories.user_of(lupita)
    one = help.case(by=factories.viewer(user))
    elsewhere = Client()
    elsewhere.force_login(user)
    assert page(elsewhere, one).status == 200


def test_no_page_of_a_case_is_kept_by_a_browser(client, one):
    for part in ("", "estado/", "ahora/"):
        assert "no-store" in client.get(f"/casos/{one.uuid}/{part}").headers["Cache-Control"]
