"""A case as a coordinator works on it: looking is written down, taking it is once, and it ends with how it ended."""

import pytest
from django.test import Client

from navigation import intake
from navigation.models import Case, CaseStatus
from scheduling.access import Viewer
from scheduling.models import AccessRecord, ContactRule, phone_hash
from tests import factories
from tests.factories import AT, help
from tests.reading import Page, read

SECRETS = {"callback": "+17135550142", "place": "Rancho El Sol", "preferred_name": "Lupita", "present": "alone"}
NONE = "R-0000"


@pytest.fixture
def one(rota, clock) -> Case:
    return help.case(flags=["CHEST"], **SECRETS)


def page(client: Client, one: Case) -> Page:
    return read(client.get(f"/tablero/{one.code}/"))


def do(client: Client, one: Case, what: str, **typed: str) -> Page:
    return read(client.post(f"/tablero/{one.code}/{what}/", typed, follow=True))


def again(one: Case) -> Case:
    return Case.objects.get(pk=one.pk)


# --- looking ---------------------------------------------------------------------------------------------------------


def test_who_opens_a_case_sees_whom_to_call_and_where(as_tomas, one):
    words = page(as_tomas, one).words
    assert not [said for said in ("Lupita", "713 555 0142", "Rancho El Sol", "Nadie. Está") if said not in words]


def test_what_was_said_is_there_in_their_words(as_tomas, rota, clock):
    browser = Viewer(at=AT, holder="browser")
    words = "Me duele mucho el pecho"
    told = intake.begin(words, language="es", state="TX", zone="America/Chicago", by=browser, at=AT)
    assert words in page(as_tomas, told.case).words


def test_looking_is_written_down(as_tomas, tomas, one):
    page(as_tomas, one)
    record = AccessRecord.objects.get()
    assert (record.subject, record.subject_type, record.by_user, record.at) == (one.uuid, "case", tomas, AT)


def test_looking_by_way_of_a_form_that_lacks_something_is_written_down_too(as_tomas, tomas, one):
    assert "Rancho El Sol" in do(as_tomas, one, "nota", text=" ").words
    assert AccessRecord.objects.get().by_user == tomas


def test_the_board_is_no_looking(as_tomas, one):
    as_tomas.get("/tablero/")
    assert not AccessRecord.objects.exists()


def test_a_case_that_is_not_theirs_is_like_one_that_does_not_exist(client, joel, one):
    client.force_login(joel)
    theirs, none = client.get(f"/tablero/{one.code}/"), client.get(f"/tablero/{NONE}/")
    assert (theirs.status_code, none.status_code) == (404, 404)
    assert theirs.content.replace(one.code.encode(), b"") == none.content.replace(NONE.encode(), b"")
    assert not AccessRecord.objects.exists()


def test_a_code_is_found_however_it_is_typed(as_tomas, one):
    assert as_tomas.get(f"/tablero/{one.code.lower()}/").status_code == 200


def test_a_code_that_cannot_be_one_is_like_one_that_does_not_exist(as_tomas, one):
    assert as_tomas.get("/tablero/R%00-1/").status_code == 404


def test_the_page_speaks_english_too(as_tomas, one):
    assert "How to call them" in read(as_tomas.get(f"/tablero/{one.code}/?lang=en")).headings


# --- taking ----------------------------------------------------------------------------------------------------------


def test_taking_a_case_leads_to_it(as_tomas, tomas, one):
    answer = as_tomas.post(f"/tablero/{one.code}/tomar/", {"then": "open"})
    assert answer.url == f"/tablero/{one.code}/"
    assert again(one).owner == tomas


def test_who_takes_it_second_is_told_who_has_it(as_tomas, rosa, one):
    help.taken(one, by=rosa)
    shown = do(as_tomas, one, "tomar", then="open")
    assert f"Rosa ya tiene {one.code}" in shown.words
    assert again(one).owner == rosa


def test_who_takes_it_twice_is_told_nothing(as_tomas, one):
    do(as_tomas, one, "tomar")
    assert "ya tiene" not in do(as_tomas, one, "tomar").words


# --- writing, closing ------------------------------------------------------------------------------------------------


def test_a_note_is_shown_with_who_wrote_it(as_tomas, one):
    do(as_tomas, one, "tomar")
    words = do(as_tomas, one, "nota", text="Le llamé. Va en camino al hospital.").words
    assert "Le llamé. Va en camino al hospital. Tomas · lunes 8 de junio, 9:00 a. m." in words


def test_an_empty_note_says_what_to_write(as_tomas, one):
    shown = do(as_tomas, one, "nota", text="")
    assert (shown.status, [error.startswith("Escriba lo que hizo") for error in shown.errors]) == (200, [True])
    assert not one.notes.exists()


def test_a_note_cannot_smuggle_in_a_page(as_tomas, one):
    assert "<script>alert" not in do(as_tomas, one, "nota", text="<script>alert(1)</script>").html


def test_closing_says_how_it_ended_and_leads_to_the_board(as_tomas, one):
    do(as_tomas, one, "tomar")
    assert as_tomas.post(f"/tablero/{one.code}/cerrar/", {"outcome": "helped"}).url == "/tablero/"
    assert (again(one).status, again(one).outcome) == (CaseStatus.RESOLVED, "helped")


@pytest.mark.parametrize("outcome", ["", "bored", "HELPED"])
def test_closing_in_a_way_that_does_not_exist_closes_nothing(as_tomas, one, outcome):
    assert as_tomas.post(f"/tablero/{one.code}/cerrar/", {"outcome": outcome}).status_code == 404
    assert again(one).status == CaseStatus.OPEN


def test_closing_twice_says_that_it_cannot_be_done_now(as_tomas, one):
    do(as_tomas, one, "cerrar", outcome="helped")
    assert do(as_tomas, one, "cerrar", outcome="declined").status == 409
    assert again(one).outcome == "helped"


def test_a_closed_case_can_be_read_and_not_written_on(as_tomas, one):
    do(as_tomas, one, "cerrar", outcome="helped")
    shown = page(as_tomas, one)
    assert shown.status == 200
    assert not [action for action in shown.actions if one.code in action]


# --- who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["tomar", "nota", "cerrar"])
@pytest.mark.parametrize("who", ["carmen", "joel", "dr_ramos", "lupita"])
def test_nobody_but_a_coordinator_of_the_organization_works_on_it(client, request, one, who, what):
    person = request.getfixturevalue(who)
    client.force_login(factories.account(person))
    assert client.post(f"/tablero/{one.code}/{what}/", {"text": "x", "outcome": "helped"}).status_code == 404
    assert (again(one).status, one.notes.count()) == (CaseStatus.OPEN, 0)


@pytest.mark.parametrize("what", ["", "tomar/", "nota/", "cerrar/"])
def test_who_is_nobody_yet_signs_in_first(client, one, what):
    address = f"/tablero/{one.code}/{what}"
    answer = client.post(address) if what else client.get(address)
    assert answer.url == f"/cuenta/login/?next={address}"


@pytest.mark.parametrize("what", ["", "tomar/", "nota/", "cerrar/"])
def test_outside_the_demo_a_second_factor_comes_first(as_tomas, one, settings, what):
    settings.SECOND_FACTOR_REQUIRED = True
    address = f"/tablero/{one.code}/{what}"
    answer = as_tomas.post(address) if what else as_tomas.get(address)
    assert answer.url == "/cuenta/2fa/totp/activate/"
    assert again(one).status == CaseStatus.OPEN


@pytest.mark.parametrize("what", ["tomar/", "nota/", "cerrar/"])
def test_nothing_is_done_by_following_a_link(as_tomas, one, what):
    assert as_tomas.get(f"/tablero/{one.code}/{what}").status_code == 405


def test_nothing_is_done_for_a_page_of_somebody_else(tomas, one):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(tomas)
    assert browser.post(f"/tablero/{one.code}/tomar/").status_code == 403
    assert again(one).status == CaseStatus.OPEN


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, {"No dejar": True, "dice que llamó": False, "Otras personas": False}),
        ({"voicemail": True}, {"No dejar": False, "dice que llamó": True, "Otras personas": False}),
        ({"whose": "shared"}, {"No dejar": True, "dice que llamó": False, "Otras personas": True}),
    ],
    ids=str,
)
def test_who_calls_reads_how_that_phone_may_be_used(client, clock, acompana, tomas, said, told):
    case = help.case(acompana, callback=help.PHONE)
    ContactRule.objects.create(phone_hash=phone_hash(help.PHONE), saved_at=clock.at, **said)
    client.force_login(tomas)
    text = client.get(f"/tablero/{case.code}/").content.decode()
    assert {words: words in text for words in told} == told
