"""Who else is there when help is asked for."""

import pytest
from django.test import Client

from scheduling.models import Organization, Role, User
from tests import factories
from tests.factories import help


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
