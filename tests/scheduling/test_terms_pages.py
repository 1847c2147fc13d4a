"""Beside the week: extra hours, a pause, how much somebody gives, and by which clock."""

from datetime import date

import pytest

from scheduling import schedules
from scheduling.models import AvailabilityException, Schedule
from tests import factories
from tests.reading import read


@pytest.fixture
def at_work(client, clock, dr_ramos):
    """Dr. Ramos's browser."""
    client.force_login(dr_ramos.user)
    return client


def terms_of(who):
    return schedules.terms_of(Schedule.objects.get(actor=who.actor))


def test_extra_hours_are_offered_and_listed(at_work):
    extra = {"day": "2026-06-09", "starts": "22:00", "ends": "01:00"}
    page = read(at_work.post("/horario/extra/", extra, follow=True))
    assert "martes 9 de junio, 10:00 p. m. – miércoles 10 de junio, 1:00 a. m." in page.words
    assert any(found.slot.starts_at.hour == 3 for found in factories.open_slots(limit=50))


@pytest.mark.parametrize(
    ("extra", "wrong"),
    [
        ({"day": "2026-06-09", "starts": "22:00", "ends": "22:00"}, "igual"),
        ({"day": "", "starts": "10:00", "ends": "11:00"}, "Elija el día"),
        ({"day": "2026-06-01", "starts": "10:00", "ends": "11:00"}, "ya pasó"),
        ({"day": "2026-06-09", "starts": "diez", "ends": "11:00"}, "17:00"),
    ],
)
def test_wrong_extra_hours_are_kept_and_told(at_work, extra, wrong):
    page = read(at_work.post("/horario/extra/", extra))
    assert wrong in " ".join(page.errors)
    assert {name: page.fields[name] for name in extra} == extra
    assert not AvailabilityException.objects.exists()


def test_days_off_that_are_over_are_told(at_work):
    page = read(at_work.post("/horario/descanso/", {"first": "2026-06-01", "last": "2026-06-02"}))
    assert "ya pasó" in " ".join(page.errors)


def test_a_pause_is_one_press_and_so_is_its_end(at_work):
    page = read(at_work.post("/horario/pausa/", {"until": ""}, follow=True))
    assert "Está en pausa hasta que regrese" in page.words
    assert factories.open_slots() == []
    page = read(at_work.post("/horario/seguir/", follow=True))
    assert "en pausa hasta" not in page.words
    assert len(factories.open_slots()) > 0


def test_a_pause_until_a_day_says_so(at_work):
    page = read(at_work.post("/horario/pausa/", {"until": "2026-06-12"}, follow=True))
    assert "Está en pausa hasta el viernes 12 de junio" in page.words
    assert factories.open_slots()[0].slot.starts_at.date() == date(2026, 6, 12)


def test_a_pause_that_is_over_is_told(at_work):
    page = read(at_work.post("/horario/pausa/", {"until": "2026-06-08"}))
    assert page.errors == ["Elija un día después de hoy."]


TERMS = {
    "rest_minutes": "15",
    "before_minutes": "0",
    "after_minutes": "5",
    "visits_a_day": "4",
    "visits_a_week": "",
    "hours_a_week": "2.5",
    "notice_minutes": "120",
    "horizon_days": "28",
}


def test_limits_are_saved_in_words_of_every_day(at_work, dr_ramos):
    page = read(at_work.post("/horario/condiciones/", TERMS, follow=True))
    terms = terms_of(dr_ramos)
    assert (terms.rest_minutes, terms.visits_a_day, terms.minutes_a_week, terms.horizon_days) == (15, 4, 150, 28)
    assert {name: page.fields[name] for name in TERMS} == TERMS


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("rest_minutes", "-5", "de 0 en adelante"),
        ("before_minutes", "mucho", "sin punto"),
        ("visits_a_day", "0", "de 1 en adelante"),
        ("after_minutes", "999", "hasta 240"),
        ("hours_a_week", "todas", "por ejemplo 4"),
    ],
)
def test_wrong_limits_are_kept_and_told(at_work, dr_ramos, name, value, wrong):
    before = terms_of(dr_ramos)
    page = read(at_work.post("/horario/condiciones/", TERMS | {name: value}))
    assert wrong in " ".join(page.errors)
    assert page.fields[name] == value
    assert terms_of(dr_ramos) == before


def test_a_notice_that_is_not_on_the_list_is_kept_as_it_is(at_work, dr_ramos):
    Schedule.objects.filter(actor=dr_ramos.actor).update(notice_minutes=45, horizon_days=10)
    page = read(at_work.get("/horario/"))
    assert (page.fields["notice_minutes"], page.fields["horizon_days"]) == ("45", "10")
    assert "45 minutos antes" in page.words
    assert "10 días" in page.words


def test_an_unknown_clock_is_told_to_whoever_can_mend_it(at_work, dr_ramos):
    Schedule.objects.filter(actor=dr_ramos.actor).update(zone="Luna/Mar_Tranquilo")
    page = read(at_work.get("/horario/"))
    assert "No conocemos el reloj de sus horas" in page.words
    page = read(at_work.post("/horario/reloj/", {"zone": "America/Tijuana"}, follow=True))
    assert "hora de Tijuana" in page.words
    assert factories.open_slots()[0].slot.starts_at.hour == 17  # ten in the morning in Tijuana
    factories.assert_the_copy_is_true()


def test_a_clock_that_is_not_on_the_list_is_refused(at_work, dr_ramos):
    page = read(at_work.post("/horario/reloj/", {"zone": "Luna/Mar_Tranquilo"}))
    assert page.errors == ["Elija uno de los relojes de la lista."]
    assert Schedule.objects.get(actor=dr_ramos.actor).zone == "America/Chicago"
