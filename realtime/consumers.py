"""Sockets that say "look again": the board, a case, an appointment, a clinician's day.

Note [Push says look again]. A message is a kind and an id; the page fetches its fragment again over HTTP, which
authorises again. Every five seconds a heartbeat carries a digest of the (id, version) pairs this viewer may see, so
that a lost last message shows too; fifteen seconds without one and the page says that it is not live.
"""

import asyncio
import hashlib
from contextlib import suppress
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from navigation.models import Case
from realtime import groups
from scheduling import access, clock
from scheduling.access import Viewer
from scheduling.models import Appointment, Role, Schedule

BEAT = 5.0
NOT_FOUND = 4404


class LookAgain(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    """Joins the groups of what the viewer may see, forwards their messages, and beats."""

    async def connect(self) -> None:
        groups.serving_here()
        self.joined: list[str] = []
        viewer = await self.viewer()
        wanted = await database_sync_to_async(self.groups_of)(viewer)
        await self.accept()
        if not wanted:
            await self.close(NOT_FOUND)
            return
        for group in wanted:
            await self.channel_layer.group_add(group, self.channel_name)
            self.joined.append(group)
        self.beating = asyncio.create_task(self.beat())

    async def viewer(self) -> Viewer:
        """Return who asks, read anew: a membership may have ended since the socket opened."""
        return await database_sync_to_async(access.viewer_of_scope)(self.scope, clock.now())

    async def beat(self) -> None:
        while True:
            viewer = await self.viewer()
            pairs = await database_sync_to_async(self.visible)(viewer)
            await self.send_json({"kind": "beat", "digest": digest(pairs)})
            await asyncio.sleep(BEAT)

    async def look_again(self, message: dict[str, Any]) -> None:
        await self.send_json({"kind": message["kind"], "id": message["id"]})

    async def disconnect(self, code: int) -> None:
        if task := getattr(self, "beating", None):
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task
        for group in self.joined:
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **_: Any) -> None:
        """Nothing is said from a page to the server here; whatever comes, in text or bytes, is passed over."""

    def groups_of(self, viewer: Viewer) -> list[str]:
        raise NotImplementedError

    def visible(self, viewer: Viewer) -> list[tuple[Any, int]]:
        raise NotImplementedError


class Nowhere(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    """An address at which there is no socket; it looks like one that shows nothing to this viewer."""

    async def connect(self) -> None:
        await self.accept()
        await self.close(NOT_FOUND)


class Board(LookAgain):
    """The board of all organizations in which the viewer answers for cases."""

    def groups_of(self, viewer: Viewer) -> list[str]:
        return [
            groups.board(pk) for pk in sorted(set(viewer.organizations(Role.COORDINATOR, Role.NAVIGATOR, Role.ADMIN)))
        ]

    def visible(self, viewer: Viewer) -> list[tuple[Any, int]]:
        return list(Case.objects.visible_to(viewer).unresolved().order_by("pk").values_list("uuid", "version"))


class OneCase(LookAgain):
    """One case, for the person who reported it."""

    def _cases(self, viewer: Viewer) -> Any:
        return Case.objects.visible_to(viewer).filter(uuid=self.scope["url_route"]["kwargs"]["uuid"])

    def groups_of(self, viewer: Viewer) -> list[str]:
        return [groups.case(case) for case in self._cases(viewer).values_list("uuid", flat=True)]

    def visible(self, viewer: Viewer) -> list[tuple[Any, int]]:
        return list(self._cases(viewer).values_list("uuid", "version"))


class OneAppointment(LookAgain):
    """One appointment, for everybody in it."""

    def _appointments(self, viewer: Viewer) -> Any:
        return Appointment.objects.visible_to(viewer).filter(uuid=self.scope["url_route"]["kwargs"]["uuid"])

    def groups_of(self, viewer: Viewer) -> list[str]:
        return [groups.appointment(one) for one in self._appointments(viewer).values_list("uuid", flat=True)]

    def visible(self, viewer: Viewer) -> list[tuple[Any, int]]:
        return list(self._appointments(viewer).values_list("uuid", "version"))


class Day(LookAgain):
    """The day of the clinician who asks."""

    def groups_of(self, viewer: Viewer) -> list[str]:
        clinician = viewer.user is not None and hasattr(viewer.user, "clinician")
        return [groups.day(viewer.user.uuid)] if clinician and viewer.user else []

    def visible(self, viewer: Viewer) -> list[tuple[Any, int]]:
        mine = Appointment.objects.filter(participants__actor__clinician__user=viewer.user).upcoming()
        hours = Schedule.objects.filter(actor__clinician__user=viewer.user)
        return [*mine.order_by("pk").values_list("uuid", "version"), *hours.values_list("actor__uuid", "version")]


def digest(pairs: list[tuple[Any, int]]) -> str:
    """Return a short fingerprint of what a viewer may see and at which version."""
    return hashlib.sha256(repr([(str(uuid), version) for uuid, version in pairs]).encode()).hexdigest()[:16]
