"""The differences between all pairs of two samples, by rank, without writing them all down."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

import numpy as np

from engager.statistics.arrays import FloatArray

_WRITTEN_DOWN = 4_000_000


def first_true(holds: Callable[[int], bool], top: int) -> int:
    """Return the least whole number from 0 to `top` at which a condition holds that, once true, stays true.

    `top` itself is returned where it holds nowhere below.

    Examples:
        >>> first_true(lambda u: u * u >= 10, 100)
        4
    """
    low, high = 0, top
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


class PairwiseDifferences:
    """All m n differences x - y.

    Examples:
        >>> differences = PairwiseDifferences(np.array([1.0, 4.0]), np.array([0.0, 2.0]))
        >>> [differences.smallest(k) for k in range(1, 5)], differences.median()
        ([-1.0, 1.0, 2.0, 4.0], 1.5)
    """

    def __init__(self, x: FloatArray, y: FloatArray) -> None:
        self.pairs = x.size * y.size
        self._x, self._y = np.sort(x), np.sort(y)
        self._all = np.sort((x[:, None] - y).ravel()) if self.pairs <= _WRITTEN_DOWN else None

    def smallest(self, k: int) -> float:
        """Return the k-th smallest difference, k from 1 to m n."""
        if self._all is not None:
            return float(self._all[k - 1])
        low, high = self._x[0] - self._y[-1], self._x[-1] - self._y[0]
        # Halved until no number lies between: `high` is then the least with k differences at or below it.
        low = np.nextafter(low, -inf)
        while low < (middle := low + (high - low) / 2) < high:
            low, high = (low, middle) if self._at_most(middle) >= k else (middle, high)
        return float(high)

    def median(self) -> float:
        """Return the median of the differences."""
        half = (self.pairs + 1) // 2
        return (self.smallest(half) + self.smallest(self.pairs + 1 - half)) / 2

    def crossing(self, holds: Callable[[float], bool]) -> float:
        """Return the difference beyond which a condition on the shift holds, tried between neighbours."""
        position = first_true(lambda k: holds(self._after(k)), self.pairs)
        if position == 0:
            return -inf
        return self.smallest(position) if position < self.pairs or holds(self._after(position)) else inf

    def _after(self, k: int) -> float:
        """Return a shift just above the k-th smallest difference; for k = 0 one below them all."""
        if k == 0:
            return self.smallest(1) - 1
        here = self.smallest(k)
        if k == self.pairs or self._at_most(here) >= self.pairs:
            return here + 1
        return (here + self.smallest(self._at_most(here) + 1)) / 2

    def _at_most(self, value: float) -> int:
        """Return how many differences are at most the value."""
        if self._all is not None:
            return int(np.searchsorted(self._all, value, side="right"))
        return int(np.sum(self._y.size - np.searchsorted(self._y, self._x - value, side="left")))
