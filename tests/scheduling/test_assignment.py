"""People are given times so that most are served, and then at the least cost: proved against trying everything out."""

import random
import time
from itertools import permutations

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from scheduling.assignment import FORBIDDEN, assign


def served_and_cost(costs, pairs):
    return len(pairs), sum(costs[row][column] for row, column in pairs)


def tried_out(costs):
    """Return the most that can be served and the least it can cost, by trying every order of the columns."""
    width = max(len(costs[0]), len(costs))
    wide = [[*row, *[FORBIDDEN] * (width - len(row))] for row in costs]
    best = (0, 0)
    for columns in permutations(range(width), len(costs)):
        known = [wide[row][column] for row, column in enumerate(columns) if wide[row][column] is not None]
        best = max(best, (len(known), -sum(known)))
    return best[0], -best[1]


def judged(costs):
    """Return the same as an independent solver finds it."""
    known = [cost for row in costs for cost in row if cost is not None]
    least, never = min(known), (max(known) - min(known) + 1) * (max(len(costs), len(costs[0])) + 1)
    full = numpy.array([[never if cost is None else cost - least for cost in row] for row in costs], dtype=float)
    pairs = [(row, column) for row, column in zip(*linear_sum_assignment(full), strict=True)]
    return served_and_cost(costs, [pair for pair in pairs if costs[pair[0]][pair[1]] is not None])


def valid(costs, pairs):
    rows, columns = [row for row, _ in pairs], [column for _, column in pairs]
    assert rows == sorted(set(rows))
    assert len(set(columns)) == len(columns)
    assert all(costs[row][column] is not None for row, column in pairs)


@st.composite
def small(draw):
    rows, width = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    one = st.one_of(st.none(), st.integers(-9, 9), st.integers(-(10**9), 10**9))
    return draw(st.lists(st.lists(one, min_size=width, max_size=width), min_size=rows, max_size=rows))


@settings(deadline=None)
@given(small())
def test_nothing_serves_more_or_costs_less(costs):
    pairs = assign(costs)
    valid(costs, pairs)
    assert served_and_cost(costs, pairs) == tried_out(costs)


@settings(deadline=None, max_examples=40)
@given(st.integers(6, 40), st.integers(6, 40), st.sampled_from([1, 0.5, 0.1]), st.integers(0, 10**6))
def test_an_independent_solver_finds_nothing_better(rows, width, density, seed):
    chance = random.Random(seed)
    costs = [
        [chance.randrange(-50, 50) if chance.random() <= density else None for _ in range(width)] for _ in range(rows)
    ]
    costs[0][0] = 1
    pairs = assign(costs)
    valid(costs, pairs)
    assert served_and_cost(costs, pairs) == judged(costs)


def test_serving_one_more_is_worth_any_cost():
    assert assign([[1, 1_000_000], [2, FORBIDDEN]]) == [(0, 1), (1, 0)]


def test_the_first_does_not_take_the_only_time_of_the_second():
    """First come, first served would leave the second without."""
    assert assign([[0, 5], [0, FORBIDDEN]]) == [(0, 1), (1, 0)]


def test_of_two_who_want_one_time_whoever_gains_more_has_it():
    assert assign([[-3], [-8], [-5]]) == [(1, 0)]


@pytest.mark.parametrize("costs", [[], [[]], [[None]], [[None, None], [None, None]]])
def test_nobody_is_given_what_is_not_theirs(costs):
    assert assign(costs) == []


def test_rows_of_unequal_length_are_a_mistake():
    with pytest.raises(ValueError, match="unequal"):
        assign([[1, 2], [1]])


def test_the_callers_costs_are_left_alone():
    costs = [[3, None], [1, 2]]
    assign(costs)
    assert costs == [[3, None], [1, 2]]


def weighted_delays(people, times, density, seed):
    """Costs as the waiting list makes them: weight times delay, which is the hardest kind for such solvers."""
    chance = random.Random(seed)
    weights = [chance.randrange(7, 600) for _ in range(people)]
    delays = [chance.randrange(1, 672) for _ in range(times)]
    return [[weight * (at - 672) if chance.random() <= density else None for at in delays] for weight in weights]


@pytest.mark.parametrize(
    ("people", "times", "density"),
    [(500, 500, 1), (500, 500, 0.3), (500, 500, 0.01), (500, 40, 0.5), (40, 500, 0.5), (300, 500, 0.2), (499, 500, 1)],
)
def test_hundreds_at_once_are_assigned_as_well_as_can_be(people, times, density):
    costs = weighted_delays(people, times, density, seed=people + times)
    began = time.process_time()
    pairs = assign(costs)
    took = time.process_time() - began
    valid(costs, pairs)
    assert served_and_cost(costs, pairs) == judged(costs)
    assert took < 3  # seconds of processor time, with room for a slow machine; the figure is in the benchmarks
