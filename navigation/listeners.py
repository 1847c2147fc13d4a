"""Who hears `recorded` on this floor: a new case is called out at once, without waiting for the engine's next turn."""

import logging
from typing import Any

from scheduling.events import recorded
from scheduling.models import Event, Queue
from scheduling.tasks import sweep

log = logging.getLogger(__name__)
AT_ONCE = frozenset({"case.opened", "case.told_more"})


def connect() -> None:
    """Begin to listen; called from AppConfig.ready()."""
    recorded.connect(escalate_soon, dispatch_uid="navigation.escalate_soon")


def escalate_soon(event: Event, **_: Any) -> None:
    """Wake the engine. If the broker is away its next turn comes by itself, seconds later."""
    if event.kind in AT_ONCE:
        try:
            sweep.apply_async(["escalate"], queue=Queue.PAGES.value, retry=False)
        except Exception:
            log.warning("broker away; the engine waits for its next turn")
