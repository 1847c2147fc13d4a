"""Days that are over, hours the clock skips, ends of the calendar: the page of hours answers on the page itself."""

import pytest

from scheduling.models import AvailabilityException, AvailabilityRule, Schedule
from tests import factories
from tests.reading import read

WEEK = {"TU_1_from": "17:00", "TU_1_to": "20:00", "SA_1_from": "09:00", "SA_1_to": "13:00"}


@pytest.fixture
def at_work(client, clock, dr_ramos):
    """Dr. Ramos's browser, on Monday the eighth of June."""
    client.force_login(dr_ramos.user)
    return client


def version():
    return Schedule.objects.get().version


@pytest.mark.parametrize(("first", "last"), [("2026-06-01", "2026-06-07"), ("2026-06-07", "2026-06-07")])
@pytest.mark.parametrize(("language", "words"), [("es", "Ese día ya pasó."), ("en", "That day is over.")])
def test_weeks_that_are_over_are_told_and_the_typed_week_is_kept(at_work, first, last, language, words):
    before = version()
    typed = WEEK | {"from_day": first, "to_day": last}
    page = read(at_work.post("/horario/", typed, headers={"accept-language": language}))
    assert (page.status, page.errors) == (200, [words])
    assert {name: page.fields[name] for name in typed} == typed
    assert version() == before


@pytest.mark.parametrize("first", ["2026-06-01", "2026-06-08"])
def test_weeks_that_have_begun_and_are_not_over_are_saved(at_work, first):
    at_work.post("/horario/", WEEK | {"from_day": first, "to_day": "2026-06-08"})
    assert AvailabilityRule.objects.filter(temporary=True, valid_from="2026-06-08", valid_until="2026-06-09").exists()


@pytest.mark.parametrize(
    ("language", "words"),
    [("es", "Ese día el reloj se salta esas horas."), ("en", "On that day the clock skips those hours.")],
)
def test_hours_that_the_clock_skips_are_told(at_work, language, words):
    """On the second Sunday of March there is nothing between two and three in the morning."""
    typed = {"day": "2027-03-14", "starts": "02:10", "ends": "02:50"}
    page = read(at_work.post("/horario/extra/", typed, headers={"accept-language": language}))
    assert (page.status, page.errors) == (200, [words])
    assert {name: page.fields[name] for name in typed} == typed
    assert not AvailabilityException.objects.exists()


@pytest.mark.parametrize(("starts", "ends"), [("01:30", "02:30"), ("02:30", "03:30"), ("02:10", "02:00")])
def test_hours_of_which_something_is_left_are_saved(at_work, starts, ends):
    at_work.post("/horario/extra/", {"day": "2027-03-14", "starts": starts, "ends": ends})
    assert AvailabilityException.objects.count() == 1


@pytest.mark.parametrize(("starts", "ends", "saved"), [("07:00", "09:00", False), ("07:00", "09:15", True)])
def test_extra_hours_today_must_not_be_over(at_work, starts, ends, saved):
    """It is nine in the morning."""
    page = read(at_work.post("/horario/extra/", {"day": "2026-06-08", "starts": starts, "ends": ends}, follow=True))
    assert AvailabilityException.objects.exists() is saved
    assert page.errors == ([] if saved else ["Ese día ya pasó."])


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/horario/extra/", {"day": "2999-12-31", "starts": "22:00", "ends": "02:00"}),
        ("/horario/pausa/", {"until": "2999-12-31"}),
        ("/horario/descanso/", {"first": "2000-01-01", "last": "2999-12-31"}),
        ("/horario/", WEEK | {"from_day": "2999-12-30", "to_day": "2999-12-31"}),
        ("/horario/", {"MO_1_from": "09:00:30", "MO_1_to": "09:00:45"}),
    ],
)
def test_the_ends_of_the_calendar_are_days_like_others(at_work, path, typed):
    assert read(at_work.post(path, typed, follow=True)).status == 200
    assert read(at_work.get("/horario/")).status == 200
    factories.assert_the_copy_is_true()


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/horario/", WEEK),
        ("/horario/descanso/", {"first": "2026-06-09"}),
        ("/horario/extra/", {"day": "2026-06-09", "starts": "10:00", "ends": "12:00"}),
        ("/horario/pausa/", {"until": "2026-06-12"}),
        ("/horario/reloj/", {"zone": "America/Denver"}),
    ],
)
def test_whose_clock_nobody_knows_can_still_change_everything(at_work, path, typed):
    Schedule.objects.update(zone="Mars/Base")
    assert read(at_work.post(path, typed, follow=True)).errors == []
    assert read(at_work.get("/horario/")).status == 200
