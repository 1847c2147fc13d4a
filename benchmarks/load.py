"""The load: one process with threads, a new connection for each request, every answer read in full and counted."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Answer:
    status: int
    body: bytes
    seconds: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(port: int, method: str, path: str, body: Any = None, token: str = "") -> Answer:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    begun = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        content = answer.read()
        return Answer(answer.status, content, time.perf_counter() - begun)
    finally:
        connection.close()


@dataclass
class Tally:
    """Times in seconds, and statuses."""

    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    wall: float = 0.0

    def add(self, answer: Answer) -> Answer:
        self.times.append(answer.seconds)
        self.statuses[answer.status] += 1
        return answer

    def percentile(self, share: float) -> float:
        """Return a percentile in milliseconds."""
        ordered = sorted(self.times)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000

    def spread(self) -> str:
        """Return p50 and p95 as two cells of a table."""
        return f"{self.percentile(0.5):.1f} ms | {self.percentile(0.95):.1f} ms" if self.times else "– | –"

    def answers(self) -> str:
        """Return how often each status came."""
        return ", ".join(f"{count} × {status}" for status, count in sorted(self.statuses.items()))


def in_turn(requests: Iterable[Callable[[], Answer]]) -> Tally:
    """Make requests one after another."""
    tally = Tally()
    for request in requests:
        tally.add(request())
    return tally


def at_once(clients: list[Callable[[], object]]) -> float:
    """Release all clients by one barrier, each in a thread; return the seconds until the last has ended."""
    barrier = threading.Barrier(len(clients) + 1)

    def run(client: Callable[[], object]) -> None:
        barrier.wait()
        client()

    threads = [threading.Thread(target=run, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    barrier.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begun
