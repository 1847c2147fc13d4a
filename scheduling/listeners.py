"""Who hears `recorded` on this floor.

A message that was owed is delivered at once, and one that arrived is answered, without waiting for the next sweep.
"""

import logging
from typing import Any

from scheduling.events import recorded
from scheduling.models import Event, Queue
from scheduling.notifications import owed
from scheduling.tasks import sweep

log = logging.getLogger(__name__)


def connect() -> None:
    """Begin to listen; called from AppConfig.ready()."""
    owed.connect(deliver_soon, dispatch_uid="scheduling.deliver_soon")
    recorded.connect(answer_soon, dispatch_uid="scheduling.answer_soon")


def deliver_soon(queue: str, **_: Any) -> None:
    """Wake the sweep of the message's queue. If the broker is away the sweep comes by itself, seconds later."""
    _wake(f"deliver_{queue}", queue)


def answer_soon(event: Event, **_: Any) -> None:
    """Wake the sweep that answers what a phone wrote."""
    if event.kind == "inbound.received":
        _wake("answer_inbound", Queue.PAGES)


def _wake(name: str, queue: str) -> None:
    try:
        sweep.apply_async([name], queue=str(queue), retry=False)
    except Exception:
        log.warning("broker away; the %s queue waits for its next sweep", queue)
