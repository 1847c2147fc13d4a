"""What a number or a mailbox wants, kept by its hash: who may say it, how it is found, and what it holds for."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import contacts, notifications
from scheduling.contacts import Standing, Wishes
from scheduling.models import Channel, ContactRule, Event, OptOut, Queue, Whose, phone_hash
from scheduling.quiet import NEVER, NIGHT, Rule
from scheduling.refusals import NotFound
from tests import factories
from tests.factories import AT, DAY, HOUR, user_of, viewer

HERS, HIS = "+17135550142", "+17135550145"
SMS, EMAIL = Channel.SMS, Channel.EMAIL


def wishes(**said):
    known = {"whose": Whose.MINE, "voicemail": False, "join_now": False, "quiet": NIGHT, "reminders": True}
    return Wishes(**known | said)


def wish(who, at=AT, **said):
    user = user_of(who)
    return contacts.wish(user, wishes(**said), by=viewer(user, at=at), at=at)


def standing(phone=HERS):
    return contacts.standing(phone_hash(phone), SMS)


# --- how an address is found -----------------------------------------------------------------------------------------


@given(st.from_regex(r"\+1[2-9]\d{9}", fullmatch=True), st.sampled_from([SMS, EMAIL]))
def test_an_address_cannot_be_read_from_what_is_kept_of_it(address, channel):
    hashed = contacts.address_hash(address, channel)
    assert hashed == contacts.address_hash(address, channel)
    assert address not in hashed and address[2:] not in hashed and len(hashed) == 64


@given(st.emails(), st.emails())
def test_two_mailboxes_are_told_apart_and_one_is_known_in_capitals(one, other):
    same = one.lower() == other.lower()
    assert (contacts.address_hash(one, EMAIL) == contacts.address_hash(other, EMAIL)) is same
    assert contacts.address_hash(one.lower(), EMAIL) == contacts.address_hash(one, EMAIL)


def test_a_number_written_as_a_mailbox_is_another_address():
    assert contacts.address_hash(HERS, SMS) != contacts.address_hash(HERS, EMAIL)


pytestmark = pytest.mark.django_db


# --- what it wants ---------------------------------------------------------------------------------------------------


def test_an_address_that_said_nothing_is_not_written_to_at_night():
    assert standing() == Standing(stopped=False, quiet=NIGHT, shared=False, join_now=True)


@pytest.mark.parametrize(
    ("said", "shared", "join_now"),
    [
        ({"whose": Whose.MINE, "join_now": False}, False, True),
        ({"whose": Whose.MINE, "join_now": True}, False, True),
        ({"whose": Whose.SHARED, "join_now": False}, True, False),
        ({"whose": Whose.SHARED, "join_now": True}, True, True),
    ],
    ids=str,
)
def test_a_shared_phone_is_told_of_the_open_room_if_its_owner_allows_it(lupita, said, shared, join_now):
    wish(lupita, **said)
    assert (standing().shared, standing().join_now) == (shared, join_now)


@pytest.mark.parametrize("rule", [NIGHT, NEVER, Rule(time(22, 30), time(6)), Rule(time(13), time(15))], ids=str)
def test_the_hours_are_those_she_said(lupita, rule):
    wish(lupita, quiet=rule)
    assert standing().quiet == rule
    assert standing(HIS).quiet == NIGHT


def test_what_a_phone_wants_is_not_what_a_mailbox_wants(lupita):
    wish(lupita, whose=Whose.SHARED, quiet=NEVER, reminders=False)
    mailbox = contacts.standing(contacts.address_hash("lupita@example.org", EMAIL), EMAIL)
    assert mailbox == Standing()


@pytest.mark.parametrize(("channel", "other"), [(SMS, EMAIL), (EMAIL, SMS)])
def test_stop_holds_for_the_channel_it_was_said_on(channel, other):
    contacts.stop("a" * 64, channel, at=AT)
    assert contacts.standing("a" * 64, channel).stopped
    assert not contacts.standing("a" * 64, other).stopped


def test_stop_said_again_keeps_when_it_was_said_first():
    contacts.stop("a" * 64, SMS, at=AT), contacts.stop("a" * 64, SMS, at=AT + DAY)
    assert OptOut.objects.get().at == AT


def test_start_without_a_stop_changes_nothing_and_touches_nobody_else():
    contacts.stop("b" * 64, SMS, at=AT)
    contacts.start("a" * 64, SMS)
    assert contacts.standing("b" * 64, SMS).stopped


@pytest.mark.parametrize(("phone", "off"), [(HERS, True), (HIS, False), ("", False)])
def test_whether_reminders_are_off_is_asked_of_a_number(phone, off):
    contacts.stop(phone_hash(HERS), SMS, at=AT)
    assert contacts.reminders_off(phone) is off


# --- who says it -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["beto", "tomas", "elena", "dr_ramos"])
def test_nobody_says_it_for_another(request, lupita, name):
    by = viewer(factories.account(request.getfixturevalue(name)))
    with pytest.raises(NotFound):
        contacts.wish(user_of(lupita), wishes(), by=by, at=AT)
    assert not ContactRule.objects.exists()


def test_nobody_signed_in_says_it(lupita):
    with pytest.raises(NotFound):
        contacts.wish(user_of(lupita), wishes(), by=viewer(), at=AT)


def test_an_account_without_a_phone_has_nothing_to_say(acompana):
    user = factories.staff("Mail", acompana, factories.Role.COORDINATOR)
    with pytest.raises(NotFound):
        contacts.wish(user, wishes(), by=viewer(user), at=AT)


def test_saying_it_again_replaces_what_was_said(lupita):
    wish(lupita, whose=Whose.SHARED, voicemail=True)
    wish(lupita, at=AT + DAY)
    rule = ContactRule.objects.get()
    assert (rule.whose, rule.voicemail, rule.saved_at) == ("mine", False, AT + DAY)


def test_turning_reminders_on_undoes_a_stop(lupita):
    contacts.stop(phone_hash(HERS), SMS, at=AT)
    wish(lupita, reminders=True)
    assert not contacts.reminders_off(HERS)


def test_events_say_that_something_was_wished_and_not_by_which_number(lupita):
    wish(lupita, whose=Whose.SHARED, reminders=False)
    event = Event.objects.get(kind="user.contact_wished")
    assert event.codes == {"whose": "shared", "reminders": False}
    assert "5550142" not in str(vars(event))


def test_a_form_shows_what_was_said(lupita):
    wish(lupita, whose=Whose.SHARED, voicemail=True, join_now=True, quiet=Rule(time(22), time(7)), reminders=False)
    assert contacts.wishes_of(user_of(lupita)) == {
        "whose": "shared", "voicemail": True, "join_now": True, "reminders": False, "since": "07:00", "until": "22:00",
    }  # fmt: skip


def test_a_form_that_nobody_filled_in_yet_shows_the_careful_answers(lupita, acompana):
    careful = {"whose": "mine", "voicemail": False, "join_now": False, "since": "08:00", "until": "21:00"}
    assert contacts.wishes_of(user_of(lupita)) == careful | {"reminders": True}
    nobody = factories.staff("Mail", acompana, factories.Role.COORDINATOR)
    assert contacts.wishes_of(nobody) == careful | {"reminders": True}


# --- what it holds for -----------------------------------------------------------------------------------------------


def status(notification):
    notification.refresh_from_db()
    return str(notification.status)


@pytest.mark.parametrize(
    ("queue", "stopped", "hour", "end"),
    [
        (Queue.WORK, False, 0, "sent"),
        (Queue.WORK, False, 14, "owed"),
        (Queue.WORK, True, 0, "withheld"),
        (Queue.WORK, True, 14, "withheld"),
        (Queue.PAGES, False, 14, "sent"),
        (Queue.PAGES, True, 14, "sent"),
    ],
)
def test_work_heeds_stop_and_the_night_and_pages_heed_neither(owe, gateway, queue, stopped, hour, end):
    owed = owe(queue=queue)
    if stopped:
        contacts.stop(phone_hash(HERS), SMS, at=AT)
    notifications.deliver_due(queue, at=AT + hour * HOUR)
    assert (status(owed), len(gateway.sent)) == (end, int(end == "sent"))


@pytest.mark.parametrize(("wakes", "end"), [(True, "sent"), (False, "owed")])
def test_only_what_may_wake_them_is_said_in_their_quiet_hours(owe, gateway, lupita, wakes, end):
    wish(lupita, quiet=Rule(time(8), time(12)))
    owed = owe(wakes=wakes)
    notifications.deliver_due(Queue.WORK, at=AT)
    assert status(owed) == end
