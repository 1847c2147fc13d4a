"""The page of hours is of those who give time: nobody else sees it, and nobody changes another's."""

import pytest

from scheduling import schedules
from scheduling.models import AvailabilityException, AvailabilityRule, Schedule
from tests import factories
from tests.factories import AT, DAY, MAKER
from tests.reading import read

CHANGES = [
    ("/horario/", {"TU_1_from": "17:00", "TU_1_to": "20:00"}),
    ("/horario/descanso/", {"first": "2026-06-09", "last": ""}),
    ("/horario/extra/", {"day": "2026-06-09", "starts": "18:00", "ends": "20:00"}),
    ("/horario/pausa/", {"until": ""}),
    ("/horario/seguir/", {}),
    ("/horario/reloj/", {"zone": "America/Los_Angeles"}),
    ("/horario/semanas/deshacer/", {"first": "2026-06-09"}),
]
PATHS = [path for path, _ in CHANGES]
CHANGING = pytest.mark.parametrize(("path", "typed"), CHANGES, ids=PATHS)


@pytest.fixture
def version(dr_ramos):
    """Say how often Dr. Ramos's hours were changed."""
    return lambda: Schedule.objects.get(actor=dr_ramos.actor).version


@CHANGING
def test_nobody_in_particular_is_asked_to_sign_in(client, clock, version, path, typed):
    before = version()
    answer = client.post(path, typed)
    assert answer.status_code == 302
    assert "/horario" not in answer.headers["Location"].partition("?")[0]
    assert version() == before


@pytest.mark.parametrize("who", ["lupita", "tomas", "carmen", "elena"])
@CHANGING
def test_to_whoever_gives_no_time_the_page_is_not_there(client, clock, request, version, who, path, typed):
    client.force_login(factories.account(request.getfixturevalue(who)))
    before = version()
    assert client.post(path, typed).status_code == 404
    assert version() == before


@pytest.mark.parametrize("path", PATHS[1:])
def test_a_link_changes_nothing(client, clock, dr_ramos, version, path):
    client.force_login(dr_ramos.user)
    before = version()
    assert client.get(path).status_code == 405
    assert version() == before


@CHANGING
def test_a_change_is_of_the_hours_of_whoever_makes_it(client, clock, version, acompana, elena, path, typed):
    vega = factories.clinician("Vega", acompana, elena)
    mine, theirs = version(), Schedule.objects.get(actor=vega.actor)
    client.force_login(vega.user)
    assert client.post(path, typed | {"schedule": "1", "actor": "1"}).status_code == 302
    assert version() == mine
    changed = Schedule.objects.get(actor=vega.actor).version > theirs.version
    assert changed is ("semanas" not in path)


@pytest.mark.parametrize("path", ["/horario/descanso/not-a-uuid/deshacer/", "/horario/descanso//deshacer/"])
def test_time_off_that_cannot_be_is_not_found(client, clock, dr_ramos, path):
    client.force_login(dr_ramos.user)
    assert client.post(path).status_code == 404


def test_time_off_is_taken_back_once(client, clock, dr_ramos):
    off, _ = schedules.take_off(dr_ramos.actor.schedule, AT.date(), AT.date(), by=MAKER, at=AT)
    client.force_login(dr_ramos.user)
    path = f"/horario/descanso/{off.uuid}/deshacer/"
    assert [client.post(path).status_code for _ in range(2)] == [302, 404]


def test_an_interpreter_does_not_take_back_a_clinicians_time_off(client, clock, dr_ramos, nayeli):
    off, _ = schedules.take_off(dr_ramos.actor.schedule, AT.date(), AT.date(), by=MAKER, at=AT)
    client.force_login(nayeli.user)
    assert client.post(f"/horario/descanso/{off.uuid}/deshacer/").status_code == 404
    assert AvailabilityException.objects.get() == off


def test_weeks_of_a_colleague_are_not_taken_back(client, clock, dr_ramos, acompana, elena):
    days = AT.date() + DAY, AT.date() + 3 * DAY
    hers = dr_ramos.actor.schedule
    schedules.set_week(hers, factories.EVERY_DAY[:3], by=MAKER, at=AT, first=days[0], last=days[1])
    client.force_login(factories.clinician("Vega", acompana, elena).user)
    client.post("/horario/semanas/deshacer/", {"first": days[0].isoformat()})
    assert AvailabilityRule.objects.filter(schedule=hers, temporary=True).exists()


@pytest.mark.parametrize("first", ["", "2026-06-10", "x", "0000-00-00"])
def test_weeks_nobody_planned_are_not_taken_back(client, clock, dr_ramos, version, first):
    client.force_login(dr_ramos.user)
    before = version()
    assert client.post("/horario/semanas/deshacer/", {"first": first}).headers["Location"] == "/horario/"
    assert version() == before


# --- in the other language -------------------------------------------------------------------------------------------


@pytest.fixture
def in_english(client, clock, dr_ramos):
    client.force_login(dr_ramos.user)
    client.cookies["django_language"] = "en"
    client.get("/horario/", headers={"accept-language": "en"})
    return lambda path, typed: read(client.post(path, typed, follow=True, headers={"accept-language": "en"}))


@pytest.mark.parametrize(
    ("path", "typed", "words"),
    [
        (*CHANGES[0], "Your hours are saved."),
        (*CHANGES[1], "Your days off are saved."),
        (*CHANGES[2], "Your extra hours are saved."),
        (*CHANGES[3], "You are on pause. Nobody can book you."),
        (*CHANGES[4], "Welcome back. Your hours are offered again."),
        (*CHANGES[5], "Your hours are read by that clock now."),
    ],
)
def test_what_was_done_is_said_in_english_to_whoever_reads_english(in_english, path, typed, words):
    page = in_english(path, typed)
    assert (page.language, words in page.words) == ("en", True)


@pytest.mark.parametrize(
    ("path", "typed", "words"),
    [
        ("/horario/", {"MO_1_from": "17:00"}, "Write from when until when, or leave both empty."),
        ("/horario/descanso/", {"first": ""}, "Choose the first day."),
        ("/horario/descanso/", {"first": "2026-06-01"}, "That day is over."),
        ("/horario/extra/", {"day": "2026-06-09", "starts": "10", "ends": ""}, "Write from when until when."),
        ("/horario/pausa/", {"until": "2026-06-08"}, "Choose a day after today."),
        ("/horario/reloj/", {"zone": "Mars"}, "Choose one of the clocks of the list."),
    ],
)
def test_what_is_wrong_is_told_in_english_too(in_english, path, typed, words):
    assert words in in_english(path, typed).errors


def test_whom_a_change_touches_is_told_in_english_too(in_english, lupita):
    factories.booked(lupita)
    page = in_english(*CHANGES[0])
    assert page.language == "en"
    assert "Monday" in page.words
    assert "Lupita" in page.words
