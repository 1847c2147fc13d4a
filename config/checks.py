"""What `manage.py check` says is missing before it is missed at 3 a.m."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from navigation.triage.flags import book

SHORTEST_SECRET = 32


@register()
def gateways(**_: Any) -> list[CheckMessage]:
    """Warn of messages that nobody will receive."""
    if settings.SMS_GATEWAY.endswith(".missing"):
        hint = "Set SMS_GATEWAY to a module with a function `send`, see scheduling/gateways."
        return [Warning("No SMS gateway: codes and pages will not be delivered.", hint=hint, id="acompana.W001")]
    return list(_http_gateway()) if settings.SMS_GATEWAY == "scheduling.gateways.http" else []


def _http_gateway() -> Iterator[CheckMessage]:
    """Name what the HTTP gateway lacks."""
    address = urlsplit(settings.SMS_HTTP_URL)
    if address.scheme not in ("http", "https") or not address.hostname:
        yield Error("SMS_HTTP_URL is no address to post messages to.", id="acompana.E004")
    elif address.scheme == "http" and address.hostname not in ("localhost", "127.0.0.1", "::1"):
        yield Error("SMS_HTTP_URL is not https: numbers and codes would travel open.", id="acompana.E005")
    if not settings.SMS_HTTP_TOKEN:
        yield Error("SMS_HTTP_TOKEN is missing: the gateway cannot know that it is us.", id="acompana.E006")
    if not settings.SMS_HTTP_SECRET:
        hint = "Without it every callback is refused: nobody can answer a message or stop them."
        yield Error("SMS_HTTP_SECRET is missing.", hint=hint, id="acompana.E007")
    elif len(settings.SMS_HTTP_SECRET) < SHORTEST_SECRET:
        yield Error("SMS_HTTP_SECRET is too short to keep strangers out.", id="acompana.E008")


@register()
def rooms(**_: Any) -> list[CheckMessage]:
    """Name what the chosen room provider lacks."""
    found: list[CheckMessage] = []
    if settings.ROOM_PROVIDER != "peer":
        found.append(Error(f"ROOM_PROVIDER={settings.ROOM_PROVIDER!r}: only `peer` is built in.", id="acompana.E001"))
    if settings.TURN_URLS and not settings.TURN_SECRET:
        found.append(Error("TURN_URLS is set without TURN_SECRET.", id="acompana.E002"))
    if not settings.TURN_URLS and not settings.EMBEDDED:
        hint = "Without TURN people behind strict networks cannot connect, and each learns the other's address."
        found.append(Warning("No TURN server.", hint=hint, id="acompana.W002"))
    return found


@register()
def triage(**_: Any) -> list[CheckMessage]:
    """Name switched-off red flags that do not exist: a misspelt code would switch off nothing."""
    unknown = set(settings.RED_FLAGS_OFF) - {flag.code for flag in book().flags}
    return [Error(f"RED_FLAGS_OFF names no red flag: {code}", id="acompana.E003") for code in sorted(unknown)]
