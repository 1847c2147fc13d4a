"""The HTTP gateway against a real server: what it is sent, what its answers mean, and that nothing leaks on the way."""

import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from scheduling import contacts, notifications
from scheduling.gateways import GatewayError, http
from scheduling.models import Channel, Delivery, DeliveryStatus, Queue
from scheduling.notifications import RETRIES, Recipient
from tests.factories import AT

pytestmark = pytest.mark.django_db


class Provider:
    """A provider that keeps what it was asked, and answers as it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.answers: list[tuple[int, bytes]] = []
        self.silent = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.asked.append((self.path, dict(self.headers), json.loads(body)))
                status, said = outer.answers.pop(0) if outer.answers else (200, b'{"id": "p-1"}')
                if status == 0:
                    outer.silent.wait(5)
                    return
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", f"http://127.0.0.1:{outer.port}/elsewhere")
                self.end_headers()
                self.wfile.write(said)

            do_GET = do_POST  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.silent.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def provider(settings):
    made = Provider()
    settings.SMS_GATEWAY = "scheduling.gateways.http"
    settings.SMS_HTTP_URL = f"http://127.0.0.1:{made.port}/messages"
    settings.SMS_HTTP_TOKEN = "a-token"
    yield made
    made.close()


def deliver(at=AT):
    return notifications.deliver_due(Queue.WORK, at=at)


def status(notification):
    notification.refresh_from_db()
    return str(notification.status)


def test_a_message_is_posted_with_its_key_and_our_token(provider, owe):
    owed = owe()
    assert deliver() == 1
    [(path, headers, body)] = provider.asked
    assert (path, headers["Authorization"], headers["Content-Type"]) == (
        "/messages",
        "Bearer a-token",
        "application/json",
    )
    assert headers["Idempotency-Key"] == body["id"] == str(owed.uuid)
    assert body["to"] == "+17135550142" and body["text"].startswith("123456 es su código.")


def test_what_it_took_is_queued_under_its_own_id(provider, owe):
    owe()
    deliver()
    done = Delivery.objects.get()
    assert (done.gateway, done.provider_id, done.status) == ("http", "p-1", "queued")


@pytest.mark.parametrize("said", [b"", b"ok", b"[]", b"{}", b'{"id": null}', b"\xff"])
def test_a_provider_without_ids_of_its_own_knows_it_by_ours(provider, owe, said):
    provider.answers = [(202, said)]
    owed = owe()
    deliver()
    assert Delivery.objects.get().provider_id == str(owed.uuid)


def test_the_key_is_the_same_on_every_attempt(provider, owe):
    provider.answers = [(503, b""), (500, b"")]
    owed, at = owe(), AT
    deliver()
    for wait in RETRIES[:2]:
        at += wait
        deliver(at)
    assert status(owed) == "sent"
    assert len({body["id"] for _, _, body in provider.asked}) == 1
    assert len(provider.asked) == 3


@pytest.mark.parametrize("code", [408, 425, 429, 500, 502, 503, 504, 302])
def test_what_may_pass_is_tried_again(provider, owe, code):
    provider.answers = [(code, b"")]
    owed = owe()
    deliver()
    assert (status(owed), Delivery.objects.get().error) == ("owed", f"http_{code}")


@pytest.mark.parametrize("code", [400, 401, 403, 404, 409, 422])
def test_what_is_refused_for_good_is_not(provider, owe, code):
    provider.answers = [(code, b'{"message": "no such number +17135550142"}')]
    owed = owe()
    deliver()
    assert (status(owed), Delivery.objects.get().error) == ("failed", f"http_{code}")


def test_a_redirect_is_not_followed_with_our_token_and_their_number(provider, owe):
    provider.answers = [(302, b"")]
    owe()
    deliver()
    assert [path for path, _, _ in provider.asked] == ["/messages"]


def test_a_stop_the_carrier_heard_is_ours_too(provider, owe, lupita):
    provider.answers = [(400, b'{"code": "opted_out"}')]
    owed = owe()
    deliver()
    assert (status(owed), contacts.reminders_off(lupita.phone)) == ("failed", True)


def test_a_provider_that_does_not_answer_is_left_after_its_time(provider, owe, monkeypatch):
    monkeypatch.setattr(http, "LIMIT", 0.1)
    provider.answers = [(0, b"")]
    owed = owe()
    deliver()
    assert (status(owed), Delivery.objects.get().error) == ("owed", "http_unavailable")


def test_its_time_is_what_a_lease_allows_for():
    assert notifications.SLOWEST.total_seconds() == http.LIMIT


def test_a_provider_that_is_not_there_is_tried_again(provider, owe):
    provider.close()
    owed = owe()
    deliver()
    assert (status(owed), Delivery.objects.get().error) == ("owed", "http_unavailable")


def test_without_an_address_nothing_is_sent(provider, owe, settings):
    settings.SMS_HTTP_URL = ""
    owe()
    deliver()
    assert (provider.asked, Delivery.objects.get().error) == ([], "no_gateway")


def test_a_space_no_telephone_knows_is_sent_as_one_it_does(provider, owe, lupita, monkeypatch):
    monkeypatch.setattr(notifications, "_words", lambda notification, context: ("", "5:00\u00a0p.\u00a0m."))
    owe()
    deliver()
    assert provider.asked[0][2]["text"] == "5:00 p. m."


def test_neither_number_nor_text_nor_token_is_logged(provider, owe, caplog):
    provider.answers = [(400, b"+17135550142 123456"), (503, b""), (200, b"")]
    with caplog.at_level(logging.DEBUG):
        owe(), owe(), owe()
        deliver()
    assert len(provider.asked) == 3
    assert [word for word in ("7135550142", "123456", "a-token") if word in caplog.text] == []


# --- what became of it -----------------------------------------------------------------------------------------------


@pytest.fixture
def sent(provider, owe):
    owe()
    deliver()
    return Delivery.objects.get()


def told(*states, error=""):
    """Return what is known of a message after a gateway said these things one after the other."""
    for one in states:
        assert notifications.note_state("http", "p-1", DeliveryStatus(one), error=error, at=AT)
    return str(Delivery.objects.get().status)


@pytest.mark.parametrize(
    ("states", "end"),
    [
        (["sent"], "sent"),
        (["sent", "delivered"], "delivered"),
        (["delivered", "sent"], "delivered"),
        (["delivered", "queued"], "delivered"),
        (["sent", "queued"], "sent"),
        (["failed", "delivered"], "failed"),
        (["delivered", "failed"], "delivered"),
        (["failed", "sent"], "failed"),
        (["delivered", "delivered"], "delivered"),
        (["queued"], "queued"),
    ],
)
def test_a_state_never_goes_backwards(sent, states, end):
    assert told(*states) == end


def test_why_it_failed_is_kept_and_a_stop_is_heeded(sent, lupita):
    told("failed", error="opted_out")
    assert Delivery.objects.get().error == "opted_out"
    assert contacts.reminders_off(lupita.phone)


def test_what_we_never_sent_is_not_known(sent):
    assert not notifications.note_state("http", "p-2", DeliveryStatus.SENT, at=AT)
    assert not notifications.note_state("outbox", "p-1", DeliveryStatus.SENT, at=AT)


def test_a_gateway_error_says_nothing_about_anybody():
    assert str(GatewayError("http_400", permanent=True)) == "http_400"


def test_mail_goes_another_way(provider, owe, lupita, settings, monkeypatch):
    settings.EMAIL_GATEWAY = "scheduling.gateways.outbox"
    lupita.email = "lupita@example.org"
    lupita.save()
    monkeypatch.setattr(notifications, "_words", lambda notification, context: ("s", "b"))
    owe(to=Recipient(Channel.EMAIL, "es", patient_id=lupita.pk, data_key=lupita.data_key))
    assert (deliver(), provider.asked) == (1, [])
