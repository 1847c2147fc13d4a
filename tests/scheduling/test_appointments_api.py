"""GET and cancel of /api/v1/appointments: one's own, and nothing of anybody else's."""

import uuid

import pytest

from scheduling.models import Appointment
from tests import factories
from tests.scheduling.test_holds_api import Program, code, post


@pytest.fixture
def visit(clock, dr_ramos, lupita) -> Appointment:
    return factories.booked(lupita, reason="Me duele la cabeza")


@pytest.fixture
def lupitas(lupita) -> Program:
    return Program(factories.user_of(lupita))


def test_one_appointment_as_a_program_gets_it(lupitas, visit):
    got = lupitas.get(f"/api/v1/appointments/{visit.uuid}").json()
    people = got.pop("participants")
    assert got == {
        "id": str(visit.uuid),
        "status": "booked",
        "starts_at": "2026-06-08T10:00:00-05:00",
        "ends_at": "2026-06-08T10:30:00-05:00",
        "zone": "America/Chicago",
        "visit_type": {
            "code": "consulta-video",
            "name": "Consulta por video",
            "minutes": 30,
            "modality": "video",
            "care": "clinical",
        },
        "held_until": None,
        "version": 1,
        "location": None,
    }
    assert [(one["role"], one["name"]) for one in people] == [("clinician", "Ramos"), ("patient", "Lupita")]


def test_what_the_patient_said_is_not_in_it(lupitas, visit):
    assert b"cabeza" not in lupitas.get(f"/api/v1/appointments/{visit.uuid}").content


def test_the_list_is_newest_first(lupitas, visit, lupita):
    later = factories.booked(lupita, number=5)
    got = lupitas.get("/api/v1/appointments").json()["appointments"]
    assert [one["id"] for one in got] == [str(later.uuid), str(visit.uuid)]
    assert len(lupitas.get("/api/v1/appointments?limit=1").json()["appointments"]) == 1


@pytest.mark.parametrize("limit", ["0", "201", "many"])
def test_a_limit_that_is_none_is_named(lupitas, visit, limit):
    answer = lupitas.get(f"/api/v1/appointments?limit={limit}")
    assert code(answer) == (422, "invalid")
    assert [error["field"] for error in answer.json()["errors"]] == ["limit"]


def test_the_list_is_of_who_asks(visit, beto, dr_ramos):
    assert Program(factories.user_of(beto)).get("/api/v1/appointments").json() == {"appointments": []}
    [own] = Program(dr_ramos.user).get("/api/v1/appointments").json()["appointments"]
    assert own["id"] == str(visit.uuid)


def test_who_is_nobody_has_no_list(client, visit):
    assert code(client.get("/api/v1/appointments")) == (401, "sign_in_first")


def test_the_list_costs_the_same_however_long(lupitas, visit, lupita, django_assert_max_num_queries):
    for number in (3, 6, 9):
        factories.booked(lupita, number=number)
    with django_assert_max_num_queries(6):
        assert len(lupitas.get("/api/v1/appointments").json()["appointments"]) == 4


@pytest.mark.parametrize("ask", ["get", "cancel"])
def test_somebody_elses_looks_like_none(visit, beto, ask):
    program = Program(factories.user_of(beto))

    def answer(which):
        path = f"appointments/{which}"
        return program.get(f"/api/v1/{path}") if ask == "get" else post(program, f"{path}/cancel")

    assert code(answer(visit.uuid)) == (404, "not_found")
    assert answer(visit.uuid).content == answer(uuid.uuid4()).content
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_an_id_that_is_none_is_not_found(lupitas, visit):
    assert code(lupitas.get("/api/v1/appointments/17")) == (404, "not_found")


def test_a_hold_may_be_looked_at_by_who_holds_it(lupitas, dr_ramos, clock):
    held = lupitas.post(
        "/api/v1/holds",
        {"slot": lupitas.get("/api/v1/slots?state=TX").json()["slots"][0]["id"]},
        content_type="application/json",
    ).json()
    got = lupitas.get(f"/api/v1/appointments/{held['id']}").json()
    assert (got["status"], got["held_until"]) == ("proposed", held["expires_at"])


# --- cancel ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [None, {}])
def test_cancelling_says_that_it_is_cancelled(lupitas, visit, body):
    answer = post(lupitas, f"appointments/{visit.uuid}/cancel", body)
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert Appointment.objects.get().cancelled_because == "patient"


@pytest.mark.parametrize(("who", "because"), [("dr_ramos", "clinician"), ("tomas", "organization")])
def test_who_cancels_is_why(visit, request, who, because):
    found = request.getfixturevalue(who)
    post(Program(getattr(found, "user", found)), f"appointments/{visit.uuid}/cancel")
    assert Appointment.objects.get().cancelled_because == because


def test_cancelling_twice_is_refused(lupitas, visit):
    post(lupitas, f"appointments/{visit.uuid}/cancel")
    assert code(post(lupitas, f"appointments/{visit.uuid}/cancel")) == (409, "not_possible_now")


def test_a_cancellation_says_nothing_else(lupitas, visit):
    answer = post(lupitas, f"appointments/{visit.uuid}/cancel", {"because": "I feel better"})
    assert code(answer) == (422, "invalid")
    assert [error["field"] for error in answer.json()["errors"]] == ["because"]
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_a_cancellation_that_is_no_json_is_told_so(lupitas, visit):
    assert post(lupitas, f"appointments/{visit.uuid}/cancel", "{").status_code == 422
