"""Whatever a carrier hands over is kept or refused, and never breaks the door: it would be handed over for ever."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling import contacts, inbound
from scheduling.models import Delivery, InboundMessage, Notification, phone_hash
from scheduling.signatures import sign
from tests.factories import AT, MINUTE

pytestmark = pytest.mark.django_db

SECRET = "a-secret-of-at-least-thirty-two-letters"
IN, STATE = "/mensajes/entrada/", "/mensajes/estado/"
HERS = "+17135550142"
HELLO = {"id": "m-1", "from": HERS, "text": "AYUDA"}


@pytest.fixture(autouse=True)
def known(settings, clock):
    settings.SMS_HTTP_SECRET = SECRET


@pytest.fixture
def call(client, clock):
    """Call back with something said, or with a body as it is, signed well."""

    def call_it(path, said):
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        stamp = int(clock.at.timestamp())
        headers = {"X-Timestamp": str(stamp), "X-Signature": sign(SECRET, stamp, body)}
        return client.post(path, body, content_type="application/json", headers=headers)

    return call_it


# --- what a phone wrote ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Sí 👍", "Sí 👍"),
        ("\ud83d", "?"),
        ("AYUDA \ud83d", "AYUDA ?"),
        ("\udc4d1", "?1"),
        ("a\x00\ud83db", "a?b"),
        ("línea\notra", "línea\notra"),
        ("   ", "   "),
        ("ñ" * 3, "ñññ"),
    ],
    ids=ascii,
)
def test_an_emoji_that_was_cut_in_two_costs_nobody_their_message(call, text, kept):
    assert call(IN, HELLO | {"text": text}).status_code == 200
    assert InboundMessage.objects.get().body == kept


def test_half_an_emoji_after_a_word_leaves_the_word_what_it_means(call, outbox):
    call(IN, HELLO | {"text": "AYUDA \ud83d"})
    inbound.answer_due(at=AT)
    assert InboundMessage.objects.get().understood_as == "help_asked"
    assert len(outbox.messages("reply_help")) == 1


@pytest.mark.parametrize("bad", ["m\x00", "\ud83d", "m-\udfff"], ids=ascii)
def test_an_id_that_no_database_takes_is_refused_for_good(call, bad):
    assert call(IN, HELLO | {"id": bad}).status_code == 422
    assert call(STATE, {"id": bad, "status": "sent"}).status_code == 422
    assert not InboundMessage.objects.exists()


@pytest.mark.parametrize("body", [b"[" * 16_000, b'{"a":' * 3_000, b'{"id": NaN}', b'"AYUDA"', b"1e999"], ids=len)
def test_a_body_made_to_break_the_reader_says_nothing(call, body):
    assert call(IN, body).status_code == 422
    assert call(STATE, body).status_code == 422


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("+17135550142", HERS),
        ("7135550142", HERS),
        ("(713) 555-0142", HERS),
        ("1 713 555 0142", HERS),
        ("+52 55 1234 5678", "+525512345678"),
    ],
)
def test_a_number_is_the_same_however_a_carrier_writes_it(call, written, phone):
    call(IN, HELLO | {"from": written})
    kept = InboundMessage.objects.get()
    assert (kept.phone, kept.phone_hash) == (phone, phone_hash(phone))


@pytest.mark.parametrize("sender", ["", "AcmeBank", "911", "+", "+1" * 20, "７" * 41, {"n": HERS}], ids=str)
def test_who_has_no_number_is_nobody_we_could_answer(call, sender):
    assert call(IN, HELLO | {"from": sender}).status_code == 422


def test_two_messages_of_one_phone_are_two(call):
    call(IN, HELLO), call(IN, HELLO | {"id": "m-2"})
    assert InboundMessage.objects.filter(phone_hash=phone_hash(HERS)).count() == 2


def test_what_else_a_carrier_says_of_a_message_is_not_kept(call):
    call(IN, HELLO | {"city": "Houston", "carrier": "Acme", "name": "Lupita"})
    kept = InboundMessage.objects.get()
    assert not {"Houston", "Acme", "Lupita"} & {str(value) for value in vars(kept).values()}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.dictionaries(st.sampled_from(["id", "from", "text", "status", "error"]), st.text() | st.integers()))
def test_whatever_is_said_has_an_answer(call, said):
    assert call(IN, said).status_code in (200, 422)
    assert call(STATE, said).status_code in (404, 422)


# --- what became of a message ----------------------------------------------------------------------------------------


@pytest.fixture
def sent(owe):
    owe()
    return Delivery.objects.create(
        notification=Notification.objects.get(),
        gateway="http",
        at=AT,
        provider_id="p-1",
        status="queued",
        address_hash=phone_hash(HERS),
    )


def test_a_stop_that_only_the_carrier_heard_is_heeded(call, sent):
    call(STATE, {"id": "p-1", "status": "failed", "error": "opted_out"})
    sent.refresh_from_db()
    assert (sent.status, sent.error, contacts.reminders_off(HERS)) == ("failed", "opted_out", True)


def test_an_error_of_a_message_that_arrived_is_none(call, sent):
    call(STATE, {"id": "p-1", "status": "delivered", "error": "late"})
    sent.refresh_from_db()
    assert (sent.status, sent.error) == ("delivered", "")


@pytest.mark.parametrize("error", ["x" * 61, 30007, None, "a\x00"], ids=ascii)
def test_an_error_that_cannot_be_kept_leaves_the_news(call, sent, error):
    assert call(STATE, {"id": "p-1", "status": "failed", "error": error}).status_code == 200
    sent.refresh_from_db()
    assert (sent.status, sent.error) == ("failed", "")


def test_news_may_come_in_any_order_and_more_than_once(call, sent):
    for status in ("sent", "delivered", "queued", "sent", "delivered"):
        assert call(STATE, {"id": "p-1", "status": status}).status_code == 200
    sent.refresh_from_db()
    assert sent.status == "delivered"


def test_a_signature_grows_old_between_two_calls(client, clock):
    body, stamp = json.dumps(HELLO).encode(), int(AT.timestamp())
    headers = {"X-Timestamp": str(stamp), "X-Signature": sign(SECRET, stamp, body)}
    statuses = []
    for minutes in (0, 5, 1):
        clock.at += minutes * MINUTE
        statuses.append(client.post(IN, body, content_type="application/json", headers=headers).status_code)
    assert statuses == [200, 200, 401]
