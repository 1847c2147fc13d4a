"""A message is said once, in words made when it is sent; what fails is tried again, and nothing else waits for it."""

import pytest
from django.db import transaction

from scheduling import notifications
from scheduling.gateways import GatewayError
from scheduling.models import Channel, DataKey, Delivery, Notification, Queue, phone_hash
from scheduling.notifications import LEASE, RETRIES, SLOWEST, Composed, Recipient
from tests.factories import AT, DAY, MINUTE
from tests.racing import at_once

pytestmark = pytest.mark.django_db

WORK, PAGES = Queue.WORK, Queue.PAGES


def deliver(at=AT, queue=WORK, **how):
    return notifications.deliver_due(queue, at=at, **how)


def status(notification):
    notification.refresh_from_db()
    return str(notification.status)


# --- delivering ------------------------------------------------------------------------------------------------------


def test_what_is_due_is_sent_once_in_order(owe, gateway):
    first, second = owe(due_at=AT + MINUTE), owe()
    assert deliver(at=AT + MINUTE) == 2
    assert [message.notification for message in gateway.sent] == [second, first]
    assert deliver(at=AT + DAY) == 0
    assert (status(first), status(second)) == ("sent", "sent")


def test_each_delivery_is_noted_with_its_gateway_and_without_words(owe, gateway, settings):
    settings.SMS_GATEWAY = "scheduling.gateways.outbox"
    owed = owe()
    deliver()
    done = Delivery.objects.get()
    assert (done.notification, done.gateway, done.at) == (owed, "outbox", AT)
    assert (done.provider_id, done.error) == ("id-1", "")


def test_what_is_not_due_waits(owe, gateway):
    owe(due_at=AT + MINUTE)
    assert deliver() == 0


def test_a_queue_does_not_deliver_anothers_work(owe, gateway):
    owe(queue=PAGES)
    assert (deliver(queue=WORK), deliver(queue=PAGES)) == (0, 1)


def test_a_sweep_sends_no_more_than_it_was_told_to(owe, gateway):
    owe(), owe(), owe()
    assert (deliver(limit=2), deliver()) == (2, 1)


@pytest.mark.parametrize(("language", "words"), [("es", "es su código"), ("en", "is your code")])
def test_it_is_said_in_the_recipients_language(owe, gateway, lupita, language, words):
    owe(to=Recipient(Channel.SMS, language, patient_id=lupita.pk, data_key=DataKey.objects.create()))
    deliver()
    assert words in gateway.sent[0].body


def test_whoever_changed_their_number_since_is_reached_at_the_new_one(owe, gateway, lupita):
    owe()
    lupita.phone = "+17135550999"
    lupita.save()
    deliver()
    assert gateway.sent[0].address == "+17135550999"


def test_an_account_is_reached_by_its_own_address(owe, gateway, tomas):
    tomas.phone, tomas.phone_hash = "+17135550998", phone_hash("+17135550998")
    tomas.save()
    owe(to=Recipient(Channel.SMS, "es", user_id=tomas.pk, data_key=DataKey.objects.create()))
    deliver()
    assert gateway.sent[0].address == "+17135550998"


def test_whoever_gave_no_number_is_not_tried_again(owe, gateway, lupita):
    owed = owe()
    lupita.phone = ""
    lupita.save()
    assert deliver() == 0
    assert status(owed) == "failed"
    assert Delivery.objects.get().error == "no_address"


# --- when it fails ---------------------------------------------------------------------------------------------------


def test_a_provider_that_is_away_is_tried_again_later_and_later_and_then_no_more(owe, gateway):
    gateway.failures = [GatewayError("smtp_unavailable")] * 9
    owed, at = owe(), AT
    for number, wait in enumerate(RETRIES, start=1):
        assert deliver(at=at) == 0
        owed.refresh_from_db()
        assert (owed.status, owed.attempts, owed.due_at, owed.lease_until) == ("owed", number, at + wait, None)
        assert deliver(at=at + wait - MINUTE / 60) == 0
        assert Delivery.objects.count() == number
        at += wait
    assert deliver(at=at) == 0
    assert (status(owed), Delivery.objects.count()) == ("failed", len(RETRIES) + 1)
    assert deliver(at=at + DAY) == 0


def test_a_provider_that_comes_back_sends_it(owe, gateway):
    gateway.failures = [GatewayError("smtp_unavailable")]
    owed = owe()
    deliver()
    assert deliver(at=AT + RETRIES[0]) == 1
    assert status(owed) == "sent"
    assert [done.error for done in Delivery.objects.all()] == ["smtp_unavailable", ""]


def test_what_a_provider_refuses_for_good_is_not_tried_again(owe, gateway):
    gateway.failures = [GatewayError("address_refused", permanent=True)]
    owed = owe()
    deliver()
    assert status(owed) == "failed"


@pytest.mark.parametrize("broken", [RuntimeError("bug"), KeyError("digits"), OSError("socket")])
def test_a_message_that_breaks_keeps_no_other_from_being_sent(owe, gateway, broken):
    gateway.failures = [broken]
    first, second = owe(), owe()
    assert deliver() == 1
    assert (status(first), status(second)) == ("owed", "sent")
    assert Delivery.objects.get(notification=first).error == "broken"


def test_a_composer_that_breaks_is_tried_again_like_any_failure(owe, gateway, monkeypatch):
    monkeypatch.setitem(notifications._composers, "code", lambda notification, at: 1 / 0)
    owed = owe()
    deliver()
    monkeypatch.setitem(notifications._composers, "code", lambda notification, at: Composed({"digits": "7"}))
    assert deliver(at=AT + RETRIES[0]) == 1
    assert status(owed) == "sent"


def test_without_a_gateway_it_fails_and_shows_as_failed(owe, settings):
    settings.SMS_GATEWAY = "scheduling.gateways.missing"
    owed = owe()
    assert deliver() == 0
    assert (status(owed), Delivery.objects.get().error) == ("owed", "no_gateway")


# --- two senders -----------------------------------------------------------------------------------------------------


def test_a_sender_that_died_is_succeeded_when_its_lease_ends(owe, gateway):
    owed = owe()
    notifications._lease(WORK, AT, AT + LEASE)
    assert deliver(at=AT + LEASE - MINUTE / 60) == 0
    assert deliver(at=AT + LEASE) == 1
    assert status(owed) == "sent"


def test_no_lease_ends_while_the_messages_before_it_are_slow(owe, gateway, monkeypatch):
    leases = []

    def slow(message):
        leases.append(Notification.objects.get(pk=message.notification.pk).lease_until)
        return "id"

    monkeypatch.setattr(gateway, "send", slow)
    for _ in range(12):
        owe()
    deliver()
    assert all(lease > AT + (number + 1) * SLOWEST for number, lease in enumerate(leases))


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_eight_senders_at_once_send_each_message_once(owe, gateway):
    owed = {owe().pk for _ in range(12)}
    counts = at_once([deliver] * 8)
    assert sum(counts) == 12
    assert sorted(message.notification.pk for message in gateway.sent) == sorted(owed)


@pytest.mark.django_db(transaction=True)
def test_the_provider_is_called_outside_of_any_transaction(owe, gateway, monkeypatch):
    monkeypatch.setattr(gateway, "send", lambda message: str(transaction.get_connection().in_atomic_block))
    owe()
    deliver()
    assert Delivery.objects.get().provider_id == "False"
