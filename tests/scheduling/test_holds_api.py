"""POST /api/v1/holds and /api/v1/appointments: hold a time, book it, and what stands in the way."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client

from scheduling import accounts, slots
from scheduling.access import System
from scheduling.models import Appointment, User
from tests import factories

pytestmark = pytest.mark.usefixtures("clock", "dr_ramos")


def post(client, path: str, body: object = None, **headers: str):
    return client.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)


def offered(client, number: int = 0) -> str:
    return client.get("/api/v1/slots?state=TX&limit=200").json()["slots"][number]["id"]


def hold(client, number: int = 0):
    return post(client, "holds", {"slot": offered(client, number)})


def code(answer) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


class Program(Client):
    """A program that asks as an account, by a bearer token."""

    def __init__(self, user: User) -> None:
        token = accounts.issue_token(user, by=System("tests"), at=factories.AT)
        super().__init__(enforce_csrf_checks=True, headers={"authorization": f"Bearer {token}"})


@pytest.fixture
def lupitas(lupita) -> Program:
    return Program(factories.user_of(lupita))


@pytest.fixture
def betos(beto) -> Program:
    return Program(factories.user_of(beto))


# --- holds -----------------------------------------------------------------------------------------------------------


def test_a_hold_says_until_when(client):
    answer = hold(client)
    assert answer.status_code == 201
    assert answer.json() == {
        "id": str(Appointment.objects.get().uuid),
        "expires_at": "2026-06-08T09:05:00-05:00",
    }


def test_a_taken_time_brings_alternatives(client):
    chosen = offered(client)
    post(Client(), "holds", {"slot": chosen})
    answer = post(client, "holds", {"slot": chosen})
    assert code(answer) == (409, "slot_taken")
    assert [one["starts_at"][11:16] for one in answer.json()["alternatives"]] == ["10:30", "11:00", "11:30"]


def test_an_alternative_can_be_held(client):
    chosen = offered(client)
    post(Client(), "holds", {"slot": chosen})
    other = post(client, "holds", {"slot": chosen}).json()["alternatives"][0]["id"]
    assert post(client, "holds", {"slot": other}).status_code == 201


@pytest.mark.parametrize("made_up", ["", "x", "W10:1abc:xyz"])
def test_a_slot_we_did_not_make(client, made_up):
    assert code(post(client, "holds", {"slot": made_up})) == (422, "slot_invalid")


def test_a_slot_that_is_too_old(client, monkeypatch):
    chosen = offered(client)
    monkeypatch.setattr(slots, "LIFE", timedelta(seconds=-1))
    assert code(post(client, "holds", {"slot": chosen})) == (422, "slot_invalid")


def test_a_third_hold_is_one_too_many(client):
    assert [hold(client).status_code for _ in range(2)] == [201, 201]
    assert code(hold(client)) == (409, "too_many_holds")


def test_each_program_has_its_own_holds(lupitas, betos):
    assert [hold(program).status_code for program in (lupitas, lupitas, betos, betos)] == [201] * 4
    assert code(hold(lupitas)) == (409, "too_many_holds")


# --- booking ---------------------------------------------------------------------------------------------------------


def test_a_held_time_is_booked(lupitas, lupita):
    answer = post(lupitas, "appointments", {"hold": hold(lupitas).json()["id"], "reason": "Tos"})
    made = answer.json()
    assert answer.status_code == 201
    assert (made["status"], made["starts_at"], made["held_until"]) == ("booked", "2026-06-08T10:00:00-05:00", None)
    visit = Appointment.objects.get()
    assert (visit.patient, visit.reason) == (lupita, "Tos")


def test_booking_twice_changes_nothing(lupitas):
    held = hold(lupitas).json()["id"]
    first, second = (post(lupitas, "appointments", {"hold": held}) for _ in range(2))
    assert (first.json(), first.status_code) == (second.json(), second.status_code)


def test_an_account_without_a_patient_becomes_one(tomas):
    program = Program(tomas)
    assert post(program, "appointments", {"hold": hold(program).json()["id"]}).status_code == 201
    assert tomas.represents.get().patient.preferred_name == "Tomas"


def test_one_books_for_a_relative_they_speak_for(lupitas, lupita, beto):
    beto.representatives.create(user=factories.user_of(lupita), relation="parent", consented_at=factories.AT)
    held = hold(lupitas).json()["id"]
    assert post(lupitas, "appointments", {"hold": held, "patient": str(beto.uuid)}).status_code == 201
    assert Appointment.objects.get().patient == beto


def test_nobody_books_for_a_stranger(lupitas, beto):
    held = hold(lupitas).json()["id"]
    theirs = post(lupitas, "appointments", {"hold": held, "patient": str(beto.uuid)})
    nobodys = post(lupitas, "appointments", {"hold": held, "patient": str(uuid.uuid4())})
    assert code(theirs) == (422, "invalid")
    assert theirs.json() == nobodys.json()
    assert theirs.json()["errors"] == [{"field": "patient", "detail": "unknown_patient"}]


def test_who_is_nobody_signs_in_first(client):
    held = hold(client).json()["id"]
    assert code(post(client, "appointments", {"hold": held})) == (401, "sign_in_first")


def test_a_hold_of_somebody_else_looks_like_none(lupitas, betos):
    held = hold(lupitas).json()["id"]
    theirs = post(betos, "appointments", {"hold": held})
    nobodys = post(betos, "appointments", {"hold": str(uuid.uuid4())})
    assert code(theirs) == (404, "not_found")
    assert theirs.content == nobodys.content


def test_a_hold_that_is_over(lupitas, clock):
    held = hold(lupitas).json()["id"]
    clock.move(minutes=5)
    assert code(post(lupitas, "appointments", {"hold": held})) == (410, "hold_expired")


def test_a_patient_is_in_one_place_at_a_time(lupitas, acompana, elena):
    factories.clinician("Vega", acompana, elena)
    first, second = hold(lupitas, 0).json()["id"], hold(lupitas, 0).json()["id"]
    post(lupitas, "appointments", {"hold": first})
    assert code(post(lupitas, "appointments", {"hold": second})) == (409, "patient_busy")


# --- what is not right -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["holds", "appointments"])
@pytest.mark.parametrize("body", ["{", "", "[1,", b"\xff\xfe", '{"slot": }'])
def test_what_is_no_json_is_told_so(client, path, body):
    answer = post(client, path, body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "body"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("holds", {}, "slot"),
        ("holds", {"slot": 7}, "slot"),
        ("holds", {"slot": "x" * 3000}, "slot"),
        ("holds", {"slot": "x", "colour": "red"}, "colour"),
        ("appointments", {"hold": "not-a-uuid"}, "hold"),
        ("appointments", {"hold": str(uuid.uuid4()), "reason": "x" * 2001}, "reason"),
        ("appointments", {"hold": str(uuid.uuid4()), "reason": None}, "reason"),
        ("appointments", {"hold": str(uuid.uuid4()), "state": "TX"}, "state"),
    ],
)
def test_a_field_that_is_not_right_is_named(client, path, body, field):
    answer = post(client, path, body)
    assert code(answer) == (422, "invalid")
    assert [error["field"] for error in answer.json()["errors"]] == [field]


# --- who asks --------------------------------------------------------------------------------------------------------


def test_a_browser_that_is_somebody_proves_that_its_own_page_asks(lupita):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(factories.user_of(lupita))
    assert code(post(browser, "holds", {"slot": offered(browser)})) == (403, "csrf_failed")
    browser.get("/entrar/")
    token = browser.cookies["csrftoken"].value
    answer = post(browser, "holds", {"slot": offered(browser)}, **{"x-csrftoken": token})
    assert answer.status_code == 201


def test_a_browser_that_came_by_a_link_is_somebody_too(lupita):
    visit = factories.booked(lupita)
    _grant, secret = accounts.grant_link("appointment", visit.uuid, at=factories.AT)
    browser = Client(enforce_csrf_checks=True)
    browser.get(f"/l/{secret}")
    assert code(post(browser, f"appointments/{visit.uuid}/cancel")) == (403, "csrf_failed")


def test_a_browser_that_is_nobody_may_hold():
    assert hold(Client(enforce_csrf_checks=True)).status_code == 201


@pytest.mark.parametrize("token", ["", "x", "Bearer"])
def test_a_token_nobody_gave_makes_one_nobody(client, token):
    answer = client.get("/api/v1/appointments", headers={"authorization": f"Bearer {token}"})
    assert code(answer) == (401, "sign_in_first")


def test_a_token_wins_over_the_session(betos, lupita):
    factories.booked(lupita)
    betos.force_login(factories.user_of(lupita))
    assert betos.get("/api/v1/appointments").json() == {"appointments": []}


def test_a_token_taken_back_opens_nothing(lupitas, lupita):
    assert lupitas.get("/api/v1/appointments").status_code == 200
    factories.user_of(lupita).api_tokens.update(revoked_at=factories.AT)
    assert lupitas.get("/api/v1/appointments").status_code == 401


def test_a_token_of_an_account_that_was_closed_opens_nothing(lupitas, lupita):
    User.objects.filter(pk=factories.user_of(lupita).pk).update(is_active=False)
    assert lupitas.get("/api/v1/appointments").status_code == 401
