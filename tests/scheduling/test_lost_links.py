"""Lost links as they are asked for: typed anyhow, in both languages, while visits move, end and are cancelled."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling import accounts, appointments, contacts, recovery, rescheduling
from scheduling.models import Channel, LinkGrant, Notification, Recovery, phone_hash
from scheduling.refusals import TooManyCodes
from tests import factories
from tests.factories import AT, DAY, HOUR, MINUTE, user_of, viewer
from tests.reading import read
from tests.scheduling.test_rescheduling import slot_at

pytestmark = pytest.mark.django_db

PHONE, OTHER = "+17135550142", "+17135550199"
PAGE = "/citas/recuperar/"


@pytest.fixture
def visit(dr_ramos, lupita, clock):
    return factories.booked(lupita)


@pytest.fixture
def messages(outbox):
    """Ask for a phone's links, and return what reached telephones so."""

    def send(phone=PHONE, language="es"):
        recovery.ask(phone, language=language, at=outbox.clock.at)
        recovery.send_due(at=outbox.clock.at)
        return outbox.messages(recovery.KIND)

    return send


def secrets(message):
    return [word.rpartition("/")[2] for word in message.body.split() if "/l/" in word]


def old_link(visit):
    return accounts.grant_link("appointment", visit.uuid, at=AT)[1]


# --- the page --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["7135550142", "(713) 555-0142", "+1 713 555 0142", " 713.555.0142 ", "1-713-555-0142"]
)
def test_however_it_is_typed_it_is_the_same_phone(client, clock, typed):
    page = read(client.post(PAGE, {"country": "US", "phone": typed}))
    assert "Revise sus mensajes" in page.words
    assert Recovery.objects.get().phone == PHONE


@pytest.mark.parametrize("typed", ["", "713", "no tengo", "9" * 40, "+1", "<script>"])
def test_what_is_no_number_writes_nothing_and_stays_in_its_field(client, clock, typed):
    page = read(client.post(PAGE, {"country": "US", "phone": typed}))
    assert page.errors
    assert page.fields["phone"] == typed
    assert not Recovery.objects.exists()


@pytest.mark.parametrize(("query", "words"), [("?lang=es", "Revise sus mensajes"), ("?lang=en", "your messages")])
def test_it_answers_in_the_language_of_the_page_and_so_does_the_message(client, clock, query, words):
    page = read(client.post(PAGE + query, {"country": "US", "phone": "713 555 0142"}))
    assert words in page.words
    assert Recovery.objects.get().language == query[-2:]


def test_the_page_is_kept_nowhere_and_shows_two_digits_at_most(client, clock, visit):
    answer = client.post(PAGE, {"country": "US", "phone": "713 555 0142"})
    assert "no-store" in answer["Cache-Control"]
    assert "713" not in read(answer).words
    assert str(visit.uuid) not in read(answer).html


def test_asking_sends_nothing_by_itself(client, clock, visit):
    before = Notification.objects.count()
    client.post(PAGE, {"country": "US", "phone": "713 555 0142"})
    assert Notification.objects.count() == before
    assert accounts.open_link(old_link(visit), at=AT)


def test_its_phone_is_not_readable_in_its_row(visit):
    recovery.ask(PHONE, language="es", at=AT)
    assert "7135550142" not in str(Recovery.objects.values().get())


# --- what comes of it ------------------------------------------------------------------------------------------------


def test_the_message_is_in_the_language_it_was_asked_in(messages, visit):
    [message] = messages(language="en")
    assert message.body.startswith("Here is what you asked for")


def test_who_is_asked_twice_has_the_last_links_alone(messages, visit):
    first = secrets(messages()[-1])
    last = secrets(messages()[-1])
    assert [bool(accounts.open_link(one, at=AT)) for one in first + last] == [False, True]


def test_the_links_of_others_stay(messages, visit, beto):
    his = factories.booked(beto, number=3)
    link = old_link(his)
    messages()
    assert accounts.open_link(link, at=AT).subject == his.uuid


@pytest.mark.parametrize("scope", ["case", "calendar", "offer"])
def test_links_of_other_kinds_stay(messages, visit, scope):
    grant, _secret = accounts.grant_link(scope, visit.uuid, at=AT)
    messages()
    assert LinkGrant.objects.get(pk=grant.pk).revoked_at is None


def test_cancelled_before_it_is_said_nothing_is_said(visit, outbox, lupita):
    """An empty message would only frighten."""
    recovery.ask(PHONE, language="es", at=AT)
    recovery.send_due(at=AT)
    appointments.cancel(visit, because="patient", by=viewer(user_of(lupita)), at=AT)
    assert outbox.messages(recovery.KIND) == []
    assert Notification.objects.get(kind=recovery.KIND).status == "void"


def test_moved_before_it_is_said_the_link_still_opens_it(visit, outbox, lupita):
    recovery.ask(PHONE, language="es", at=AT)
    recovery.send_due(at=AT)
    rescheduling.reschedule(visit, slot_at(visit, DAY), by=viewer(user_of(lupita)), at=AT)
    [message] = outbox.messages(recovery.KIND)
    assert [accounts.open_link(one, at=AT).subject for one in secrets(message)] == [visit.uuid]


@pytest.mark.parametrize(("minutes", "count"), [(60, 1), (89, 1), (90, 0), (300, 0)])
def test_a_visit_that_is_on_is_found_until_its_end(messages, visit, outbox, minutes, count):
    """It is at ten, an hour from now, for half an hour."""
    outbox.clock.move(minutes=minutes)
    assert len(messages()) == count


def test_an_account_that_was_closed_is_sent_nothing(messages, visit, lupita):
    user = user_of(lupita)
    user.is_active = False
    user.save()
    link = old_link(visit)
    assert messages() == []
    assert accounts.open_link(link, at=AT)


def test_who_wrote_stop_is_answered_all_the_same(messages, visit):
    """They ask for it at this moment; that they want no reminders is another matter."""
    contacts.stop(phone_hash(PHONE), Channel.SMS, at=AT)
    assert len(messages()) == 1


def test_it_goes_out_at_night_too(messages, visit, outbox, lupita):
    factories.booked(lupita, number=9)
    outbox.clock.move(hours=17)  # two in the morning in Houston
    assert len(messages()) == 1


# --- how often -------------------------------------------------------------------------------------------------------


def asked_at(minutes):
    """Ask at each of these minutes; return at which ones it was refused."""
    refused = []
    for minute in minutes:
        try:
            recovery.ask(PHONE, language="es", at=AT + minute * MINUTE)
        except TooManyCodes:
            refused.append(minute)
    return refused


@given(minutes=st.lists(st.integers(0, 200), max_size=14).map(sorted))
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_in_no_hour_are_there_more_than_five_and_nobody_is_refused_without_them(minutes):
    Recovery.objects.all().delete()
    refused = asked_at(minutes)
    kept = [round((one - AT) / MINUTE) for one in Recovery.objects.values_list("created_at", flat=True)]
    assert len(kept) + len(refused) == len(minutes)
    for minute in {*minutes}:
        assert sum(minute - 60 < one <= minute for one in kept) <= recovery.PER_PHONE
    for minute in refused:
        assert sum(minute - 60 < one <= minute for one in kept) == recovery.PER_PHONE


def test_one_phone_does_not_wait_for_another():
    assert asked_at([0] * 5) == []
    recovery.ask(OTHER, language="es", at=AT)
    assert asked_at([1]) == [1]


def test_a_sweep_does_as_many_as_it_may_and_the_oldest_first(visit):
    for number in range(3):
        recovery.ask(f"+1713555020{number}", language="es", at=AT + number * MINUTE)
    assert recovery.send_due(at=AT + HOUR, limit=2) == 2
    assert Recovery.objects.get(due_at__isnull=False).phone == "+17135550202"
    assert [recovery.send_due(at=AT), recovery.send_due(at=AT + HOUR)] == [0, 1]
