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
