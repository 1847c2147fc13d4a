"""Who hears `recorded` on this floor: a new case, or a cry for help, is called out without waiting for a turn."""

import logging
from typing import Any

from scheduling.events import recorded
from scheduling.models import Event, Queue
from scheduling.tasks import sweep

log = logging.getLogger(__name__)
AT_ONCE = {
    "case.opened": "escalate",
    "case.told_more": "escalate",
    "inbound.help_asked": "read_written",
    "inbound.unclear": "read_written",
}


def connect() -> None:
    """Begin to listen; called from AppConfig.ready()."""
    recorded.connect(escalate_soon, dispatch_uid="navigation.escalate_soon")


def escalate_soon(event: Event, **_: Any) -> None:
    """Wake the engine, or who reads what was written. If the broker is away its next turn comes by itself."""
    if name := AT_ONCE.get(event.kind):
        try:
            sweep.apply_async([name], queue=Queue.PAGES.value, retry=False)
        except Exception:
            log.warning("broker away; the engine waits for its next turn")
