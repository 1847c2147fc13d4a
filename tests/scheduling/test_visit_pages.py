"""The visit's page: when, with whom, the way in, the calendar file, cancelling; and the list of them."""

from datetime import UTC, datetime

import pytest
from icalendar import Calendar

from scheduling import appointments
from scheduling.models import AccessRecord, Appointment, VisitType
from tests import factories
from tests.reading import read


@pytest.fixture
def visit(dr_ramos, lupita) -> Appointment:
    """Lupita's visit with Dr. Ramos, today at 10:00 in Houston."""
    return factories.booked(lupita, reason="Me duele la cabeza")


@pytest.fixture
def at_home(client, clock, visit, lupita):
    """Lupita's browser, signed in."""
    client.force_login(factories.user_of(lupita))
    return client


def page_of(visit: Appointment, part: str = "") -> str:
    return f"/citas/{visit.uuid}/{part}"


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_visit_says_when_by_whose_clock_and_with_whom(at_home, visit):
    words = read(at_home.get(page_of(visit))).words
    assert "Lunes 8 de junio 10:00 a. m." in words
    assert "Hora del centro (Houston, Chicago)" in words
    assert "Ramos" in words
    assert "Me duele la cabeza" in words


def test_before_the_door_opens_the_page_says_when_it_does(at_home, visit):
    page = read(at_home.get(page_of(visit)))
    assert "La sala abre a las 9:30 a. m." in page.words
    assert "Entrar a la cita" not in page.links


@pytest.mark.parametrize("minutes", [30, 60, 5 * 60 + 29])
def test_while_the_door_is_open_the_page_leads_in(at_home, clock, visit, minutes):
    clock.move(minutes=minutes)
    assert read(at_home.get(page_of(visit))).links["Entrar a la cita"] == page_of(visit, "sala/")


def test_long_after_the_visit_the_door_is_closed(at_home, clock, visit):
    clock.move(hours=5, minutes=31)
    assert "Entrar a la cita" not in read(at_home.get(page_of(visit))).links


def test_the_page_counts_the_minutes_to_the_visit(at_home, clock, visit):
    clock.move(minutes=59)
    assert "1 minuto" in read(at_home.get(page_of(visit))).words
    clock.move(minutes=1)
    assert "Ya es hora" in read(at_home.get(page_of(visit))).words


def test_a_visit_by_phone_has_no_room(at_home, clock, visit):
    VisitType.objects.update(modality="phone")
    clock.move(minutes=45)
    page = read(at_home.get(page_of(visit)))
    assert "Entrar a la cita" not in page.links
    assert "le llama" in page.words


@pytest.mark.parametrize(("shown", "there"), [("full", True), ("hidden", False), ("partial", False)])
def test_a_clinic_says_where_it_is_only_if_it_may_be_told(client, clock, lupita, acompana, shown, there):
    factories.visit_type("clinica", modality="in_person")
    factories.clinic("Esperanza", acompana, address="6550 Bellaire Blvd", address_visibility=shown)
    client.force_login(factories.user_of(lupita))
    assert ("6550 Bellaire" in read(client.get(page_of(factories.booked(lupita)))).words) is there


def test_the_fragment_is_only_what_changes(at_home, visit):
    response = at_home.get(page_of(visit, "estado/"))
    assert "Confirmada" in read(response).words
    assert "<html" not in response.content.decode()


@pytest.mark.parametrize("part", ["", "estado/"])
def test_a_visit_is_kept_in_no_cache(at_home, visit, part):
    assert "no-store" in at_home.get(page_of(visit, part))["Cache-Control"]


def test_staff_who_look_are_written_down(client, clock, visit, tomas):
    client.force_login(tomas)
    client.get(page_of(visit))
    seen = AccessRecord.objects.get()
    assert (seen.by_user, seen.subject, seen.action) == (tomas, visit.uuid, "visit")


def test_the_patient_looking_at_their_own_is_not(at_home, visit):
    at_home.get(page_of(visit))
    assert not AccessRecord.objects.exists()


# --- the calendar file -----------------------------------------------------------------------------------------------


def test_the_calendar_file_holds_the_visit_in_utc(at_home, visit):
    response = at_home.get(page_of(visit, "calendario.ics"))
    [event] = Calendar.from_ical(response.content).walk("VEVENT")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    assert event.decoded("dtstart") == datetime(2026, 6, 8, 15, 0, tzinfo=UTC)
    assert event["uid"] == f"{visit.uuid}@acompana"
    assert str(event["url"]).endswith(page_of(visit))


def test_the_calendar_file_tells_on_nobody(at_home, visit):
    text = at_home.get(page_of(visit, "calendario.ics")).content.decode()
    assert not [word for word in ("Ramos", "Lupita", "cabeza", "713", "salud", "Houston") if word in text]


def test_the_calendar_file_speaks_the_language_of_the_page(at_home, visit):
    assert "SUMMARY:Cita" in at_home.get(page_of(visit, "calendario.ics")).content.decode()
    assert "SUMMARY:Appointment" in at_home.get(page_of(visit, "calendario.ics?lang=en")).content.decode()


# --- cancelling ------------------------------------------------------------------------------------------------------


def test_cancelling_asks_once_more(at_home, visit):
    page = read(at_home.get(page_of(visit, "cancelar/")))
    visit.refresh_from_db()
    assert "10:00 a. m." in page.words
    assert visit.status == "booked"


def test_a_cancelled_visit_says_so_and_leads_to_another_time(at_home, visit):
    page = read(at_home.post(page_of(visit, "cancelar/"), follow=True))
    assert "Cancelada" in page.words
    assert page.links["Elegir otra hora"] == "/pedir/"
    assert ("Con quién" in page.words, "Quién va a estar" in page.words) == (True, False)
    assert Appointment.objects.get().cancelled_because == "patient"


def test_cancelling_gives_the_time_back(at_home, visit):
    at_home.post(page_of(visit, "cancelar/"))
    assert factories.open_slots()[0].slot.starts_at == visit.starts_at


def test_cancelling_twice_says_that_it_cannot_be_done(at_home, visit):
    at_home.post(page_of(visit, "cancelar/"))
    response = at_home.post(page_of(visit, "cancelar/"))
    assert response.status_code == 409
    assert read(response).links["Ir a la primera página"] == "/"


def test_cancelling_twice_leads_back_to_what_became_of_it(at_home, visit):
    at_home.post(page_of(visit, "cancelar/"))
    assert page_of(visit) in read(at_home.post(page_of(visit, "cancelar/"))).links.values()
    assert at_home.get(page_of(visit, "cancelar/")).url == page_of(visit)


def test_a_clinician_who_cancels_is_named_as_the_one(client, clock, visit, dr_ramos):
    client.force_login(dr_ramos.user)
    client.post(page_of(visit, "cancelar/"))
    assert Appointment.objects.get().cancelled_because == "clinician"


# --- the list --------------------------------------------------------------------------------------------------------


def test_the_list_has_what_is_coming_and_what_was(at_home, visit, lupita):
    gone = factories.booked(lupita, number=3)
    appointments.cancel(gone, because="patient", by=factories.viewer(factories.user_of(lupita)), at=factories.AT)
    words = read(at_home.get("/citas/")).words
    assert words.index("10:00 a. m.") < words.index("Antes") < words.index("cancelada")


def test_the_list_is_empty_for_who_has_none(client, clock, lupita):
    client.force_login(factories.user_of(lupita))
    assert "/pedir/" in read(client.get("/citas/")).links.values()


def test_who_is_not_signed_in_proves_their_phone_first(client, clock):
    assert client.get("/citas/").url == "/entrar/"


def test_holds_are_not_in_the_list(at_home, visit, lupita):
    factories.hold(factories.viewer(factories.user_of(lupita)))
    assert read(at_home.get("/citas/")).words.count("Lunes 8 de junio") == 1


def test_the_page_costs_few_queries(at_home, visit, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        at_home.get(page_of(visit))
