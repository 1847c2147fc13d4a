"""A page's socket, as a test holds it: opened through the whole application, heard by kinds of message."""

import asyncio
import json
from typing import Any

from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.test import Client

from config.asgi import application
from scheduling.models import User

HERE = "http://testserver"
SOON = 2.0  # seconds in which whatever is to be heard is heard
A_WHILE = 0.15  # seconds after which what was not heard is not coming


class Line:
    """One socket: `user` signs its browser in, `browser` has cookies of its own, `bearer` is a program's token."""

    def __init__(
        self,
        path: str,
        *,
        user: User | None = None,
        browser: Client | None = None,
        bearer: str = "",
        origin: str = HERE,
    ) -> None:
        self.path, self.user, self.browser = path, user, browser or Client()
        self.headers = [(b"origin", origin.encode())] if origin else []
        self.headers += [(b"authorization", f"Bearer {bearer}".encode())] if bearer else []
        self.socket: WebsocketCommunicator | None = None

    async def open(self) -> bool:
        """Open it; return whether it was let in at all."""
        if self.user:
            await sync_to_async(self.browser.force_login)(self.user)
        cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in self.browser.cookies.items())
        headers = [*self.headers, (b"cookie", cookies.encode())]
        self.socket = WebsocketCommunicator(application, self.path, headers=headers)
        connected, _ = await self.socket.connect(timeout=SOON)
        return connected

    async def say(self, **message: Any) -> None:
        await self.socket.send_json_to(message)

    async def say_raw(self, text: str) -> None:
        await self.socket.send_to(text_data=text)

    async def hear(self, kind: str, within: float = SOON, **like: Any) -> dict[str, Any]:
        """Return the next message of a kind that says these things, passing over others."""
        async with asyncio.timeout(within):
            while True:
                message = await self._next()
                if message.get("kind") == kind and like.items() <= message.items():
                    return message

    async def closes(self, within: float = SOON) -> int:
        """Return the code with which it is closed."""
        return (await self.hear("close", within))["code"]

    async def hears_only(self, *kinds: str) -> bool:
        """Return whether for a while nothing comes but messages of these kinds."""
        try:
            async with asyncio.timeout(A_WHILE):
                while (await self._next())["kind"] in kinds:
                    pass
        except TimeoutError:
            return True
        return False

    async def hang_up(self) -> None:
        if self.socket:
            await self.socket.disconnect()
            self.socket = None

    async def _next(self) -> dict[str, Any]:
        """Return what the service sends next; what broke in it is raised here."""
        sending = asyncio.ensure_future(self.socket.output_queue.get())
        await asyncio.wait([sending, self.socket.future], return_when=asyncio.FIRST_COMPLETED)
        if not sending.done():
            sending.cancel()
            self.socket.future.result()
            await asyncio.Event().wait()  # it ended in order: nothing more comes
        sent = sending.result()
        if sent["type"] == "websocket.close":
            return {"kind": "close", "code": sent.get("code", 1000)}
        return json.loads(sent["text"])


class RoomLine(Line):
    """A page's line to a room: it opens the socket and says the token that it got at the door."""

    async def enter(self, way_in: dict[str, Any], client: str = "page") -> dict[str, Any]:
        """Say the token and return how the room looks then."""
        assert await self.open()
        await self.say(kind="enter", token=way_in["token"], client=client)
        room = await self.hear("room")
        self.id = room["you"]["id"]
        return room

    async def echo(self) -> None:
        """Wait until all that was said was acted on, from inside: a signal to oneself comes back."""
        await self.say(kind="signal", to=self.id, data={})
        await self.hear("signal")

    async def everything_was_heard(self) -> None:
        """Wait until all that was said was acted on, from anywhere: nonsense, said last, ends the line."""
        await self.say_raw("nonsense")
        await self.hear("closed", reason="malformed")

    async def ended(self) -> tuple[str, int]:
        """Return why the room closes this line, and the code."""
        return (await self.hear("closed"))["reason"], await self.closes()
