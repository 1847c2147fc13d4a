"""Who hears `recorded` on this floor.

A message that was owed is delivered at once, without waiting for the next sweep.
"""

import logging
from typing import Any

from scheduling.notifications import owed
from scheduling.tasks import sweep

log = logging.getLogger(__name__)


def connect() -> None:
    """Begin to listen; called from AppConfig.ready()."""
    owed.connect(deliver_soon, dispatch_uid="scheduling.deliver_soon")


def deliver_soon(queue: str, **_: Any) -> None:
    """Wake the sweep of the message's queue. If the broker is away the sweep comes by itself, seconds later."""
    try:
        sweep.apply_async([f"deliver_{queue}"], queue=str(queue), retry=False)
    except Exception:
        log.warning("broker away; the %s queue waits for its next sweep", queue)
