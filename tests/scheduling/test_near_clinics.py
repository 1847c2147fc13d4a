"""Community clinics beside clinicians: how far, in which languages, at which price, what they ask, how many places."""

import pytest

from scheduling import places, search
from scheduling.models import Location
from tests import factories
from tests.factories import AT, criteria
from tests.reading import read

pytestmark = pytest.mark.django_db

BELLAIRE = (29.7052, -95.4985)
KATY = (29.7858, -95.8245)
EL_PASO = (31.7619, -106.4850)
HOME = "77074"  # in the southwest of Houston


@pytest.fixture(autouse=True)
def in_person(consulta):
    return factories.visit_type("consulta-clinica", modality="in_person")


@pytest.fixture
def clinic(acompana):
    """Add clinics by name and place, as they are needed."""

    def add(name, where=None, **how):
        known = {"latitude": where[0], "longitude": where[1]} if where else {}
        return factories.clinic(name, acompana, **known | how)

    return add


def found(**wanted):
    near = places.of_zip(HOME).middle
    return search.find(criteria(**{"near": near} | wanted), at=AT).found


def names(**wanted):
    return list(dict.fromkeys(one.location.name for one in found(limit=100, **wanted)))


# --- where somebody is -----------------------------------------------------------------------------------------------


def test_a_zip_code_has_a_middle():
    latitude, longitude = places.of_zip(HOME).middle
    assert (round(latitude, 1), round(longitude, 1)) == (29.7, -95.5)
    assert places.of_zip(HOME).postal_code == HOME


def test_a_state_has_none():
    assert (places.of_state("TX").middle, places.of_state("TX").postal_code) == (None, "")


# --- order and distance ----------------------------------------------------------------------------------------------


def test_a_clinic_says_how_far_it_is(clinic):
    clinic("Esperanza", BELLAIRE)
    assert 0.5 < found()[0].miles < 2


def test_within_an_hour_the_nearer_is_first(clinic):
    clinic("Katy", KATY), clinic("Esperanza", BELLAIRE)
    assert [one.location.name for one in found(limit=4)] == ["Esperanza", "Esperanza", "Katy", "Katy"]
    assert names() == ["Esperanza", "Katy"]


def test_nobody_is_sent_across_the_state(clinic):
    clinic("El Paso", EL_PASO), clinic("Esperanza", BELLAIRE)
    assert names() == ["Esperanza"]
    assert set(names(near=None)) == {"Esperanza", "El Paso"}


def test_a_clinic_of_which_we_do_not_know_where_it_is_comes_last(clinic):
    clinic("Sin mapa"), clinic("Katy", KATY)
    assert names() == ["Katy", "Sin mapa"]
    assert {one.miles for one in found(limit=100) if one.location.name == "Sin mapa"} == {None}


def test_without_a_place_nothing_is_said_of_distance(clinic):
    clinic("Esperanza", BELLAIRE)
    assert {one.miles for one in found(near=None)} == {None}


def test_clinicians_and_clinics_stand_side_by_side(clinic, dr_ramos):
    clinic("Esperanza", BELLAIRE)
    first_hour = [one for one in found() if one.slot.starts_at < AT + 2 * factories.HOUR]
    assert {bool(one.location) for one in first_hour} == {True, False}


# --- as programs and people get it -----------------------------------------------------------------------------------


def ask(client, **asked):
    return client.get("/api/v1/slots", {"state": "TX", "language": "es"} | asked)


def test_a_program_gets_distance_price_languages_and_places(client, clock, clinic):
    clinic("Esperanza", BELLAIRE, fee="sliding", asks_for_id=False, chairs=3)
    first = ask(client, near=HOME).json()["slots"][0]
    place = first["location"]
    assert (place["fee"], place["asks_for_id"], place["languages"]) == ("sliding", False, ["es"])
    assert 0.5 < place["distance_miles"] < 2
    assert first["places"] == 3


def test_reasons_begin_with_the_distance(client, clock, clinic):
    clinic("Katy", KATY, fee="free", asks_for_id=False)
    assert ask(client, near=HOME).json()["slots"][0]["reasons"] == [
        "A 20 millas de usted", "Habla español", "Gratis", "No pide identificación",
    ]  # fmt: skip
    english = ask(client, near=HOME, lang="en").json()["slots"][0]["reasons"][0]
    assert english == "20 miles from you"


def test_a_program_that_says_no_place_gets_no_distance(client, clock, clinic):
    clinic("Esperanza", BELLAIRE)
    assert ask(client).json()["slots"][0]["location"]["distance_miles"] is None


@pytest.mark.parametrize("near", ["00000", "abcde", "7707", "29.7,-95.5"])
def test_a_place_nobody_knows_is_told_to_a_program(client, clock, near):
    answer = ask(client, near=near)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_the_page_shows_the_nearest_clinic_first_and_keeps_the_place(client, clock, clinic):
    clinic("Katy", KATY), clinic("Esperanza", BELLAIRE)
    page = read(client.get(f"/horas/?state=TX&language=es&near={HOME}"))
    assert page.headings.index("Esperanza") < page.headings.index("Katy")
    assert "A 1 milla de usted" in page.words
    assert all(f"near={HOME}" in link for link in page.links.values() if "specialty=" in link and "espera" not in link)


def test_a_page_with_a_place_nobody_knows_shows_times_all_the_same(client, clock, clinic):
    clinic("Esperanza", BELLAIRE)
    page = read(client.get("/horas/?state=TX&language=es&near=nada"))
    assert "Esperanza" in page.headings
    assert "milla" not in page.words


# --- from the first question to the times ----------------------------------------------------------------------------


def told(client, where):
    need = client.post("/pedir/", {"text": "Tengo tos", "where": where, "language": "es"}).url
    return client.post(need, {"none": "1"}).url


def test_the_zip_code_goes_on_to_the_times_and_is_kept_nowhere(client, clock):
    times = told(client, HOME)
    assert times.startswith("/horas/?")
    assert f"near={HOME}" in times
    assert HOME not in str(dict(client.session))


def test_whoever_writes_a_state_carries_no_place(client, clock):
    assert "near" not in told(client, "Texas")


def test_the_place_of_an_earlier_question_is_not_carried_on(client, clock):
    client.post("/pedir/", {"text": "Tengo tos", "where": HOME, "language": "es"})
    assert "near" not in told(client, "Texas")


def test_a_clinic_that_does_not_speak_the_language_is_not_told(clinic):
    clinic("Esperanza", BELLAIRE)
    Location.objects.update(languages=["en"])
    assert found() == []
