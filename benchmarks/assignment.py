"""Freed times given to those who wait: best overall beside first come, and how long the largest round takes."""

import random
import time
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from scheduling import waiting
from scheduling.assignment import Costs, Pair, assign

ROUNDS, HOURS = 40, 24 * 14
Chooser = Callable[["Round"], list[Pair]]


class Round(NamedTuple):
    """Who waits, longest first; in how many hours each time is; and what giving each to each costs."""

    weights: list[int]
    hours: list[int]
    costs: Costs


def report() -> None:
    """Print who is served and how long they wait, and the time of a round of 500 × 500."""
    print("### The waiting list: several who wait, several freed times\n")
    print("| waiting × times, pairs that fit | way | people served | weighted hours waited, all together |")
    print("| --- | --- | --- | --- |")
    for people, times, fit in ((30, 30, 0.07), (20, 10, 0.2), (100, 40, 0.1), (500, 200, 0.05)):
        rounds = [_round(people, times, fit, seed) for seed in range(ROUNDS // (1 + people // 100))]
        _row(rounds, f"{people} × {times}, {fit:.0%}", "first come", _first_come)
        _row(rounds, "", "**best overall**", lambda one: assign(one.costs))
    print("\n| one round of 500 × 500 | processor time | goal |\n| --- | --- | --- |")
    for fit in (1, 0.3, 0.05):
        print(f"| {fit:.0%} of the pairs fit | {_seconds(_round(500, 500, fit, 7)):.2f} s | < 1 s |", flush=True)
    print()


def _round(people: int, times: int, fit: float, seed: int) -> Round:
    """Make up a round as ours are: urgency, days waited, hours until the visit, hours given, the same clinician."""
    chance = random.Random(seed)
    waited = sorted((chance.randrange(60) for _ in range(people)), reverse=True)
    urgencies = chance.choices(["routine", "soon", "urgent"], [90, 8, 2], k=people)
    weights = [waiting.weight(one, timedelta(days=days)) for one, days in zip(urgencies, waited, strict=True)]
    hours, given = [chance.randrange(2, HOURS) for _ in range(times)], [chance.randrange(20) for _ in range(times)]
    costs = [
        [_cost(weight, hours[time], given[time], chance) if chance.random() < fit else None for time in range(times)]
        for weight in weights
    ]
    return Round(weights, hours, costs)


def _cost(weight: int, hours: int, given: int, chance: random.Random) -> int:
    known = chance.random() < 0.05
    return waiting.cost(weight, timedelta(hours=hours), known=known, given=timedelta(hours=given))


def _first_come(one: Round) -> list[Pair]:
    """Let whoever waits longest choose the soonest time that fits, then the next."""
    free, chosen = set(range(len(one.hours))), []
    for person, row in enumerate(one.costs):
        fitting = [at for at in free if row[at] is not None]
        if fitting:
            at = min(fitting, key=one.hours.__getitem__)
            free.discard(at)
            chosen.append((person, at))
    return chosen


def _row(rounds: list[Round], what: str, way: str, choose: Chooser) -> None:
    chosen = [(one, choose(one)) for one in rounds]
    served = sum(len(pairs) for _, pairs in chosen) / len(rounds)
    waited = sum(_waited(one, pairs) for one, pairs in chosen) / len(rounds)
    print(f"| {what} | {way} | {served:.1f} | {waited:,.0f} |", flush=True)


def _waited(one: Round, pairs: list[Pair]) -> int:
    """Return the weighted hours everybody still waits: until their visit, or four weeks more without one."""
    until = {person: one.hours[at] for person, at in pairs}
    return sum(weight * until.get(person, waiting.UNSERVED_HOURS) for person, weight in enumerate(one.weights))


def _seconds(one: Round) -> float:
    began = time.process_time()
    assign(one.costs)
    return time.process_time() - began
