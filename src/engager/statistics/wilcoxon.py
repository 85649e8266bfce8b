"""The Wilcoxon signed-rank test of paired values, with the Hodges-Lehmann centre of the differences."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, inf, nan, sqrt

import numpy as np
from numpy.typing import ArrayLike

from engager.errors import StatisticsError
from engager.statistics.arrays import FloatArray, numbers, probability, same_length
from engager.statistics.conventions import RankMethod
from engager.statistics.estimates import Estimate, normal_multiplier
from engager.statistics.pairwise import first_true
from engager.statistics.ranks import midranks, whole_scores
from engager.statistics.significance import TestResult, normal_two_sided

EXACT_LIMIT = 500
"""The most differences for which the exact distribution is computed; beyond it the normal one is used, and said."""

_MOST_PAIRED = 6000


@dataclass(frozen=True, slots=True)
class SignedRankTest:
    """The test, with the rank sum of the positive differences, the centre, and the differences left after zeros."""

    test: TestResult
    centre: Estimate
    n: int


def wilcoxon_signed_rank(
    x: ArrayLike, y: ArrayLike | None = None, *, method: RankMethod = "exact", level: float = 0.95
) -> SignedRankTest:
    """Return the two-sided Wilcoxon signed-rank test that differences are symmetric about 0.

    V is the sum of the midranks of `|d|` over the positive differences d = x - y; zeros are dropped. The exact
    p-value is the chance of a V as far from its mean, or further, over all signs: conditional on the ties. The
    normal one refers to z = (V - n (n + 1) / 4) / s with s^2 the sum of the squared midranks over 4; with correction
    the distance is lessened by 1/2.

    The centre is the median of the means of all pairs of differences, each with itself too; its interval runs from
    the k-th smallest to the k-th largest of them, k being the first value of V whose tail holds (1 - level) / 2, or
    by the normal methods n (n + 1) / 4 - z s, rounded up.

    Args:
        x: finite numbers, shape (n,); the differences themselves without y.
        y: finite numbers, shape (n,).
        method: "exact" (up to `EXACT_LIMIT` differences), "normal" or "normal-corrected".
        level: the level of the interval.

    Returns:
        The test; without a difference other than 0 the p-value is 1 and the centre 0. The centre is NaN for more
        than 6000 differences.

    Raises:
        StatisticsError: unequal lengths, a value that is not finite, an unknown method.

    References:
        Wilcoxon 1945; Hodges and Lehmann 1963.

    Examples:
        >>> result = wilcoxon_signed_rank([1.5, 2.5, -0.5, 3.0])
        >>> result.test.statistic, result.test.p_value, result.centre.estimate
        (9.0, 0.25, 1.75)
    """
    d = _differences(x, y)
    if method not in ("exact", "normal", "normal-corrected"):
        raise StatisticsError(f"method: expected exact, normal or normal-corrected, found {method!r}")
    tail = (1 - probability(level, "level")) / 2
    used = "normal" if method == "exact" and d.size > EXACT_LIMIT else method
    words = f"Wilcoxon signed-rank test, {_WORDS[used]}"
    if d.size == 0:
        return SignedRankTest(TestResult(0.0, None, 1.0, words, used == "exact"), _centre(d, 0, tail), 0)
    ranks, _ = midranks(np.abs(d))
    statistic = float(ranks[d > 0].sum())
    if used == "exact":
        null = _NullDistribution(ranks)
        test = TestResult(statistic, None, null.two_sided(statistic), words, exact=True)
        return SignedRankTest(test, _centre(d, null.depth(tail), tail), d.size)
    spread, mean = sqrt(float(np.sum(ranks**2)) / 4), d.size * (d.size + 1) / 4
    off = abs(statistic - mean)
    z = (off - min(0.5 * (used == "normal-corrected"), off)) / spread
    depth = ceil(mean - normal_multiplier(level) * spread)
    return SignedRankTest(TestResult(statistic, None, normal_two_sided(z), words), _centre(d, depth, tail), d.size)


_WORDS = {
    "exact": "exact, ties kept, zeros dropped",
    "normal": "normal approximation without correction, zeros dropped",
    "normal-corrected": "normal approximation with continuity correction, zeros dropped",
}


def _differences(x: ArrayLike, y: ArrayLike | None) -> FloatArray:
    """Return the differences other than 0."""
    found = numbers(x, "x").astype(np.float64)
    if y is not None:
        second = numbers(y, "y").astype(np.float64)
        same_length(x=found, y=second)
        found = found - second
    kept: FloatArray = found[found != 0]
    return kept


class _NullDistribution:
    """The distribution of V over all signs of the differences."""

    def __init__(self, ranks: FloatArray) -> None:
        scores, self.factor = whole_scores(ranks)
        self.top = int(scores.sum())
        chance = np.zeros(self.top + 1)
        chance[0] = 1.0
        reach = 0
        for score in np.sort(scores):
            reach += int(score)
            moved = chance[: reach + 1 - score].copy()
            chance[: reach + 1] *= 0.5
            chance[score : reach + 1] += 0.5 * moved
        self.at_most: FloatArray = np.cumsum(chance)

    def two_sided(self, statistic: float) -> float:
        """Return the chance of a V as far from its mean as the statistic, or further; the distribution is even."""
        away = abs(self.factor * statistic - self.top / 2)
        return 1.0 if away == 0 else min(1.0, 2 * float(self.at_most[floor(self.top / 2 - away)]))

    def depth(self, tail: float) -> int:
        """Return the least V with at least the tail at or below it, rounded up to a count of pairs."""
        return ceil(first_true(lambda v: bool(self.at_most[v] >= tail), self.top) / self.factor)


def _centre(d: FloatArray, depth: int, tail: float) -> Estimate:
    """Return the median of the means of all pairs and the means `depth` from either end."""
    level, words = 1 - 2 * tail, "Hodges-Lehmann, means of pairs"
    if d.size == 0:
        return Estimate(0.0, -inf, inf, level, words)
    if d.size > _MOST_PAIRED:
        return Estimate(nan, nan, nan, level, words)
    row, column = np.triu_indices(d.size)
    means = np.sort((d[row] + d[column]) / 2)
    inside = 0 < depth <= means.size
    lower, upper = (float(means[depth - 1]), float(means[-depth])) if inside else (-inf, inf)
    return Estimate(float(np.median(means)), lower, upper, level, words)
