"""GET and POST under /api/v1/cases/{code}: a code is for speech; what may be done depends on who asks."""

import pytest
from django.test import Client

from navigation import escalation
from navigation.models import Case, CaseStatus
from tests import factories
from tests.factories import AT, help
from tests.navigation.test_api_triage import wrong
from tests.scheduling.test_holds_api import Program, code, post

pytestmark = pytest.mark.usefixtures("clock")
SECRETS = {"callback": "+17135550142", "place": "Rancho El Sol", "preferred_name": "Lupita", "present": "alone"}


@pytest.fixture
def one(rota) -> Case:
    return help.case(flags=["CHEST"], **SECRETS)


@pytest.fixture
def program(tomas) -> Program:
    return Program(tomas)


def get(client, path: str):
    return client.get(f"/api/v1/{path}")


def again(one: Case) -> Case:
    return Case.objects.get(pk=one.pk)


# --- looking ---------------------------------------------------------------------------------------------------------


def test_the_list_holds_what_the_asker_may_see_longest_without_an_act_first(program, one, casa, joel):
    older, theirs = help.case(at=AT.replace(hour=1)), help.case(casa)
    codes = [card["code"] for card in get(program, "cases").json()["cases"]]
    assert codes == [older.code, one.code]
    assert [card["code"] for card in get(Program(joel), "cases").json()["cases"]] == [theirs.code]


def test_the_list_is_for_those_who_are_signed_in(client, one):
    assert code(get(client, "cases")) == (401, "sign_in_first")


def test_a_closed_case_leaves_the_list_but_is_still_there(program, one):
    post(program, f"cases/{one.code}/resolve", {"outcome": "helped"})
    assert get(program, "cases").json() == {"cases": []}
    assert get(program, f"cases/{one.code}").json()["status"] == "resolved"


def test_a_card_is_redacted(program, one):
    for path in ("cases", f"cases/{one.code}", f"cases/{one.code}/timeline"):
        said = get(program, path).content.decode()
        assert not [secret for secret in SECRETS.values() if secret in said]


def test_a_code_is_no_credential(client, one):
    assert code(get(client, f"cases/{one.code}")) == (404, "not_found")
    assert code(get(client, f"cases/{one.code}/timeline")) == (404, "not_found")


@pytest.mark.parametrize("path", ["", "/timeline"])
def test_a_case_that_is_not_theirs_is_like_one_that_does_not_exist(joel, one, path):
    theirs, none = (get(Program(joel), f"cases/{which}{path}") for which in (one.code, "R-0000"))
    assert theirs.status_code == none.status_code == 404
    assert theirs.content == none.content


@pytest.mark.parametrize("odd", ["x", "R%00-1", "%F0%9F%98%80", "R-1" * 40])
def test_a_code_that_cannot_be_one_is_like_one_that_does_not_exist(program, one, odd):
    assert code(get(program, f"cases/{odd}")) == (404, "not_found")


def test_a_browser_that_asked_for_help_may_follow_its_case(client, rota):
    client.post("/ahora/", {"place": "Rancho El Sol", "country": "US", "phone": "713 555 0142"})
    assert get(client, f"cases/{Case.objects.get().code}").json()["status"] == "open"


def test_the_timeline_tells_what_happened(program, one):
    escalation.step_due(at=AT)
    post(program, f"cases/{one.code}/acknowledge")
    told = get(program, f"cases/{one.code}/timeline").json()["timeline"]
    assert [(entry["kind"], entry["by"]) for entry in told] == [
        ("case.opened", "public"),
        ("case.paged", "escalation"),
        ("case.acknowledged", "Tomas"),
    ]
    assert told[0]["at"] == "2026-06-08T14:00:00+00:00"


# --- doing -----------------------------------------------------------------------------------------------------------


def test_who_acknowledges_has_the_case(program, tomas, one):
    got = post(program, f"cases/{one.code}/acknowledge")
    assert (got.status_code, got.json()["yours"], got.json()["status"]) == (200, True, "acknowledged")
    assert again(one).owner == tomas


def test_who_acknowledges_second_is_told_who_has_it(program, rosa, one):
    help.taken(one, by=rosa)
    got = post(program, f"cases/{one.code}/acknowledge")
    assert (got.status_code, got.json()["yours"], got.json()["owner"]["name"]) == (200, False, "Rosa")


def test_a_code_is_understood_in_small_letters_and_with_an_empty_body(program, one):
    assert post(program, f"cases/{one.code.lower()}/acknowledge", {}).status_code == 200


def test_a_note_is_kept(program, one):
    answer = post(program, f"cases/{one.code}/note", {"text": "Le llamé"})
    assert answer.status_code == 201
    assert (str(one.notes.get().uuid), one.notes.get().text) == (answer.json()["id"], "Le llamé")


def test_a_case_is_closed_with_an_outcome(program, one):
    assert post(program, f"cases/{one.code}/resolve", {"outcome": "declined"}).json()["status"] == "resolved"
    assert again(one).outcome == "declined"


def test_a_case_cannot_be_closed_twice(program, one):
    post(program, f"cases/{one.code}/resolve", {})
    assert code(post(program, f"cases/{one.code}/resolve", {})) == (409, "not_possible_now")


@pytest.mark.parametrize(
    ("what", "body", "field"),
    [
        ("note", {}, "text"),
        ("note", {"text": ""}, "text"),
        ("note", {"text": "x" * 4001}, "text"),
        ("note", {"text": "x", "mood": "good"}, "mood"),
        ("resolve", {"outcome": ""}, "outcome"),
        ("resolve", {"outcome": "They got help"}, "outcome"),
        ("resolve", {"reason": "helped"}, "reason"),
    ],
)
def test_what_is_wrong_is_named_and_changes_nothing(program, one, what, body, field):
    assert [named for named, _ in wrong(post(program, f"cases/{one.code}/{what}", body))[1]] == [field]
    assert (again(one).status, one.notes.count()) == (CaseStatus.OPEN, 0)


DOINGS = {"acknowledge": {}, "note": {"text": "x"}, "resolve": {"outcome": "helped"}}


@pytest.mark.parametrize("what", DOINGS)
def test_nobody_unknown_does_anything(client, one, what):
    assert code(post(client, f"cases/{one.code}/{what}", DOINGS[what])) == (401, "sign_in_first")


@pytest.mark.parametrize("what", DOINGS)
@pytest.mark.parametrize("who", ["carmen", "joel", "lupita", "dr_ramos"])
def test_nobody_but_a_coordinator_of_the_organization_does_anything(request, one, who, what):
    program = Program(factories.account(request.getfixturevalue(who)))
    assert code(post(program, f"cases/{one.code}/{what}", DOINGS[what])) == (404, "not_found")
    assert again(one).status == CaseStatus.OPEN


@pytest.mark.parametrize("what", DOINGS)
def test_a_browser_without_the_token_of_its_page_does_nothing(tomas, one, what):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(tomas)
    assert code(post(browser, f"cases/{one.code}/{what}", DOINGS[what])) == (403, "csrf_failed")
    assert again(one).status == CaseStatus.OPEN


def test_a_token_nobody_issued_makes_the_program_nobody(one):
    stranger = Client(headers={"authorization": "Bearer made-up"})
    assert code(get(stranger, "cases")) == (401, "sign_in_first")


def test_a_token_that_was_revoked_makes_the_program_nobody(program, tomas, one):
    tomas.api_tokens.update(revoked_at=AT)
    assert code(get(program, "cases")) == (401, "sign_in_first")


def test_the_list_costs_the_same_however_many_cases(program, rosa, rota, django_assert_max_num_queries):
    for _ in range(6):
        help.taken(help.case(), by=rosa)
    with django_assert_max_num_queries(3):  # the token, the roles, the cases
        assert len(get(program, "cases").json()["cases"]) == 6
