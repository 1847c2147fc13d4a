"""The seam to the outside world: a gateway is a module with a function `send`, named in settings."""

from typing import Protocol

from scheduling.models import Notification


class GatewayError(Exception):
    """The gateway did not take the message.

    `code` is stable and free of personal data, `permanent` says not to retry.
    """

    def __init__(self, code: str, *, permanent: bool = False) -> None:
        super().__init__(code)
        self.code, self.permanent = code, permanent


class Gateway(Protocol):
    """A module that hands a message to the outside world."""

    def send(self, message: Notification) -> str:
        """Hand it over and return the provider's id; raise GatewayError if it was not taken."""
