"""HTTP to Django, sockets to the consumers of realtime. This is what Daphne serves."""

import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)

from asgiref.sync import sync_to_async
from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from realtime.routing import websocket_urlpatterns
from scheduling.access import bearer_user


class InOneThread(ASGIHandler):
    """Django's handler, with middleware, view and template in one thread: it would change threads at each middleware,
    which costs more than most of our pages."""

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self.get_response)(request)


sockets = URLRouter(websocket_urlpatterns)
by_browser = AllowedHostsOriginValidator(AuthMiddlewareStack(sockets))


async def by_anyone(scope: dict[str, Any], receive: Any, send: Any) -> Any:
    """Let a program in by its bearer token, and a browser by its session, if its page is one of ours."""
    headers = dict(scope["headers"])
    scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() == "bearer":
        user = await database_sync_to_async(bearer_user)(token.strip())
        if user is not None:
            return await sockets(scope | {"user": user, "bearer": True, "session": {}}, receive, send)
    return await by_browser(scope, receive, send)


application = ProtocolTypeRouter({"http": InOneThread(), "websocket": by_anyone})
