"""Fisher's exact test of a table of any size, and the conditional odds ratio of a 2 x 2 table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from engager.errors import StatisticsError
from engager.statistics.arrays import FloatArray, IntArray, probability
from engager.statistics.chi_squared import contingency_table
from engager.statistics.estimates import Estimate
from engager.statistics.exact_tables import share_as_rare
from engager.statistics.significance import TestResult

Alternative: TypeAlias = Literal["two-sided", "less", "greater"]
"""The side of a test: less and greater speak of the odds ratio."""

_AS_RARE = 1 + 1e-7


@dataclass(frozen=True, slots=True)
class FisherTest:
    """Fisher's test; `odds_ratio` is the conditional estimate of a 2 x 2 table, None for others."""

    test: TestResult
    odds_ratio: Estimate | None


def fisher_exact(table: ArrayLike, *, alternative: Alternative = "two-sided", level: float = 0.95) -> FisherTest:
    """Return Fisher's exact test that rows and columns of a table are independent, given its margins.

    The p-value is the chance, over all tables with the same margins, of one no more likely than that observed
    (within a relative 1e-7); for a 2 x 2 table with a sided alternative, of a first cell as small or as great. The
    odds ratio of a 2 x 2 table is the conditional maximum-likelihood one with the interval of two tests of one side.

    Args:
        table: counts of shape (r, c), r and c at least 2; empty rows and columns do not matter.
        alternative: two-sided; less or greater for 2 x 2 tables.
        level: the level of the interval of the odds ratio.

    Raises:
        StatisticsError: as `chi_squared`; a sided alternative for a larger table; a table too large to go through.

    References:
        Fisher 1935; Freeman and Halton 1951 (r x c); Mehta and Patel 1983 (the network); Cornfield 1956 (interval).

    Examples:
        >>> result = fisher_exact([[3, 1], [1, 3]])
        >>> round(result.test.p_value, 12), round(result.odds_ratio.estimate, 4)
        (0.485714285714, 6.4083)
        >>> round(fisher_exact([[5, 1, 2], [1, 6, 1], [2, 1, 4]]).test.p_value, 6)
        0.043233
    """
    counts = contingency_table(table)
    if alternative not in ("two-sided", "less", "greater"):
        raise StatisticsError(f"alternative: expected two-sided, less or greater, found {alternative!r}")
    probability(level, "level")
    if counts.shape == (2, 2):
        return _two_by_two(counts, alternative, level)
    if alternative != "two-sided":
        raise StatisticsError(f"alternative: expected two-sided for a table of shape {counts.shape}")
    p_value = share_as_rare(counts)
    return FisherTest(TestResult(np.nan, None, p_value, "Fisher's exact test", exact=True), None)


def _two_by_two(counts: IntArray, alternative: Alternative, level: float) -> FisherTest:
    """Return test and odds ratio from the hypergeometric distribution of the first cell."""
    cell = _Hypergeometric.of(counts)
    chance = cell.chances(0.0)
    tails = {
        "two-sided": chance[chance <= chance[cell.observed] * _AS_RARE].sum(),
        "less": chance[: cell.observed + 1].sum(),
        "greater": chance[cell.observed :].sum(),
    }
    p_value = min(1.0, float(tails[alternative]))
    return FisherTest(
        TestResult(np.nan, None, p_value, f"Fisher's exact test, {alternative}", exact=True), cell.odds_ratio(level)
    )


@dataclass(frozen=True, slots=True)
class _Hypergeometric:
    """The first cell given the margins: log weights of its values, lowest first, and the index observed."""

    values: IntArray
    log_weight: FloatArray
    observed: int

    @classmethod
    def of(cls, counts: IntArray) -> _Hypergeometric:
        from scipy.special import gammaln

        rows, first = counts.sum(axis=1), int(counts[:, 0].sum())
        values = np.arange(max(0, first - int(rows[1])), min(int(rows[0]), first) + 1)
        cells = np.array([values, rows[0] - values, first - values, rows[1] - first + values])
        return cls(values, -gammaln(cells + 1.0).sum(axis=0), int(counts[0, 0] - values[0]))

    def chances(self, log_odds: float) -> FloatArray:
        """Return the chance of each value at a true log odds ratio."""
        log = self.log_weight + self.values * log_odds
        weight = np.exp(log - log.max())
        chance: FloatArray = weight / weight.sum()
        return chance

    def odds_ratio(self, level: float) -> Estimate:
        """Return the conditional estimate; at the end of the range it is 0 or infinite, as is that limit."""
        tail, top = (1 - level) / 2, self.values.size - 1
        observed = self.values[self.observed]
        lower, middle, upper = 0.0, 0.0, np.inf
        if 0 < self.observed < top:
            middle = _root(lambda log: float(self.chances(log) @ self.values) - float(observed))
        elif self.observed == top > 0:
            middle = np.inf
        if self.observed > 0:
            lower = _root(lambda log: float(self.chances(log)[self.observed :].sum()) - tail)
        if self.observed < top:
            upper = _root(lambda log: tail - float(self.chances(log)[: self.observed + 1].sum()))
        return Estimate(middle, lower, upper, level, "conditional maximum likelihood, exact interval")


def _root(rising: Callable[[float], float]) -> float:
    """Return the odds ratio at which a function of the log odds ratio, rising, is 0."""
    low, high = -1.0, 1.0
    while rising(low) > 0:
        low *= 2
    while rising(high) < 0:
        high *= 2
    # Halving to the last bit costs 60 evaluations, and spares the import of an optimiser.
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return float(np.exp(middle))
