"""Which servers help two browsers to find each other."""

import base64
import hashlib
import hmac
from datetime import timedelta

import pytest

from realtime.providers import peer
from tests.factories import AT

UNTIL = AT + timedelta(minutes=10)


@pytest.fixture
def turn(settings) -> None:
    settings.TURN_URLS = ["turn:turn.acompana.example:3478?transport=udp", "turns:turn.acompana.example:5349"]
    settings.TURN_SECRET = "shared with coturn"


def servers() -> list[dict]:
    return peer.ice_servers("lupita", expires_at=UNTIL)


def test_without_servers_browsers_find_each_other_alone():
    assert (servers(), peer.transport_policy()) == ([], "all")


def test_a_stun_server_needs_no_credential(settings):
    settings.STUN_URLS = ["stun:stun.acompana.example:3478"]
    assert servers() == [{"urls": ["stun:stun.acompana.example:3478"]}]
    assert peer.transport_policy() == "all"


def test_with_a_relay_nobody_learns_anothers_address(turn, settings):
    assert [one["urls"] for one in servers()] == [settings.TURN_URLS]
    assert peer.transport_policy() == "relay"


def test_the_relay_can_check_the_credential_by_itself(turn):
    [given] = servers()
    expected = hmac.new(b"shared with coturn", given["username"].encode(), hashlib.sha1).digest()
    assert base64.b64decode(given["credential"]) == expected


def test_the_credential_says_until_when_and_for_whom(turn):
    [given] = servers()
    assert given["username"] == f"{int(UNTIL.timestamp())}:lupita"


def test_the_secret_never_leaves_us(turn):
    assert "shared with coturn" not in str(servers())


def test_whoever_knocks_gets_servers_that_end_with_the_token(turn, knock, lupita):
    way_in = knock(lupita)
    assert way_in["ice_servers"][0]["username"].startswith(f"{int(way_in['expires_at'].timestamp())}:")
    assert way_in["ice_transport_policy"] == "relay"
