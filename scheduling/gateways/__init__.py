"""The seam to the outside world: a gateway is a module with a function `send`, named in settings."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from scheduling.models import DataKey, Notification


class GatewayError(Exception):
    """The gateway did not take the message.

    `code` is stable and free of personal data; `permanent` says not to try again.
    """

    def __init__(self, code: str, *, permanent: bool = False) -> None:
        super().__init__(code)
        self.code, self.permanent = code, permanent


@dataclass(frozen=True)
class Message:
    """A notification put into words: to which number or mailbox, and for an invitation the calendar part."""

    notification: Notification
    data_key: DataKey
    address: str
    subject: str
    body: str
    calendar: str
    at: datetime


class Gateway(Protocol):
    """A module that hands a message to the outside world."""

    def send(self, message: Message) -> str:
        """Hand it over and return the provider's id; raise GatewayError if it was not taken."""
