"""Browser to browser, with our own signalling. Where TURN is configured everybody is relayed, so that nobody learns
another's address; without it (the demo) browsers connect directly.

TURN credentials are those of coturn's `use-auth-secret`: the user name is an expiry and a subject, the password its
HMAC-SHA1 under the shared secret (draft-uberti-behave-turn-rest).
"""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Any

from django.conf import settings


def ice_servers(subject: str, *, expires_at: datetime) -> list[dict[str, Any]]:
    """Return the RTCIceServer list of one participant; its credential is useless after `expires_at`."""
    servers: list[dict[str, Any]] = [{"urls": settings.STUN_URLS}] if settings.STUN_URLS else []
    if settings.TURN_URLS:
        user = f"{int(expires_at.timestamp())}:{subject}"
        digest = hmac.new(settings.TURN_SECRET.encode(), user.encode(), hashlib.sha1).digest()
        servers.append({"urls": settings.TURN_URLS, "username": user, "credential": base64.b64encode(digest).decode()})
    return servers


def transport_policy() -> str:
    """Return RTCPeerConnection's `iceTransportPolicy`."""
    return "relay" if settings.TURN_URLS else "all"
