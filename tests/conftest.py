"""Who is there in every test that asks for them, and what no test may do."""

import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connections
from django.db.backends.postgresql.operations import DatabaseOperations

from scheduling import clock as clocks
from scheduling import notifications
from scheduling.models import (
    Clinician,
    Interpreter,
    Location,
    Organization,
    OutboxMessage,
    Patient,
    Queue,
    Role,
    User,
    VisitType,
)
from tests import factories


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix) -> None:
    """Nobody loses anything if the machine stops during a test: no commit waits for the disk."""
    connections["default"].settings_dict["OPTIONS"]["options"] += " -c synchronous_commit=off"


@pytest.fixture(autouse=True, scope="session")
def deleted_not_truncated() -> Iterator[None]:
    """What a test wrote in real transactions is deleted after it; to truncate fifty tables takes longer than it did."""

    def flush(self, style, tables, **_) -> list[str]:
        return ["SET LOCAL acompana.purging = 'on'", *(f"DELETE FROM {self.quote_name(table)}" for table in tables)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", flush)
        yield


@pytest.fixture(autouse=True)
def cheap_passwords(settings) -> None:
    """Hashing a password well takes half a second; nothing here depends on it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def one_factor(settings) -> None:
    """Staff get in by password, as in the demo, whatever the layout; tests of the second factor ask for it."""
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture(autouse=True)
def plain_static_files(settings) -> None:
    """Pages are rendered without a collected manifest."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture(autouse=True)
def no_network(monkeypatch) -> None:
    """Only this machine may be spoken to: a test that needs the world proves nothing on another day."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if isinstance(host, str) and host and not host.startswith("127.") and host not in ("::1", "localhost"):
            raise AssertionError(f"a test reached for {host}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def acompana(db) -> Organization:
    return factories.organization()


@pytest.fixture
def elena(acompana: Organization) -> User:
    """The organization's admin."""
    return factories.staff("Elena", acompana, Role.ADMIN, phone="+17135550133")


@pytest.fixture
def tomas(acompana: Organization) -> User:
    """The coordinator."""
    return factories.staff("Tomas", acompana, Role.COORDINATOR, phone="+17135550131")


@pytest.fixture
def rosa(acompana: Organization) -> User:
    """The second coordinator."""
    return factories.staff("Rosa", acompana, Role.COORDINATOR, phone="+17135550132")


@pytest.fixture
def carmen(acompana: Organization) -> User:
    """The navigator."""
    return factories.staff("Carmen", acompana, Role.NAVIGATOR, phone="+17135550134")


@pytest.fixture
def consulta(db) -> VisitType:
    """A video visit of half an hour."""
    return factories.visit_type()


@pytest.fixture
def dr_ramos(acompana: Organization, elena: User, consulta: VisitType) -> Clinician:
    """The clinician: licensed in Texas, speaks Spanish and English, every day from 10 to 12."""
    return factories.clinician("Ramos", acompana, elena, languages=["es", "en"])


@pytest.fixture
def nayeli(acompana: Organization, elena: User) -> Interpreter:
    """The Mixteco interpreter."""
    return factories.interpreter("Nayeli", acompana, elena, ["mxb", "es", "en"])


@pytest.fixture
def esperanza(acompana: Organization) -> Location:
    """A clinic with two chairs."""
    return factories.clinic("Esperanza", acompana)


@pytest.fixture
def lupita(db) -> Patient:
    """The patient."""
    return factories.patient("Lupita", "+17135550142")


@pytest.fixture
def beto(db) -> Patient:
    """Another patient."""
    return factories.patient("Beto", "+17135550145")


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.at = factories.AT

    def __call__(self):
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def clock(monkeypatch) -> Clock:
    """The one clock that edges read, standing at factories.AT."""
    still = Clock()
    monkeypatch.setattr(clocks, "now", still)
    monkeypatch.setattr(clocks, "database_now", still)
    return still


class Outbox:
    """What telephones and mailboxes received, once everything owed was delivered."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def messages(self, kind: str = "") -> list[OutboxMessage]:
        """Deliver what is due, and return the messages of a kind, oldest first."""
        for queue in Queue:
            notifications.deliver_due(queue, at=self.clock.at)
        found = OutboxMessage.objects.select_related("notification").order_by("pk")
        return [message for message in found if not kind or message.notification.kind == kind]

    def code(self) -> str:
        """Return the digits of the last code that was sent."""
        return self.messages("code")[-1].body.split()[0]


@pytest.fixture
def outbox(db, settings, clock) -> Outbox:
    """The demo's gateway, whatever the environment says."""
    settings.SMS_GATEWAY = settings.EMAIL_GATEWAY = "scheduling.gateways.outbox"
    return Outbox(clock)
