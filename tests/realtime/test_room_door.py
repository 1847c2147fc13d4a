"""Coming into a room: with a token only, waiting until let in, and who may let whom in."""

import uuid
from datetime import timedelta

import pytest
from channels.db import database_sync_to_async as do

from realtime import rooms, signalling
from scheduling import accounts, appointments
from scheduling.access import System
from scheduling.models import Encounter, Presence
from tests import factories
from tests.factories import AT
from tests.realtime.lines import RoomLine

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(visit) -> Encounter:
    return Encounter.objects.get(appointment=visit)


@pytest.fixture
def with_nayeli(visit, nayeli):
    """Nayeli interprets."""
    factories.interprets(nayeli, visit)
    return nayeli


async def at_the_door(line, room: Encounter) -> RoomLine:
    """Somebody's socket to the room, before they said anything."""
    page = line(f"/ws/rooms/{room.uuid}/", RoomLine)
    assert await page.open()
    return page


# --- without a way in ------------------------------------------------------------------------------------------------


async def test_whoever_says_nothing_is_sent_away(line, room, monkeypatch):
    monkeypatch.setattr(signalling, "ENTER_WITHIN", 0.05)
    assert await (await at_the_door(line, room)).ended() == ("no_token", 4401)


async def test_whoever_is_in_is_not_sent_away_for_saying_nothing(enter, lupita, monkeypatch):
    monkeypatch.setattr(signalling, "ENTER_WITHIN", 0.05)
    page, _ = await enter(lupita)
    assert await page.hears_only("room")


async def test_a_token_we_never_made_lets_nobody_in(line, room):
    for said in ({"token": "made-up"}, {"token": ""}, {}, {"token": ["x"]}, {"kind": "admit", "id": "x"}):
        page = await at_the_door(line, room)
        await page.say(**{"kind": "enter"} | said)
        assert await page.ended() == ("room_token_invalid", 4401)
    assert not await do(Presence.objects.exists)()


async def test_a_token_of_another_room_lets_nobody_in(line, room, beto, knock, clock):
    other = await do(factories.booked)(beto, 0, AT)
    by = await do(lambda: factories.viewer(factories.user_of(beto)))()
    way_in = await do(rooms.knock)(other, by=by, at=other.starts_at)
    clock.at = other.starts_at
    page = await at_the_door(line, room)
    await page.say(kind="enter", token=way_in["token"])
    assert await page.ended() == ("room_token_invalid", 4401)


async def test_a_token_that_is_too_old_lets_nobody_in(line, room, knock, lupita, clock):
    way_in = await do(knock)(lupita)
    clock.move(minutes=10)
    page = await at_the_door(line, room)
    await page.say(kind="enter", token=way_in["token"])
    assert await page.ended() == ("room_token_invalid", 4401)


async def test_a_token_of_a_visit_that_was_cancelled_lets_nobody_in(line, visit, room, knock, lupita):
    way_in = await do(knock)(lupita)
    by = await do(lambda: factories.viewer(factories.user_of(lupita)))()
    await do(appointments.cancel)(visit, because="patient", by=by, at=AT)
    page = await at_the_door(line, room)
    await page.say(kind="enter", token=way_in["token"])
    assert await page.ended() == ("room_token_invalid", 4401)


async def test_a_token_got_just_before_the_door_closed_lets_nobody_in_after(line, visit, room, knock, lupita, clock):
    clock.at = visit.ends_at + timedelta(hours=4)
    way_in = await do(knock)(lupita)
    clock.move(seconds=1)
    page = await at_the_door(line, room)
    await page.say(kind="enter", token=way_in["token"])
    assert await page.ended() == ("room_too_late", 4401)


async def test_no_token_ever_stands_in_an_address(knock, lupita):
    way_in = await do(knock)(lupita)
    assert way_in["token"] not in way_in["url"]


# --- waiting and being let in ----------------------------------------------------------------------------------------


async def test_a_patient_waits_until_let_in(enter, lupita, dr_ramos):
    hers, room = await enter(lupita)
    assert (room["you"]["admitted"], room["inside"], room["waiting"]) == (False, [], [])
    his, room = await enter(dr_ramos)
    [waiting] = room["waiting"]
    assert (waiting["name"], room["you"]["admitted"]) == ("Lupita", True)
    await his.say(kind="admit", id=waiting["id"])
    assert await hears_inside(hers, "Lupita", "Ramos")
    assert await hears_inside(his, "Lupita", "Ramos")


async def hears_inside(page: RoomLine, *names: str) -> bool:
    """Return once the page was told that these people are inside."""
    while {person["name"] for person in (await page.hear("room"))["inside"]} != set(names):
        pass
    return True


async def test_who_waits_sees_neither_who_is_inside_nor_who_else_waits_but_themselves(enter, dr_ramos, lupita):
    await enter(dr_ramos)
    _, room = await enter(lupita)
    assert [person["name"] for person in room["inside"]] == ["Ramos"]
    assert room["waiting"] == []


async def test_the_clinician_sees_at_once_that_somebody_waits(enter, dr_ramos, lupita):
    his, _ = await enter(dr_ramos)
    await enter(lupita)
    while not (room := await his.hear("room"))["waiting"]:
        pass
    assert [person["name"] for person in room["waiting"]] == ["Lupita"]


async def test_an_interpreter_is_let_straight_in(enter, with_nayeli, lupita):
    await enter(lupita)
    _, room = await enter(with_nayeli)
    assert (room["you"]["admitted"], room["waiting"]) == (True, [])


async def test_neither_an_interpreter_nor_the_patient_lets_anybody_in(enter, with_nayeli, lupita):
    hers, room = await enter(lupita)
    voice, _ = await enter(with_nayeli)
    for page in (voice, hers):
        await page.say(kind="admit", id=room["you"]["id"])
        await page.everything_was_heard()
    assert not await do(Presence.objects.filter(participant__role="patient", admitted_at__isnull=False).exists)()


async def test_letting_in_somebody_who_is_not_there_changes_nothing(enter, dr_ramos):
    his, _ = await enter(dr_ramos)
    for nobody in ("", "x", str(uuid.UUID(int=0)), "\ud800", "\x00"):
        await his.say(kind="admit", id=nobody)
    assert await his.hears_only("room")


async def test_people_in_the_room_know_of_each_other_what_they_need_and_no_more(enter, dr_ramos):
    _, room = await enter(dr_ramos, client="his-page")
    [person] = room["inside"]
    assert person == room["you"]
    assert person == {
        "id": person["id"],
        "client": "his-page",
        "name": "Ramos",
        "role": "clinician",
        "admitted": True,
    }


async def test_a_program_comes_in_with_its_bearer_token_too(line, knock, dr_ramos):
    token = await do(accounts.issue_token)(dr_ramos.user, by=System("tests"), at=AT)
    way_in = await do(knock)(dr_ramos)
    page = line(way_in["url"], RoomLine, bearer=token, origin="")
    assert (await page.enter(way_in))["you"]["name"] == "Ramos"


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "señora", {"no": "name"}, None, "x" * 200])
async def test_whatever_a_page_calls_itself_it_comes_in(enter, dr_ramos, name):
    assert (await enter(dr_ramos, client=name))[1]["you"]["admitted"]
