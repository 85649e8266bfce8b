"""One number with its interval and the method that made it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import nan

from engager.statistics.arrays import probability


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate, the limits of its interval, the level of the interval and the method in words.

    A limit or an estimate that the data do not determine is NaN: "not reached" for a quantile of survival, "not
    estimable" elsewhere. `std_error` is NaN where the interval does not rest on one.

    Examples:
        >>> Estimate(0.5, 0.2, 0.8, 0.95, "Clopper-Pearson").lower
        0.2
    """

    estimate: float
    lower: float
    upper: float
    level: float
    method: str
    std_error: float = nan


@lru_cache(maxsize=64)
def normal_multiplier(level: float) -> float:
    """Return z such that a standard normal variable lies within -z and z with probability `level`.

    Examples:
        >>> round(normal_multiplier(0.95), 6)
        1.959964
    """
    from scipy.special import ndtri

    return float(ndtri((1 + probability(level, "level")) / 2))
