"""Lupita says how to call her, and reads there what she said; whoever shares her phone learns nothing."""

from datetime import time

import pytest
from django.urls import reverse

from scheduling import contacts
from scheduling.models import Channel, ContactRule, Event, phone_hash
from tests import factories
from tests.factories import AT, account, user_of
from tests.reading import read

pytestmark = pytest.mark.django_db

PAGE = "/citas/contacto/"
SAID = {
    "whose": "shared",
    "reminders": "True",
    "join_now": "False",
    "voicemail": "True",
    "since": "07:00",
    "until": "22:00",
}


@pytest.fixture
def hers(client, lupita, clock):
    client.force_login(user_of(lupita))
    return client


def chosen(page):
    """Return what is checked or selected on the page."""
    form = page.context["form"]
    return {name: str(form[name].value()) for name in form.fields}


def test_before_anything_is_said_it_shows_what_we_take_for_granted(hers):
    assert chosen(hers.get(PAGE)) == {
        "whose": "mine",
        "voicemail": "False",
        "join_now": "False",
        "reminders": "True",
        "since": "08:00",
        "until": "21:00",
    }


def test_her_number_stands_above_it(hers):
    assert "713\u00a0555\u00a00142" in hers.get(PAGE).content.decode()


def test_what_she_says_is_kept_and_shown(hers, lupita):
    answer = hers.post(PAGE, SAID, follow=True)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "Guardado." in answer.content.decode()
    rule = ContactRule.objects.get()
    assert (rule.phone_hash, rule.whose, rule.voicemail) == (phone_hash(lupita.phone), "shared", True)
    assert (rule.quiet_begins, rule.quiet_ends) == (time(22), time(7))
    assert chosen(hers.get(PAGE)) == SAID


def test_reminders_are_turned_off_and_on(hers, lupita):
    hers.post(PAGE, SAID | {"reminders": "False"})
    assert contacts.reminders_off(lupita.phone)
    assert chosen(hers.get(PAGE))["reminders"] == "False"
    hers.post(PAGE, SAID)
    assert not contacts.reminders_off(lupita.phone)


def test_who_wrote_stop_reads_so_here(hers, lupita):
    contacts.stop(phone_hash(lupita.phone), Channel.SMS, at=AT)
    assert chosen(hers.get(PAGE))["reminders"] == "False"


@pytest.mark.parametrize("name", sorted(SAID))
def test_what_is_missing_is_asked_for_and_the_rest_is_kept(hers, name):
    said = {key: value for key, value in SAID.items() if key != name}
    page = hers.post(PAGE, said)
    assert name in page.context["form"].errors
    assert {key: value for key, value in chosen(page).items() if key != name} == said
    assert not ContactRule.objects.exists()


@pytest.mark.parametrize(("name", "value"), [("whose", "dad's"), ("since", "25:00"), ("voicemail", "perhaps")])
def test_what_is_no_answer_is_refused(hers, name, value):
    assert name in hers.post(PAGE, SAID | {name: value}).context["form"].errors


def test_it_is_recorded_without_the_number(hers, lupita):
    hers.post(PAGE, SAID)
    event = Event.objects.get(kind="user.contact_wished")
    assert (event.subject, event.codes) == (user_of(lupita).uuid, {"whose": "shared", "reminders": True})


def test_whoever_is_not_signed_in_proves_their_phone_first(client, clock):
    assert client.get(PAGE).url == "/entrar/"
    assert client.post(PAGE, SAID).url == "/entrar/"


def test_an_account_without_a_phone_has_no_such_page(client, clock, dr_ramos):
    client.force_login(account(dr_ramos))
    assert client.get(PAGE).status_code == 404


def test_her_visits_lead_there(hers, dr_ramos, lupita):
    factories.booked(lupita)
    assert f'href="{PAGE}"' in hers.get(reverse("visits")).content.decode()


def test_the_visit_says_when_reminders_are_off(hers, dr_ramos, lupita):
    visit = factories.booked(lupita)
    address = reverse("visit", args=[visit.uuid])
    words = "Los recordatorios están apagados"
    assert words not in hers.get(address).content.decode()
    contacts.stop(phone_hash(lupita.phone), Channel.SMS, at=AT)
    text = hers.get(address).content.decode()
    assert words in text and f'href="{PAGE}"' in text


def test_an_hour_is_said_as_a_person_says_it(hers):
    text = hers.get(PAGE).content.decode().replace("\u00a0", " ")
    assert '<option value="08:00" selected>8:00 a. m.</option>' in text
    assert '<option value="21:00" selected>9:00 p. m.</option>' in text


def test_in_english_too(hers):
    hers.cookies["lengua"] = "en"
    text = hers.get(PAGE).content.decode()
    assert "How to call me" in text and "Only mine" in text


def test_every_question_is_a_group_with_its_name(hers):
    page = hers.get(PAGE)
    assert read(page).title == "Cómo llamarme"
    assert page.content.decode().count("<legend>") == 5  # four of yes or no, and the hours


def test_a_wish_is_of_a_number_and_of_no_other(hers, lupita, beto):
    hers.post(PAGE, SAID)
    assert contacts.standing(phone_hash(lupita.phone), Channel.SMS).shared
    assert not contacts.standing(phone_hash(beto.phone), Channel.SMS).shared
    assert contacts.wishes_of(user_of(beto))["whose"] == "mine"
