"""The sockets of one case, one visit and one's own day: their owner hears of them; nobody else."""

import uuid

import pytest
from channels.db import database_sync_to_async as do
from django.test import Client

from navigation import cases
from navigation.models import Case
from scheduling import appointments
from tests import factories
from tests.factories import AT, help

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


async def turned_away(line, path: str, **who) -> bool:
    page = line(path, **who)
    await page.open()
    return await page.closes() == 4404


# --- one case --------------------------------------------------------------------------------------------------------


@pytest.fixture
def reporter(transactional_db, clock, acompana) -> Client:
    """The browser of somebody who asked for help without an account."""
    browser = Client()
    browser.post("/ahora/", {"place": "Rancho El Sol", "country": "US", "phone": "713 555 0142"})
    return browser


@pytest.fixture
def one(reporter) -> Case:
    return Case.objects.get()


async def test_who_reported_a_case_hears_that_somebody_took_it(line, reporter, one, tomas):
    page = line(f"/ws/cases/{one.uuid}/", browser=reporter)
    await page.open()
    await page.hear("beat")
    await do(cases.acknowledge)(one, by=factories.viewer(tomas), at=AT)
    assert await page.hear("case.changed") == {"kind": "case.changed", "id": str(one.uuid)}


async def test_who_reported_a_case_hears_nothing_of_others(line, reporter, one):
    page = line(f"/ws/cases/{one.uuid}/", browser=reporter)
    await page.open()
    await do(help.case)()
    assert await page.hears_only("beat")


async def test_a_case_of_somebody_else_and_one_that_does_not_exist_turn_away_alike(line, one, lupita, reporter):
    assert await turned_away(line, f"/ws/cases/{one.uuid}/")
    assert await turned_away(line, f"/ws/cases/{one.uuid}/", user=await do(factories.account)(lupita))
    assert await turned_away(line, f"/ws/cases/{uuid.uuid4()}/", browser=reporter)


async def test_a_lost_message_about_a_case_shows_in_its_heartbeat(line, reporter, one, tomas, quick_beats):
    page = line(f"/ws/cases/{one.uuid}/", browser=reporter)
    await page.open()
    before = (await page.hear("beat"))["digest"]
    await do(Case.objects.update)(version=9)
    while (await page.hear("beat"))["digest"] == before:
        pass


# --- one visit -------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["lupita", "dr_ramos", "tomas"])
def somebody(request, visit):
    """Each of those who may see the visit: the patient, the clinician, the coordinator."""
    return factories.account(request.getfixturevalue(request.param))


async def test_whoever_may_see_a_visit_hears_that_it_was_cancelled(line, visit, somebody, lupita):
    page = line(f"/ws/appointments/{visit.uuid}/", user=somebody)
    await page.open()
    await page.hear("beat")
    by = factories.viewer(await do(factories.account)(lupita))
    await do(appointments.cancel)(visit, because="patient", by=by, at=AT)
    assert await page.hear("appointment.changed") == {"kind": "appointment.changed", "id": str(visit.uuid)}


async def test_the_visit_of_somebody_else_and_one_that_does_not_exist_turn_away_alike(line, visit, beto):
    account = await do(factories.account)(beto)
    assert await turned_away(line, f"/ws/appointments/{visit.uuid}/", user=account)
    assert await turned_away(line, f"/ws/appointments/{uuid.uuid4()}/", user=account)
    assert await turned_away(line, f"/ws/appointments/{visit.uuid}/")


# --- one's own day ---------------------------------------------------------------------------------------------------


async def test_a_clinician_hears_of_new_visits(line, clock, dr_ramos, lupita):
    page = line("/ws/day/", user=dr_ramos.user)
    await page.open()
    await page.hear("beat")
    made = await do(factories.booked)(lupita)
    assert (await page.hear("appointment.changed"))["id"] == str(made.uuid)


async def test_a_lost_message_about_a_new_visit_shows_in_the_days_heartbeat(line, dr_ramos, lupita, quick_beats):
    page = line("/ws/day/", user=dr_ramos.user)
    await page.open()
    before = (await page.hear("beat"))["digest"]
    await do(factories.booked)(lupita)
    while (await page.hear("beat"))["digest"] == before:
        pass


async def test_whoever_sees_no_patients_has_no_day(line, tomas, lupita):
    for who in (tomas, await do(factories.account)(lupita), None):
        assert await turned_away(line, "/ws/day/", user=who)


async def test_another_clinicians_day_is_not_heard_of(line, clock, dr_ramos, acompana, elena, lupita):
    vega = await do(factories.clinician)("Vega", acompana, elena, states=["CA"])
    page = line("/ws/day/", user=vega.user)
    await page.open()
    await page.hear("beat")
    await do(factories.booked)(lupita)
    assert await page.hears_only("beat")


# --- no socket at all, and nothing that can be heard -----------------------------------------------------------------


@pytest.mark.parametrize("path", ["/ws/", "/ws/nowhere/", "/ws/rooms/no-room/", "/ws/board", "/"])
async def test_where_there_is_no_socket_everybody_is_turned_away(line, tomas, path):
    assert await turned_away(line, path, user=tomas)


async def test_bytes_are_passed_over_like_words(line, dr_ramos, quick_beats):
    page = line("/ws/day/", user=dr_ramos.user)
    await page.open()
    await page.socket.send_to(bytes_data=b"\xff")
    await page.hear("beat")
    await page.hear("beat")
