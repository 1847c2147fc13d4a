"""In which language a page speaks: asked for, kept, the browser's, else Spanish."""

import pytest

from tests.reading import read

HOME = "/entrar/"
SPANISH, ENGLISH = "Vea sus citas", "See your appointments"


def title(client, address: str = HOME, **headers: str) -> str:
    return read(client.get(address, headers=headers)).title


@pytest.fixture(autouse=True)
def _pages(db, clock):
    """Pages need the database to know who asks."""


def test_spanish_comes_first(client):
    assert title(client) == title(client, "/entrar/?lang=es")
    assert title(client) != title(client, "/entrar/?lang=en")


def test_the_address_decides_and_is_remembered(client):
    english = title(client, "/entrar/?lang=en")
    assert title(client) == english
    assert client.cookies["lengua"].value == "en"
    assert client.cookies["lengua"]["samesite"] == "Lax"


def test_the_address_wins_over_what_was_remembered(client):
    spanish = title(client)
    client.cookies["lengua"] = "en"
    assert title(client, "/entrar/?lang=es") == spanish


def test_what_was_remembered_wins_over_the_browser(client):
    spanish = title(client)
    client.cookies["lengua"] = "es"
    assert title(client, accept_language="en-US,en;q=0.9") == spanish


@pytest.mark.parametrize(
    ("browser", "spoken"),
    [
        ("en-US,en;q=0.9", "en"),
        ("en", "en"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("en-US,en;q=0.9,es;q=0.5", "es"),
        ("fr-FR,fr;q=0.9,en;q=0.8", "es"),
        ("", "es"),
        ("*", "es"),
    ],
)
def test_a_browser_is_shown_english_only_if_it_says_nothing_of_spanish(client, browser, spoken):
    response = client.get(HOME, headers={"accept-language": browser})
    assert response["Content-Language"] == spoken
    assert read(response).html.count(f'<html lang="{"es-MX" if spoken == "es" else "en"}"') == 1


@pytest.mark.parametrize("nonsense", ["xx", "EN", "es-MX", "../en", ""])
def test_a_language_nobody_speaks_here_is_not_remembered(client, nonsense):
    response = client.get(f"/entrar/?lang={nonsense}")
    assert response["Content-Language"] == "es"
    assert "lengua" not in response.cookies


def test_caches_are_told_what_the_words_depend_on(client):
    assert "Accept-Language" in client.get(HOME)["Vary"]


def test_a_form_that_comes_back_speaks_the_same_language(client):
    page = read(client.post("/entrar/?lang=en", {"country": "US", "phone": "713"}))
    assert "Write the 10 digits" in page.errors[0]


def test_the_link_to_the_other_language_keeps_what_was_asked(client):
    page = read(client.get("/horas/?state=TX&language=mxb&specialty=women"))
    assert page.links["English"] == "?state=TX&language=mxb&specialty=women&lang=en"


def test_programs_are_answered_in_their_language_too(client):
    problem = client.get("/api/v1/appointments", headers={"accept-language": "en"})
    assert problem["Content-Language"] == "en"
