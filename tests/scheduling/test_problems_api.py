"""Every refusal a program gets is problem+json with a code it may rely on, and words for a person."""

import inspect

import pytest
from django.utils.translation import override

from scheduling import problems, refusals
from scheduling.refusals import Refusal
from tests import factories

WITH = {
    "Invalid": ("field", "empty"),
    "WrongCode": (3,),
    "TooManyCodes": (factories.AT, 12),
    "RoomNotOpenYet": (factories.AT,),
    "TooSoon": (factories.AT,),
}
REFUSALS = [kind for _, kind in inspect.getmembers(refusals, inspect.isclass) if issubclass(kind, Refusal)]
TOLD = [kind for kind in REFUSALS if kind is not Refusal]


def made(kind: type[Refusal]) -> Refusal:
    return kind(*WITH.get(kind.__name__, ()))


@pytest.fixture
def request_in_spanish(rf):
    request = rf.get("/")
    request.LANGUAGE_CODE = "es"
    return request


@pytest.mark.parametrize("kind", TOLD, ids=lambda kind: kind.__name__)
def test_each_refusal_has_a_code_of_its_own(kind):
    assert [other for other in REFUSALS if other.code == kind.code] == [kind]


@pytest.mark.parametrize("kind", TOLD, ids=lambda kind: kind.__name__)
def test_each_refusal_is_an_error_to_programs(kind, request_in_spanish):
    answer = problems.as_json(made(kind), request_in_spanish)
    assert answer["Content-Type"] == "application/problem+json"
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("kind", TOLD, ids=lambda kind: kind.__name__)
def test_each_refusal_says_what_happened_and_what_to_do_now(kind, language):
    with override(language):
        happened, now = problems.words(made(kind), "America/Chicago", language)
    assert happened
    assert now.endswith(".")


@pytest.mark.parametrize("kind", TOLD, ids=lambda kind: kind.__name__)
def test_each_refusal_speaks_spanish_to_spanish_speakers(kind):
    said = []
    for language in ("es", "en"):
        with override(language):
            said.append(problems.words(made(kind), "America/Chicago", language))
    assert said[0][0] != said[1][0]
    assert said[0][1] != said[1][1]


SPECIFIC = [kind for kind in TOLD if kind.__name__ not in ("NotPossibleNow", "AlreadyTaken")]


@pytest.mark.parametrize("kind", SPECIFIC, ids=lambda kind: kind.__name__)
def test_only_what_nobody_can_explain_has_the_general_words(kind):
    with override("en"):
        assert problems.words(made(kind), "UTC", "en") != problems.words(Refusal(), "UTC", "en")


def test_the_last_try_is_told_in_the_singular():
    with override("en"):
        assert problems.words(refusals.WrongCode(1), "UTC", "en")[1].endswith("1 try left.")
        assert "ask for another" in problems.words(refusals.WrongCode(0), "UTC", "en")[1]


def test_an_hour_in_a_refusal_is_in_the_readers_clock():
    with override("en"):
        assert "8:00" in problems.words(refusals.RoomNotOpenYet(factories.AT), "America/Denver", "en")[1]


def test_an_address_nobody_made_is_a_problem_too(client, db):
    answer = client.get("/api/v1/nothing-here")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_page_that_a_refusal_reaches_says_where_to_go(client, db):
    answer = client.get("/citas/00000000-0000-4000-8000-000000000000/")
    assert answer.status_code == 404
    assert b'href="/"' in answer.content


def test_a_door_that_is_still_shut_tells_programs_when_it_opens_by_the_visits_clock(client, clock, dr_ramos, lupita):
    visit = factories.booked(lupita)
    client.force_login(factories.user_of(lupita))
    answer = client.post(f"/api/v1/appointments/{visit.uuid}/room-token").json()
    assert (answer["opens_at"], answer["zone"]) == ("2026-06-08T09:30:00-05:00", "America/Chicago")
    assert "9:30 a. m., hora del centro" in answer["detail"].replace("\u00a0", " ")


def test_a_request_that_is_too_big_is_told_so(client, db, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = client.post("/api/v1/triage", {"text": "a" * 200}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_big")
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "address"), [("DELETE", "holds"), ("GET", "triage"), ("PUT", "slots")])
def test_a_method_nobody_offers_is_a_problem_too(client, db, method, address):
    answer = client.generic(method, f"/api/v1/{address}")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert method not in answer["Allow"]


def test_a_page_asked_for_in_a_way_it_has_not_stays_a_page(client, db):
    assert client.delete("/pedir/")["Content-Type"].startswith("text/html")
