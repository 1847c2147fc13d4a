"""The board's socket: whoever answers for cases hears of their own organizations at once, and of no others."""

from time import monotonic

import pytest
from channels.db import database_sync_to_async as do

from navigation import cases
from navigation.models import Case
from realtime import groups
from scheduling import accounts
from scheduling.access import System
from scheduling.models import Role
from tests import factories
from tests.factories import AT, help
from tests.realtime.lines import Line

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]
BOARD = "/ws/board/"


@pytest.fixture
def joel(transactional_db):
    """The other organization's coordinator."""
    return factories.staff("Joel", factories.organization("casa-pacifico", ["CA"]), Role.COORDINATOR)


async def watching(line, user) -> Line:
    """Somebody's board, once it beats."""
    board = line(BOARD, user=user)
    await board.open()
    await board.hear("beat")
    return board


async def test_a_new_case_is_told_within_a_second(line, tomas):
    board = await watching(line, tomas)
    since = monotonic()
    one = await do(help.case)()
    assert (await board.hear("case.changed", within=1))["id"] == str(one.uuid)
    assert monotonic() - since < 1


@pytest.fixture(params=["tomas", "carmen", "elena"])
def answering(request):
    """Each of those who answer for cases."""
    return request.getfixturevalue(request.param)


async def test_whoever_answers_for_cases_hears_of_every_move(line, answering, tomas):
    board = await watching(line, answering)
    one = await do(help.case)()
    await board.hear("case.changed")
    await do(cases.acknowledge)(one, by=factories.viewer(tomas), at=AT)
    assert await board.hear("case.changed") == {"kind": "case.changed", "id": str(one.uuid)}


async def test_the_cases_of_another_organization_are_not_heard_of(line, acompana, joel):
    board = await watching(line, joel)
    await do(help.case)(acompana)
    assert await board.hears_only("beat")


async def test_whose_board_is_two_organizations_hears_of_both(line, tomas, joel, acompana):
    casa = await do(lambda: joel.memberships.get().organization)()
    await do(tomas.memberships.create)(organization=casa, role=Role.NAVIGATOR, valid_from=AT.date())
    board = await watching(line, tomas)
    for organization in (acompana, casa):
        one = await do(help.case)(organization)
        await board.hear("case.changed", id=str(one.uuid))


# --- who gets in -----------------------------------------------------------------------------------------------------


async def test_whoever_does_not_answer_for_cases_is_sent_away(line, lupita, dr_ramos):
    for who in (await do(factories.account)(lupita), dr_ramos.user, None):
        board = line(BOARD, user=who)
        await board.open()
        assert await board.closes() == 4404


async def test_who_was_sent_away_hears_of_nothing(line, lupita):
    board = line(BOARD, user=await do(factories.account)(lupita))
    await board.open()
    await board.closes()
    await do(help.case)(await do(factories.organization)())
    assert await board.hears_only()


@pytest.mark.parametrize("origin", ["https://evil.example", "http://testserver.evil.example", ""])
async def test_a_page_of_somebody_else_opens_no_socket(line, tomas, origin):
    assert not await line(BOARD, user=tomas, origin=origin).open()


async def test_a_program_opens_it_with_its_token_from_anywhere(line, tomas):
    token = await do(accounts.issue_token)(tomas, by=System("tests"), at=AT)
    board = line(BOARD, bearer=token, origin="")
    assert await board.open()
    await board.hear("beat")
    await do(help.case)()
    await board.hear("case.changed")


async def test_a_token_nobody_issued_opens_nothing(line, tomas):
    assert not await line(BOARD, bearer="made-up", origin="").open()
    board = line(BOARD, bearer="made-up")
    assert await board.open()
    assert await board.closes() == 4404


# --- the heartbeat ---------------------------------------------------------------------------------------------------


async def test_the_heart_beats_the_same_while_nothing_moves(line, tomas, quick_beats):
    board = await watching(line, tomas)
    assert len({(await board.hear("beat"))["digest"] for _ in range(3)}) == 1


async def test_a_lost_message_shows_in_the_heartbeat(line, tomas, quick_beats, monkeypatch):
    monkeypatch.setattr(groups, "push", lambda *message: None)
    board = await watching(line, tomas)
    digests = [(await board.hear("beat"))["digest"]]
    one = await do(help.case)()
    digests.append(await other_than(board, digests[-1]))
    await do(cases.acknowledge)(one, by=factories.viewer(tomas), at=AT)
    digests.append(await other_than(board, digests[-1]))
    await do(cases.resolve)(one, "helped", by=factories.viewer(tomas), at=AT)
    assert await other_than(board, digests[-1]) == digests[0]  # the board is empty again


async def other_than(board: Line, digest: str) -> str:
    """Return the next heartbeat that differs."""
    while (beat := await board.hear("beat"))["digest"] == digest:
        pass
    return beat["digest"]


async def test_a_case_nobody_may_see_does_not_change_the_heartbeat(line, joel, acompana, quick_beats):
    board = await watching(line, joel)
    before = (await board.hear("beat"))["digest"]
    await do(help.case)(acompana)
    assert {(await board.hear("beat"))["digest"] for _ in range(3)} == {before}


async def test_who_leaves_the_organization_sees_nothing_more_in_the_heartbeat(line, tomas, quick_beats):
    await do(help.case)()
    board = await watching(line, tomas)
    seen = (await board.hear("beat"))["digest"]
    await do(tomas.memberships.update)(valid_until=AT.date())
    gone = await other_than(board, seen)
    await do(Case.objects.all().delete)()
    assert (await board.hear("beat"))["digest"] == gone


async def test_whatever_a_page_says_is_not_listened_to(line, tomas, quick_beats):
    board = await watching(line, tomas)
    for text in ("{", "[]", '{"kind": "case.changed"}', "[" * 100_000):
        await board.say_raw(text)
    assert await board.hear("beat")
