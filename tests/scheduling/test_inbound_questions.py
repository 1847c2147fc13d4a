"""Each module says itself what may be answered by a word."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from scheduling import inbound
from scheduling.inbound import Question

AT = datetime(2026, 6, 8, 14, tzinfo=UTC)


@pytest.fixture
def finders(monkeypatch):
    monkeypatch.setattr(inbound, "_finders", {})


def test_what_a_phone_may_answer_is_asked_of_everybody_who_asks(finders):
    offer = Question("offer", uuid4(), {"si": lambda **_: None})
    visit = Question("visit", uuid4(), {"1": lambda **_: None})
    inbound.register("visit", lambda phone, at: [visit] if phone == "lupita" else [])
    inbound.register("offer", lambda phone, at: [offer])
    assert inbound.questions("lupita", AT) == [visit, offer]
    assert inbound.questions("beto", AT) == [offer]


def test_a_kind_is_registered_once(finders):
    inbound.register("visit", lambda phone, at: [Question("visit", uuid4(), {})])
    inbound.register("visit", lambda phone, at: [])
    assert inbound.questions("lupita", AT) == []
