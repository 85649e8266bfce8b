"""The Mann-Whitney test of two groups, with the Hodges-Lehmann shift between them."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, inf, nan, sqrt

import numpy as np
from numpy.typing import ArrayLike

from engager.errors import StatisticsError
from engager.statistics.arrays import FloatArray, IntArray, numbers, probability
from engager.statistics.conventions import RankMethod
from engager.statistics.estimates import Estimate, normal_multiplier
from engager.statistics.pairwise import PairwiseDifferences, first_true
from engager.statistics.ranks import SumDistribution, midranks, whole_scores
from engager.statistics.significance import TestResult, normal_two_sided

EXACT_LIMIT = 500
"""The most observations for which the exact distribution is computed; beyond it the normal one is used, and said."""


@dataclass(frozen=True, slots=True)
class MannWhitneyTest:
    """The test, with U of the first group as its statistic, and the shift of the first against the second group."""

    test: TestResult
    shift: Estimate


def mann_whitney(x: ArrayLike, y: ArrayLike, *, method: RankMethod = "exact", level: float = 0.95) -> MannWhitneyTest:
    """Return the two-sided Mann-Whitney (Wilcoxon rank-sum) test and the Hodges-Lehmann shift.

    U counts the pairs with x > y, ties by half. The exact p-value is the chance of a rank sum as far from its mean,
    or further, over all ways to draw the first group from the pooled midranks: conditional on the ties. The normal
    one refers to z = (U - mn/2) / s, where s^2 = mn/12 (N + 1 - sum (t^3 - t) / (N (N - 1))) with t the tied sets;
    with correction `|U - mn/2|` is lessened by 1/2.

    The shift is the median of the mn differences x - y. Its interval is from the exact method the k-th smallest
    difference to the k-th largest, k being the first value of U whose tail holds (1 - level) / 2; from the normal
    ones the differences at which z of the shifted groups crosses its limits. Where samples are so small that no
    difference bounds the shift at the level, the limit is infinite.

    Args:
        x: finite numbers, shape (m,).
        y: finite numbers, shape (n,).
        method: "exact", "normal" or "normal-corrected". Exact is used up to `EXACT_LIMIT` observations in all;
            above, the normal one without correction, as `test.method` then says.
        level: the level of the interval.

    Returns:
        Test and shift. Where all values are tied the exact p-value is 1 and the normal one NaN.

    Raises:
        StatisticsError: an empty group, a value that is not finite, an unknown method.

    References:
        Mann and Whitney 1947; Lehmann 1975; Hodges and Lehmann 1963; Streitberg and Roehmel 1986 (with ties).

    Examples:
        >>> result = mann_whitney([1.1, 2.2, 3.3], [2.2, 4.4, 5.5, 6.6])
        >>> result.test.statistic, round(result.test.p_value, 6), round(result.shift.estimate, 6)
        (1.5, 0.142857, -2.75)
    """
    x, y = numbers(x, "x").astype(np.float64), numbers(y, "y").astype(np.float64)
    if method not in ("exact", "normal", "normal-corrected"):
        raise StatisticsError(f"method: expected exact, normal or normal-corrected, found {method!r}")
    tail = (1 - probability(level, "level")) / 2
    used = "normal" if method == "exact" and x.size + y.size > EXACT_LIMIT else method
    ranks, tied = midranks(np.concatenate((x, y)))
    statistic = float(ranks[: x.size].sum()) - x.size * (x.size + 1) / 2
    if used == "exact":
        null = _NullDistribution(ranks, x.size)
        test = TestResult(statistic, None, null.two_sided(statistic), "Mann-Whitney test, exact, ties kept", exact=True)
        return MannWhitneyTest(test, _exact_shift(x, y, null, tail))
    p_value = _normal_p_value(statistic, (x.size, y.size), tied, used == "normal-corrected")
    test = TestResult(statistic, None, p_value, f"Mann-Whitney test, {_NORMAL[used]}")
    return MannWhitneyTest(test, _normal_shift(x, y, used == "normal-corrected", level))


_NORMAL = {
    "normal": "normal approximation without correction",
    "normal-corrected": "normal approximation with continuity correction",
}


class _NullDistribution:
    """The distribution of U when the first group is any `size` of the pooled observations."""

    def __init__(self, ranks: FloatArray, size: int) -> None:
        scores, self.factor = whole_scores(ranks)
        self.sums = SumDistribution(scores, size)
        self.offset = self.factor * size * (size + 1) // 2
        self.pairs = size * (ranks.size - size)

    def two_sided(self, statistic: float) -> float:
        """Return the chance of a U as far from its mean as the statistic, or further."""
        mean = self.factor * self.pairs / 2
        away = abs(self.factor * statistic - mean)
        if away == 0:
            return 1.0
        # Scores are multiples of a half or whole, so these are whole numbers or lie between two of them.
        low, high = floor(mean - away), ceil(mean + away)
        return min(1.0, self.sums.at_most(low + self.offset) + self.sums.at_least(high + self.offset))

    def lower_quantile(self, tail: float) -> float:
        """Return the least U with at least `tail` at or below it."""
        found = first_true(lambda u: self.sums.at_most(u + self.offset) >= tail, self.factor * self.pairs)
        return found / self.factor

    def upper_quantile(self, tail: float) -> float:
        """Return the distance from the greatest possible U to the greatest with at least `tail` at or above it."""
        top = self.factor * self.pairs
        found = first_true(lambda u: self.sums.at_least(top - u + self.offset) >= tail, top)
        return found / self.factor


def _exact_shift(x: FloatArray, y: FloatArray, null: _NullDistribution, tail: float) -> Estimate:
    """Return the shift with the interval from the tails of the exact distribution."""
    differences = PairwiseDifferences(x, y)
    # A large U speaks for a shift above the one supposed, so the upper tail gives the lower limit.
    low, high = ceil(null.upper_quantile(tail)), ceil(null.lower_quantile(tail))
    lower = differences.smallest(low) if low > 0 else -inf
    upper = differences.smallest(differences.pairs + 1 - high) if high > 0 else inf
    return Estimate(differences.median(), lower, upper, 1 - 2 * tail, "Hodges-Lehmann, exact")


def _normal_p_value(statistic: float, sizes: tuple[int, int], tied: IntArray, corrected: bool) -> float:
    """Return the two-sided normal p-value; NaN where every value is tied."""
    spread = _spread(sizes, tied)
    off = abs(statistic - sizes[0] * sizes[1] / 2)
    return normal_two_sided((off - min(0.5 * corrected, off)) / spread) if spread > 0 else nan


def _spread(sizes: tuple[int, int], tied: IntArray) -> float:
    """Return the standard deviation of U given the sizes of the tied sets."""
    total, sets = sum(sizes), tied.astype(np.float64)
    lost = float(np.sum(sets**3 - sets)) / (total * max(total - 1, 1))
    return sqrt(max(0.0, sizes[0] * sizes[1] / 12 * (total + 1 - lost)))


def _normal_shift(x: FloatArray, y: FloatArray, corrected: bool, level: float) -> Estimate:
    """Return the shift with the interval where z of the shifted groups crosses its limits."""
    differences = PairwiseDifferences(x, y)
    z = normal_multiplier(level)

    def crosses(shift: float, limit: float) -> bool:
        ranks, tied = midranks(np.concatenate((x - shift, y)))
        off = float(ranks[: x.size].sum()) - x.size * (x.size + 1) / 2 - x.size * y.size / 2
        spread = _spread((x.size, y.size), tied)
        return bool(off - np.sign(off) * 0.5 * corrected <= limit * spread)

    lower, upper = differences.crossing(lambda d: crosses(d, z)), differences.crossing(lambda d: crosses(d, -z))
    words = "Hodges-Lehmann, normal" + (", continuity correction" if corrected else "")
    return Estimate(differences.median(), lower, upper, level, words)
