"""What is written to the log: no secret of a link, whatever becomes of the request."""

import logging
from io import StringIO

import pytest
from django.test import Client

from scheduling import accounts
from tests import factories


@pytest.fixture
def log(monkeypatch) -> StringIO:
    """What the service's own handler writes."""
    console = next(handler for handler in logging.getLogger().handlers if handler.name == "console")
    written = StringIO()
    monkeypatch.setattr(console, "stream", written)
    return written


@pytest.fixture
def secret(clock, dr_ramos, lupita) -> str:
    return accounts.grant_link("appointment", factories.booked(lupita).uuid, at=clock.at)[1]


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_a_living_link_asked_for_in_a_wrong_way_is_not_written_down(log, secret, method):
    assert Client().generic(method, f"/l/{secret}").status_code == 405
    assert "/l/…" in log.getvalue()
    assert secret not in log.getvalue()


def test_a_link_that_breaks_is_not_written_down(log, secret, monkeypatch):
    monkeypatch.setattr(accounts, "open_link", lambda *_, **__: 1 / 0)
    assert Client(raise_request_exception=False).get(f"/l/{secret}").status_code == 500
    assert "ZeroDivisionError" in log.getvalue()
    assert secret not in log.getvalue()


@pytest.mark.parametrize("address", ["/l/{}/", "/l/{}?utm=1", "/calendars/{}.ics", "http://testserver/l/{}"])
def test_no_part_of_a_secret_is_left_wherever_it_stands(log, address):
    logging.getLogger("django.request").warning("Not Found: %s", address.format("aB3-_xYz9"))
    assert "aB3" not in log.getvalue()
    assert "Not Found: " in log.getvalue()


def test_what_is_no_link_stays(log):
    logging.getLogger("anything").error("%s of %s broke", 1, "/casos/l/")
    assert "1 of /casos/l/ broke" in log.getvalue()
