"""POST /api/v1/triage: how urgent, of what kind, and whom to call first."""

import json

import pytest
from django.test import Client

from navigation import triage
from navigation.models import Case, Intake
from tests.scheduling.test_holds_api import code, post

pytestmark = pytest.mark.django_db
CHEST = {"text": "Me duele mucho el pecho y no puedo respirar", "language": "es"}


def wrong(answer) -> tuple[str, list[tuple[str, str]]]:
    """Return the code of a problem, and which fields it names for what."""
    assert code(answer)[0] == 422
    return code(answer)[1], [(one["field"], one["detail"]) for one in answer.json().get("errors", [])]


def test_words_of_danger_bring_the_number_first(client):
    answer = post(client, "triage", CHEST)
    got = answer.json()
    assert (answer.status_code, got["level"], got["kind"]) == (200, "emergency", "medical")
    assert got["actions"][0] == {"kind": "call", "number": "911", "label": "Llamar al 911"}
    assert "CHEST" in got["flags"]


def test_the_answer_is_the_triages_own(client):
    assert post(client, "triage", CHEST).json() == json.loads(json.dumps(triage.assess(CHEST["text"]).as_dict()))


def test_words_without_danger_bring_nothing_to_call(client):
    got = post(client, "triage", {"text": "Quiero una cita para mi rodilla"}).json()
    assert (got["level"], got["flags"], got["actions"]) == ("routine", [], [])


def test_labels_speak_the_language_asked_for(client):
    got = post(client, "triage", CHEST | {"language": "en"}).json()
    assert got["actions"][0]["label"] == "Call 911"


@pytest.mark.parametrize("said", ["yes", "unsure"])
def test_a_yes_and_a_doubt_raise_alike(client, said):
    assert post(client, "triage", {"answers": {"CHEST": said}}).json()["level"] == "emergency"


def test_a_sign_that_was_switched_off_raises_nothing(client, settings):
    settings.RED_FLAGS_OFF = ["CHEST"]
    assert post(client, "triage", {"answers": {"CHEST": "yes"}}).json()["level"] == "routine"


def test_asking_leaves_nothing_behind(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        post(client, "triage", CHEST)
    assert not Case.objects.exists()
    assert not Intake.objects.exists()


@pytest.mark.parametrize(
    ("body", "field", "detail"),
    [
        ({"words": "x"}, "words", "extra_forbidden"),
        ({"text": 7}, "text", "string_type"),
        ({"text": "x" * 10_001}, "text", "string_too_long"),
        ({"language": "fr"}, "language", "literal_error"),
        ({"answers": {"CHEST": "maybe"}}, "answers.CHEST", "literal_error"),
        ({"answers": {"BOREDOM": "yes"}}, "answers.BOREDOM", "unknown"),
        ([], "body", "model_attributes_type"),
    ],
)
def test_what_is_wrong_is_named(client, body, field, detail):
    assert wrong(post(client, "triage", body)) == ("invalid", [(field, detail)])


@pytest.mark.parametrize("text", ["{", "", "{'text': 1}", "\xff"])
def test_what_is_no_json_is_said_to_be_none(client, text):
    answer = client.post("/api/v1/triage", text.encode("latin-1"), content_type="application/json")
    assert code(answer)[0] == 422
    assert answer.json()["errors"][0]["field"] == "body"


def test_what_was_sent_is_not_repeated(client):
    assert "secreto" not in post(client, "triage", {"language": "secreto"}).content.decode()


def test_a_stranger_may_ask_without_a_token_of_any_page():
    assert post(Client(enforce_csrf_checks=True), "triage", CHEST).status_code == 200
