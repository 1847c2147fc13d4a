"""A visit whose door is open, and pages that hold a line to us."""

import asyncio

import pytest
from channels.db import database_sync_to_async

from realtime import consumers, rooms, signalling
from scheduling.models import Appointment
from tests import factories
from tests.realtime.lines import Line, RoomLine


@pytest.fixture(autouse=True)
def as_in_the_demo(settings) -> None:
    settings.DEFAULT_ORGANIZATION = "acompana"
    settings.STUN_URLS, settings.TURN_URLS, settings.TURN_SECRET = [], [], ""


@pytest.fixture
def visit(clock, dr_ramos, lupita) -> Appointment:
    """Lupita's video visit with Dr. Ramos, in ten minutes."""
    made = factories.booked(lupita)
    clock.move(minutes=50)
    return made


@pytest.fixture
def knock(visit, clock):
    """Knock at the visit's door as somebody, now."""

    def knocked(who):
        by = factories.viewer(factories.account(who), at=clock())
        return rooms.knock(Appointment.objects.get(pk=visit.pk), by=by, at=clock())

    return knocked


@pytest.fixture
def quick_beats(monkeypatch) -> None:
    """Sockets beat twenty times a second instead of every five seconds."""
    monkeypatch.setattr(consumers, "BEAT", 0.05)
    monkeypatch.setattr(signalling, "BEAT", 0.05)


@pytest.fixture
async def line():
    """Make lines that are all hung up at the end."""
    made: list[Line] = []

    def new(path: str, kind: type[Line] = Line, **who) -> Line:
        made.append(kind(path, **who))
        return made[-1]

    yield new
    await asyncio.gather(*(one.hang_up() for one in made))


@pytest.fixture
def enter(knock, line):
    """Take somebody to the room: knock, open the socket, say the token; return their line and how the room looks."""

    async def entered(who, client: str = "page") -> tuple[RoomLine, dict]:
        way_in = await database_sync_to_async(knock)(who)
        page = line(way_in["url"], RoomLine, user=await database_sync_to_async(factories.account)(who))
        return page, await page.enter(way_in, client)

    return entered
