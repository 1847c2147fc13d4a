"""Help now, and a death in the family: the number first, few questions, nothing typed is lost."""

import pytest

from navigation import cases
from navigation.models import Case, CaseKind, CaseStatus, Tier
from tests import factories
from tests.factories import AT, help
from tests.reading import Page, read

pytestmark = pytest.mark.usefixtures("clock", "acompana")
REPORT = {"place": "Rancho El Sol, FM 521", "country": "US", "phone": "713 555 0142", "present": "alone"}
DEATH = {"country": "MX", "phone": "951 555 0142", "where": "Houston, Texas", "name": "Lupita"}


def press(client, sign: str) -> str:
    """Say what one needs and press a sign of danger; return the address of the page that says whom to call."""
    asked = client.post("/pedir/", {"text": "", "where": "TX", "language": "es"}).url
    return client.post(asked, {"yes": sign}).url


# --- help now --------------------------------------------------------------------------------------------------------


def test_the_number_stands_before_the_form(client):
    html = read(client.get("/ahora/")).html
    assert html.index('href="tel:911"') < html.index('id="report"')


def test_the_number_stands_before_the_form_even_when_something_is_missing(client):
    html = read(client.post("/ahora/", REPORT | {"phone": ""})).html
    assert html.index('href="tel:911"') < html.index('role="alert"') < html.index('id="report"')


def test_a_report_opens_a_case_of_a_life_in_danger(client):
    answer = client.post("/ahora/", REPORT)
    one = Case.objects.get()
    assert answer.url == f"/casos/{one.uuid}/"
    assert (one.tier, one.kind, one.told_to_call) == (Tier.RED, CaseKind.MEDICAL, "911")
    assert (one.place, one.callback, one.present) == ("Rancho El Sol, FM 521", "+17135550142", "alone")


def test_who_reported_sees_at_once_that_it_was_received(client):
    page = read(client.post("/ahora/", REPORT, follow=True))
    assert page.status == 200
    assert Case.objects.get().code in page.words
    assert "Recibido a las 9:00 a. m." in page.words


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"place": ""}, "Escriba dónde está"),
        ({"phone": ""}, "Escriba el número"),
        ({"phone": "713 555 01"}, "Escriba los 10 números"),
        ({"phone": "no tengo"}, "Escriba solo números"),
        ({"phone": "713 555 0142 ext 4"}, "Escriba un número sin extensión"),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(client, typed, said):
    page = read(client.post("/ahora/", REPORT | typed))
    assert [error for error in page.errors if error.startswith(said)], page.errors
    assert {name: page.fields[name] for name in REPORT} == REPORT | typed
    assert not Case.objects.exists()


def test_the_other_numbers_are_there_at_any_hour(client):
    page = read(client.get("/ahora/"))
    assert {"tel:988", "tel:+18002221222"} <= set(page.links.values())
    assert page.html.index('form="report"') < page.html.index("tel:988"), "the button is not next to its form"


def test_who_is_with_the_person_need_not_be_said(client):
    assert client.post("/ahora/", REPORT | {"present": ""}).status_code == 302
    assert Case.objects.get().present == ""


# --- after a sign of danger ------------------------------------------------------------------------------------------


def numbers(page: Page) -> list[str]:
    return [link for link in page.links.values() if link.startswith("tel:") and link != "tel:+18005550142"]


def test_a_sign_gives_the_number_and_what_to_do_before_any_question(client):
    page = read(client.get(press(client, "CHEST")))
    assert numbers(page) == ["tel:911"]
    assert page.html.index("tel:911") < page.html.index("Haga esto ahora") < page.html.index('id="report"')


def test_a_sign_with_numbers_of_its_own_gives_them(client):
    assert "tel:988" in numbers(read(client.get(press(client, "SUI"))))


def test_telling_where_and_how_to_call_adds_to_the_same_case(client):
    address = press(client, "CHEST")
    answer = client.post(address, REPORT)
    one = Case.objects.get()
    assert answer.url == f"/casos/{one.uuid}/"
    assert (one.callback, one.flags, one.version > 0) == ("+17135550142", ["CHEST"], True)


def test_what_is_missing_about_a_case_is_said_and_nothing_typed_is_lost(client):
    page = read(client.post(press(client, "CHEST"), REPORT | {"phone": "1"}))
    assert (page.fields["place"], page.fields["phone"], len(page.errors)) == (REPORT["place"], "1", 1)


def test_a_case_that_is_no_danger_to_life_asks_where_to_call_without_alarm(client):
    one = help.case(by=factories.viewer(), tier=Tier.FOLLOW_UP, kind=CaseKind.HELP)
    address = press(client, "CHEST")
    Case.objects.exclude(pk=one.pk).update(tier=Tier.ORANGE, kind=CaseKind.VIOLENCE, flags=["VIOLENCE"])
    page = read(client.get(address))
    assert "¿A dónde le llamamos?" in page.headings
    assert "tel:911" not in page.links.values()


def test_telling_more_about_a_closed_case_leads_to_a_new_one(client, tomas):
    address = press(client, "CHEST")
    closed = cases.resolve(Case.objects.get(), "helped", by=factories.viewer(tomas), at=AT)
    page = read(client.post(address, REPORT, follow=True))
    other = Case.objects.exclude(pk=closed.pk).get()
    assert (other.status, other.tier, other.callback) == (CaseStatus.OPEN, Tier.RED, "+17135550142")
    assert (page.status, other.code in page.words) == (200, True)


# --- a death in the family -------------------------------------------------------------------------------------------


def test_a_death_is_reported_with_a_number_alone(client):
    client.post("/familia/", {"country": "US", "phone": "713 555 0142"})
    one = Case.objects.get()
    assert (one.kind, one.tier, one.told_to_call) == (CaseKind.FUNERAL, Tier.FUNERAL, "")


def test_a_death_is_reported_from_mexico_too(client):
    client.post("/familia/", DEATH)
    one = Case.objects.get()
    assert (one.callback, one.place, one.preferred_name) == ("+529515550142", "Houston, Texas", "Lupita")


def test_a_death_page_says_first_not_to_sign_or_pay(client):
    html = read(client.get("/familia/")).html
    assert html.index("No firme ni pague nada todavía") < html.index("<form")


def test_a_death_page_loses_nothing_that_was_typed(client):
    page = read(client.post("/familia/", DEATH | {"phone": "951 555"}))
    assert {name: page.fields[name] for name in DEATH} == DEATH | {"phone": "951 555"}
    assert page.errors
    assert not Case.objects.exists()


def test_the_family_speaks_the_language_of_the_page(client):
    client.post("/familia/?lang=en", DEATH)
    assert Case.objects.get().language == "en"
