"""The demo's gateway: messages stay in the database, sealed, and are read at /demo/outbox."""

from scheduling.gateways import Message
from scheduling.models import OutboxMessage


def send(message: Message) -> str:
    kept = OutboxMessage.objects.create(
        notification=message.notification,
        data_key=message.data_key,
        address=message.address,
        subject=message.subject,
        body=message.body,
        calendar=message.calendar,
        at=message.at,
    )
    return f"outbox-{kept.pk}"
