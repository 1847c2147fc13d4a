"""Several people at the same moment: real threads, each with a connection of its own."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any

from django.db import connection

PATIENCE = 20  # seconds until a race that hangs has failed
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"

Act = Callable[[], Any]


def at_once(acts: list[Act]) -> list[Any]:
    """Run all acts at the same moment; return what each returned, or the exception it raised, in order."""
    line = Barrier(len(acts))

    def start(act: Act) -> Any:
        line.wait(PATIENCE)
        return act()

    with ThreadPoolExecutor(len(acts)) as people:
        return [one.exception(PATIENCE) or one.result() for one in [people.submit(_alone, start, act) for act in acts]]


@contextmanager
def meanwhile(act: Act) -> Iterator[Future]:
    """Start an act elsewhere; when the block ends, it has ended too, and what it raised is raised."""
    with ThreadPoolExecutor(1) as elsewhere:
        doing = elsewhere.submit(_alone, act)
        yield doing
        doing.result(PATIENCE)


def _alone(act: Callable[..., Any], *given: Any) -> Any:
    try:
        return act(*given)
    finally:
        connection.close()


def wait_until_somebody_waits() -> None:
    """Return once another connection waits for a lock that this one holds."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits")
