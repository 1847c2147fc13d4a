"""What several test files of this floor ask for."""

import pytest

from scheduling import notifications
from scheduling.models import Channel, DataKey, Notification, Queue
from scheduling.notifications import Recipient
from tests.factories import AT
from tests.web_server import serving


class Gateway:
    """A gateway that keeps what it was handed, and fails as often as it is told to."""

    def __init__(self):
        self.sent, self.failures = [], []

    def send(self, message):
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(message)
        return f"id-{len(self.sent)}"


@pytest.fixture
def gateway(monkeypatch):
    made = Gateway()
    monkeypatch.setattr(notifications, "import_module", lambda name: made)
    return made


@pytest.fixture
def owe(lupita):
    """Owe Lupita a code by SMS, whose words need nothing that is not written down."""

    def owe_it(at=AT, to=None, queue=Queue.WORK, **how):
        key = DataKey.objects.create()
        one = to or Recipient(Channel.SMS, "es", patient_id=lupita.pk, data_key=key)
        notifications.owe("code", [one], at=at, context={"digits": "123456", "minutes": 10}, queue=queue, **how)
        return Notification.objects.latest("pk")

    return owe_it


@pytest.fixture
def web_server(settings):
    """A web server on this machine, which calendars may be read from for once."""
    settings.FEEDS_MAY_BE_LOCAL = True
    with serving() as server:
        yield server
