"""What must be said is owed in the transaction that gives the reason, and withdrawn when it is no longer true."""

import json

import pytest
from django.db import transaction

from scheduling import appointments, notifications, tasks
from scheduling.models import Delivery, Notification, Queue
from tests import factories
from tests.factories import AT, DAY, user_of, viewer

pytestmark = pytest.mark.django_db


def deliver():
    return notifications.deliver_due(Queue.WORK, at=AT)


def status(notification):
    notification.refresh_from_db()
    return str(notification.status)


# --- owing -----------------------------------------------------------------------------------------------------------


def test_what_is_owed_is_a_row_due_at_once(owe):
    owed = owe()
    assert (owed.status, owed.due_at, owed.attempts, owed.lease_until) == ("owed", AT, 0, None)


def test_what_is_owed_is_taken_back_with_its_reason(owe):
    with pytest.raises(KeyError), transaction.atomic():
        owe()
        raise KeyError
    assert not Notification.objects.exists()


def test_a_visit_that_could_not_be_booked_is_told_to_nobody(dr_ramos, lupita):
    held = factories.hold(viewer(user_of(lupita)))
    with pytest.raises(appointments.HoldExpired):
        appointments.confirm(held, patient=lupita, by=viewer(), at=AT + DAY)
    assert not Notification.objects.exists()


def test_the_sender_is_woken_once_and_only_after_it_is_true(owe, django_capture_on_commit_callbacks):
    woken = []

    def wake(queue, **_):
        woken.append(queue)

    notifications.owed.connect(wake)
    with django_capture_on_commit_callbacks(execute=True):
        owe(queue=Queue.PAGES)
        assert woken == []
    notifications.owed.disconnect(wake)
    assert woken == [Queue.PAGES]


def test_its_own_queues_sweep_is_woken(owe, monkeypatch, django_capture_on_commit_callbacks):
    woken = []
    monkeypatch.setattr(tasks.sweep, "apply_async", lambda args, **how: woken.append((args, how["queue"])))
    with django_capture_on_commit_callbacks(execute=True):
        owe(queue=Queue.PAGES)
    assert woken == [(["deliver_pages"], "pages")]


def test_a_broker_that_is_away_loses_nothing(owe, gateway, monkeypatch, django_capture_on_commit_callbacks):
    def away(*args, **how):
        raise ConnectionError

    monkeypatch.setattr(tasks.sweep, "apply_async", away)
    with django_capture_on_commit_callbacks(execute=True):
        owed = owe()
    assert deliver() == 1
    assert status(owed) == "sent"


def test_what_cannot_be_found_again_is_sealed(owe):
    stored = Notification.objects.filter(pk=owe().pk).values_list("context", flat=True)[0]
    assert "123456" not in stored
    assert json.loads(Notification.objects.get().context)["digits"] == "123456"


# --- withdrawing -----------------------------------------------------------------------------------------------------


def test_what_is_no_longer_true_is_not_said(owe, gateway):
    old, new, other = owe(topic="case:1", topic_version=1), owe(topic="case:1", topic_version=2), owe(topic="case:2")
    assert notifications.void("case:1", below_version=2) == 1
    assert deliver() == 2
    assert (status(old), status(new), status(other)) == ("void", "sent", "sent")


def test_what_was_said_cannot_be_unsaid(owe, gateway):
    owed = owe(topic="case:1")
    deliver()
    assert notifications.void("case:1", below_version=9) == 0
    assert status(owed) == "sent"


def test_what_is_withdrawn_between_the_lease_and_the_sending_is_not_sent(owe, gateway, monkeypatch):
    owed, lease = owe(topic="case:1"), notifications._lease

    def lease_then_void(*args, **how):
        pk = lease(*args, **how)
        notifications.void("case:1", below_version=9)
        return pk

    monkeypatch.setattr(notifications, "_lease", lease_then_void)
    assert deliver() == 0
    assert (gateway.sent, status(owed)) == ([], "void")


def test_what_is_withdrawn_while_it_is_sent_stays_withdrawn_and_is_noted(owe, gateway, monkeypatch):
    owed = owe(topic="case:1")
    monkeypatch.setattr(gateway, "send", lambda message: str(notifications.void("case:1", below_version=9)))
    deliver()
    assert (status(owed), Delivery.objects.count()) == ("void", 1)
