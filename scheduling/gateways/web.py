"""Fetching a file from an address somebody gave us, which may be any address at all.

Note [Guarded fetching]. Whoever gives the address decides where we connect, so: only http and https; no user name or
password in it; every address its name resolves to must be public, and the connection goes to the very address that was
checked, so that no second answer of the name server leads elsewhere; each redirect is judged the same, three at most,
and never from https to http. The answer is read up to a limit, unpacked too, and all of it within a time limit.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings

from scheduling.gateways import GatewayError

LIMIT = 5 * 1024 * 1024  # bytes, unpacked
SECONDS = 8
REDIRECTS = 3
_CHUNK = 64 * 1024
_TRANSLATED = [ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")]
_ERRORS = {401: "needs_password", 403: "needs_password", 407: "needs_password", 404: "not_found", 410: "not_found"}


@dataclass(frozen=True)
class Fetched:
    """An answer: its bytes, or None when nothing changed since the one that had the etag or date we sent."""

    data: bytes | None
    etag: str = ""
    last_modified: str = ""


def fetch(address: str, *, etag: str = "", last_modified: str = "") -> Fetched:
    """Return what is at an address, or raise GatewayError with a code.

    The codes are those of models.FeedError, and bad_address for what no browser would open either.
    """
    headers = {"User-Agent": "Acompana", "Accept": "text/calendar, */*;q=0.1", "Accept-Encoding": "gzip, identity"}
    headers |= {"If-None-Match": etag} if etag else {}
    headers |= {"If-Modified-Since": last_modified} if last_modified else {}
    try:
        return _follow(address, headers)
    except TimeoutError:
        raise GatewayError("too_slow") from None
    except (OSError, http.client.HTTPException):
        raise GatewayError("unreachable") from None


def check(address: str) -> SplitResult:
    """Return an address taken apart; raise GatewayError("bad_address") for one that will never be fetched."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise GatewayError("bad_address") from None
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or not address.isascii()
        or not address.isprintable()
    ):
        raise GatewayError("bad_address")
    if " " in address or (port is not None and port < 1024 and port not in (80, 443)):
        raise GatewayError("bad_address")
    if parts.username is not None or parts.password is not None:
        raise GatewayError("has_password")
    return parts


def _follow(address: str, headers: dict[str, str]) -> Fetched:
    with _Clock() as clock:
        for _ in range(REDIRECTS + 1):
            parts = check(address)
            with _asked(parts, headers, clock) as answer:
                if answer.status not in (301, 302, 303, 307, 308):
                    return _read(answer, clock)
                address = _next(address, answer)
    raise GatewayError("too_many_redirects")


def _next(address: str, answer: http.client.HTTPResponse) -> str:
    there = urljoin(address, answer.getheader("Location", ""))
    if address.startswith("https:") and not there.startswith("https:"):
        raise GatewayError("too_many_redirects")
    return there


class _Clock:
    """Ends whatever connection is open when the time is over: a server that drips never runs into a timeout."""

    def __init__(self) -> None:
        self.over = False
        self.socket: socket.socket | None = None
        self._timer = threading.Timer(SECONDS, self._end)
        self._timer.daemon = True

    def __enter__(self) -> "_Clock":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _end(self) -> None:
        self.over = True
        with suppress(OSError):
            if self.socket:
                self.socket.shutdown(socket.SHUT_RDWR)

    def watch(self, connected: socket.socket) -> socket.socket:
        self.socket = connected
        self.check()
        return connected

    def check(self) -> None:
        if self.over:
            raise TimeoutError


@contextmanager
def _asked(parts: SplitResult, headers: dict[str, str], clock: _Clock) -> Iterator[http.client.HTTPResponse]:
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    try:
        connection.sock = _connected(host, port, secure, clock)
        path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        connection.request("GET", path if path.startswith("/") else f"/{path}", headers=headers)
        yield connection.getresponse()
    except (OSError, http.client.HTTPException):
        clock.check()  # what broke, broke because the time was over
        raise
    finally:
        connection.close()


def _connected(host: str, port: int, secure: bool, clock: _Clock) -> socket.socket:
    """Connect to one of the addresses of a host that were checked, and to no other."""
    plain = socket.create_connection((_public(host, port), port), timeout=SECONDS)
    clock.watch(plain)
    if not secure:
        return plain
    return clock.watch(ssl.create_default_context().wrap_socket(plain, server_hostname=host))


def _public(host: str, port: int) -> str:
    """Return an address of a host, all of whose addresses are public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise GatewayError("unreachable") from None
    addresses = [str(one[4][0]) for one in found]
    if not all(map(is_public, addresses)):
        raise GatewayError("private_address")
    return addresses[0]


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the internet's own, and leads nowhere else by translation."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if settings.FEEDS_MAY_BE_LOCAL and ip.is_loopback:
        return True
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return is_public(str(ip.ipv4_mapped))
        if any(ip in net for net in _TRANSLATED) or ip.is_site_local:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _read(answer: http.client.HTTPResponse, clock: _Clock) -> Fetched:
    if answer.status == 304:
        return Fetched(None)
    if answer.status != 200:
        raise GatewayError(_ERRORS.get(answer.status, "server_error"))
    length = answer.getheader("Content-Length", "")
    if length.isdigit() and int(length) > LIMIT:
        raise GatewayError("too_big")
    data = _unpacked(answer) if answer.getheader("Content-Encoding", "") == "gzip" else b"".join(_pieces(answer))
    clock.check()  # cut off by the clock, an answer looks as if it had ended
    return Fetched(data, answer.getheader("ETag", "")[:200], answer.getheader("Last-Modified", "")[:60])


def _pieces(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    """Yield the body up to the limit; raise for more, and for less than was promised."""
    promised, size = answer.length, 0
    while piece := answer.read(_CHUNK):
        size += len(piece)
        if size > LIMIT:
            raise GatewayError("too_big")
        yield piece
    if promised is not None and size < promised:
        raise GatewayError("unreachable")


def _unpacked(answer: http.client.HTTPResponse) -> bytes:
    unpacker, data = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16), b""
    try:
        for piece in _pieces(answer):
            data += unpacker.decompress(piece, LIMIT + 1 - len(data))
            if len(data) > LIMIT:
                raise GatewayError("too_big")
    except zlib.error:
        raise GatewayError("not_a_calendar") from None
    return data
