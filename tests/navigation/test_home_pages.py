"""The first page, and telling what one needs: danger is asked about before any calendar is shown."""

import pytest
from django.test import Client

from navigation.models import Case, Intake, Tier
from tests.reading import Page, read

pytestmark = pytest.mark.usefixtures("clock", "acompana")
KNEE = {"text": "Me duele la rodilla", "where": "77074", "language": "es"}
CHEST = KNEE | {"text": "Me duele mucho el pecho y no puedo respirar"}


def asked(client: Client, **typed: str) -> str:
    """Say what one needs, and return where that leads."""
    return client.post("/pedir/", KNEE | typed).url


def signs(client: Client, address: str, **pressed: str) -> Page:
    """Press something among the signs of danger, and read what comes."""
    return read(client.post(address, pressed, follow=True))


# --- the first page --------------------------------------------------------------------------------------------------


def test_the_first_page_gives_the_number_that_saves_a_life_first(client):
    page = read(client.get("/"))
    assert page.html.index("tel:911") < page.html.index("¿Qué necesita?") < page.html.index('href="/pedir/"')


def test_the_first_page_leads_to_every_kind_of_help(client):
    leads = set(read(client.get("/")).links.values())
    assert {"tel:911", "/ahora/", "/pedir/", "/familia/", "/citas/", "tel:+18005550142"} <= leads


ADDRESSES = ["/", "/pedir/", "/ahora/", "/familia/"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_speaks_spanish_first(client, address):
    page = read(client.get(address))
    assert (page.status, page.language, 'lang="es-MX"' in page.html) == (200, "es", True)


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_speaks_english_when_asked_and_remembers(client, address):
    spanish = read(client.get(address)).title
    page = read(client.get(f"{address}?lang=en"))
    assert (page.status, page.language, '<html lang="en"' in page.html) == (200, "en", True)
    assert page.title != spanish
    assert read(client.get(address)).title == page.title


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_can_be_left_fast_and_asks_for_no_papers(client, address):
    page = read(client.get(address))
    assert "data-exit" in page.html
    assert "situación migratoria" in page.words


# --- what do you need? -----------------------------------------------------------------------------------------------


def test_a_need_without_danger_leads_to_the_signs_of_danger(client):
    address = asked(client)
    assert address == f"/pedir/{Intake.objects.get().uuid}/"
    assert Intake.objects.get().text == "Me duele la rodilla"


def test_words_may_be_left_out(client):
    assert asked(client, text="").startswith("/pedir/")


@pytest.mark.parametrize(
    ("typed", "state", "zone"),
    [
        ("77074", "TX", "America/Chicago"),
        ("79901-1234", "TX", "America/Denver"),
        ("texas", "TX", "America/Chicago"),
        ("New Mexico", "NM", "America/Denver"),
        (" ca ", "CA", "America/Los_Angeles"),
    ],
)
def test_a_place_is_a_zip_code_or_a_state(client, typed, state, zone):
    asked(client, where=typed)
    assert (Intake.objects.get().state, Intake.objects.get().zone) == (state, zone)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Escriba su código postal o su estado"),
        ("00000", "No encontramos ese lugar"),
        ("770", "No encontramos ese lugar"),
        ("Oaxaca", "No encontramos ese lugar"),
    ],
)
def test_a_place_we_do_not_know_says_what_to_write_and_loses_nothing(client, typed, said):
    page = read(client.post("/pedir/", KNEE | {"where": typed, "language": "qmx"}))
    assert [error for error in page.errors if error.startswith(said)]
    assert (page.fields["text"], page.fields["where"], page.fields["language"]) == (KNEE["text"], typed, "qmx")
    assert not Intake.objects.exists()


def test_words_that_tell_of_danger_lead_to_the_number_at_once(client):
    page = read(client.post("/pedir/", CHEST, follow=True))
    assert page.html.index("tel:911") < page.html.index("<form")
    assert Case.objects.get().tier == Tier.RED


# --- the signs of danger ---------------------------------------------------------------------------------------------


def test_no_sign_at_all_leads_to_the_open_times_of_their_state(client):
    answer = client.post(asked(client), {"none": "1"})
    assert answer.url == "/horas/?state=TX&language=es&zone=America%2FChicago&near=77074"
    assert not Case.objects.exists()


def test_one_press_on_a_sign_opens_a_case_and_leads_to_the_number(client):
    page = signs(client, asked(client), yes="CHEST")
    one = Case.objects.get()
    assert (one.tier, one.flags) == (Tier.RED, ["CHEST"])
    assert "tel:911" in page.links.values()


def test_a_pregnancy_is_no_danger_by_itself_but_brings_its_own_signs(client):
    address = asked(client)
    page = signs(client, address, yes="PREG")
    assert 'value="OB-HEAD"' in page.html
    assert not Case.objects.exists()


def test_a_sign_of_a_pregnancy_opens_a_case(client):
    address = asked(client)
    signs(client, address, yes="PREG")
    signs(client, address, yes="OB-HEAD")
    assert (Case.objects.get().tier, Case.objects.get().flags) == (Tier.RED, ["OB"])


def test_no_sign_of_a_pregnancy_leads_to_the_open_times(client):
    address = asked(client)
    signs(client, address, yes="PREG")
    assert client.post(address, {"none": "1"}).url.startswith("/horas/")


def test_what_was_asked_already_is_not_asked_again(client):
    address = asked(client)
    assert 'value="PREG"' in read(client.get(address)).html
    assert 'value="PREG"' not in signs(client, address, yes="PREG").html


@pytest.mark.parametrize("pressed", [{}, {"yes": ""}, {"yes": "BOREDOM"}])
def test_something_that_was_not_asked_changes_nothing(client, pressed):
    page = signs(client, asked(client), **pressed)
    assert (page.status, 'value="CHEST"' in page.html) == (200, True)
    assert not Case.objects.exists()


def test_the_signs_are_asked_in_english_when_asked_in_english(client):
    address = asked(client)
    assert read(client.get(f"{address}?lang=en")).title == "Is any of this happening now?"


def test_the_signs_of_somebody_else_are_like_those_that_do_not_exist(client):
    address = asked(client)
    others = [Client().get(address), Client().get("/pedir/7a6a4a5e-0000-4000-8000-000000000000/")]
    assert [answer.status_code for answer in others] == [404, 404]
    assert others[0].content == others[1].content


def test_a_switched_off_sign_is_not_asked(client, settings):
    settings.RED_FLAGS_OFF = ["CHEST"]
    assert 'value="CHEST"' not in read(client.get(asked(client))).html
