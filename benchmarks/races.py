"""Fifty clients want the same time at the same instant; eight workers answer them."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from benchmarks import stage
from benchmarks.load import Tally, ask, at_once
from benchmarks.stage import Start
from scheduling.models import Participant, VisitType

CLIENTS, ROUNDS = 50, 20
HALF_HOUR = timedelta(minutes=30)


def report(port: int, tokens: list[str]) -> None:
    """Print how many won each round, and how long the slowest took."""
    short = VisitType.objects.get(code="consulta-video").uuid
    long = _long_visit().uuid
    starts = stage.roomy(2 * ROUNDS)
    same = [(start, [start.slot(short)] * CLIENTS) for start in starts[:ROUNDS]]
    unequal = [(start, [start.slot(long), start.slot(short, HALF_HOUR)] * (CLIENTS // 2)) for start in starts[ROUNDS:]]
    print(f"### Races: {CLIENTS} clients, 8 workers, {ROUNDS} rounds\n")
    print("| race | rounds with one winner | answers | slowest round | goal |\n| --- | --- | --- | --- | --- |")
    _race(port, tokens, "one time", same)
    _race(port, tokens, "overlapping unequal times", unequal)
    print()


def _long_visit() -> VisitType:
    known = {"name_es": "Larga", "name_en": "Long", "minutes": 50, "modality": "video", "care": "clinical"}
    found: VisitType = VisitType.objects.get_or_create(code="bench-long", defaults=known | {"specialty": "family"})[0]
    return found


def _race(port: int, tokens: list[str], name: str, rounds: list[tuple[Start, list[str]]]) -> None:
    statuses: Counter[int] = Counter()
    fair, slowest = 0, 0.0
    for number, (start, slots) in enumerate(rounds):
        tally = Tally()
        rivals = [tokens[-1 - (number * CLIENTS + place) % len(tokens)] for place in range(CLIENTS)]
        slowest = max(slowest, at_once([_rival(port, *one, tally) for one in zip(slots, rivals, strict=True)]))
        taken = Participant.objects.occupying([start.actor_pk], start.at, start.at + 2 * HALF_HOUR).count()
        fair += tally.statuses[201] == 1 == taken
        statuses += tally.statuses
    answers = Tally(statuses=statuses).answers()
    print(f"| {name} | {fair} of {len(rounds)} | {answers} | {slowest:.2f} s | all, no 5xx, < 1 s |", flush=True)


def _rival(port: int, slot: str, token: str, tally: Tally) -> Callable[[], object]:
    return lambda: tally.add(ask(port, "POST", "/api/v1/holds", {"slot": slot}, token))
