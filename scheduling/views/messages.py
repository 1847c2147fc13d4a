"""What a gateway tells us: a phone wrote, or what became of a message. Verified, kept, and answered at once.

Note [Callbacks]. JSON with the headers X-Timestamp (Unix seconds) and X-Signature (see scheduling/signatures.py), at
most 16 kB. Handing over the same thing twice is harmless. Answers are 200 for what is kept or was kept before, 401 for
a signature that is not good, 404 for a message that we do not know of (yet: try again), 422 for what says nothing.
"""

import json
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from scheduling import clock, inbound, notifications, phones, signatures
from scheduling.gateways import http
from scheduling.models import DeliveryStatus

LARGEST = 16_384
Told = Callable[[dict[str, Any], datetime], JsonResponse]


def _signed(told: Told) -> Callable[[HttpRequest], JsonResponse]:
    """Let a view be called by who knows the gateway's secret, with what they said."""

    @csrf_exempt
    @require_POST
    @wraps(told)
    def view(request: HttpRequest) -> JsonResponse:
        at = clock.now()
        body = request.read(LARGEST + 1)
        timestamp, signature = request.headers.get("X-Timestamp", ""), request.headers.get("X-Signature", "")
        good = signatures.is_good(settings.SMS_HTTP_SECRET, timestamp, signature, body, at=at)
        if len(body) > LARGEST or not good:
            return JsonResponse({"code": "not_signed"}, status=401)
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            said = None
        return told(said, at) if isinstance(said, dict) else _says_nothing()

    return view


def _says_nothing() -> JsonResponse:
    return JsonResponse({"code": "invalid"}, status=422)


def _text(said: dict[str, Any], name: str, most: int) -> str:
    value = said.get(name)
    return value if isinstance(value, str) and len(value) <= most and value == _whole(value) else ""


def _whole(text: str) -> str:
    """Return text that can be kept: a message cut within a sign (half an emoji) has a question mark there."""
    return text.replace("\x00", "").encode(errors="replace").decode()


@_signed
def incoming(said: dict[str, Any], at: datetime) -> JsonResponse:
    """Keep what a phone wrote: `{"id", "from", "text"}`."""
    provider_id = _text(said, "id", 120)
    try:
        phone = phones.parse(_text(said, "from", 40), "US").e164
    except phones.PhoneError:
        phone = ""
    if not provider_id or not phone or not isinstance(said.get("text"), str):
        return _says_nothing()
    kept = inbound.receive(http.NAME, provider_id, phone=phone, text=_whole(said["text"]), at=at)
    return JsonResponse({"kept": kept})


@_signed
def state(said: dict[str, Any], at: datetime) -> JsonResponse:
    """Note what became of a message: `{"id", "status": "queued"|"sent"|"delivered"|"failed", "error"?}`."""
    provider_id, status = _text(said, "id", 120), _text(said, "status", 12)
    if not provider_id or status not in DeliveryStatus.values:
        return _says_nothing()
    error = _text(said, "error", 60)
    known = notifications.note_state(http.NAME, provider_id, DeliveryStatus(status), error=error, at=at)
    return JsonResponse({"known": known}, status=200 if known else 404)
