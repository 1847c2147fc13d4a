"""`manage.py check` names what a deployment lacks before it is missed."""

import pytest
from django.core.checks import run_checks

from config import checks


def ids(found) -> list[str]:
    return [message.id for message in found]


@pytest.fixture
def complete(settings):
    """A deployment that lacks nothing."""
    settings.SMS_GATEWAY = "scheduling.gateways.outbox"
    settings.ROOM_PROVIDER, settings.EMBEDDED = "peer", False
    settings.TURN_URLS, settings.TURN_SECRET = ["turn:turn.example:3478"], "x"
    settings.RED_FLAGS_OFF = []
    return settings


def all_of_ours() -> list[str]:
    return ids(checks.gateways()) + ids(checks.rooms()) + ids(checks.triage())


def test_a_deployment_that_lacks_nothing_is_told_nothing(complete):
    assert all_of_ours() == []


def test_messages_nobody_will_receive_are_warned_of(complete):
    complete.SMS_GATEWAY = "scheduling.gateways.missing"
    assert all_of_ours() == ["acompana.W001"]


@pytest.fixture
def by_http(complete):
    """A deployment that sends by the HTTP gateway, and lacks nothing for it."""
    complete.SMS_GATEWAY = "scheduling.gateways.http"
    complete.SMS_HTTP_URL, complete.SMS_HTTP_TOKEN = "https://sms.example/send", "token"
    complete.SMS_HTTP_SECRET = "s" * checks.SHORTEST_SECRET
    return complete


def test_the_http_gateway_with_all_it_needs_is_told_nothing(by_http):
    assert all_of_ours() == []


@pytest.mark.parametrize(
    ("lacking", "found"),
    [
        ({"SMS_HTTP_URL": ""}, ["acompana.E004"]),
        ({"SMS_HTTP_URL": "sms.example"}, ["acompana.E004"]),
        ({"SMS_HTTP_URL": "http://sms.example/send"}, ["acompana.E005"]),
        ({"SMS_HTTP_URL": "http://127.0.0.1:9000/send"}, []),
        ({"SMS_HTTP_TOKEN": ""}, ["acompana.E006"]),
        ({"SMS_HTTP_SECRET": ""}, ["acompana.E007"]),
        ({"SMS_HTTP_SECRET": "short"}, ["acompana.E008"]),
        ({"SMS_HTTP_URL": "", "SMS_HTTP_SECRET": ""}, ["acompana.E004", "acompana.E007"]),
    ],
    ids=str,
)
def test_what_the_http_gateway_lacks_is_an_error(by_http, lacking, found):
    for name, value in lacking.items():
        setattr(by_http, name, value)
    assert all_of_ours() == found


def test_a_gateway_that_is_not_used_lacks_nothing(complete):
    complete.SMS_HTTP_URL = ""
    assert all_of_ours() == []


def test_a_room_provider_that_is_not_built_in_is_an_error(complete):
    complete.ROOM_PROVIDER = "zoom"
    assert all_of_ours() == ["acompana.E001"]


def test_turn_without_its_secret_is_an_error(complete):
    complete.TURN_SECRET = ""
    assert all_of_ours() == ["acompana.E002"]


def test_no_turn_is_warned_of_outside_the_demo(complete):
    complete.TURN_URLS = []
    assert all_of_ours() == ["acompana.W002"]
    complete.EMBEDDED = True
    assert all_of_ours() == []


def test_a_red_flag_misspelt_is_an_error(complete):
    complete.RED_FLAGS_OFF = ["FEVERR"]
    [found] = checks.triage()
    assert (found.id, "FEVERR" in found.msg) == ("acompana.E003", True)


def test_they_run_with_every_check(complete):
    complete.RED_FLAGS_OFF = ["FEVERR"]
    assert "acompana.E003" in ids(run_checks())
