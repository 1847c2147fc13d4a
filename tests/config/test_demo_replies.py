"""In the demo a telephone's words can be tried by hand: what is written at /demo/outbox is answered there."""

import pytest

from scheduling import accounts, inbound
from scheduling.models import InboundMessage
from tests.factories import AT, viewer

pytestmark = [pytest.mark.embedded, pytest.mark.django_db]

HERS = "+17135550142"


def test_a_phone_replies_from_the_outbox_and_reads_the_answer_there(client, owe_a_code, outbox):
    page = client.get("/demo/outbox").content.decode()
    assert f'<option value="{HERS}">' in page
    answer = client.post("/demo/outbox/reply", {"phone": HERS, "text": "ALTO"})
    assert answer.url == "/demo/outbox"
    inbound.answer_due(at=outbox.clock.at)
    outbox.messages()
    assert "Ya no le mandamos mensajes." in client.get("/demo/outbox").content.decode()


def test_each_reply_is_another_message(client, outbox):
    for _ in range(2):
        client.post("/demo/outbox/reply", {"phone": HERS, "text": "1"})
    assert InboundMessage.objects.filter(gateway="demo").count() == 2


@pytest.mark.parametrize("said", [{}, {"phone": "nobody", "text": "1"}, {"text": "1"}], ids=str)
def test_a_reply_from_no_phone_is_none(client, outbox, said):
    assert client.post("/demo/outbox/reply", said).status_code == 302
    assert not InboundMessage.objects.exists()


def test_a_reply_is_posted(client, outbox):
    assert client.get("/demo/outbox/reply").status_code == 405


def test_before_any_message_there_is_no_phone_to_reply_from(client, outbox):
    assert "demo_reply" not in client.get("/demo/outbox").content.decode()
    assert "<select" not in client.get("/demo/outbox").content.decode()


@pytest.fixture
def owe_a_code(outbox, lupita):
    accounts.send_code(HERS, typed={}, language="es", by=viewer(), at=AT)
    assert outbox.code()
