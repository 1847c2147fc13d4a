"""A refusal that reaches a person is a page in their language: what happened, what to do now, and a way on."""

import inspect

import pytest
from django.http import HttpResponse, HttpResponseNotAllowed
from django.utils.translation import override

from scheduling import problems, refusals
from scheduling.refusals import Refusal
from tests.factories import AT
from tests.reading import read

KNOWN = {"field": "field", "detail": "empty", "tries_left": 3, "minutes": 12, "again_at": AT, "opens_at": AT}
NEW_CODES = {
    "LicenceNotVerified": ("licence_not_verified", 409),
    "OfferOver": ("offer_over", 410),
    "OrientationOnly": ("orientation_only", 403),
    "PasswordNeeded": ("password_needed", 403),
    "SessionFull": ("session_full", 409),
    "VisitBegan": ("visit_began", 409),
}
KINDS = {name: kind for name, kind in inspect.getmembers(refusals, inspect.isclass) if issubclass(kind, Refusal)}


def made(name: str) -> Refusal:
    wanted = getattr(KINDS[name], "__dataclass_fields__", {})
    return KINDS[name](**{field: KNOWN[field] for field in wanted if field in KNOWN})


@pytest.fixture
def asks(rf, settings):
    """Let somebody ask for an address in a language, and be refused."""

    def asked(name: str, language: str, path: str = "/citas/"):
        request = rf.get(path)
        request.LANGUAGE_CODE = language
        with override(language):
            return problems.Refusals(lambda _: HttpResponse()).process_exception(request, made(name))

    return asked


@pytest.mark.parametrize("name", NEW_CODES)
def test_the_newer_refusals_keep_their_code_and_status(name):
    assert (KINDS[name].code, KINDS[name].status) == NEW_CODES[name]


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("name", KINDS)
def test_each_refusal_is_a_page_that_says_what_happened_and_leads_on(asks, name, language):
    answer = asks(name, language)
    page = read(answer)
    assert answer.status_code == KINDS[name].status
    assert page.title
    assert [link for link in page.links.values() if link.startswith(("/", "tel:"))]


@pytest.mark.parametrize("name", KINDS)
def test_no_page_shows_a_code_of_programs(asks, name):
    code = KINDS[name].code
    for language in ("es", "en"):
        words = read(asks(name, language)).words
        assert code not in words or "_" not in code
        assert "%(" not in words


@pytest.mark.parametrize("name", KINDS)
def test_nobody_is_blamed(asks, name):
    spanish = read(asks(name, "es")).words.lower()
    english = read(asks(name, "en")).words.lower()
    assert not [word for word in ("error", "inválid", "prohibid") if word in spanish]
    assert not [word for word in ("error", "invalid", "forbidden", "illegal") if word in english]


@pytest.mark.parametrize("left", [0, 1, 2, 5])
@pytest.mark.parametrize("language", ["es", "en"])
def test_tries_that_are_left_are_told_as_a_number_unless_there_are_none(left, language):
    with override(language):
        said = " ".join(problems.words(refusals.WrongCode(left), "UTC", language))
    assert (str(left) in said) is (left > 0)


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), RuntimeError("x")])
def test_what_broke_is_not_passed_off_as_a_refusal(rf, error):
    assert problems.Refusals(lambda _: HttpResponse()).process_exception(rf.get("/"), error) is None


@pytest.mark.parametrize(("path", "is_problem"), [("/api/v1/slots", True), ("/citas/", False), ("/apio/", False)])
def test_a_way_of_asking_that_does_not_exist_is_a_problem_for_programs_alone(rf, path, is_problem):
    answer = problems.Refusals(lambda _: HttpResponseNotAllowed(["GET"]))(rf.post(path))
    assert answer.status_code == 405
    assert answer["Allow"] == "GET"
    assert (answer["Content-Type"] == "application/problem+json") is is_problem


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_form_that_is_too_old_says_what_to_do(rf, language):
    request = rf.post("/pedir/")
    with override(language):
        page = read(problems.csrf_failure(request))
        program = problems.csrf_failure(rf.post("/api/v1/holds"))
    assert page.status == program.status_code == 403
    assert {"es": "Regrese", "en": "Go back"}[language] in page.words
    assert b'"csrf_failed"' in program.content


@pytest.mark.parametrize("path", ["/nada/", "/citas/nada/", "/api/v1/nada"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_an_address_nobody_made_is_told_in_the_language_of_who_asks(client, db, path, language):
    answer = client.get(path, {"lang": language})
    assert (answer.status_code, answer["Content-Language"]) == (404, language)
