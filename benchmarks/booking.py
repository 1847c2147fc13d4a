"""Booking over HTTP: a time is held (which takes it, for real), then confirmed (which owes the invitations)."""

from collections.abc import Callable
from queue import Empty, SimpleQueue

from benchmarks import stage
from benchmarks.load import Answer, Tally, ask, at_once

ALONE, TOGETHER, CLIENTS = 100, 600, 8


def report(port: int, tokens: list[str]) -> None:
    """Print how many bookings a second one client makes, and eight; and how many times a second eight only hold."""
    count = ALONE + 2 * TOGETHER
    _report(port, "a clinician and a patient", stage.slots(count), tokens, "≥ 185/s")
    _report(port, "a clinician, an interpreter and a patient", stage.slots_across(count), tokens, "≥ 150/s")


def _report(port: int, who: str, offered: list[str], tokens: list[str], goal: str) -> None:
    slots = iter(zip(offered, tokens, strict=False))
    print(f"### Booking {who}, 2 workers: `POST /holds`, then `POST /appointments`\n")
    print("| clients | step | p50 | p95 | a second | answers | goal |\n| --- | --- | --- | --- | --- | --- | --- |")
    for clients, count in ((1, ALONE), (CLIENTS, TOGETHER)):
        work = [next(slots) for _ in range(count)]
        holds, confirms = Tally(), Tally()
        wall = _together(clients, work, lambda slot, token: _book(port, slot, token, holds, confirms))  # noqa: B023
        _row(clients, "hold", holds, "")
        _row(clients, "confirm", confirms, "")
        rate = confirms.statuses[201] / wall
        print(f"| {clients} | **both** | | | **{rate:.0f}** | | {goal if clients > 1 else ''} |", flush=True)
    holds = Tally()
    holds.wall = _together(CLIENTS, list(slots), lambda slot, token: holds.add(_hold(port, slot, token)))
    _row(CLIENTS, "only hold", holds, f"{holds.statuses[201] / holds.wall:.0f}")
    print(flush=True)


def _row(clients: int, step: str, tally: Tally, rate: str) -> None:
    print(f"| {clients} | {step} | {tally.spread()} | {rate} | {tally.answers()} | |")


def _book(port: int, slot: str, token: str, holds: Tally, confirms: Tally) -> None:
    held = holds.add(_hold(port, slot, token))
    if held.status == 201:
        confirms.add(ask(port, "POST", "/api/v1/appointments", {"hold": held.json["id"]}, token))


def _hold(port: int, slot: str, token: str) -> Answer:
    return ask(port, "POST", "/api/v1/holds", {"slot": slot}, token)


def _together(clients: int, work: list[tuple[str, str]], act: Callable[[str, str], object]) -> float:
    """Let so many clients share the work; return the seconds it took."""
    queue: SimpleQueue[tuple[str, str]] = SimpleQueue()
    for one in work:
        queue.put(one)

    def client() -> None:
        while True:
            try:
                slot, token = queue.get_nowait()
            except Empty:
                return
            act(slot, token)

    return at_once([client] * clients)
