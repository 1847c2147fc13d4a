"""Learning: from labelled sentences to the points of `worry`. Run by tests/navigation/learn_triage.py, not in service.

Logistic regression by plain gradient steps: the same sentences give the same points, on any machine.
"""

import math
import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from .ear import ear
from .worry import features

_ROUNDS: Final = 25
_FIRST_STEP: Final = 0.3
_STEP_SHRINKS: Final = 0.9  # from round to round
_FORGETTING: Final = 0.0005  # of a weight at each step: what is seldom said stays small
_STEEPEST: Final = 30.0  # beyond it the logistic curve is flat
_SCALE: Final = 100
_NEGLIGIBLE: Final = 10  # points


@dataclass(frozen=True)
class Points:
    """What was learned: the points of each feature, and those that every sentence starts with."""

    points: dict[str, int]
    base: int


def learn(examples: Iterable[tuple[str, bool]]) -> Points:
    """Learn from (text, whether it is an emergency) pairs; their order does not matter."""
    shuffled = sorted(examples, key=lambda example: (zlib.crc32(example[0].encode()), example))
    known = [(features(" ".join(ear().hear(text).sentences)), emergency) for text, emergency in shuffled]
    weights: defaultdict[str, float] = defaultdict(float)
    base, step = 0.0, _FIRST_STEP
    for _ in range(_ROUNDS):
        for said, emergency in known:
            base += _adjust(weights, base, said, emergency, step)
        step *= _STEP_SHRINKS
    points = {feature: round(weight * _SCALE) for feature, weight in sorted(weights.items())}
    return Points({f: value for f, value in points.items() if abs(value) >= _NEGLIGIBLE}, round(base * _SCALE))


def _adjust(weights: dict[str, float], base: float, said: frozenset[str], emergency: bool, step: float) -> float:
    """Move the weights of what was said towards the label; return how much the base moves."""
    total = base + math.fsum(weights[feature] for feature in said)
    expected = 1 / (1 + math.exp(-max(-_STEEPEST, min(_STEEPEST, total))))
    error = emergency - expected
    for feature in said:
        weights[feature] += step * error / math.sqrt(len(said) + 1) - weights[feature] * _FORGETTING
    return step * error / 10
