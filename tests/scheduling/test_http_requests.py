"""What the HTTP gateway asks and how it hears the answer, without a server: byte by byte."""

import io
import json
from email.message import Message as Headers
from http.client import InvalidURL, RemoteDisconnected
from types import SimpleNamespace
from urllib.error import HTTPError, URLError
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.gateways import GatewayError, http
from scheduling.gateways.http import AGAIN, LARGEST, LIMIT

URL = "https://sms.example/messages"


@pytest.fixture(autouse=True)
def there(settings):
    settings.SMS_HTTP_URL, settings.SMS_HTTP_TOKEN = URL, "a-token"


def message(body="Hola", address="+17135550142"):
    return SimpleNamespace(notification=SimpleNamespace(uuid=uuid4()), address=address, body=body)


@pytest.fixture
def answers(monkeypatch):
    """Let the provider answer with bytes, or fail; return what it was asked and for how long it was waited for."""
    asked = []

    def let(said):
        def answer(request, timeout):
            asked.append((request, timeout))
            if isinstance(said, Exception):
                raise said
            return io.BytesIO(said)

        monkeypatch.setattr(http, "_open", answer)
        return asked

    return let


def refused(code, said=b""):
    return HTTPError(URL, code, "no", Headers(), io.BytesIO(said))


def failure(answers, said):
    answers(said)
    with pytest.raises(GatewayError) as failed:
        http.send(message())
    return failed.value.code, failed.value.permanent


# --- what is asked ---------------------------------------------------------------------------------------------------


def test_it_is_posted_to_the_deployments_address_and_waited_for_five_seconds(answers):
    asked = answers(b"{}")
    http.send(message())
    [(request, timeout)] = asked
    assert (request.full_url, request.get_method(), timeout) == (URL, "POST", LIMIT)


def test_the_number_is_in_the_body_and_never_in_the_address(answers):
    asked = answers(b"{}")
    http.send(message())
    request = asked[0][0]
    assert "7135550142" not in request.full_url + str(request.header_items())
    assert json.loads(request.data)["to"] == "+17135550142"


@pytest.mark.parametrize("body", ["Su código", "¿Cuál?\n1: martes", '"comillas"', "👍", "a\\b", ""])
def test_the_words_arrive_as_they_were_written(answers, body):
    asked = answers(b"{}")
    http.send(message(body))
    assert json.loads(asked[0][0].data)["text"] == body


def test_each_message_has_a_key_of_its_own(answers):
    asked = answers(b"{}")
    http.send(message()), http.send(message())
    assert len({request.get_header("Idempotency-key") for request, _ in asked}) == 2


def test_without_an_address_nobody_is_asked(answers, settings):
    settings.SMS_HTTP_URL = ""
    asked = answers(b"{}")
    with pytest.raises(GatewayError, match="no_gateway"):
        http.send(message())
    assert asked == []


# --- what is heard ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "known_as"),
    [
        (b'{"id": "p-1"}', "p-1"),
        (b'{"id": 17}', "17"),
        (b'{"id": "' + b"x" * 300 + b'"}', "x" * 120),
        (b'{"id": "p-1", "cost": 2}', "p-1"),
    ],
    ids=len,
)
def test_a_message_is_known_by_the_providers_id(answers, said, known_as):
    answers(said)
    assert http.send(message()) == known_as


@pytest.mark.parametrize(
    "said", [b"", b"null", b"17", b'"p-1"', b"[1]", b'{"id": ""}', b'{"id": 0}', b"<html>", b"\xfe"]
)
def test_without_one_it_is_known_by_ours(answers, said):
    answers(said)
    one = message()
    assert http.send(one) == str(one.notification.uuid)


@given(st.binary(max_size=60))
def test_whatever_bytes_come_back_they_are_read_or_left(body):
    assert isinstance(http._read(body), dict)


def test_an_answer_without_end_is_not_read_to_its_end(answers, monkeypatch):
    read = []
    monkeypatch.setattr(http, "_read", lambda body: read.append(len(body)) or {})
    answers(b"{" + b" " * 10 * LARGEST)
    http.send(message())
    assert read == [LARGEST]


@pytest.mark.parametrize("code", [*range(400, 418), 421, 422, 425, 429, 451])
def test_a_refusal_is_for_good_unless_it_says_to_come_again(answers, code):
    assert failure(answers, refused(code)) == (f"http_{code}", code not in AGAIN)


@pytest.mark.parametrize("code", [301, 302, 307, 308, 500, 502, 503, 504, 599])
def test_what_is_no_refusal_is_tried_again(answers, code):
    assert failure(answers, refused(code)) == (f"http_{code}", False)


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        ConnectionRefusedError(),
        ConnectionResetError(),
        RemoteDisconnected(),
        URLError("no such host"),
        InvalidURL("spaces"),
    ],
    ids=repr,
)
def test_a_provider_that_is_away_is_tried_again(answers, error):
    assert failure(answers, error) == ("http_unavailable", False)


@pytest.mark.parametrize("code", [400, 403, 429, 500])
def test_a_stop_the_carrier_knows_of_is_for_good_whatever_the_number_of_the_answer(answers, code):
    assert failure(answers, refused(code, b'{"code": "opted_out"}')) == ("opted_out", True)


@pytest.mark.parametrize("said", [b'{"code": "blocked"}', b'{"code": ["opted_out"]}', b"opted_out", b'["opted_out"]'])
def test_nothing_else_is_taken_for_a_stop(answers, said):
    assert failure(answers, refused(400, said)) == ("http_400", True)


def test_what_a_refusal_says_of_somebody_is_not_kept(answers):
    answers(refused(400, b'{"message": "+17135550142 is not a mobile number"}'))
    with pytest.raises(GatewayError) as failed:
        http.send(message())
    assert "7135550142" not in f"{failed.value!r} {failed.value.__cause__!r}"
