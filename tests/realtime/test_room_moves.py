"""A visit that moves takes its room along: whoever had a way in at the old time has none, and the door says when."""

from datetime import timedelta

import pytest
from channels.db import database_sync_to_async as do
from django.test import Client

from realtime import rooms
from scheduling import appointments, rescheduling, search
from scheduling.models import Appointment, Encounter
from scheduling.refusals import RoomNotOpenYet, RoomTokenInvalid
from tests import factories
from tests.factories import account, viewer
from tests.reading import Page, read
from tests.realtime.lines import RoomLine

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def moves(visit, lupita, clock):
    """Let Lupita move her visit to one of the later times, by default to the last of that day."""

    def moved(number: int = 2) -> Appointment:
        slots = [one.slot for one in search.find(factories.criteria(since=clock.at), at=clock.at).found]
        by = viewer(factories.user_of(lupita), at=clock.at)
        return rescheduling.reschedule(Appointment.objects.get(pk=visit.pk), slots[number], by=by, at=clock.at)

    return moved


def door(who, visit, language: str = "es") -> Page:
    browser = Client()
    browser.force_login(account(who))
    return read(browser.get(f"/citas/{visit.uuid}/sala/", {"lang": language}))


# --- tokens ----------------------------------------------------------------------------------------------------------


def test_moving_makes_every_token_useless(knock, lupita, dr_ramos, moves, clock):
    tokens = [knock(who)["token"] for who in (lupita, dr_ramos)]
    moves()
    for token in tokens:
        with pytest.raises(RoomTokenInvalid):
            rooms.opens(rooms.read(token, at=clock()), at=clock())


def test_the_room_stays_the_same_and_new_tokens_open_it(knock, visit, lupita, moves, clock):
    before = Encounter.objects.get(appointment=visit)
    clock.at = moves().starts_at
    way_in = knock(lupita)
    assert way_in["room"] == str(before.uuid)
    assert rooms.opens(rooms.read(way_in["token"], at=clock()), at=clock())[1].name == "Lupita"


def test_moving_to_where_it_is_already_keeps_every_way_in(knock, visit, lupita, clock):
    token = knock(lupita)["token"]
    one = Appointment.objects.get(pk=visit.pk)
    rescheduling.reschedule(one, factories.slot_of(one), by=viewer(factories.user_of(lupita)), at=clock())
    assert rooms.opens(rooms.read(token, at=clock()), at=clock())[1].name == "Lupita"


def test_the_old_time_has_no_door_any_more(knock, lupita, moves, clock):
    moved = moves()
    clock.at = moved.starts_at - timedelta(minutes=31)
    with pytest.raises(RoomNotOpenYet):
        knock(lupita)


async def test_a_token_of_the_old_time_lets_nobody_in(line, knock, lupita, moves, clock):
    way_in = await do(knock)(lupita)
    await do(moves)()
    page = line(way_in["url"], RoomLine)
    assert await page.open()
    await page.say(kind="enter", token=way_in["token"])
    assert await page.ended() == ("room_token_invalid", 4401)


# --- what the door says ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "said"), [("es", "Su cita con"), ("en", "Your visit with")])
def test_the_door_greets_the_patient_in_their_language(visit, lupita, language, said):
    page = door(lupita, visit, language)
    assert (page.status, page.language) == (200, language)
    assert [heading for heading in page.headings if heading.startswith(said) and "Ramos" in heading]


@pytest.mark.parametrize(("language", "said"), [("es", "Cita con"), ("en", "Visit with")])
def test_the_door_greets_the_clinician_as_whoever_sees_them(visit, dr_ramos, language, said):
    page = door(dr_ramos, visit, language)
    assert [heading for heading in page.headings if heading.startswith(said) and "Lupita" in heading]


@pytest.mark.parametrize("language", ["es", "en"])
def test_after_moving_the_door_says_when_to_come(visit, lupita, moves, language):
    moved = moves()
    page = door(lupita, visit, language)
    opens = (moved.starts_at - timedelta(minutes=30)).astimezone(factories.AT.tzinfo) - timedelta(hours=5)
    assert page.status == 425
    assert f"{opens.hour}:{opens.minute:02}" in page.words


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("who", ["beto", "tomas"])
def test_whoever_has_no_place_finds_no_door_whatever_their_language(request, visit, who, language):
    page = door(request.getfixturevalue(who), visit, language)
    assert "Lupita" not in page.words
    assert not page.html.count("data-knock")


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_cancelled_visit_says_so_at_the_door(visit, lupita, clock, language):
    by = viewer(factories.user_of(lupita), at=clock())
    appointments.cancel(visit, because="patient", by=by, at=clock())
    page = door(lupita, visit, language)
    assert (page.status, page.language) == (410, language)
    assert f"/citas/{visit.uuid}/" in page.links.values()
