"""What stands where no gateway is configured: every message fails, is tried again, and then shows as failed."""

from scheduling.gateways import GatewayError, Message


def send(message: Message) -> str:
    raise GatewayError("no_gateway")
