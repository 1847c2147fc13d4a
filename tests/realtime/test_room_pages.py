"""The door as a browser and a program see it: who gets in, and what everybody else is told to do."""

from datetime import timedelta

import pytest
from django.test import Client

from scheduling import appointments
from scheduling.models import Encounter
from tests import factories
from tests.factories import AT
from tests.reading import Page, read
from tests.scheduling.test_holds_api import Program, code, post


@pytest.fixture
def hers(lupita) -> Client:
    """Lupita's browser."""
    browser = Client()
    browser.force_login(factories.user_of(lupita))
    return browser


def door(client: Client, visit) -> Page:
    return read(client.get(f"/citas/{visit.uuid}/sala/"))


def token(client: Client, visit):
    return post(client, f"appointments/{visit.uuid}/room-token")


def cancel(visit) -> None:
    by = factories.viewer(factories.user_of(visit.patient))
    appointments.cancel(visit, because="patient", by=by, at=AT)


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_door_says_with_whom_when_and_in_whose_time(hers, visit):
    page = door(hers, visit)
    assert page.status == 200
    assert [heading for heading in page.headings if "Ramos" in heading]
    assert "Lunes 8 de junio, 10:00 a. m., hora del centro" in page.words


def test_the_door_says_a_title_as_people_say_it(hers, visit, dr_ramos):
    dr_ramos.user.preferred_name = "Dr. Andrés Ramos"
    dr_ramos.user.save()
    page = door(hers, visit)
    assert "Su cita con el Dr. Andrés Ramos" in page.headings
    assert "El Dr. Andrés Ramos le abre." in page.words


def test_the_clinician_finds_the_patients_name_at_the_door(visit, dr_ramos):
    browser = Client()
    browser.force_login(dr_ramos.user)
    page = door(browser, visit)
    assert [heading for heading in page.headings if "Lupita" in heading]
    assert f"/citas/{visit.uuid}/terminar/" in page.actions


def test_the_door_knows_where_to_knock(hers, visit):
    assert f'data-knock="/api/v1/appointments/{visit.uuid}/room-token"' in door(hers, visit).html


def test_no_token_stands_in_the_page(hers, visit):
    assert "eyJ" not in door(hers, visit).html


def test_too_early_the_page_says_when_to_come_back(hers, visit, clock):
    clock.at = visit.starts_at - timedelta(minutes=31)
    page = door(hers, visit)
    assert (page.status, "9:30 a. m." in page.words) == (425, True)
    assert f"/citas/{visit.uuid}/" in page.links.values()


def test_too_late_the_page_says_what_to_do(hers, visit, clock):
    clock.at = visit.ends_at + timedelta(hours=5)
    assert door(hers, visit).status == 410


def test_a_cancelled_visit_has_no_door(hers, visit):
    cancel(visit)
    page = door(hers, visit)
    assert page.status == 410
    assert f"/citas/{visit.uuid}/" in page.links.values()


def test_somebody_elses_door_is_like_one_that_does_not_exist(visit, beto):
    browser = Client()
    browser.force_login(factories.user_of(beto))
    nowhere = browser.get("/citas/7a6a4a5e-0000-4000-8000-000000000000/sala/")
    theirs = browser.get(f"/citas/{visit.uuid}/sala/")
    assert (theirs.status_code, theirs.content) == (404, nowhere.content)


def test_a_coordinator_sees_the_visit_but_has_no_place_in_it(visit, tomas):
    browser = Client()
    browser.force_login(tomas)
    assert door(browser, visit).status == 404


# --- the token -------------------------------------------------------------------------------------------------------


def test_whoever_has_a_place_gets_a_token(hers, visit):
    got = token(hers, visit).json()
    assert set(got) == {"provider", "room", "url", "token", "expires_at", "ice_servers", "ice_transport_policy"}
    assert got["room"] == str(Encounter.objects.get().uuid)
    assert got["expires_at"] == "2026-06-08T15:00:00+00:00"


def test_a_program_gets_one_with_its_bearer_token(visit, dr_ramos):
    assert token(Program(dr_ramos.user), visit).status_code == 200


@pytest.mark.parametrize("who", ["beto", "tomas"])
def test_whoever_has_no_place_gets_none(visit, request, who):
    program = Program(factories.account(request.getfixturevalue(who)))
    assert code(token(program, visit)) == (404, "not_found")


def test_nobody_unknown_gets_one(client, visit):
    assert code(token(client, visit)) == (404, "not_found")


def test_a_browser_without_the_token_of_its_page_gets_none(visit, lupita):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(factories.user_of(lupita))
    assert code(token(browser, visit)) == (403, "csrf_failed")


@pytest.mark.parametrize(
    ("minutes", "refusal"), [(-31, (425, "room_not_open_yet")), (30 + 4 * 60 + 1, (410, "room_too_late"))]
)
def test_early_and_late_are_told_apart(hers, visit, clock, minutes, refusal):
    clock.at = visit.starts_at + timedelta(minutes=minutes)
    assert code(token(hers, visit)) == refusal


def test_a_cancelled_visit_gives_no_token(hers, visit):
    cancel(visit)
    assert code(token(hers, visit)) == (410, "room_closed")


def test_a_visit_that_does_not_exist_is_like_somebody_elses(hers, visit):
    nowhere = post(hers, "appointments/7a6a4a5e-0000-4000-8000-000000000000/room-token")
    assert code(nowhere) == (404, "not_found")
