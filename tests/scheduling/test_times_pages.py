"""Open times as a person sees them: whose, when, why they fit, and what else to do when there are none."""

import pytest

from scheduling.models import Appointment, Event, OpenStart
from tests import factories
from tests.reading import read
from tests.walks import TIMES, times

pytestmark = pytest.mark.usefixtures("clock")


def test_times_are_grouped_by_person_and_day(client, dr_ramos, elena, acompana):
    factories.clinician("Vega", acompana, elena)
    page = times(client)
    days = ["Hoy, lunes 8 de junio", "Mañana, martes 9 de junio"]
    assert sorted([page.headings[1:4], page.headings[4:7]]) == [["Ramos", *days], ["Vega", *days]]


def test_the_first_time_of_the_day_is_offered_first(client, dr_ramos):
    assert "Hoy, lunes 8 de junio 10:00 a. m. 10:30 a. m." in times(client).words


def test_nobody_fills_the_page_alone(client, dr_ramos):
    assert len(times(client).slots) == 6


def test_each_person_says_why_they_fit(client, dr_ramos):
    words = times(client).words
    assert "Habla español" in words
    assert "Texas" in words
    assert "Gratis" in words


def test_the_clock_of_the_times_is_named(client, dr_ramos):
    assert "hora del centro" in times(client).words
    there = times(client, TIMES + "&zone=America/Denver")
    assert "hora de la montaña" in there.words
    assert "9:00 a. m." in there.words


def test_a_clinic_says_how_many_places_it_has_at_a_time(client, consulta, esperanza):
    factories.visit_type("clinica", modality="in_person")
    page = times(client)
    assert "Esperanza" in page.headings
    assert "2 lugares" in page.words
    assert "Houston" in page.words


def test_what_a_clinic_does_not_ask_for_is_a_reason(client, acompana):
    factories.visit_type("clinica", modality="in_person")
    factories.clinic("Esperanza", acompana, asks_for_id=False, fee="sliding")
    words = times(client).words
    assert "No pide identificación" in words
    assert "lo que gana" in words


def test_with_nobody_the_page_counts_the_reasons(client, dr_ramos, elena, acompana):
    factories.clinician("Vega", acompana, elena, states=["WY"])
    page = times(client, "/horas/?state=WY&language=mxb")
    assert page.slots == []
    assert "Todas las horas" not in page.words
    assert "Buscamos con 2 médicos" in page.words
    assert "1 No tienen licencia en Wyoming." in page.words
    assert "1 No hablan su lengua." in page.words


def test_with_nobody_the_page_says_what_else_can_be_done(client, dr_ramos):
    page = times(client, "/horas/?state=WY&language=es")
    leads = [href for words, href in page.links.items() if words.startswith(("Orientación", "Por teléfono", "Hablar"))]
    assert any("care=orientation" in href for href in leads)
    assert any("modality=phone" in href for href in leads)
    assert any(href.startswith("tel:") for href in leads)


def test_orientation_needs_no_licence_and_says_what_it_is_not(client, dr_ramos):
    factories.visit_type("orientacion", care="orientation")
    page = times(client, "/horas/?state=WY&language=es&care=orientation")
    assert "Ramos" in page.headings
    assert "sin diagnóstico ni receta" in page.words
    assert "Licencia" not in page.words


def test_a_visit_by_phone_can_be_asked_for(client, dr_ramos):
    factories.visit_type("consulta-telefono", modality="phone")
    assert "por video" in times(client, TIMES + "&modality=video").words
    assert "por teléfono · 30 minutos" in times(client, TIMES + "&modality=phone").words


def test_the_kind_that_is_shown_is_marked(client, dr_ramos):
    html = times(client, TIMES + "&specialty=mental").html
    assert html.count('aria-current="true"') == 1
    assert 'aria-current="true">Ánimo y nervios' in html


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "?state=",
        "?state=ZZ",
        "?state=Jalisco",
        "?state=TX&zone=Mars/Phobos",
        "?state=TX&zone=America",
        "?state=%00",
        "?state=TX&zone=../../etc/passwd",
        "?state=TX&zone=%00",
    ],
)
def test_a_place_nobody_knows_leads_back_to_the_question(client, db, asked):
    response = client.get(f"/horas/{asked}")
    assert (response.status_code, response.url) == (302, "/pedir/")


def test_a_filter_nobody_knows_is_no_filter(client, dr_ramos):
    assert len(times(client, "/horas/?state=TX&language=%00&modality=telepathy&specialty=%00&care=y").slots) == 6


def test_a_time_shorter_than_the_notice_is_not_offered(client, clock, acompana, elena, consulta):
    factories.clinician("Vega", acompana, elena, schedule={"notice_minutes": 75})
    assert "Hoy, lunes 8 de junio 10:30 a. m." in times(client).words


def test_times_that_have_passed_are_gone(client, clock, dr_ramos):
    clock.move(hours=2, minutes=15)
    assert "Hoy, lunes 8 de junio 11:30 a. m. Mañana" in times(client).words


def test_looking_writes_nothing(client, dr_ramos):
    before = OpenStart.objects.count(), Appointment.objects.count(), Event.objects.count()
    response = client.get(TIMES)
    assert (OpenStart.objects.count(), Appointment.objects.count(), Event.objects.count()) == before
    assert "sessionid" not in response.cookies


def test_looking_costs_few_queries(client, dr_ramos, elena, acompana, django_assert_max_num_queries):
    for name in ("Vega", "Park", "Okafor"):
        factories.clinician(name, acompana, elena)
    with django_assert_max_num_queries(6):
        client.get(TIMES)


def test_times_are_for_looking_at_only(client, db):
    assert client.post(TIMES).status_code == 405


def test_the_page_speaks_english(client, dr_ramos):
    page = read(client.get("/horas/?state=TX&language=en&lang=en"))
    assert page.title == "Choose a time"
    assert "Today, Monday, June 8" in page.headings
    assert "Speaks English" in page.words
    assert "10:00 a.m." in page.words
