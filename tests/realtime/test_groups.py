"""Saying "look again" to whoever watches, from any thread."""

import asyncio
import threading
from time import monotonic

import pytest
from channels.layers import InMemoryChannelLayer, get_channel_layer

from realtime import groups

UUID = "7a6a4a5e-0000-4000-8000-000000000000"


@pytest.fixture
def in_one_process(settings) -> None:
    """The layer of the process that serves everything."""
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}


@pytest.fixture
async def watching(in_one_process) -> tuple[InMemoryChannelLayer, str]:
    """Somebody who watches one case."""
    groups.serving_here()
    layer = get_channel_layer()
    await layer.group_add(groups.case(UUID), "page")
    return layer, "page"


def elsewhere(act) -> None:
    """Do something in another thread, as a worker does."""
    thread = threading.Thread(target=act)
    thread.start()
    thread.join()


async def test_what_a_worker_says_arrives_at_once(watching):
    layer, page = watching
    since = monotonic()
    elsewhere(lambda: groups.push(groups.case(UUID), "case.changed", UUID))
    async with asyncio.timeout(0.5):
        message = await layer.receive(page)
    assert message == {"type": "look.again", "kind": "case.changed", "id": UUID}
    assert monotonic() - since < 0.5


async def test_what_is_said_while_serving_arrives_too(watching):
    layer, page = watching
    groups.push(groups.case(UUID), "case.changed", UUID)
    async with asyncio.timeout(0.5):
        assert (await layer.receive(page))["id"] == UUID


async def test_only_those_who_watch_it_hear_of_it(watching):
    layer, page = watching
    groups.push(groups.board(1), "case.changed", UUID)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await layer.receive(page)


def test_where_nobody_watches_nothing_is_said(in_one_process, monkeypatch):
    monkeypatch.setattr(groups, "_serving", [])
    groups.push(groups.case(UUID), "case.changed", UUID)


def test_after_the_service_ended_nothing_breaks(in_one_process, caplog):
    async def serve() -> None:
        groups.serving_here()

    asyncio.run(serve())
    groups.push(groups.case(UUID), "case.changed", UUID)
    assert not caplog.records


class Away:
    """A layer that lost its server."""

    async def group_send(self, group, message):
        raise ConnectionError("redis is away")


def test_a_layer_that_is_away_breaks_nothing_and_tells_on_nobody(settings, caplog):
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": f"{__name__}.Away"}}
    groups.push(groups.case(UUID), "case.changed", UUID)
    assert caplog.messages == ["could not tell case"]


@pytest.mark.parametrize(
    "name", [groups.board(1), groups.appointment(UUID), groups.case(UUID), groups.day(UUID), groups.room(UUID)]
)
async def test_every_groups_name_is_one_the_layer_takes(in_one_process, name):
    assert get_channel_layer().require_valid_group_name(name)


def test_no_two_things_share_a_group():
    names = [groups.board(1), groups.appointment(UUID), groups.case(UUID), groups.day(UUID), groups.room(UUID)]
    assert len(set(names)) == len(names)
