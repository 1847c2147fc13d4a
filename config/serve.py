"""The embedded layout: one process that serves pages and sockets, works both queues, and beats.

Note [Traps of one process]. Workers run in threads: they may not install signal handlers (so WorkController, not the
command-line Worker) and must not swallow standard output. The in-memory broker polls every 20 ms (settings), and pushes
from worker threads are handed to the server's loop (realtime/groups.py).
"""

import logging
import os
import threading
from collections.abc import Callable
from typing import Any

from celery.beat import EmbeddedService, Scheduler
from daphne.endpoints import build_endpoint_description_strings
from daphne.server import Server

from config import asgi
from config.celery import app, application
from scheduling.models import Queue

log = logging.getLogger(__name__)


def start_work() -> None:
    """Start one worker thread for each queue, and the beat."""
    for queue in Queue:
        threading.Thread(target=_work, args=[queue], name=f"work-{queue}", daemon=True).start()
    beat = EmbeddedService(app, thread=True, scheduler_cls=Scheduler, max_interval=1)
    beat.daemon = True
    beat.start()


def _work(queue: str) -> None:
    own = application()
    own.set_current()
    worker = own.WorkController(
        app=own,
        hostname=f"{queue}@{os.getpid()}",
        queues=[queue],
        pool_cls="solo",
        concurrency=1,
        loglevel="WARNING",
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    worker.start()


def run(host: str, port: int, *, ready: Callable[[], None]) -> str:
    """Serve until interrupted; `ready` is called once the address is being listened to.

    Return why it cannot be listened to, or nothing after a good end.
    """
    trouble: list[str] = []

    class Announcing(Server):  # type: ignore[misc]
        def listen_success(self, port: object) -> None:
            super().listen_success(port)
            ready()

        def listen_error(self, failure: Any) -> None:
            trouble.append(failure.getErrorMessage())
            self.stop()

    endpoints = build_endpoint_description_strings(host=host, port=port)
    Announcing(application=asgi.application, endpoints=endpoints, http_timeout=60, server_name="acompana").run()
    return "".join(trouble)
