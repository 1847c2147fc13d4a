"""Which language exactly: who speaks an indigenous one is asked for the town, after danger, before times."""

import pytest

from navigation.models import Intake
from scheduling.models import Event
from tests.reading import read

pytestmark = pytest.mark.usefixtures("clock", "acompana")
KNEE = {"text": "Me duele la rodilla", "where": "77074"}


@pytest.fixture
def begun(client):
    """Somebody who speaks a language, danger asked about; returns where they are led."""

    def begin(language: str) -> str:
        signs = client.post("/pedir/", KNEE | {"language": language}).url
        return client.post(signs, {"none": "1"}, follow=True).redirect_chain[-1][0]

    return begin


@pytest.mark.parametrize("language", ["es", "en"])
def test_who_speaks_spanish_or_english_is_not_asked(begun, language):
    assert begun(language).startswith("/horas/")


@pytest.mark.parametrize("language", ["qmx", "zap", "nah", "qtq", "und"])
def test_who_speaks_another_language_is_asked_for_the_town(begun, language):
    assert begun(language).endswith("/lengua/")


def test_the_town_names_the_language_and_leads_to_the_times(client, begun):
    page = begun("qmx")
    answer = client.post(page, {"town": "San Martín Peras"})
    assert "language=jmx" in answer.url
    assert Intake.objects.get().language == "jmx"
    event = Event.objects.get(kind="intake.language_named")
    assert event.codes == {"language": "jmx"}


def test_whoever_does_not_know_goes_on_with_what_they_said(client, begun):
    answer = client.post(begun("qmx"), {"variant": "qmx"})
    assert "language=qmx" in answer.url


def test_of_several_it_may_be_the_page_shows_which(client, begun):
    where = begun("zap")
    page = read(client.post(where, {"town": "mixtepec"}))
    assert "Zapoteco de San Agustín Mixtepec" in page.words
    assert page.fields["town"] == "mixtepec"
    assert "language=ztm" in client.post(where, {"variant": "ztm"}).url


def test_a_town_we_do_not_have_loses_nothing_and_traps_nobody(client, begun):
    where = begun("qmx")
    page = read(client.post(where, {"town": "Rancho Nuevo de los Pérez"}))
    assert [error for error in page.errors if error.startswith("Todavía no tenemos ese pueblo")]
    assert page.fields["town"] == "Rancho Nuevo de los Pérez"
    assert "No sé, seguir" in page.words


def test_of_another_language_its_name_is_asked_too(client, begun):
    where = begun("und")
    page = read(client.get(where))
    assert {"group", "town"} <= set(page.fields)
    assert "language=pua" in client.post(where, {"group": "qpr", "town": "Cherán"}).url


def test_without_name_and_town_it_says_what_to_write(client, begun):
    page = read(client.post(begun("und"), {"group": "", "town": ""}))
    assert len(page.errors) >= 2


def test_a_language_we_never_named_is_not_taken_over(client, begun):
    where = begun("qmx")
    client.post(where, {"variant": "<script>"})
    assert Intake.objects.get().language == "qmx"


def test_somebody_elses_is_not_there(client, begun, django_user_model):
    where = begun("qmx")
    client.cookies.clear()
    assert client.get(where).status_code == 404
