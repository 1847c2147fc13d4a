"""What stands where no gateway is configured: every message fails, is retried, and shows as failed.

None is lost silently.
"""

from scheduling.gateways import GatewayError
from scheduling.models import Notification


def send(message: Notification) -> str:
    raise GatewayError("no_gateway")
