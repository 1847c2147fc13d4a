"""The coordinators' board: life first, then whoever waits longest; nothing on it tells on anybody."""

from datetime import timedelta

import pytest
from django.test import Client

from navigation import cases, escalation
from navigation.models import CaseKind, Tier
from tests import factories
from tests.factories import AT, help
from tests.reading import Page, read

pytestmark = pytest.mark.usefixtures("clock", "rota")
SECRETS = {"callback": "+17135550142", "place": "Rancho El Sol", "preferred_name": "Lupita", "present": "alone"}


def board(client: Client, part: str = "") -> Page:
    return read(client.get(f"/tablero/{part}"))


@pytest.fixture(params=["", "cartas/"])
def part(request) -> str:
    """The board, and the cards alone as they are fetched again."""
    return request.param


def order(page: Page, *named) -> list:
    return sorted(named, key=lambda one: page.words.index(one.code))


# --- order -----------------------------------------------------------------------------------------------------------


def test_life_comes_first_then_today_then_the_dead_then_the_rest(as_tomas, part):
    quiet, grief, today, life = (help.case(tier=tier) for tier in reversed(Tier))
    assert order(board(as_tomas, part), quiet, grief, today, life) == [life, today, grief, quiet]


def test_of_the_same_urgency_whoever_waits_longest_comes_first(as_tomas, part):
    newer = help.case(at=AT - timedelta(minutes=1))
    older = help.case(at=AT - timedelta(minutes=9))
    assert order(board(as_tomas, part), newer, older) == [older, newer]


def test_whoever_nobody_answered_comes_before_whoever_somebody_has(as_tomas, rosa, part):
    answered = help.taken(help.case(at=AT - timedelta(minutes=9)), by=rosa)
    alone = help.case(at=AT - timedelta(minutes=1))
    assert order(board(as_tomas, part), answered, alone) == [alone, answered]


def test_a_human_act_moves_a_case_to_the_end_of_those_like_it(as_tomas, rosa, part):
    one, other = (help.taken(help.case(at=AT - timedelta(minutes=9)), by=rosa, at=AT) for _ in range(2))
    assert order(board(as_tomas, part), other, one) == [one, other]
    cases.note(one, "x", by=factories.viewer(rosa), at=AT + timedelta(minutes=1))
    assert order(board(as_tomas, part), other, one) == [other, one]


# --- what a card says ------------------------------------------------------------------------------------------------


def test_no_card_tells_on_anybody(as_tomas, part):
    help.case(**SECRETS)
    html = board(as_tomas, part).html
    assert not [secret for secret in ("Lupita", "Rancho", "5550142", "555 0142") if secret in _cards(html)]


def _cards(html: str) -> str:
    return html[html.index('<div class="board">') : html.rindex("</article>")]


def test_a_card_says_what_it_is_how_long_and_what_comes_next(as_tomas, part, clock):
    one = help.case()
    escalation.step_due(at=AT)
    clock.move(minutes=1)
    words = board(as_tomas, part).words
    assert f"Vida · emergencia médica {one.code}" in words
    assert "1 min sin que nadie conteste" in words
    assert "Tomas: " in words


def test_a_card_does_not_say_the_same_twice(as_tomas, part):
    one = help.case(tier=Tier.FUNERAL, kind=CaseKind.FUNERAL)
    words = board(as_tomas, part).words
    assert f"Defunción {one.code}" in words


def test_a_card_says_who_has_the_case(as_tomas, rosa, part):
    help.taken(help.case(), by=rosa)
    words = board(as_tomas, part).words
    assert "Rosa" in words
    assert "Yo lo tomo" not in words


def test_a_card_that_rings_again_says_nobody_has_it(as_tomas, rosa, clock):
    help.taken(help.case(), by=rosa)
    clock.move(minutes=10)
    escalation.step_due(at=clock())
    assert "Lo lleva" not in board(as_tomas).words
    assert "Yo lo tomo" in board(as_tomas).words


def test_an_empty_board_says_when_it_was_looked_at(as_tomas, part):
    assert "Nadie espera. Visto a las 9:00 a. m." in board(as_tomas, part).words


def test_the_board_speaks_english_too(as_tomas):
    help.case(tier=Tier.FUNERAL, kind=CaseKind.FUNERAL)
    page = read(as_tomas.get("/tablero/?lang=en"))
    assert "Death · death in the family" in page.words
    assert "Say: “Do not sign or pay yet”" in page.words


def test_the_board_watches_and_fetches_only_its_cards(as_tomas):
    html = board(as_tomas).html
    assert 'data-live="/ws/board/"' in html
    assert 'hx-get="/tablero/cartas/"' in html
    assert "<html" not in board(as_tomas, "cartas/").html


def test_a_closed_case_leaves_the_board(as_tomas, tomas, part):
    one = cases.resolve(help.case(), "helped", by=factories.viewer(tomas), at=AT)
    assert one.code not in board(as_tomas, part).words


def test_the_board_costs_the_same_however_many_cases(as_tomas, rosa, django_assert_max_num_queries):
    for _ in range(6):
        help.taken(help.case(), by=rosa)
    escalation.step_due(at=AT)
    board(as_tomas)
    with django_assert_max_num_queries(8):  # session, account, roles twice, cases, pages, names
        board(as_tomas)


# --- who gets in -----------------------------------------------------------------------------------------------------


def test_another_organizations_cases_are_on_another_board(client, joel, casa, part):
    ours, theirs = help.case(), help.case(casa)
    client.force_login(joel)
    words = board(client, part).words
    assert (theirs.code in words, ours.code in words) == (True, False)


@pytest.mark.parametrize("who", ["carmen", "elena", "tomas"])
def test_those_who_answer_for_cases_see_the_board(client, request, who, part):
    client.force_login(request.getfixturevalue(who))
    assert board(client, part).status == 200


def test_who_is_nobody_yet_signs_in_first(client, part):
    answer = client.get(f"/tablero/{part}")
    assert answer.url == f"/cuenta/login/?next=/tablero/{part}"


@pytest.mark.parametrize("who", ["lupita", "dr_ramos"])
def test_for_everybody_else_there_is_no_such_page(client, request, who, part):
    client.force_login(factories.account(request.getfixturevalue(who)))
    assert board(client, part).status == 404


def test_outside_the_demo_a_second_factor_comes_first(as_tomas, settings, part):
    settings.SECOND_FACTOR_REQUIRED = True
    assert as_tomas.get(f"/tablero/{part}").url == "/cuenta/2fa/totp/activate/"


def test_a_board_is_never_kept_by_a_browser(as_tomas, part):
    assert "no-store" in as_tomas.get(f"/tablero/{part}").headers["Cache-Control"]
