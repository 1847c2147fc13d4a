"""How a line to a room ends, and how somebody comes back: places are kept, and what was revoked is over."""

from datetime import timedelta

import pytest
from channels.db import database_sync_to_async as do

from scheduling import appointments, encounters
from scheduling.models import Appointment, Encounter, EncounterStatus, Event, Presence
from tests import factories
from tests.realtime.lines import RoomLine

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def together(enter, lupita, dr_ramos) -> tuple[RoomLine, RoomLine]:
    """Lupita and Dr. Ramos, both inside."""
    hers, room = await enter(lupita)
    his, _ = await enter(dr_ramos)
    await his.say(kind="admit", id=room["you"]["id"])
    for page in (hers, his):
        await inside(page, 2)
    return hers, his


async def inside(page: RoomLine, count: int) -> None:
    """Return once the page was told that so many are inside."""
    while len((await page.hear("room"))["inside"]) != count:
        pass


async def here() -> set[str]:
    """Return who is there, as the database knows it."""
    return await do(lambda: {one.participant.name for one in Presence.objects.here()})()


# --- coming back -----------------------------------------------------------------------------------------------------


async def test_who_comes_back_after_a_cut_is_let_in_without_asking(together, enter, lupita):
    hers, his = together
    await hers.hang_up()
    await inside(his, 1)
    _, room = await enter(lupita)
    assert (room["you"]["admitted"], len(room["inside"])) == (True, 2)
    await inside(his, 2)


async def test_who_was_not_let_in_yet_waits_again(enter, lupita, dr_ramos):
    hers, _ = await enter(lupita)
    await enter(dr_ramos)
    await hers.hang_up()
    _, room = await enter(lupita)
    assert room["you"]["admitted"] is False


async def test_a_second_page_replaces_the_first(together, enter, lupita):
    hers, _ = together
    _, room = await enter(lupita, client="another page")
    assert await hers.ended() == ("elsewhere", 4410)
    assert (room["you"]["client"], room["you"]["admitted"]) == ("another page", True)
    assert await here() == {"Lupita", "Ramos"}


async def test_the_page_that_was_replaced_does_not_take_the_new_one_along(together, enter, lupita):
    hers, _ = together
    again, _ = await enter(lupita, client="another page")
    await hers.ended()
    await hers.hang_up()
    assert await again.hears_only("room")
    assert await here() == {"Lupita", "Ramos"}


# --- leaving ---------------------------------------------------------------------------------------------------------


async def test_who_hangs_up_is_known_to_have_left(together, clock):
    hers, his = together
    clock.move(minutes=5)
    await hers.hang_up()
    await inside(his, 1)
    assert await here() == {"Ramos"}
    left = await do(lambda: Presence.objects.get(participant__role="patient").left_at)()
    assert left == clock()


async def test_who_says_goodbye_is_let_go(together):
    hers, _ = together
    await hers.say(kind="leave")
    assert await hers.closes() == 1000


async def test_who_came_and_went_is_written_down(together):
    for page in together:
        await page.hang_up()
    kinds = await do(lambda: list(Event.objects.filter(subject_type="presence").values_list("kind", flat=True)))()
    assert sorted(kinds) == ["presence.admitted"] + ["presence.arrived"] * 2 + ["presence.left"] * 2


async def test_a_line_that_lives_is_seen_to_live(together, clock, quick_beats, enter, dr_ramos):
    page, _ = await enter(dr_ramos)
    clock.move(seconds=20)
    await page.hear("beat")
    await page.hear("beat")
    assert await do(encounters.lose_silent)(at=clock() + timedelta(seconds=20)) == 1  # Lupita's alone
    assert await here() == {"Ramos"}


# --- the end ---------------------------------------------------------------------------------------------------------


async def test_a_visit_that_is_cancelled_sends_everybody_out(quick_beats, together, visit, lupita, clock):
    by = await do(lambda: factories.viewer(factories.user_of(lupita)))()
    await do(appointments.cancel)(visit, because="patient", by=by, at=clock())
    for page in together:
        assert await page.ended() == ("revoked", 4410)


async def test_a_visit_that_is_finished_sends_everybody_out(together, visit, dr_ramos, clock):
    await do(encounters.finish)(visit, by=factories.viewer(dr_ramos.user), at=clock())
    for page in together:
        assert await page.ended() == ("finished", 4410)
    assert await here() == set()


async def test_being_let_in_begins_the_visit_and_finishing_ends_it(together, visit, dr_ramos, clock):
    assert await standing(visit) == ("checked-in", EncounterStatus.IN_PROGRESS)
    await do(encounters.finish)(visit, by=factories.viewer(dr_ramos.user), at=clock())
    assert await standing(visit) == ("fulfilled", EncounterStatus.FINISHED)


async def standing(visit: Appointment) -> tuple[str, str]:
    room = await do(Encounter.objects.select_related("appointment").get)(appointment=visit)
    return room.appointment.status, room.status


async def test_a_page_whose_token_is_over_is_let_go(quick_beats, enter, dr_ramos, clock):
    page, _ = await enter(dr_ramos)
    clock.move(minutes=10)
    assert await page.ended() == ("token_expired", 4401)


async def test_a_page_that_renews_its_token_stays(quick_beats, enter, knock, dr_ramos, clock):
    page, _ = await enter(dr_ramos)
    clock.move(minutes=9)
    await page.say(kind="renew", token=(await do(knock)(dr_ramos))["token"])
    await page.echo()
    clock.move(minutes=9)
    for _ in range(3):
        assert await page.hear("beat")


async def test_a_page_cannot_stay_by_somebody_elses_token(quick_beats, enter, knock, lupita, dr_ramos, clock):
    page, _ = await enter(dr_ramos)
    clock.move(minutes=9)
    for token in ("made-up", (await do(knock)(lupita))["token"]):
        await page.say(kind="renew", token=token)
    await page.echo()
    clock.move(minutes=1)
    assert await page.ended() == ("token_expired", 4401)
