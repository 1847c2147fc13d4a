"""The room's socket: lets people in, says who is there, and carries the browsers' offers, answers and candidates.

The protocol. First message from the page, within five seconds: ``{"kind": "enter", "token": …, "client": …}``, where
`client` is a name the page made up: with the same name after a cut, the others keep the picture that still flows. Then

- to the page: ``room`` (who you are, who is inside, and for staff who waits), ``signal`` (from somebody), ``beat``,
  ``closed`` (why; the socket ends with it);
- from the page: ``signal`` (to somebody inside), ``admit`` (somebody who waits; staff), ``renew`` (a fresh token),
  ``leave``.

The room's state is read from the database whenever somebody comes or goes, and sent whole: a lost message is repaired
by the next.
"""

import asyncio
import json
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from realtime import groups, rooms
from scheduling import access, clock, encounters
from scheduling.access import Viewer
from scheduling.models import EncounterStatus, ParticipantRole, Presence
from scheduling.refusals import Refusal, RoomTokenInvalid

BEAT = 5.0
ENTER_WITHIN = 5.0
LARGEST = 64 * 1024
SIGNALS_PER_BEAT = 200
UNAUTHORIZED, GONE, MALFORMED, TOO_MUCH = 4401, 4410, 4400, 4429


class Room(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One participant's line to the room."""

    presence: Presence | None = None
    key: rooms.Key | None = None
    inside: frozenset[str] = frozenset()
    signals = 0

    async def connect(self) -> None:
        groups.serving_here()
        self.group = groups.room(self.scope["url_route"]["kwargs"]["uuid"])
        self.tasks: list[asyncio.Task[None]] = [asyncio.create_task(self._enter_in_time())]
        await self.accept()

    async def _enter_in_time(self) -> None:
        await asyncio.sleep(ENTER_WITHIN)
        if self.presence is None:
            await self._close("no_token", UNAUTHORIZED)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        message = _parse(text_data)
        if message is None:
            await self._close("malformed", MALFORMED)
        elif self.presence is None:
            await self._enter(message)
        else:
            await self._act(message)

    async def _enter(self, message: dict[str, Any]) -> None:
        try:
            self.presence, self.key = await database_sync_to_async(self._arrive)(message)
        except Refusal as refusal:
            await self._close(refusal.code, UNAUTHORIZED)
            return
        await self.channel_layer.group_add(self.group, self.channel_name)
        self.tasks.append(asyncio.create_task(self._beat()))
        await self._show()

    def _arrive(self, message: dict[str, Any]) -> tuple[Presence, rooms.Key]:
        at = clock.now()
        key = self._read(message, at)
        _, participant = rooms.opens(key, at=at)
        return encounters.arrive(participant, client=_client(message), by=self._viewer(at), at=at), key

    def _read(self, message: dict[str, Any], at: datetime) -> rooms.Key:
        key = rooms.read(str(message.get("token", "")), at=at)
        if str(key.room) != str(self.scope["url_route"]["kwargs"]["uuid"]):
            raise RoomTokenInvalid
        return key

    def _viewer(self, at: datetime) -> Viewer:
        return access.viewer_of_scope(self.scope, at)

    async def _act(self, message: dict[str, Any]) -> None:
        kind = message.get("kind")
        if kind == "signal":
            await self._relay(message)
        elif kind == "admit":
            await database_sync_to_async(self._admit)(str(message.get("id", "")))
        elif kind == "renew":
            await self._renew(message)
        elif kind == "leave":
            await self.close()

    # --- what the page asks ------------------------------------------------------------------------------------------

    async def _relay(self, message: dict[str, Any]) -> None:
        """Pass an offer, answer or candidate to somebody inside; to nobody else, and not in floods."""
        assert self.presence
        self.signals += 1
        if self.signals > SIGNALS_PER_BEAT:
            await self._close("too_many_messages", TOO_MUCH)
            return
        me, other = str(self.presence.participant.uuid), str(message.get("to", ""))
        if {me, other} <= self.inside and isinstance(message.get("data"), dict) and _whole(message):
            client = self.presence.client
            passed = {"type": "pass.on", "to": other, "from": me, "client": client, "data": message["data"]}
            await self.channel_layer.group_send(self.group, passed)

    def _admit(self, waiting: str) -> None:
        assert self.key
        with suppress(Refusal, ValueError):
            here = Presence.objects.here().filter(encounter__uuid=self.key.room, participant__uuid=UUID(waiting))
            presence = here.select_related("encounter__appointment").first()
            if presence:
                at = clock.now()
                encounters.admit(presence, by=self._viewer(at), at=at)

    async def _renew(self, message: dict[str, Any]) -> None:
        with suppress(Refusal):
            key = self._read(message, clock.now())
            if self.key and key.participant == self.key.participant:
                self.key = key

    # --- what the room says ------------------------------------------------------------------------------------------

    async def look_again(self, message: dict[str, Any]) -> None:
        await self._show()

    async def pass_on(self, message: dict[str, Any]) -> None:
        if self.presence and message["to"] == str(self.presence.participant.uuid):
            signal = {"kind": "signal", "from": message["from"], "client": message["client"], "data": message["data"]}
            await self._say(signal)

    async def _show(self) -> None:
        """Send the room as it is now, or close if this place in it is over."""
        state = await database_sync_to_async(self._state)()
        if "closed" in state:
            await self._close(state["closed"], GONE)
            return
        self.inside = frozenset(person["id"] for person in state["inside"])
        await self._say({"kind": "room"} | state)

    def _state(self) -> dict[str, Any]:
        assert self.presence and self.key
        presence = Presence.objects.select_related("encounter", "participant").get(pk=self.presence.pk)
        encounter = presence.encounter
        if encounter.status == EncounterStatus.FINISHED:
            return {"closed": "finished"}
        if encounter.room_epoch != self.key.epoch or encounter.status == EncounterStatus.CANCELLED:
            return {"closed": "revoked"}
        here = list(_present(encounter.pk))
        if presence not in here:
            return {"closed": "elsewhere"}
        people = [_person(one) for one in here]
        waiting = [one for one in people if not one["admitted"]]
        return {
            "you": people[here.index(presence)],
            "inside": [one for one in people if one["admitted"]],
            "waiting": waiting if presence.participant.role in encounters.ADMITTING else [],
        }

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            self.signals = 0
            if self.key is None or self.key.expires_at <= clock.now():
                await self._close("token_expired", UNAUTHORIZED)
                return
            await database_sync_to_async(encounters.seen)(self.presence, at=clock.now())
            await self._say({"kind": "beat"})
            await self._show()

    async def _say(self, message: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(message))

    async def _close(self, reason: str, code: int) -> None:
        with suppress(Exception):
            await self._say({"kind": "closed", "reason": reason})
        await self.close(code)

    async def disconnect(self, code: int) -> None:
        for task in self.tasks:
            if task is not asyncio.current_task():
                task.cancel()
        await self.channel_layer.group_discard(self.group, self.channel_name)
        if self.presence:
            await database_sync_to_async(self._leave)()

    def _leave(self) -> None:
        assert self.presence
        at = clock.now()
        encounters.leave(self.presence, by=self._viewer(at), at=at)


def _present(encounter: int) -> Any:
    here = Presence.objects.here().filter(encounter=encounter)
    return here.select_related(
        "participant__actor__clinician__user__data_key",
        "participant__actor__interpreter__user__data_key",
        "participant__actor__patient__data_key",
        "participant__user__data_key",
    )


def _person(presence: Presence) -> dict[str, Any]:
    """Return what the others in the room may know: the name they go by, their part, and which page of theirs it is."""
    return {
        "id": str(presence.participant.uuid),
        "client": presence.client,
        "name": presence.participant.name,
        "role": ParticipantRole(presence.participant.role).value,
        "admitted": presence.admitted_at is not None,
    }


def _client(message: dict[str, Any]) -> str:
    """Return the name the page made up for itself, or none if it is nothing that can be kept."""
    name = str(message.get("client", ""))[:36]
    return name if name.isascii() and name.isprintable() else ""


def _whole(message: dict[str, Any]) -> bool:
    """Return whether it is all of whole characters: JSON can name half of one, and no channel layer carries it."""
    try:
        json.dumps(message, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        return False
    return True


def _parse(text: str | None) -> dict[str, Any] | None:
    if text is None or len(text) > LARGEST:
        return None
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None
