"""A case is called out at once: from the report to the telephone of who is on call, without waiting for a turn."""

from contextlib import suppress

import pytest
from django.db import transaction

from config.celery import app
from navigation import cases, escalation, listeners
from scheduling.models import OutboxMessage
from tests import factories
from tests.factories import AT, help


@pytest.fixture
def at_once(outbox, django_capture_on_commit_callbacks):
    """Hear what is committed, and run the sweeps it wakes at once and here."""
    app.conf.task_always_eager = True
    yield lambda: django_capture_on_commit_callbacks(execute=True)
    app.conf.task_always_eager = False


def ringing() -> list[str]:
    return [message.address for message in OutboxMessage.objects.order_by("pk")]


def test_a_new_case_rings_at_once(rota, tomas, at_once):
    with at_once():
        help.case()
    assert ringing() == [tomas.phone]


def test_news_that_make_a_case_more_urgent_ring_at_once(rota, tomas, at_once):
    with at_once():
        one = help.case(tier="follow_up", kind="help")
    with at_once():
        cases.tell_more(one, help.report(), by=factories.viewer(), at=AT)
    assert ringing() == [tomas.phone] * 2


def test_a_note_wakes_nobody(rota, tomas, at_once):
    one = help.case()
    with at_once():
        cases.note(one, "x", by=factories.viewer(tomas), at=AT)
    assert ringing() == []


def test_nothing_rings_for_a_case_that_was_not_kept(rota, at_once):
    with at_once(), suppress(RuntimeError), transaction.atomic():
        help.case()
        raise RuntimeError("the connection was lost")
    assert ringing() == []


def test_without_a_broker_the_case_is_kept_and_the_next_turn_calls(rota, at_once, monkeypatch, caplog):
    def away(*args, **kwargs):
        raise ConnectionError("no broker")

    monkeypatch.setattr(listeners.sweep, "apply_async", away)
    with at_once():
        one = help.case()
    assert "broker away" in caplog.text
    assert escalation.step_due(at=AT) == 1
    assert help.calls(one) == [(0, ["Tomas"])]
