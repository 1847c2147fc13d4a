"""What pages in a room say to each other: offers, answers and candidates, to one person, from people inside only."""

import json

import pytest
from channels.db import database_sync_to_async as do

from realtime import signalling
from tests import factories
from tests.realtime.lines import RoomLine

pytestmark = pytest.mark.django_db(transaction=True)
OFFER = {"description": {"type": "offer", "sdp": "v=0"}}


class People:
    """Lupita, Dr. Ramos and Nayeli, each with a line and an id."""

    def __init__(self) -> None:
        self.lines: dict[str, RoomLine] = {}
        self.ids: dict[str, str] = {}

    def __getitem__(self, name: str) -> RoomLine:
        return self.lines[name]

    async def come(self, enter, **people) -> "People":
        for name, who in people.items():
            self.lines[name], room = await enter(who, client=f"{name}'s page")
            self.ids[name] = room["you"]["id"]
        return self

    async def tell(self, sender: str, to: str, data: object = OFFER) -> None:
        await self[sender].say(kind="signal", to=self.ids.get(to, to), data=data)

    async def all_see(self, count: int) -> None:
        """Return once everybody was told that so many are inside."""
        for line in self.lines.values():
            while len((await line.hear("room"))["inside"]) != count:
                pass


@pytest.fixture
async def inside(enter, visit, lupita, dr_ramos, nayeli) -> People:
    """All three, with Lupita let in."""
    await do(factories.interprets)(nayeli, visit)
    people = await People().come(enter, lupita=lupita, ramos=dr_ramos, nayeli=nayeli)
    await people["ramos"].say(kind="admit", id=people.ids["lupita"])
    await people.all_see(3)
    return people


async def test_a_signal_reaches_whom_it_is_for_and_says_who_sent_it(inside):
    await inside.tell("lupita", "ramos")
    assert await inside["ramos"].hear("signal") == {
        "kind": "signal",
        "from": inside.ids["lupita"],
        "client": "lupita's page",
        "data": OFFER,
    }


async def test_a_signal_reaches_nobody_else(inside):
    await inside.tell("lupita", "ramos")
    await inside["ramos"].hear("signal")
    assert await inside["nayeli"].hears_only("room")
    assert await inside["lupita"].hears_only("room")


async def test_signals_arrive_in_the_order_in_which_they_were_sent(inside):
    for number in range(10):
        await inside.tell("lupita", "ramos", {"candidate": number})
    heard = [(await inside["ramos"].hear("signal"))["data"]["candidate"] for _ in range(10)]
    assert heard == list(range(10))


async def test_a_signal_to_nobody_inside_goes_nowhere(inside):
    for nobody in ("", "nobody", "*", "7a6a4a5e-0000-4000-8000-000000000000"):
        await inside.tell("lupita", nobody)
    for name in ("ramos", "nayeli"):
        assert await inside[name].hears_only("room")


async def test_what_is_no_signal_goes_nowhere(inside):
    for data in (None, "x", 7, ["x"]):
        await inside.tell("lupita", "ramos", data)
    assert await inside["ramos"].hears_only("room")


async def test_nobody_speaks_for_somebody_else(inside):
    await inside["lupita"].say(kind="signal", to=inside.ids["ramos"], data=OFFER, **{"from": inside.ids["nayeli"]})
    assert (await inside["ramos"].hear("signal"))["from"] == inside.ids["lupita"]


async def test_who_waits_at_the_door_neither_speaks_nor_is_spoken_to(enter, lupita, dr_ramos):
    people = await People().come(enter, lupita=lupita, ramos=dr_ramos)
    await people.tell("lupita", "ramos")
    await people.tell("ramos", "lupita")
    assert await people["ramos"].hears_only("room")
    assert await people["lupita"].hears_only("room")


async def test_who_left_is_spoken_to_no_more(inside):
    await inside["nayeli"].hang_up()
    del inside.lines["nayeli"]
    await inside.all_see(2)
    await inside.tell("lupita", "nayeli")
    assert await inside["ramos"].hears_only("room")


# --- what nobody may say ---------------------------------------------------------------------------------------------


DEEP, LONG = "[" * 50_000, json.dumps({"kind": "x", "data": "x" * signalling.LARGEST})


async def test_nonsense_ends_the_line_and_says_why(enter, dr_ramos):
    for text in ("{", "null", "7", "[]", '"leave"', DEEP, LONG):
        page, _ = await enter(dr_ramos)
        await page.say_raw(text)
        assert await page.ended() == ("malformed", 4400), text[:10]


async def test_half_a_character_goes_nowhere_and_any_whole_one_is_passed_on(inside):
    await inside.tell("ramos", "lupita", {"sdp": "\ud800"})
    await inside.tell("ramos", "lupita", {"sdp": "ñ 😀"})
    assert (await inside["lupita"].hear("signal"))["data"] == {"sdp": "ñ 😀"}


async def test_bytes_end_the_line(enter, dr_ramos):
    page, _ = await enter(dr_ramos)
    await page.socket.send_to(bytes_data=b"{}")
    assert await page.ended() == ("malformed", 4400)


async def test_a_kind_we_do_not_know_is_passed_over(enter, dr_ramos):
    page, _ = await enter(dr_ramos)
    for kind in ("", "enter", "room", "closed", "dance"):
        await page.say(kind=kind)
    assert await page.hears_only("room")


async def test_a_flood_ends_the_line_that_sends_it_and_no_other(inside, monkeypatch):
    monkeypatch.setattr(signalling, "SIGNALS_PER_BEAT", 3)
    for number in range(4):
        await inside.tell("lupita", "ramos", {"candidate": number})
    assert await inside["lupita"].ended() == ("too_many_messages", 4429)
    heard = [(await inside["ramos"].hear("signal"))["data"]["candidate"] for _ in range(3)]
    assert heard == [0, 1, 2]
    assert await inside["ramos"].hears_only("room")


async def test_many_signals_over_some_time_are_no_flood(enter, dr_ramos, monkeypatch, quick_beats):
    monkeypatch.setattr(signalling, "SIGNALS_PER_BEAT", 3)
    page, _ = await enter(dr_ramos)
    for _ in range(3):
        for _ in range(3):
            await page.echo()
        await page.hear("beat")
    await page.echo()
