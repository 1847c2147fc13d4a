"""Every group's name, and the one way to say "look again" to it.

A group is named for what is looked at, never for who looks: whoever may see a thing joins its group, and its messages
carry a kind and an id, so that joining wrongly would still show nothing.

Note [Two layers, one push]. With Redis, any thread of any process may send. The in-memory layer belongs to the event
loop of the one process that serves: sends from worker threads are handed to that loop, or they would arrive a second
late.
"""

import asyncio
import logging
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer

log = logging.getLogger(__name__)

_serving: list[asyncio.AbstractEventLoop] = []


def board(organization: int) -> str:
    return f"board.{organization}"


def appointment(uuid: UUID | str) -> str:
    return f"appointment.{uuid}"


def case(uuid: UUID | str) -> str:
    return f"case.{uuid}"


def day(user: UUID | str) -> str:
    return f"day.{user}"


def room(encounter: UUID | str) -> str:
    return f"room.{encounter}"


def serving_here() -> None:
    """Note that sockets are served by the running loop; consumers call it when they connect."""
    loop = asyncio.get_running_loop()
    if loop not in _serving:
        _serving[:] = [loop]


def push(group: str, kind: str, uuid: UUID | str) -> None:
    """Tell a group to look again, from any thread; what cannot be told now is found by the next heartbeat."""
    message = {"type": "look.again", "kind": kind, "id": str(uuid)}
    layer = get_channel_layer()
    try:
        if not isinstance(layer, InMemoryChannelLayer):
            async_to_sync(layer.group_send)(group, message)
        elif _serving:
            _hand_over(layer.group_send(group, message), _serving[0])
    except Exception:
        log.warning("could not tell %s", group.partition(".")[0])


def _hand_over(sending: Any, loop: asyncio.AbstractEventLoop) -> None:
    if loop.is_running():
        asyncio.run_coroutine_threadsafe(sending, loop)
    else:
        sending.close()
