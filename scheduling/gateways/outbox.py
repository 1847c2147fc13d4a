"""The demo's gateway: messages stay in the database and are read at /demo/outbox."""

from scheduling.models import Notification


def send(message: Notification) -> str:
    return f"outbox-{message.uuid}"
