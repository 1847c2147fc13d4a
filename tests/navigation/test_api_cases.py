"""POST /api/v1/cases: whoever asks for help is helped; what is wrong with a request is named."""

import pytest
from django.test import Client

from navigation.models import Case, CaseKind, Tier
from tests import factories
from tests.navigation.test_api_triage import wrong
from tests.scheduling.test_holds_api import Program, code, post

pytestmark = pytest.mark.usefixtures("clock", "acompana")
FULL = {
    "kind": "medical",
    "text": "Me duele mucho el pecho",
    "answers": {"AIR": "unsure"},
    "callback": "713 555 0142",
    "country": "US",
    "place": "Rancho El Sol",
    "name": "Lupita",
    "present": "alone",
    "language": "mxb",
    "state": "nm",
}


def test_anybody_may_ask_for_help_with_nothing_to_say():
    answer = post(Client(enforce_csrf_checks=True), "cases", {})
    assert answer.status_code == 201
    assert Case.objects.get().code == answer.json()["code"]


def test_who_asks_gets_a_code_to_say_and_whom_to_call(client):
    got = post(client, "cases", FULL).json()
    one = Case.objects.get()
    assert {name: got[name] for name in ("code", "id", "status", "tier")} == {
        "code": one.code,
        "id": str(one.uuid),
        "status": "open",
        "tier": "red",
    }
    assert got["actions"][0]["number"] == "911"


def test_everything_that_was_said_is_kept(client):
    post(client, "cases", FULL)
    one = Case.objects.get()
    assert (one.callback, one.place, one.preferred_name) == ("+17135550142", "Rancho El Sol", "Lupita")
    assert (one.present, one.language, one.state, one.told_to_call) == ("alone", "mxb", "NM", "911")
    assert one.flags == ["AIR", "CHEST"]


def test_a_mexican_number_is_understood(client):
    post(client, "cases", {"callback": "044 55 1234 5678", "country": "MX"})
    assert Case.objects.get().callback == "+525512345678"


@pytest.mark.parametrize(
    ("body", "kind", "tier"),
    [
        ({"kind": "funeral"}, CaseKind.FUNERAL, Tier.FUNERAL),
        ({"kind": "detained"}, CaseKind.DETAINED, Tier.ORANGE),
        ({"kind": "medical"}, CaseKind.MEDICAL, Tier.RED),
        ({"kind": "help"}, CaseKind.HELP, Tier.FOLLOW_UP),
        ({}, CaseKind.HELP, Tier.FOLLOW_UP),
        ({"text": "Murió mi papá"}, CaseKind.FUNERAL, Tier.FUNERAL),
        ({"kind": "help", "text": "Murió mi papá"}, CaseKind.HELP, Tier.FUNERAL),
        ({"kind": "funeral", "answers": {"CHEST": "yes"}}, CaseKind.FUNERAL, Tier.RED),
        ({"kind": "medical", "answers": {"VIOLENCE": "yes"}}, CaseKind.MEDICAL, Tier.RED),
    ],
)
def test_saying_more_never_makes_it_less_urgent(client, body, kind, tier):
    post(client, "cases", body)
    one = Case.objects.get()
    assert (one.kind, one.tier) == (kind, tier)


def test_who_is_signed_in_is_known_to_have_asked(lupita):
    program = Program(factories.user_of(lupita))
    asked = post(program, "cases", {}).json()
    assert Case.objects.get().opened_by == factories.user_of(lupita)
    assert program.get(f"/api/v1/cases/{asked['code']}").status_code == 200


@pytest.mark.parametrize(
    ("body", "field", "detail"),
    [
        ({"visa": "none"}, "visa", "extra_forbidden"),
        ({"callback": "713 555"}, "callback", "too_short"),
        ({"callback": "no tengo"}, "callback", "not_digits"),
        ({"callback": "713 555 0142", "country": "CA"}, "country", "literal_error"),
        ({"state": "ZZ"}, "state", "unknown_state"),
        ({"kind": "boredom"}, "kind", None),
        ({"present": "ghosts"}, "present", None),
        ({"language": "español"}, "language", "string_pattern_mismatch"),
        ({"language": "\x00"}, "language", "string_pattern_mismatch"),
        ({"answers": {"BOREDOM": "yes"}}, "answers.BOREDOM", "unknown"),
        ({"place": "x" * 501}, "place", "string_too_long"),
    ],
)
def test_what_is_wrong_is_named_and_opens_nothing(client, body, field, detail):
    problem, [named] = wrong(post(client, "cases", body))
    assert (problem, named[0]) == ("invalid", field)
    assert detail in (None, named[1])
    assert not Case.objects.exists()


@pytest.mark.parametrize("text", ["{", "[", "not json"])
def test_what_is_no_json_is_said_to_be_none(client, text):
    answer = client.post("/api/v1/cases", text, content_type="application/json")
    assert code(answer) == (422, "malformed")


def test_words_that_no_text_of_the_database_can_hold_are_kept_all_the_same(client):
    post(client, "cases", {"place": "Rancho\x00 El Sol"})
    assert Case.objects.get().place == "Rancho\x00 El Sol"


def test_a_browser_that_is_somebody_proves_that_its_own_page_asks(lupita):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(factories.user_of(lupita))
    assert code(post(browser, "cases", {})) == (403, "csrf_failed")
    assert not Case.objects.exists()


def test_a_browser_that_is_somebody_and_has_the_token_of_its_page_is_helped(lupita):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(factories.user_of(lupita))
    browser.get("/ahora/")
    token = browser.cookies["csrftoken"].value
    assert post(browser, "cases", {}, **{"x-csrftoken": token}).status_code == 201
