"""Any provider, or a small program in front of one, that takes a message as JSON over HTTP and calls us back.

Note [The HTTP gateway]. We POST `{"id", "to", "text"}` to SMS_HTTP_URL with `Authorization: Bearer SMS_HTTP_TOKEN` and
`Idempotency-Key`: the notification's UUID, the same on every attempt, so that a message is sent once however often we
ask. Any 2xx takes it, and may answer `{"id": …}`, the provider's own; 4xx refuses it for good, but for 408, 425 and
429; anything else, and silence of five seconds, is tried again. `{"code": "opted_out"}` says that the carrier heard a
STOP. What comes back is signed, see scheduling/signatures.py and scheduling/views/messages.py.
"""

import json
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings

from scheduling.gateways import GatewayError, Message

RECEIPTS: Final = True  # it tells us later what became of a message
NAME: Final = "http"
LIMIT: Final = 5.0  # seconds
LARGEST: Final = 16_384  # bytes of an answer that are read
AGAIN: Final = frozenset({408, 425, 429})
OPTED_OUT: Final = "opted_out"


class _NoRedirects(HTTPRedirectHandler):
    """A redirect would carry the token, and somebody's number, to where nobody said they may go."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_open = build_opener(_NoRedirects).open


def send(message: Message) -> str:
    if not settings.SMS_HTTP_URL:
        raise GatewayError("no_gateway")
    try:
        with _open(_request(message), timeout=LIMIT) as answer:  # nosec: the address is the deployment's own
            said = _read(answer.read(LARGEST))
    except HTTPError as error:
        raise _refused(error) from None
    except (OSError, HTTPException):
        raise GatewayError("http_unavailable") from None
    return str(said.get("id") or message.notification.uuid)[:120]


def _request(message: Message) -> Request:
    key = str(message.notification.uuid)
    # A no-break space is in no alphabet of telephones: it would halve what fits into a message.
    body = {"id": key, "to": message.address, "text": message.body.replace("\u00a0", " ")}
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {settings.SMS_HTTP_TOKEN}",
        "Idempotency-Key": key,
    }
    return Request(settings.SMS_HTTP_URL, json.dumps(body).encode(), headers, method="POST")  # noqa: S310


def _refused(error: HTTPError) -> GatewayError:
    """Return what an answer that is no 2xx means; its text is not kept, for it may repeat what we sent."""
    with error:
        said = _read(error.read(LARGEST))
    if said.get("code") == OPTED_OUT:
        return GatewayError(OPTED_OUT, permanent=True)
    for_good = 400 <= error.code < 500 and error.code not in AGAIN
    return GatewayError(f"http_{error.code}", permanent=for_good)


def _read(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body or b"{}")
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
