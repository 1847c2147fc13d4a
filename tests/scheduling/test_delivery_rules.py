"""What a phone wants decides what it is told, and when: STOP, the night, other people's eyes, news that is too old."""

from datetime import time, timedelta

import pytest

from scheduling import contacts, notifications
from scheduling.contacts import Wishes
from scheduling.gateways import GatewayError
from scheduling.models import Channel, ContactRule, Delivery, OptOut, Queue, Whose, phone_hash
from scheduling.notifications import OPTED_OUT, Composed, Recipient, Unsaid
from scheduling.quiet import NEVER, NIGHT, Rule
from scheduling.refusals import NotFound
from tests.factories import AT, DAY, HOUR, MINUTE, user_of, viewer

pytestmark = pytest.mark.django_db

NIGHT_AT = AT + 14 * HOUR  # eleven at night in Houston
MORNING = AT + 23 * HOUR  # eight the next morning


def deliver(at=AT, queue=Queue.WORK):
    return notifications.deliver_due(queue, at=at)


def status(notification):
    notification.refresh_from_db()
    return str(notification.status)


def hashed(patient):
    return phone_hash(patient.phone)


def wishes(**said):
    known = {"whose": Whose.MINE, "voicemail": False, "join_now": False, "quiet": NIGHT, "reminders": True}
    return Wishes(**known | said)


def wish(patient, **said):
    user = user_of(patient)
    return contacts.wish(user, wishes(**said), by=viewer(user), at=AT)


# --- the night -------------------------------------------------------------------------------------------------------


def test_at_night_a_message_waits_for_the_morning(owe, gateway):
    owed = owe(at=NIGHT_AT)
    assert deliver(NIGHT_AT) == 0
    owed.refresh_from_db()
    assert (owed.status, owed.due_at, owed.attempts, owed.lease_until) == ("owed", MORNING, 0, None)
    assert deliver(MORNING - MINUTE) == 0
    assert deliver(MORNING) == 1


def test_waiting_for_the_morning_is_no_attempt(owe, gateway):
    owe(at=NIGHT_AT)
    deliver(NIGHT_AT)
    assert Delivery.objects.count() == 0


def test_it_is_the_night_of_the_recipient(owe, gateway, lupita):
    lupita.zone = "Pacific/Honolulu"
    lupita.save()
    owe(at=NIGHT_AT)
    assert deliver(NIGHT_AT) == 1


def test_a_bare_address_is_taken_to_be_where_the_service_is(owe, gateway, lupita):
    owe(at=NIGHT_AT, to=Recipient(Channel.SMS, "es", address="+17135550142", data_key=lupita.data_key))
    assert deliver(NIGHT_AT) == 0


def test_what_was_asked_for_this_moment_is_said_at_night(owe, gateway):
    owe(at=NIGHT_AT, queue=Queue.PAGES)
    owe(at=NIGHT_AT, wakes=True)
    assert (deliver(NIGHT_AT, Queue.PAGES), deliver(NIGHT_AT)) == (1, 1)


def test_mail_wakes_nobody_and_does_not_wait(owe, gateway, lupita, monkeypatch):
    lupita.email = "lupita@example.org"
    lupita.save()
    monkeypatch.setattr(notifications, "_words", lambda notification, context: ("s", "b"))
    owe(at=NIGHT_AT, to=Recipient(Channel.EMAIL, "es", patient_id=lupita.pk, data_key=lupita.data_key))
    assert deliver(NIGHT_AT) == 1


def test_somebody_who_works_at_night_sets_other_hours(owe, gateway, lupita):
    wish(lupita, quiet=Rule(time(9), time(16)))
    owe(at=NIGHT_AT)
    assert deliver(NIGHT_AT) == 1
    owe(at=MORNING + 2 * HOUR)
    assert deliver(MORNING + 2 * HOUR) == 0
    assert deliver(MORNING + 8 * HOUR) == 1


def test_what_would_be_stale_by_the_morning_is_not_kept_for_it(owe, gateway):
    owed = owe(at=NIGHT_AT, expires_at=MORNING - MINUTE)
    assert deliver(NIGHT_AT) == 0
    assert status(owed) == "expired"


# --- too late --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("late", "end"), [(MINUTE * 59, "sent"), (HOUR, "expired"), (DAY, "expired")])
def test_what_comes_too_late_is_not_said(owe, gateway, late, end):
    owed = owe(expires_at=AT + HOUR)
    deliver(AT + late)
    assert (status(owed), len(gateway.sent)) == (end, int(end == "sent"))


def test_a_message_with_nothing_to_say_is_void(owe, gateway, monkeypatch):
    def nothing(notification, at):
        raise Unsaid

    monkeypatch.setitem(notifications._composers, "code", nothing)
    owed = owe()
    deliver()
    assert (status(owed), gateway.sent) == ("void", [])


# --- STOP ------------------------------------------------------------------------------------------------------------


def test_a_phone_that_said_stop_is_not_written_to(owe, gateway, lupita):
    contacts.stop(hashed(lupita), Channel.SMS, at=AT)
    owed = owe()
    assert deliver() == 0
    assert (status(owed), gateway.sent) == ("withheld", [])


def test_codes_and_pages_are_said_all_the_same(owe, gateway, lupita):
    contacts.stop(hashed(lupita), Channel.SMS, at=AT)
    owe(queue=Queue.PAGES)
    assert deliver(queue=Queue.PAGES) == 1


def test_stop_is_about_that_phone_and_that_channel(owe, gateway, beto, lupita):
    contacts.stop(hashed(beto), Channel.SMS, at=AT)
    contacts.stop(contacts.address_hash("lupita@example.org", Channel.EMAIL), Channel.EMAIL, at=AT)
    owe()
    assert deliver() == 1


def test_whoever_says_start_is_written_to_again(owe, gateway, lupita):
    contacts.stop(hashed(lupita), Channel.SMS, at=AT)
    contacts.stop(hashed(lupita), Channel.SMS, at=AT + HOUR)
    assert OptOut.objects.get().at == AT
    contacts.start(hashed(lupita), Channel.SMS)
    owe()
    assert (deliver(), contacts.reminders_off(lupita.phone)) == (1, False)


def test_a_stop_only_the_carrier_heard_is_learnt_from_the_gateway(owe, gateway, lupita):
    gateway.failures = [GatewayError(OPTED_OUT, permanent=True)]
    owe(), owe()
    assert deliver() == 0
    assert contacts.reminders_off(lupita.phone)
    assert gateway.sent == []


def test_a_mailbox_is_known_however_it_is_written():
    same = {contacts.address_hash(one, Channel.EMAIL) for one in ("Lupita@Example.org", "lupita@example.org")}
    assert len(same) == 1


# --- whose phone it is -----------------------------------------------------------------------------------------------


def test_a_composer_is_told_that_others_read_it(owe, gateway, lupita, monkeypatch):
    told = []
    monkeypatch.setattr(notifications, "_words", lambda notification, context: ("", told.append(context["shared"])))
    owe()
    deliver()
    wish(lupita, whose=Whose.SHARED)
    owe()
    deliver()
    assert told == [False, True]


@pytest.mark.parametrize(
    ("said", "end"),
    [
        ({}, "sent"),
        ({"whose": Whose.SHARED}, "withheld"),
        ({"whose": Whose.SHARED, "join_now": True}, "sent"),
    ],
)
def test_what_is_only_for_them_is_not_said_to_a_shared_phone_unless_allowed(
    owe, gateway, lupita, monkeypatch, said, end
):
    monkeypatch.setattr(notifications, "_personal", {"code"})
    wish(lupita, **said)
    owed = owe()
    deliver()
    assert status(owed) == end


# --- saying so -------------------------------------------------------------------------------------------------------


def test_wishes_are_kept_once_for_each_number_and_replace_each_other(lupita):
    wish(lupita, whose=Whose.SHARED, voicemail=True, reminders=False)
    rule = wish(lupita, quiet=NEVER)
    assert ContactRule.objects.get() == rule
    assert (rule.whose, rule.voicemail, rule.quiet_begins) == ("mine", False, time(0))
    assert not contacts.reminders_off(lupita.phone)


def test_reminders_can_be_turned_off_without_a_word(lupita):
    wish(lupita, reminders=False)
    assert contacts.reminders_off(lupita.phone)


def test_nobody_says_it_of_anothers_phone(lupita, beto, elena):
    with pytest.raises(NotFound):
        contacts.wish(user_of(lupita), wishes(), by=viewer(user_of(beto)), at=AT)
    with pytest.raises(NotFound):
        elena.phone_hash = None
        contacts.wish(elena, wishes(), by=viewer(elena), at=AT)


# --- several in one --------------------------------------------------------------------------------------------------


@pytest.fixture
def bundles(monkeypatch):
    """Codes that are due within an hour of each other are said in one."""
    monkeypatch.setitem(notifications._together, "code", HOUR)

    def compose(notification, at):
        said = notifications.together(notification, at=at)
        return Composed({"digits": str(len(said))}, also=said[1:])

    monkeypatch.setitem(notifications._composers, "code", compose)


def test_what_is_due_close_together_is_said_once(owe, gateway, bundles):
    first, second = owe(bundle="lupita"), owe(bundle="lupita", due_at=AT + HOUR / 2)
    far, other = owe(bundle="lupita", due_at=AT + 3 * HOUR), owe(bundle="beto")
    assert deliver() == 2
    assert [message.body.split()[0] for message in gateway.sent] == ["2", "1"]
    assert [status(one) for one in (first, second, far, other)] == ["sent", "sent", "owed", "sent"]
    assert [done.provider_id for done in Delivery.objects.filter(notification__in=[first, second])] == ["id-1", "id-1"]
    assert deliver(AT + 2 * HOUR) == 0


def test_the_second_waits_for_the_first_while_that_is_being_sent(owe, gateway, bundles):
    first, second = owe(bundle="lupita"), owe(bundle="lupita")
    notifications._lease(Queue.WORK, AT, AT + MINUTE)
    assert deliver() == 0
    second.refresh_from_db()
    assert (second.status, second.due_at) == ("owed", AT + notifications.STEP_ASIDE)
    assert deliver(AT + 2 * MINUTE) == 1
    assert (status(first), status(second)) == ("sent", "sent")


def test_when_the_first_fails_for_good_the_second_is_said_by_itself(owe, gateway, bundles):
    gateway.failures = [GatewayError("address_refused", permanent=True)]
    first, second = owe(bundle="lupita"), owe(bundle="lupita")
    assert deliver() == 1
    assert (status(first), status(second)) == ("failed", "sent")


def test_what_is_withdrawn_is_said_with_nothing(owe, gateway, bundles):
    owe(bundle="lupita", topic="one", topic_version=1)
    owe(bundle="lupita", topic="two", topic_version=1)
    notifications.void("one", below_version=2)
    deliver()
    assert [message.body.split()[0] for message in gateway.sent] == ["1"]


def test_what_would_be_too_late_is_said_with_nothing(owe, gateway, bundles):
    owe(bundle="lupita", expires_at=AT)
    owe(bundle="lupita", due_at=AT + timedelta(seconds=1))
    deliver(AT + MINUTE)
    assert [message.body.split()[0] for message in gateway.sent] == ["1"]
