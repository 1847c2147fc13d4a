"""The clinician's hours: the week to change, days off to take and to take back; booked visits stand."""

from datetime import date, time

import pytest

from scheduling.models import Appointment, AvailabilityException, AvailabilityRule, Schedule
from tests import factories
from tests.reading import read


@pytest.fixture
def at_work(client, clock, dr_ramos):
    """Dr. Ramos's browser."""
    client.force_login(dr_ramos.user)
    return client


def week_of(page) -> dict[str, str]:
    """Return the fields of the weekly hours as the page shows them."""
    return {name: value for name, value in page.fields.items() if name[:2].isupper() and name[2] == "_"}


def rules() -> list[tuple[int, time, time]]:
    return list(AvailabilityRule.objects.filter(valid_until=None).values_list("weekday", "starts", "ends"))


def test_the_page_shows_the_hours_in_force(at_work):
    page = read(at_work.get("/horario/"))
    assert (page.fields["MO_1_from"], page.fields["MO_1_to"]) == ("10:00", "12:00")
    assert (page.fields["MO_2_from"], page.fields["SU_1_to"]) == ("", "12:00")
    assert "hora del centro" in page.words


def test_saving_changes_the_week(at_work, dr_ramos):
    response = at_work.post("/horario/", {"TU_1_from": "17:00", "TU_1_to": "20:00"}, follow=True)
    assert rules() == [(1, time(17), time(20))]
    assert "guardadas" in read(response).words
    assert week_of(read(response)) | {"TU_1_from": "", "TU_1_to": ""} == dict.fromkeys(week_of(read(response)), "")


def test_what_is_saved_is_what_is_offered(at_work):
    at_work.post("/horario/", {"TU_1_from": "17:00", "TU_1_to": "18:00"})
    assert [found.slot.starts_at.hour for found in factories.open_slots()[:2]] == [22, 22]


def test_a_window_may_end_after_midnight(at_work):
    at_work.post("/horario/", {"FR_1_from": "22:00", "FR_1_to": "02:00"})
    assert len(factories.open_slots()) == 2 * 8


def test_an_empty_week_offers_nothing(at_work):
    at_work.post("/horario/", dict.fromkeys(week_of(read(at_work.get("/horario/"))), ""))
    assert factories.open_slots() == []


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"MO_1_from": "17:00"}, "Escriba desde y hasta qué hora"),
        ({"MO_1_to": "17:00"}, "Escriba desde y hasta qué hora"),
        ({"MO_1_from": "17:00", "MO_1_to": "17:00"}, "igual"),
        ({"MO_1_from": "cinco", "MO_1_to": "18:00"}, "17:00"),
    ],
)
def test_wrong_hours_are_kept_and_nothing_is_saved(at_work, typed, wrong):
    before = rules()
    page = read(at_work.post("/horario/", typed | {"SA_1_from": "09:00", "SA_1_to": "11:00"}))
    assert wrong in " ".join(page.errors)
    assert page.fields["SA_1_from"] == "09:00"
    assert {name: page.fields[name] for name in typed} == typed
    assert rules() == before


def test_saving_warns_of_visits_outside_and_cancels_nobody(at_work, lupita):
    visit = factories.booked(lupita)
    page = read(at_work.post("/horario/", {"TU_1_from": "17:00", "TU_1_to": "20:00"}, follow=True))
    assert f"/citas/{visit.uuid}/" in page.links.values()
    assert "1 cita queda fuera" in page.words
    assert Appointment.objects.get().status == "booked"


# --- days off --------------------------------------------------------------------------------------------------------


def test_a_day_off_is_offered_no_more(at_work):
    at_work.post("/horario/descanso/", {"first": "2026-06-08", "last": ""})
    assert factories.open_slots()[0].slot.starts_at.date() == date(2026, 6, 9)


def test_days_off_count_both_ends(at_work):
    at_work.post("/horario/descanso/", {"first": "2026-06-08", "last": "2026-06-10"})
    assert factories.open_slots()[0].slot.starts_at.date() == date(2026, 6, 11)


def test_a_day_off_is_listed_in_the_schedules_own_clock(at_work):
    page = read(at_work.post("/horario/descanso/", {"first": "2026-06-09"}, follow=True))
    assert "martes 9 de junio, 12:00 a. m. – miércoles 10 de junio, 12:00 a. m." in page.words


def test_a_day_off_warns_of_visits_in_it(at_work, lupita):
    visit = factories.booked(lupita)
    page = read(at_work.post("/horario/descanso/", {"first": "2026-06-08"}, follow=True))
    assert f"/citas/{visit.uuid}/" in page.links.values()
    assert Appointment.objects.get().status == "booked"


@pytest.mark.parametrize(
    ("first", "last"), [("", ""), ("mañana", ""), ("2026-06-10", "2026-06-09"), ("2026-06-10", "2026-13-40")]
)
def test_wrong_days_are_kept_and_nothing_is_taken_off(at_work, first, last):
    page = read(at_work.post("/horario/descanso/", {"first": first, "last": last}))
    assert page.errors
    assert (page.fields["first"], page.fields["last"]) == (first, last)
    assert page.fields["MO_1_from"] == "10:00"
    assert not AvailabilityException.objects.exists()


def test_a_day_off_can_be_taken_back(at_work):
    at_work.post("/horario/descanso/", {"first": "2026-06-08"})
    [action] = [path for path in read(at_work.get("/horario/")).actions if "deshacer" in path]
    at_work.post(action)
    assert factories.open_slots()[0].slot.starts_at.date() == date(2026, 6, 8)


def test_nobody_takes_back_a_colleagues_day_off(client, clock, at_work, acompana, elena):
    at_work.post("/horario/descanso/", {"first": "2026-06-08"})
    off = AvailabilityException.objects.get()
    client.force_login(factories.clinician("Vega", acompana, elena).user)
    assert client.post(f"/horario/descanso/{off.uuid}/deshacer/").status_code == 404
    assert AvailabilityException.objects.exists()


def test_a_link_takes_nothing_off(at_work):
    assert at_work.get("/horario/descanso/").status_code == 405


def test_hours_are_written_in_the_clinicians_own_zone(client, clock, acompana, elena, consulta):
    tijuana = factories.clinician("Vega", acompana, elena, schedule={"zone": "America/Tijuana"})
    client.force_login(tijuana.user)
    assert "hora de Tijuana" in read(client.get("/horario/")).words
    client.post("/horario/", {"TU_1_from": "17:00", "TU_1_to": "18:00"})
    assert factories.open_slots()[0].slot.starts_at.isoformat() == "2026-06-10T00:00:00+00:00"
    assert Schedule.objects.get(actor=tijuana.actor).version > 0
