"""HTTP to Django, sockets to the consumers of realtime. This is what Daphne serves."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application

http = get_asgi_application()

from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator

from realtime.routing import websocket_urlpatterns
from scheduling.access import bearer_user

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


application = ProtocolTypeRouter({"http": http, "websocket": by_anyone})
