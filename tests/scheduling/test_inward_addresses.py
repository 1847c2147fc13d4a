"""Which addresses a calendar may be fetched from: the guard by the tables of the internet, and in every spelling."""

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.gateways import GatewayError, web

# What IANA keeps for other purposes than being reached by everybody.
RESERVED_4 = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
]
RESERVED_6 = ["::/128", "::1/128", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "2001:db8::/32", "100::/64"]
NETS_4, NETS_6 = ([ipaddress.ip_network(net) for net in nets] for nets in (RESERVED_4, RESERVED_6))
EDGES = [str(edge) for net in (*NETS_4, *NETS_6) for edge in (net[0], net[-1])]

any_4 = st.integers(0, 2**32 - 1).map(ipaddress.IPv4Address)
reserved_4 = st.sampled_from(NETS_4).flatmap(
    lambda net: st.integers(int(net[0]), int(net[-1])).map(ipaddress.IPv4Address)
)


@pytest.mark.parametrize("ip", EDGES)
def test_the_first_and_the_last_of_each_inward_net_are_refused(ip):
    assert not web.is_public(ip)


@pytest.mark.parametrize(
    "ip",
    [
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2600::",
        "2a00:1450:4001::200e",
    ],
)
def test_their_neighbours_on_the_internet_are_reached(ip):
    assert web.is_public(ip)


@given(reserved_4)
def test_no_inward_address_is_reached_under_any_name(ip):
    """Written plainly, mapped, compatible, translated by NAT64 or 6to4, it is the same machine."""
    number = int(ip)
    spellings = [
        str(ip),
        f"::ffff:{ip}",
        f"::{ip}",
        str(ipaddress.IPv6Address((0x64FF9B << 96) | number)),
        str(ipaddress.IPv6Address((0x2002 << 112) | (number << 80))),
    ]
    assert not any(web.is_public(one) for one in spellings)


@given(any_4)
def test_a_mapped_address_is_judged_like_the_one_it_maps(ip):
    assert web.is_public(f"::ffff:{ip}") is web.is_public(str(ip))


@given(st.integers(0, 2**128 - 1).map(ipaddress.IPv6Address))
def test_whatever_is_reached_is_global(ip):
    if web.is_public(str(ip)):
        assert ip.is_global or ip.ipv4_mapped
        assert not ip.is_multicast
        assert not any(ip in net for net in NETS_6)


@pytest.mark.parametrize("ip", ["fe80::1%eth0", "fe80::1%25lo", "fc00::1%1"])
def test_an_address_with_the_name_of_a_cable_is_judged_without_it(ip):
    assert not web.is_public(ip)


@pytest.mark.parametrize(
    ("ip", "allowed"), [("127.0.0.1", True), ("::1", True), ("10.0.0.1", False), ("0.0.0.0", False)]
)
def test_a_test_server_is_this_machine_and_nothing_beside_it(settings, ip, allowed):
    settings.FEEDS_MAY_BE_LOCAL = True
    assert web.is_public(ip) is allowed


@pytest.mark.parametrize(
    ("answers", "reached"),
    [
        (["8.8.8.8"], True),
        (["8.8.8.8", "1.1.1.1"], True),
        (["8.8.8.8", "127.0.0.1"], False),
        (["::ffff:127.0.0.1"], False),
        (["2606:4700:4700::1111", "fe80::1%eth0"], False),
        (["169.254.169.254"], False),
    ],
)
def test_a_name_is_followed_only_if_all_it_means_is_public(monkeypatch, answers, reached):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in answers]
    monkeypatch.setattr(web.socket, "getaddrinfo", lambda *_, **__: found)
    if reached:
        assert web._public("calendar.example", 443) == answers[0]
        return
    with pytest.raises(GatewayError) as refused:
        web._public("calendar.example", 443)
    assert refused.value.code == "private_address"


# --- the address itself ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("https://calendar.example/x.ics", "calendar.example", None),
        ("http://CALENDAR.example:80/x.ics?key=1#part", "calendar.example", 80),
        ("https://calendar.example:443", "calendar.example", 443),
        ("https://calendar.example:8443/", "calendar.example", 8443),
        ("https://[2606:4700::1111]:1024/", "2606:4700::1111", 1024),
    ],
)
def test_addresses_that_a_browser_would_open(address, host, port):
    parts = web.check(address)
    assert (parts.hostname, parts.port) == (host, port)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("file:///etc/passwd", "bad_address"),
        ("gopher://calendar.example/", "bad_address"),
        ("javascript:alert(1)", "bad_address"),
        ("//calendar.example/x.ics", "bad_address"),
        ("https://calendar.example:0/", "bad_address"),
        ("https://calendar.example:25/", "bad_address"),
        ("https://calendar.example:-1/", "bad_address"),
        ("https://calendar.example:x/", "bad_address"),
        ("https://calendar.exámple/", "bad_address"),
        ("https://calendar.example/\tx", "bad_address"),
        ("https://calendar.example/\x00", "bad_address"),
        ("https://calendar.example/\u202ex", "bad_address"),
        ("https://@calendar.example/", "has_password"),
        ("https://:@calendar.example/", "has_password"),
        ("https://8.8.8.8@127.0.0.1/", "has_password"),
    ],
)
def test_addresses_that_no_calendar_has(address, code):
    with pytest.raises(GatewayError) as refused:
        web.check(address)
    assert refused.value.code == code


@given(st.text(max_size=60).map(lambda rest: f"http://{rest}"))
def test_whatever_is_written_is_an_address_or_a_refusal(address):
    try:
        parts = web.check(address)
    except GatewayError as refused:
        assert refused.code in ("bad_address", "has_password")
        return
    assert parts.hostname
    assert "@" not in parts.netloc
    assert parts.port is None or parts.port in (80, 443) or parts.port >= 1024
