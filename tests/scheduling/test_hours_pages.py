"""The clinician's hours: the week to change, days off to take and to take back; booked visits stand."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from scheduling import schedules
from scheduling.models import AvailabilityException, AvailabilityRule, Schedule
from scheduling.weeks import Hours
from tests import factories
from tests.reading import read


@pytest.fixture
def at_work(client, clock, dr_ramos):
    """Dr. Ramos's browser."""
    client.force_login(dr_ramos.user)
    return client


@pytest.fixture
def by_phone(dr_ramos):
    return factories.visit_type("consulta-telefono", modality="phone", name_es="Por teléfono")


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


# --- filled in quickly -----------------------------------------------------------------------------------------------


def test_a_preset_fills_the_week_in_and_saves_nothing(at_work):
    before = rules()
    page = read(at_work.post("/horario/", {"fill": "evenings", "SA_1_from": "09:00", "SA_1_to": "11:00"}))
    assert {page.fields[f"{day}_1_from"] for day in ("MO", "TU", "WE", "TH", "FR")} == {"17:00"}
    assert (page.fields["FR_1_to"], page.fields["SA_1_from"], page.fields["SU_1_from"]) == ("20:00", "09:00", "")
    assert page.errors == []
    assert rules() == before


def test_what_a_preset_filled_in_can_be_saved(at_work):
    page = read(at_work.post("/horario/", {"fill": "weekend"}))
    at_work.post("/horario/", week_of(page))
    assert rules() == [(5, time(9), time(13)), (6, time(9), time(13))]


def test_an_unknown_preset_is_no_preset(at_work):
    at_work.post("/horario/", {"fill": "never", "SA_1_from": "09:00", "SA_1_to": "11:00"})
    assert rules() == [(5, time(9), time(11))]


def test_a_days_hours_are_copied_to_monday_to_friday(at_work):
    typed = {"WE_1_from": "17:00", "WE_1_to": "18:00", "WE_2_from": "20:00", "WE_2_to": "21:00", "MO_1_from": "07:00"}
    page = read(at_work.post("/horario/", typed | {"copy": "WE"}))
    copies = {page.fields[f"{day}_{field}"] for day in ("MO", "FR") for field in ("1_from", "2_from")}
    assert copies == {"17:00", "20:00"}
    assert page.fields["SA_1_from"] == ""


def test_what_is_wrong_survives_a_preset(at_work):
    page = read(at_work.post("/horario/", {"fill": "weekend", "MO_1_from": "cinco"}))
    assert page.fields["MO_1_from"] == "cinco"


def test_as_many_windows_a_day_as_there_are(at_work, dr_ramos):
    week = [Hours(0, time(hour), time(hour, 30)) for hour in (8, 10, 12, 14)]
    schedules.set_week(dr_ramos.actor.schedule, week, by=factories.MAKER, at=factories.AT)
    page = read(at_work.get("/horario/"))
    assert [page.fields[f"MO_{number}_from"] for number in (1, 2, 3, 4)] == ["08:00", "10:00", "12:00", "14:00"]
    at_work.post("/horario/", week_of(page))
    assert len(rules()) == 4


# --- for whom, and for how long --------------------------------------------------------------------------------------


def test_hours_can_be_kept_for_some_visits_and_for_what_is_urgent(at_work, by_phone):
    typed = {"MO_1_from": "10:00", "MO_1_to": "12:00", "MO_1_types": ["consulta-telefono"], "MO_1_kept": "24"}
    at_work.post("/horario/", typed)
    rule = AvailabilityRule.objects.get(valid_until=None)
    assert (rule.visit_types, rule.urgent, rule.release_hours) == (["consulta-telefono"], True, 24)
    page = read(at_work.get("/horario/"))
    assert (page.fields["MO_1_types"], page.fields["MO_1_kept"]) == ("consulta-telefono", "24")


def test_only_visits_one_gives_are_asked_about(at_work, by_phone):
    factories.visit_type("dentista", specialty="dental")
    page = read(at_work.get("/horario/"))
    assert 'value="dentista"' not in page.html
    assert 'value="consulta-telefono"' in page.html


def test_hours_that_overlap_for_different_visits_are_told(at_work, by_phone):
    typed = {"MO_1_from": "10:00", "MO_1_to": "12:00", "MO_2_from": "11:00", "MO_2_to": "13:00"}
    before = rules()
    page = read(at_work.post("/horario/", typed | {"MO_2_types": ["consulta-telefono"]}))
    assert any("se enciman" in error for error in page.errors)
    assert page.fields["MO_2_from"] == "11:00"
    assert rules() == before


def test_hours_for_some_weeks_are_listed_and_can_be_taken_back(at_work):
    dates = {"from_day": "2026-06-15", "to_day": "2026-06-21"}
    page = read(at_work.post("/horario/", {"TU_1_from": "17:00", "TU_1_to": "18:00"} | dates, follow=True))
    assert "lunes 15 de junio al domingo 21 de junio" in page.words
    assert page.fields["MO_1_from"] == "10:00"  # the usual hours are as they were
    page = read(at_work.post("/horario/semanas/deshacer/", {"first": "2026-06-15"}, follow=True))
    assert "15 de junio" not in page.words
    assert not AvailabilityRule.objects.filter(temporary=True).exists()


@pytest.mark.parametrize(
    ("dates", "wrong"),
    [
        ({"from_day": "2026-06-15"}, "los dos días"),
        ({"to_day": "2026-06-15"}, "los dos días"),
        ({"from_day": "2026-06-15", "to_day": "2026-06-14"}, "antes del primero"),
        ({"from_day": "el lunes", "to_day": "2026-06-14"}, "2027-03-12"),
    ],
)
def test_wrong_dates_are_kept_and_told(at_work, dates, wrong):
    before = rules()
    page = read(at_work.post("/horario/", {"TU_1_from": "17:00", "TU_1_to": "18:00"} | dates))
    assert wrong in " ".join(page.errors)
    assert {name: page.fields[name] for name in dates} == dates
    assert rules() == before


def test_some_weeks_without_hours_are_days_off(at_work):
    page = read(at_work.post("/horario/", {"from_day": "2026-06-15", "to_day": "2026-06-16"}))
    assert "mejor tome días libres" in " ".join(page.errors)


def test_interpreters_set_their_hours_too(client, clock, nayeli):
    client.force_login(nayeli.user)
    client.post("/horario/", {"TU_1_from": "17:00", "TU_1_to": "18:00"})
    assert rules() == [(1, time(17), time(18))]
    assert "Mi horario" in read(client.get("/horario/")).links


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


def test_what_begins_and_ends_on_one_day_names_it_once(at_work, dr_ramos):
    schedule = Schedule.objects.get(actor=dr_ramos.actor)
    begins = datetime(2026, 6, 9, 15, tzinfo=UTC)
    AvailabilityException.objects.create(
        schedule=schedule, kind="extra", starts_at=begins, ends_at=begins + timedelta(hours=2)
    )
    assert "martes 9 de junio, 10:00 a. m. – 12:00 p. m." in read(at_work.get("/horario/")).words


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("", ""),
        ("mañana", ""),
        ("2026-06-10", "2026-06-09"),
        ("2026-06-10", "2026-13-40"),
        ("9999-12-31", ""),
        ("2026-06-10", "9999-12-31"),
        ("1900-01-01", ""),
    ],
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
