"""The page of other calendars: adding one, what it says, what is wrong with it, when it matters, and stopping."""

import pytest
from django.test import Client

from scheduling import busy_feeds
from scheduling.models import BusyFeed
from tests import factories
from tests.factories import AT, DAY, HOUR, MINUTE
from tests.factories.feeds import feed
from tests.ics_files import calendar, event
from tests.reading import read

PAGE = "/horario/calendarios/"
TEN = AT + HOUR
BUSY_AT_TEN = calendar(event("DTSTART:20260608T150000Z", "DURATION:PT1H", "SUMMARY:Secret lunch"))


@pytest.fixture
def at_work(client, clock, dr_ramos):
    """Dr. Ramos's browser."""
    client.force_login(dr_ramos.user)
    return client


def paste(browser, address):
    return read(browser.post(PAGE, {"address": address}, follow=True))


def test_it_begins_empty_and_says_what_is_read(at_work):
    page = read(at_work.get(PAGE))
    assert "Todavía no leemos ningún calendario suyo" in page.words
    assert "nunca qué es" in page.words
    assert page.fields["address"] == ""


def test_a_pasted_calendar_is_read_at_once(at_work, web_server):
    web_server.gives(BUSY_AT_TEN)
    page = paste(at_work, web_server.address)
    assert "Leímos su calendario" in page.words
    assert "127.0.0.1" in page.headings
    assert "Leído a las 9:00 a. m." in page.words
    assert "Lunes 8 de junio, 10:00 a. m. – 11:00 a. m." in page.words
    assert "Al día" in page.words
    assert factories.open_slots()[0].slot.starts_at == TEN + HOUR


def test_neither_titles_nor_the_secret_are_shown(at_work, web_server):
    web_server.gives(BUSY_AT_TEN)
    page = paste(at_work, web_server.address)
    assert "Secret lunch" not in page.html
    assert "secret.ics" not in page.html


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"status": 404}, "Ya no hay un calendario"),
        ({"status": 401}, "pide contraseña"),
        ({"status": 503}, "está fallando"),
        ({"body": "<html>"}, "no es un calendario"),
        ({"body": b"x" * (10 * 1024 * 1024)}, "5 MB"),
    ],
)
def test_what_cannot_be_read_is_said_beside_what_was_pasted(at_work, web_server, answer, words):
    web_server.gives(**answer)
    page = paste(at_work, web_server.address)
    assert words in " ".join(page.errors)
    assert page.fields["address"] == web_server.address
    assert not BusyFeed.objects.exists()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "Pegue la dirección"),
        ("mi calendario", "https://"),
        ("http://192.168.1.10/cal.ics", "red privada"),
        ("https://yo:clave@calendar.example/", "sin usuario ni contraseña"),
    ],
)
def test_addresses_that_do_not_do(at_work, address, words):
    page = paste(at_work, address)
    assert words in " ".join(page.errors)
    assert page.fields["address"] == address


def test_the_same_address_twice(at_work, web_server):
    web_server.gives(BUSY_AT_TEN)
    paste(at_work, web_server.address)
    assert "ya está en la lista" in " ".join(paste(at_work, web_server.address).errors)


def test_an_endless_event_is_named_and_the_rest_is_read(at_work, web_server):
    endless = event("DTSTART:20260608T150000Z", "RRULE:FREQ=SECONDLY;BYMONTH=6", "DURATION:PT0S", uid="endless")
    web_server.gives(calendar(endless, event("DTSTART:20260608T150000Z", "DURATION:PT1H")))
    page = paste(at_work, web_server.address)
    assert "Un evento se repite demasiadas veces" in page.words
    assert "10:00 a. m. – 11:00 a. m." in page.words


def test_events_without_a_time_are_counted(at_work, web_server):
    web_server.gives(calendar(event(uid="a"), event(uid="b")))
    page = paste(at_work, web_server.address)
    assert "2 eventos no dicen cuándo son" in page.words
    assert "No tiene nada por delante" in page.words


def test_a_failure_is_said_while_it_is_still_fresh(at_work, dr_ramos):
    feed(dr_ramos, error="server_error", failing_since=AT)
    page = read(at_work.get(PAGE))
    assert "Lo intentamos otra vez" in page.words
    assert "está fallando" in page.words
    assert "escondimos" not in page.words


@pytest.mark.parametrize("where", [PAGE, "/horario/"])
def test_silence_says_since_when_and_what_is_hidden(at_work, dr_ramos, clock, where):
    made = feed(dr_ramos, fresh_until=AT, fetched_at=AT + 14 * MINUTE)
    clock.move(hours=3)
    assert "Su calendario no se actualiza desde las 9:14 a. m., lunes 8 de junio." in read(at_work.get(where)).words
    assert "escondimos todas sus horas" in read(at_work.get(where)).words
    hours = [busy_feeds.Hours(3, factories.time(15), factories.time(17))]
    busy_feeds.cover(made, hours, by=factories.viewer(dr_ramos.user), at=AT)
    assert "escondimos: jueves, 3:00 p. m. – 5:00 p. m. Las citas" in read(at_work.get(where)).words


def test_a_fresh_calendar_makes_no_noise_on_the_hours_page(at_work, dr_ramos):
    feed(dr_ramos)
    assert "no se actualiza" not in read(at_work.get("/horario/")).words


def test_visits_that_meet_it_are_listed_and_stand(at_work, dr_ramos, lupita):
    visit = factories.booked(lupita)
    feed(dr_ramos, (TEN, TEN + HOUR))
    page = read(at_work.get(PAGE))
    assert f"/citas/{visit.uuid}/" in page.links.values()
    assert "Siguen en pie" in page.words


def test_busy_time_of_several_days_names_both(at_work, dr_ramos):
    feed(dr_ramos, (TEN, TEN + 2 * DAY))
    assert "Lunes 8 de junio, 10:00 a. m. – miércoles 10 de junio, 10:00 a. m." in read(at_work.get(PAGE)).words


def test_when_it_matters(at_work, dr_ramos):
    made = feed(dr_ramos)
    typed = {"days": ["1", "3"], "starts": "15:00", "ends": "17:00"}
    page = read(at_work.post(f"{PAGE}{made.uuid}/horas/", typed, follow=True))
    assert "martes, 3:00 p. m. – 5:00 p. m. · jueves, 3:00 p. m. – 5:00 p. m." in page.words
    page = read(at_work.post(f"{PAGE}{made.uuid}/horas/", {"starts": "00:00", "ends": "00:00"}, follow=True))
    assert "toda la semana" in page.words


def test_hours_that_are_none_change_nothing(at_work, dr_ramos):
    made = feed(dr_ramos)
    page = read(at_work.post(f"{PAGE}{made.uuid}/horas/", {"days": ["1"], "starts": "tres", "ends": "17:00"}))
    assert "17:00" in " ".join(page.errors)
    assert BusyFeed.objects.get().hours == []


def test_stopping_forgets_it(at_work, dr_ramos):
    made = feed(dr_ramos, (TEN, TEN + HOUR))
    page = read(at_work.post(f"{PAGE}{made.uuid}/quitar/", follow=True))
    assert "olvidamos su dirección" in page.words
    assert not BusyFeed.objects.exists()
    assert factories.open_slots()[0].slot.starts_at == TEN


@pytest.mark.parametrize("what", ["horas", "quitar"])
def test_a_colleagues_calendar_is_not_there(at_work, acompana, elena, what):
    theirs = feed(factories.clinician("Vega", acompana, elena))
    assert at_work.post(f"{PAGE}{theirs.uuid}/{what}/").status_code == 404
    assert "calendar.example" not in read(at_work.get(PAGE)).words
    assert BusyFeed.objects.exists()


def test_an_interpreter_has_the_page_and_the_way_to_it(clock, nayeli, web_server):
    browser = Client()
    browser.force_login(nayeli.user)
    web_server.gives(BUSY_AT_TEN)
    page = paste(browser, web_server.address)
    assert "Leímos su calendario" in page.words
    assert page.links["Mis calendarios"] == PAGE


def test_in_english(at_work):
    page = read(at_work.get(PAGE + "?lang=en"))
    assert "My other calendars" in page.headings
    assert "never what it is" in page.words
