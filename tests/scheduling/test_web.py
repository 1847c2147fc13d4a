"""Fetching from an address anybody may have given: what is brought home, and what is never reached."""

import gzip
import socket
import zlib
from threading import Thread

import pytest

from scheduling.gateways import GatewayError, web
from tests.web_server import serving


def code_of(address, **known):
    with pytest.raises(GatewayError) as refused:
        web.fetch(address, **known)
    return refused.value.code


def test_a_file_is_brought_home_with_its_marks(web_server):
    web_server.gives("BEGIN", ETag='"1"', Last_Modified="Mon, 01 Jun 2026 10:00:00 GMT")
    fetched = web.fetch(web_server.address + "?key=a%20b#part")
    assert (fetched.data, fetched.etag) == (b"BEGIN", '"1"')
    assert fetched.last_modified == "Mon, 01 Jun 2026 10:00:00 GMT"
    [(path, headers)] = web_server.asked
    assert path == "/secret.ics?key=a%20b"
    assert headers["Host"] == f"127.0.0.1:{web_server.port}"
    assert "If-None-Match" not in headers


def test_what_is_known_already_is_not_sent_again(web_server):
    web_server.gives(status=304)
    fetched = web.fetch(web_server.address, etag='"1"', last_modified="Mon, 01 Jun 2026 10:00:00 GMT")
    assert fetched.data is None
    [(_, headers)] = web_server.asked
    assert headers["If-None-Match"] == '"1"'
    assert headers["If-Modified-Since"] == "Mon, 01 Jun 2026 10:00:00 GMT"


def test_a_packed_answer_is_unpacked(web_server):
    web_server.packed(b"BEGIN:VCALENDAR")
    assert web.fetch(web_server.address).data == b"BEGIN:VCALENDAR"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "needs_password"),
        (403, "needs_password"),
        (404, "not_found"),
        (410, "not_found"),
        (204, "server_error"),
        (429, "server_error"),
        (500, "server_error"),
    ],
)
def test_answers_that_bring_nothing(web_server, status, code):
    web_server.gives("x", status)
    assert code_of(web_server.address) == code


# --- limits ----------------------------------------------------------------------------------------------------------


def test_what_says_it_is_too_big_is_not_read(web_server):
    web_server.gives(b"x", Content_Length=str(10 * 1024 * 1024))
    assert code_of(web_server.address) == "too_big"


def test_what_is_too_big_and_does_not_say_so(web_server, monkeypatch):
    monkeypatch.setattr(web, "LIMIT", 100_000)
    web_server.gives(b"x" * 100_001, Content_Length="")
    assert code_of(web_server.address) == "too_big"
    web_server.gives(b"x" * 100_000, Content_Length="")
    assert len(web.fetch(web_server.address).data) == 100_000


def test_a_bomb_is_not_unpacked(web_server):
    bomb = gzip.compress(bytes(200 * 1024 * 1024), 9)
    assert len(bomb) < 250_000
    web_server.gives(bomb, Content_Encoding="gzip")
    assert code_of(web_server.address) == "too_big"


def test_what_is_not_packed_as_it_says(web_server):
    web_server.gives(zlib.compress(b"BEGIN"), Content_Encoding="gzip")
    assert code_of(web_server.address) == "not_a_calendar"


def test_half_an_answer_is_none(web_server):
    web_server.gives(b"BEGIN:VCALENDAR", Content_Length="400")
    assert code_of(web_server.address) == "unreachable"


def drips_a_body(handler):
    handler.send_response(200)
    handler.end_headers()
    drip(handler)


def drip(handler):
    """Send a byte now and then, until the other side has enough of it."""
    try:
        while not handler.server_closing.wait(0.02):
            handler.wfile.write(b"x")
            handler.wfile.flush()
    except OSError:
        return


@pytest.mark.parametrize("act", [drips_a_body, drip], ids=["its body", "its first line"])
def test_a_server_that_drips_is_left_when_the_time_is_over(web_server, monkeypatch, act):
    monkeypatch.setattr(web, "SECONDS", 0.2)

    def with_closing(handler):
        handler.server_closing = web_server.closing
        act(handler)

    web_server.act = with_closing
    assert code_of(web_server.address) == "too_slow"


def test_a_server_that_says_nothing_is_left_too(web_server, monkeypatch):
    monkeypatch.setattr(web, "SECONDS", 0.2)
    web_server.act = lambda handler: web_server.closing.wait(5)
    assert code_of(web_server.address) == "too_slow"


def test_what_speaks_no_http(settings):
    settings.FEEDS_MAY_BE_LOCAL = True
    with socket.create_server(("127.0.0.1", 0)) as listening:
        Thread(target=lambda: listening.accept()[0].sendall(b"220 mail\r\n"), daemon=True).start()
        assert code_of(f"http://127.0.0.1:{listening.getsockname()[1]}/") == "unreachable"


def test_nobody_at_home(settings):
    settings.FEEDS_MAY_BE_LOCAL = True
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert code_of(f"http://127.0.0.1:{port}/") == "unreachable"


def test_https_wants_a_certificate_it_can_trust(web_server):
    assert code_of(web_server.address.replace("http:", "https:")) == "unreachable"


# --- redirects -------------------------------------------------------------------------------------------------------


def leads(server, *places):
    """Lead on from place to place, and in the end give a calendar."""
    ways = list(places)

    def act(handler):
        handler.send_response(302 if ways else 200)
        if ways:
            handler.send_header("Location", ways.pop(0))
        handler.send_header("Content-Length", "0" if handler.path != "/end" else "3")
        handler.end_headers()
        if handler.path == "/end":
            handler.wfile.write(b"END")

    server.act = act


def test_three_redirects_are_followed(web_server):
    leads(web_server, "/one", "two", f"http://127.0.0.1:{web_server.port}/end")
    assert web.fetch(web_server.address).data == b"END"
    assert [path for path, _ in web_server.asked] == ["/secret.ics", "/one", "/two", "/end"]


def test_a_fourth_is_not(web_server):
    leads(web_server, "/1", "/2", "/3", "/4", "/end")
    assert code_of(web_server.address) == "too_many_redirects"
    assert len(web_server.asked) == 4


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("http://10.0.0.1/", "private_address"),
        ("http://169.254.169.254/latest/meta-data/", "private_address"),
        ("file:///etc/passwd", "bad_address"),
        ("http://user:word@127.0.0.1/", "has_password"),
        ("gopher://127.0.0.1/", "bad_address"),
    ],
)
def test_each_redirect_is_judged_like_the_first_address(web_server, place, code):
    leads(web_server, place)
    assert code_of(web_server.address) == code


def test_a_secret_address_is_not_sent_on_in_the_clear():
    class Answer:
        def getheader(self, *_):
            return "http://calendar.example/secret"

    with pytest.raises(GatewayError, match="too_many_redirects"):
        web._next("https://calendar.example/secret", Answer())


# --- addresses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("", "bad_address"),
        ("calendar.example/x.ics", "bad_address"),
        ("ftp://calendar.example/x.ics", "bad_address"),
        ("https://", "bad_address"),
        ("https:///x.ics", "bad_address"),
        ("https://calendar.example:99999/", "bad_address"),
        ("https://calendar.example:22/", "bad_address"),
        ("https://calendar.example/a b", "bad_address"),
        ("https://calendar.example/\r\nHost: x", "bad_address"),
        ("https://[::1/", "bad_address"),
        ("https://me@calendar.example/", "has_password"),
        ("https://me:word@calendar.example/", "has_password"),
    ],
)
def test_addresses_that_are_never_fetched(address, code):
    assert code_of(address) == code


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[::ffff:10.0.0.1]",
        "[::ffff:127.0.0.1]",
        "[fe80::1]",
        "[fc00::1]",
        "[fec0::1]",
        "[ff02::1]",
        "[64:ff9b::a00:1]",
        "[2002:a00:1::]",
    ],
)
def test_addresses_that_are_not_of_the_internet(host):
    assert code_of(f"http://{host}/feed.ics") == "private_address"


@pytest.mark.parametrize("ip", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111"])
def test_addresses_that_are(ip):
    assert web.is_public(ip)


def resolving(monkeypatch, *answers):
    """Let every name resolve to these addresses, one answer after the other; the last stays."""
    left, asked = list(answers), []

    def getaddrinfo(host, port, *_, **__):
        asked.append(host)
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in found]

    monkeypatch.setattr(web.socket, "getaddrinfo", getaddrinfo)
    return asked


def test_a_name_that_leads_inside_is_not_followed(monkeypatch):
    resolving(monkeypatch, ["10.0.0.1"])
    assert code_of("https://calendar.example/") == "private_address"


def test_one_private_address_among_public_ones_is_enough(monkeypatch):
    resolving(monkeypatch, ["8.8.8.8", "192.168.0.1"])
    assert code_of("https://calendar.example/") == "private_address"


def test_the_connection_goes_to_the_very_address_that_was_checked(monkeypatch):
    """A name server that answers differently the second time is not asked a second time."""
    asked = resolving(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    reached = []

    def connect(where, **_):
        reached.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr(web.socket, "create_connection", connect)
    assert code_of("http://calendar.example/") == "unreachable"
    assert (asked, reached) == (["calendar.example"], [("8.8.8.8", 80)])


def test_a_name_nobody_has(monkeypatch):
    def nobody(*_, **__):
        raise socket.gaierror

    monkeypatch.setattr(web.socket, "getaddrinfo", nobody)
    assert code_of("https://calendar.invalid/") == "unreachable"


def test_this_machine_is_private_unless_a_test_says_otherwise():
    with serving() as server:
        assert code_of(server.address) == "private_address"
        assert server.asked == []
