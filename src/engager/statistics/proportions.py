"""Intervals of a share and of a rate."""

from __future__ import annotations

from math import isfinite, sqrt
from numbers import Real
from typing import Literal, TypeAlias

from engager.errors import StatisticsError
from engager.statistics.arrays import probability
from engager.statistics.estimates import Estimate, normal_multiplier

ProportionInterval: TypeAlias = Literal["clopper-pearson", "wilson"]
"""The interval of a proportion: exact (Clopper and Pearson) or score without correction (Wilson)."""


def proportion_interval(
    events: int, n: int, *, method: ProportionInterval = "clopper-pearson", level: float = 0.95
) -> Estimate:
    """Return the share events / n with its interval.

    Clopper-Pearson: the limits are the shares at which a binomial test of one side just rejects, quantiles of
    Beta(x, n - x + 1) and Beta(x + 1, n - x); 0 at no event, 1 at n events. Wilson: the shares p with
    (x/n - p)^2 = z^2 p (1 - p) / n, without continuity correction.

    Args:
        events: the number with the feature, 0 to n.
        n: the number looked at, at least 1.
        method: the interval.
        level: the confidence level.

    Raises:
        StatisticsError: counts that are no whole numbers or out of range, an unknown method, a level outside 0 to 1.

    References:
        Clopper and Pearson 1934; Wilson 1927.

    Examples:
        >>> found = proportion_interval(6, 9)
        >>> round(found.lower, 3), round(found.upper, 3)
        (0.299, 0.925)
        >>> round(proportion_interval(6, 9, method="wilson").lower, 3)
        0.354
    """
    events, n = _count(events, "events"), _count(n, "n")
    if n < 1 or events > n:
        raise StatisticsError(f"events, n: expected 0 <= events <= n and n >= 1, found {events}, {n}")
    if method == "clopper-pearson":
        lower, upper = _clopper_pearson(events, n, probability(level, "level"))
        return Estimate(events / n, lower, upper, level, "Clopper-Pearson")
    if method == "wilson":
        lower, upper = _wilson(events, n, normal_multiplier(level))
        return Estimate(events / n, lower, upper, level, "Wilson, no correction")
    raise StatisticsError(f"method: expected one of clopper-pearson, wilson, found {method!r}")


def rate_interval(events: int, person_time: float, *, level: float = 0.95) -> Estimate:
    """Return the rate events / person_time with the exact Poisson interval.

    The limits are half the chi-squared quantiles with 2x and 2x + 2 degrees of freedom over the person-time; the
    lower limit is 0 at no event.

    Args:
        events: the number of events.
        person_time: the time at risk, above 0, in any unit; the rate is per that unit.
        level: the confidence level.

    Raises:
        StatisticsError: events no whole number or negative, person-time not finite or not above 0.

    References:
        Garwood 1936.

    Examples:
        >>> round(rate_interval(0, 1.0).upper, 4)
        3.6889
    """
    from scipy.special import gammaincinv

    events = _count(events, "events")
    if not (isfinite(person_time) and person_time > 0):
        raise StatisticsError(f"person_time: expected a finite number above 0, found {person_time}")
    tail = (1 - probability(level, "level")) / 2
    lower = float(gammaincinv(events, tail)) if events else 0.0
    upper = float(gammaincinv(events + 1, 1 - tail))
    return Estimate(events / person_time, lower / person_time, upper / person_time, level, "exact Poisson")


def _count(value: int, name: str) -> int:
    """Return a whole number of at least 0."""
    if not isinstance(value, Real) or not isfinite(value) or value < 0 or value != int(value):
        raise StatisticsError(f"{name}: expected a whole number of at least 0, found {value!r}")
    return int(value)


def _clopper_pearson(events: int, n: int, level: float) -> tuple[float, float]:
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    lower = float(betaincinv(events, n - events + 1, tail)) if events else 0.0
    upper = float(betaincinv(events + 1, n - events, 1 - tail)) if events < n else 1.0
    return lower, upper


def _wilson(events: int, n: int, z: float) -> tuple[float, float]:
    share, square = events / n, z * z / n
    centre = (share + square / 2) / (1 + square)
    reach = z * sqrt(share * (1 - share) / n + square / (4 * n)) / (1 + square)
    # At no event and at n events one limit is 0 and 1 exactly; the difference of two roots would miss it.
    lower = 0.0 if events == 0 else centre - reach
    return lower, 1.0 if events == n else centre + reach
