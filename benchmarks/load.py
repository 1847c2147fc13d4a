"""The load: one process with threads, a new loopback connection for each request, every answer read in full and counted."""

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

    @property
    def rate(self) -> float:
        return len(self.times) / self.wall if self.wall else 0.0


def in_turn(requests: Iterable[Callable[[], Answer]]) -> Tally:
    """Make requests one after another."""
    tally = Tally()
    begun = time.perf_counter()
    for request in requests:
        tally.add(request())
    tally.wall = time.perf_counter() - begun
    return tally


def at_once(works: list[Callable[[], Any]]) -> float:
    """Release all works by one barrier, each in a thread; return the seconds until the last ended."""
    barrier = threading.Barrier(len(works) + 1)

    def run(work: Callable[[], Any]) -> None:
        barrier.wait()
        work()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    barrier.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begun
