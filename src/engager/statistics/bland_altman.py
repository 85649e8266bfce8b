"""Bland and Altman's limits of agreement of two measurements of the same things."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan, sqrt

import numpy as np
from numpy.typing import ArrayLike

from engager.statistics.arrays import numbers, probability, same_length
from engager.statistics.estimates import Estimate, normal_multiplier


@dataclass(frozen=True, slots=True)
class BlandAltman:
    """The mean difference second - first, the limits of agreement, the spread of the differences and their number."""

    bias: Estimate
    lower_limit: Estimate
    upper_limit: Estimate
    std_dev: float
    n: int


def bland_altman(first: ArrayLike, second: ArrayLike, *, coverage: float = 0.95, level: float = 0.95) -> BlandAltman:
    """Return bias and limits of agreement of paired measurements, each with its interval.

    With d = second - first, the bias is mean(d) with standard error s / sqrt(n), the limits of agreement are
    mean(d) -+ z s, z being the normal multiplier of `coverage`, with standard error
    s sqrt(1 / n + z^2 / (2 (n - 1))). Intervals are t with n - 1 degrees of freedom.

    Args:
        first: finite numbers, shape (n,).
        second: finite numbers, shape (n,), in the same unit.
        coverage: the share of differences that the limits are to hold.
        level: the level of the intervals.

    Returns:
        The bias and the limits, in the unit of the measurements; for one pair the limits and all intervals are NaN.

    Raises:
        StatisticsError: unequal lengths, a value that is not finite, a coverage or level that is no probability.

    References:
        Bland and Altman 1986, 1999 (section 2.2).

    Examples:
        >>> found = bland_altman([10, 12, 14, 16], [11, 12, 15, 18])
        >>> found.bias.estimate, round(found.std_dev, 6), round(found.upper_limit.estimate, 6)
        (1.0, 0.816497, 2.600304)
    """
    one, two = numbers(first, "first"), numbers(second, "second")
    same_length(first=one, second=two)
    z = normal_multiplier(probability(coverage, "coverage"))
    probability(level, "level")
    difference = two.astype(np.float64) - one.astype(np.float64)
    n, bias = difference.size, float(difference.mean())
    spread = float(difference.std(ddof=1)) if n > 1 else nan
    at_limit = spread * sqrt(1 / n + z**2 / (2 * (n - 1))) if n > 1 else nan
    share = f"{coverage * 100:g} % limits of agreement"
    return BlandAltman(
        bias=_with_interval(bias, spread / sqrt(n), n, level, "mean difference, t interval"),
        lower_limit=_with_interval(bias - z * spread, at_limit, n, level, f"lower of the {share}"),
        upper_limit=_with_interval(bias + z * spread, at_limit, n, level, f"upper of the {share}"),
        std_dev=spread,
        n=n,
    )


def _with_interval(value: float, error: float, n: int, level: float, words: str) -> Estimate:
    """Return an estimate with its t interval of n - 1 degrees of freedom; NaN limits for one pair."""
    from scipy.special import stdtrit

    reach = float(stdtrit(n - 1, (1 + level) / 2)) * error if n > 1 else nan
    return Estimate(value, value - reach, value + reach, level, words, error)
