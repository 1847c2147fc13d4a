"""Who is offered which time, several of both at once: as many people as can be served, and then at the least cost.

Note [Optimal, not first come]. Offering each freed time to whoever is first in line wastes times: the first takes the
only hour the second could have had. This is the assignment problem, solved exactly. Costs are whole numbers, so "most
people first" is exact too: a forbidden pair costs more than everything else together.

Note [How]. Shortest augmenting paths (Jonker and Volgenant 1987; Crouse 2016) are exact and quick once the prices of
the columns are nearly right; our costs, weight times delay, are their worst case if the prices start at nought. So an
auction with falling increments (Bertsekas 1988) finds prices first. Both need only the arithmetic of whole numbers:
nothing is rounded. Pure.
"""

from collections.abc import Iterator, Sequence

FORBIDDEN = None

Costs = Sequence[Sequence[int | None]]
Pair = tuple[int, int]

_FEW = 4  # so many times more columns than rows need no auction
_BIDS = 4  # for each row and increment, before the next increment is tried
_FALL = 6  # by how much the increment falls each time


def assign(costs: Costs) -> list[Pair]:
    """Return pairs (row, column) that serve the most rows and, among all such, cost the least; each is in one at most.

    `costs[row][column]` is a whole number, negative if the pair gains something, or FORBIDDEN. The pairs come in the
    order of the rows. Raises ValueError if the rows are of unequal length.
    """
    if len({len(row) for row in costs}) > 1:
        raise ValueError("rows of unequal length")
    if costs and len(costs) > len(costs[0]):
        return sorted((row, column) for column, row in _most(list(zip(*costs, strict=True))))
    return sorted(_most(costs))


def _most(costs: Costs) -> list[Pair]:
    """Solve it where there are no more rows than columns: every row gets one, a forbidden one only in need."""
    known = [cost for row in costs for cost in row if cost is not None]
    if not known:
        return []
    least, most = min(known), max(known)
    never = (most - least + 1) * (len(costs) + 1)
    market = _Market([[never if cost is None else cost - least for cost in row] for row in costs])
    return [(row, column) for row, column in market.settle(most - least) if costs[row][column] is not None]


class _Market:
    """Rows that each want a column, columns with a price (nought or less, to be taken off) and an owner (-1: none)."""

    def __init__(self, costs: list[list[int]]) -> None:
        self.rows, width = len(costs), len(costs[0])
        wide = self.rows * _FEW <= width
        # Square, so that every column finds a buyer and the prices of the auction hold for all of them.
        self.costs = costs if wide else costs + [[0] * width for _ in range(width - self.rows)]
        self.prices, self.owner = [0] * width, [-1] * width

    def settle(self, spread: int) -> Iterator[Pair]:
        """Yield each row with its column: an assignment of the least total cost."""
        increment = 0 if len(self.costs) < len(self.prices) else spread // 4
        while increment:
            self._auction(increment)
            increment //= _FALL
        for row in self._at_their_cheapest():
            self._augment(row)
        yield from ((row, column) for column, row in enumerate(self.owner) if 0 <= row < self.rows)

    def _auction(self, increment: int) -> None:
        """Let each row outbid the owner of the column it likes best, for a while; only the prices are kept."""
        owner, waiting = [-1] * len(self.prices), list(range(len(self.costs)))
        for _ in range(_BIDS * len(self.costs)):
            if not waiting:
                break
            row = waiting.pop()
            offers = self._seen_by(row)
            best = min(offers)
            column = offers.index(best)
            offers[column] = max(offers)
            self.prices[column] -= min(offers) - best + increment
            if owner[column] >= 0:
                waiting.append(owner[column])
            owner[column] = row

    def _seen_by(self, row: int) -> list[int]:
        """Return what each column costs a row at today's prices."""
        return [cost - price for cost, price in zip(self.costs[row], self.prices, strict=True)]

    def _at_their_cheapest(self) -> list[int]:
        """Give each row a free column that nothing undercuts, if there is one; return the rows without."""
        without = []
        for row in range(len(self.costs)):
            offers = self._seen_by(row)
            best = min(offers)
            free = (column for column, cost in enumerate(offers) if cost == best and self.owner[column] < 0)
            column = next(free, -1)
            if column < 0:
                without.append(row)
            else:
                self.owner[column] = row
        return without

    def _augment(self, row: int) -> None:
        """Let one more row in, along the cheapest chain of owners who each move on to another column."""
        costs, prices, owner = self.costs, self.prices, self.owner
        far, came = self._seen_by(row), [row] * len(prices)
        left, passed = set(range(len(prices))), []
        while True:
            here = min(map(far.__getitem__, left))
            nearest = [column for column in left if far[column] == here]
            end = next((column for column in nearest if owner[column] < 0), -1)
            if end >= 0:
                break
            for column in nearest:
                left.discard(column)
                passed.append(column)
                by = owner[column]
                line, shift = costs[by], here - costs[by][column] + prices[column]
                for other in left:
                    reach = line[other] - prices[other] + shift
                    if reach < far[other]:
                        far[other], came[other] = reach, by
        for column in passed:
            prices[column] += far[column] - here
        self._hand_over(row, end, came)

    def _hand_over(self, row: int, column: int, came: list[int]) -> None:
        """Walk the chain back: each owner takes the next column and leaves its own."""
        mine = {by: known for known, by in enumerate(self.owner) if by >= 0}
        while True:
            by = came[column]
            self.owner[column] = by
            if by == row:
                return
            column = mine[by]
