"""What a gateway calls back: only who knows the secret is heard, once, and at once."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import inbound, signatures
from scheduling.models import Delivery, InboundMessage, Notification
from scheduling.signatures import WINDOW, is_good, sign
from tests.factories import AT

pytestmark = pytest.mark.django_db

SECRET = "a-secret-of-at-least-thirty-two-letters"
IN, STATE = "/mensajes/entrada/", "/mensajes/estado/"
HELLO = {"id": "m-1", "from": "+17135550142", "text": "AYUDA"}


@pytest.fixture(autouse=True)
def known(settings, clock):
    settings.SMS_HTTP_SECRET = SECRET


@pytest.fixture
def call(client):
    """Call back with a body, signed as asked; return the answer."""

    def call_it(path, said, *, secret=SECRET, at=AT, signature=None, timestamp=None):
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        stamp = str(int(at.timestamp())) if timestamp is None else timestamp
        good = sign(secret, int(stamp) if stamp.isdigit() else 0, body) if signature is None else signature
        headers = {"X-Timestamp": stamp, "X-Signature": good}
        return client.post(path, body, content_type="application/json", headers=headers)

    return call_it


# --- who is heard ----------------------------------------------------------------------------------------------------


def test_a_signed_message_is_kept_and_answered_later(call, outbox):
    answer = call(IN, HELLO)
    assert (answer.status_code, answer.json()) == (200, {"kept": True})
    kept = InboundMessage.objects.get()
    assert (kept.phone, kept.body, kept.gateway, kept.status) == ("+17135550142", "AYUDA", "http", "received")
    inbound.answer_due(at=AT)
    assert outbox.messages("reply_help")[0].address == "+17135550142"


def test_a_callback_that_comes_twice_is_kept_once_and_told_so(call):
    call(IN, HELLO)
    answer = call(IN, HELLO)
    assert (answer.status_code, answer.json()) == (200, {"kept": False})
    assert InboundMessage.objects.count() == 1


@pytest.mark.parametrize(
    "how",
    [
        {"secret": "another"},
        {"signature": ""},
        {"signature": "é" * 64},
        {"signature": "0" * 64},
        {"at": AT - timedelta(seconds=WINDOW + 1)},
        {"at": AT + timedelta(seconds=WINDOW + 1)},
        {"timestamp": ""},
        {"timestamp": "now"},
        {"timestamp": "9" * 40},
    ],
    ids=str,
)
def test_what_is_not_signed_lately_with_our_secret_is_not_heard(call, how):
    for path in (IN, STATE):
        answer = call(path, HELLO, **how)
        assert (answer.status_code, answer.json()) == (401, {"code": "not_signed"})
    assert not InboundMessage.objects.exists()


def test_a_body_that_was_changed_is_not_heard(call):
    good = sign(SECRET, int(AT.timestamp()), json.dumps(HELLO).encode())
    assert call(IN, HELLO | {"text": "ALTO"}, signature=good).status_code == 401


def test_without_a_secret_nobody_is_heard(call, settings):
    settings.SMS_HTTP_SECRET = ""
    assert call(IN, HELLO, secret="").status_code == 401


def test_a_body_that_is_too_large_is_not_heard(call):
    assert call(IN, HELLO | {"text": "a" * 20_000}).status_code == 401


def test_it_is_posted_or_not_at_all(client):
    assert [client.get(path).status_code for path in (IN, STATE)] == [405, 405]


def test_it_needs_no_cookie_and_no_form(call, client):
    client.handler.enforce_csrf_checks = True
    assert call(IN, HELLO).status_code == 200


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        {},
        HELLO | {"id": ""},
        HELLO | {"id": 7},
        HELLO | {"id": "a" * 121},
        HELLO | {"from": "nobody"},
        HELLO | {"from": "12345"},
        HELLO | {"from": None},
        HELLO | {"text": None},
        HELLO | {"text": ["AYUDA"]},
    ],
    ids=str,
)
def test_what_says_nothing_is_refused(call, said):
    answer = call(IN, said)
    assert (answer.status_code, answer.json()) == (422, {"code": "invalid"})
    assert not InboundMessage.objects.exists()


def test_a_text_that_no_database_takes_is_kept_without_what_it_refuses(call):
    assert call(IN, HELLO | {"text": "AYU\x00DA"}).status_code == 200
    assert InboundMessage.objects.get().body == "AYUDA"


def test_an_empty_text_is_a_text(call):
    assert call(IN, HELLO | {"text": ""}).status_code == 200


def test_a_number_from_mexico_is_known(call):
    call(IN, HELLO | {"from": "+52 1 55 1234 5678"})
    assert InboundMessage.objects.get().phone == "+525512345678"


# --- what became of a message ----------------------------------------------------------------------------------------


@pytest.fixture
def sent(owe):
    owe()
    return Delivery.objects.create(
        notification=Notification.objects.get(), gateway="http", at=AT, provider_id="p-1", status="queued"
    )


def test_what_became_of_a_message_is_noted(call, sent):
    answer = call(STATE, {"id": "p-1", "status": "delivered"})
    assert (answer.status_code, answer.json()) == (200, {"known": True})
    sent.refresh_from_db()
    assert sent.status == "delivered"


def test_news_of_a_message_we_do_not_know_yet_may_come_again(call, sent):
    answer = call(STATE, {"id": "p-2", "status": "delivered"})
    assert (answer.status_code, answer.json()) == (404, {"known": False})


@pytest.mark.parametrize(
    "said", [{}, {"id": "p-1"}, {"id": "p-1", "status": "lost"}, {"id": "p-1", "status": 3}], ids=str
)
def test_a_state_that_is_none_is_refused(call, sent, said):
    assert call(STATE, said).status_code == 422
    sent.refresh_from_db()
    assert sent.status == "queued"


# --- signatures ------------------------------------------------------------------------------------------------------


def test_a_signature_can_be_made_by_anybody_with_openssl():
    """printf '1781000000.{}' | openssl dgst -sha256 -hmac secret"""
    assert sign("secret", 1781000000, b"{}") == "54832b3292ee36b057f0dcbbf5c369c21653bfd8ad37d0c3aa4172a6d9c8114c"


@given(body=st.binary(max_size=200), drift=st.integers(-WINDOW, WINDOW))
def test_what_was_signed_within_the_window_is_good(body, drift):
    stamp = int(AT.timestamp()) + drift
    assert is_good(SECRET, str(stamp), sign(SECRET, stamp, body), body, at=AT)


@given(body=st.binary(max_size=50), other=st.binary(max_size=50), shift=st.integers(-5, 5))
def test_another_body_or_another_second_is_another_signature(body, other, shift):
    stamp = int(AT.timestamp())
    same = (other, shift) == (body, 0)
    assert is_good(SECRET, str(stamp + shift), sign(SECRET, stamp, body), other, at=AT) is same


@given(timestamp=st.text(max_size=20), signature=st.text(max_size=80))
def test_whatever_comes_as_a_signature_is_weighed_without_harm(timestamp, signature):
    assert is_good(SECRET, timestamp, signature, b"{}", at=AT) is False


def test_signatures_are_compared_in_constant_time(monkeypatch):
    compared = []
    monkeypatch.setattr(signatures.hmac, "compare_digest", lambda one, other: compared.append(one) or True)
    is_good(SECRET, str(int(AT.timestamp())), "x", b"", at=AT)
    assert len(compared) == 1
