"""The Kruskal-Wallis test: whether several groups come from one distribution."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from engager.statistics.arrays import numbers, same_length
from engager.statistics.ranks import midranks
from engager.statistics.significance import TestResult, chi_squared_tail
from engager.statistics.strata import two_groups_or_more


def kruskal_wallis(values: ArrayLike, group: ArrayLike) -> TestResult:
    """Return the Kruskal-Wallis rank test with the correction for ties.

    H = 12 / (N (N + 1)) sum over groups of R^2 / n - 3 (N + 1), R being the group's sum of midranks, divided by
    1 - sum (t^3 - t) / (N^3 - N); it is referred to chi-squared with groups - 1 degrees of freedom.

    Args:
        values: finite numbers, shape (N,).
        group: labels of shape (N,), at least two different ones.

    Returns:
        The test; NaN where every value is tied.

    Raises:
        StatisticsError: fewer than two groups, unequal lengths, a value that is not finite.

    References:
        Kruskal and Wallis 1952.

    Examples:
        >>> round(kruskal_wallis([1, 2, 3, 4], ["a", "a", "b", "b"]).statistic, 12)
        2.4
    """
    values = numbers(values, "values")
    labels, index = two_groups_or_more(group)
    same_length(values=values, group=index)
    ranks, tied = midranks(values)
    n, df, words = values.size, labels.size - 1, "Kruskal-Wallis test, corrected for ties"
    sizes = np.bincount(index)
    excess = np.bincount(index, weights=ranks) - sizes * (n + 1) / 2
    sets = tied.astype(np.float64)
    correction = 1 - np.sum(sets**3 - sets) / (float(n) ** 3 - n)
    if correction <= 0:
        return TestResult(np.nan, df, np.nan, words)
    statistic = float(12 / (n * (n + 1)) * np.sum(excess**2 / sizes) / correction)
    return TestResult(statistic, df, chi_squared_tail(statistic, df), words)
