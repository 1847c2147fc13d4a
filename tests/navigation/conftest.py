"""Who else is there when help is asked for."""

import pytest
from django.test import Client

from navigation import written
from scheduling import inbound
from scheduling.models import InboundMessage, Organization, Role, User
from tests import factories
from tests.factories import AT, help


@pytest.fixture(autouse=True)
def as_in_the_demo(settings) -> None:
    """Staff come in with a password alone; the one test about the second factor asks for it."""
    settings.SECOND_FACTOR_REQUIRED = False
    settings.DEFAULT_ORGANIZATION = "acompana"


@pytest.fixture
def casa(db) -> Organization:
    """The other organization, which serves California."""
    return factories.organization("casa-pacifico", ["CA", "OR"], zone="America/Los_Angeles")


@pytest.fixture
def joel(casa: Organization) -> User:
    """The other organization's coordinator."""
    return factories.staff("Joel", casa, Role.COORDINATOR, phone="+15595550135")


@pytest.fixture
def rota(acompana, tomas, rosa, elena) -> Organization:
    """Tomas is on call and Rosa second; Elena, the admin, is the last resort."""
    help.on_call(tomas, acompana)
    help.on_call(rosa, acompana, rank=2)
    return acompana


@pytest.fixture
def as_tomas(client: Client, tomas: User) -> Client:
    """The coordinator's browser."""
    client.force_login(tomas)
    return client


@pytest.fixture
def write(acompana, outbox):
    """Write to us from a phone, have it read, and return every text that comes back."""

    def write_it(text, phone="+17135550142", at=AT):
        outbox.clock.at = at
        known = len(outbox.messages())
        inbound.receive("http", f"in-{InboundMessage.objects.count()}", phone=phone, text=text, at=at)
        inbound.answer_due(at=at)
        written.read(at=at)
        return [one.body for one in outbox.messages()[known:] if one.address == phone]

    return write_it
