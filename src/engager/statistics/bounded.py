"""Values of which some are known as bounds only: their order, and their quantiles as bounds."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from engager.errors import StatisticsError
from engager.statistics.arrays import FloatArray, IntArray, codes, one_dimensional, refuse_first, same_length
from engager.statistics.quantiles import quantile


def order_scores(low: ArrayLike, high: ArrayLike, strict: ArrayLike) -> IntArray:
    """Return for each value how many it surely exceeds less how many surely exceed it.

    Two values whose bounds overlap are not ordered. Where all values are known, the score is twice the midrank less
    n + 1, so that a rank test of the scores is that of the values; with bounds it is the permutation test of Gehan's
    scores as Mantel extended them.

    Args:
        low: lower bounds, shape (n,); equal to `high` where the value is known.
        high: upper bounds, infinite where there is none.
        strict: whether the value differs from its bounds where they are not equal (`<5`, and not `<=5`).

    Raises:
        StatisticsError: unequal lengths, NaN, a lower bound above its upper one.

    References:
        Gehan 1965, Biometrika 52:203-223; Mantel 1967, Biometrics 23:65-78.

    Examples:
        >>> order_scores([0, 3, 10], [5, 3, np.inf], [True, False, True]).tolist()
        [-1, -1, 2]
    """
    low, high = _ends(low, high)
    strict = one_dimensional(strict, "strict").astype(bool)
    same_length(low=low, high=high, strict=strict)
    opened = strict & (low < high)
    # The nearest numbers inside an open end, so that one comparison serves open and closed ends. A lower bound of 0
    # is where the scale ends, and not one that an assay gave.
    floor = np.where(opened & (low > 0), np.nextafter(low, np.inf), low)
    ceiling = np.where(opened & np.isfinite(high), np.nextafter(high, -np.inf), high)
    exceeded = np.searchsorted(np.sort(ceiling), floor, side="left")
    exceeding = low.size - np.searchsorted(np.sort(floor), ceiling, side="right")
    return exceeded.astype(np.intp) - exceeding.astype(np.intp)


def bounded_quantile(low: ArrayLike, high: ArrayLike, p: float, *, type: int = 2) -> tuple[float, float]:  # noqa: A002
    """Return the bounds of a quantile of values that lie within bounds; equal where the bounds leave no doubt.

    A quantile rises with every value, so its bounds are the quantiles of the lower and of the upper bounds. The upper
    one is infinite where a value without an upper bound enters it.

    Args:
        low: lower bounds, finite, shape (n,); equal to `high` where the value is known.
        high: upper bounds, infinite where there is none.
        p: a probability, 0 to 1.
        type: the definition of the quantile, 1 to 9, as in `quantile`.

    Raises:
        StatisticsError: no value, unequal lengths, NaN, a lower bound above its upper one; the errors of `quantile`.

    Examples:
        >>> bounded_quantile([0, 3, 4], [2.44, 3, 4], 0.5)
        (3.0, 3.0)
        >>> bounded_quantile([0, 0, 4], [2.44, 2.44, np.inf], 0.5)
        (0.0, 2.44)
    """
    floor, ceiling = _ends(low, high)
    lower = float(quantile(floor, p, type=type))
    known = np.isfinite(ceiling)
    if known.all():
        return lower, float(quantile(ceiling, p, type=type))
    # The largest number stands in for infinity: what it reaches is infinite.
    top = 1.0 if not known.any() else 2 * float(ceiling[known].max()) + 1
    upper, raised = (float(quantile(np.where(known, ceiling, stand_in), p, type=type)) for stand_in in (top, 2 * top))
    return lower, upper if upper == raised else float("inf")


def separating_interval(low: ArrayLike, high: ArrayLike, state: ArrayLike) -> tuple[float, float] | None:
    """Return the cuts that part the values of state 1 from the lower ones of state 0, or None where none does.

    Every cut from the greatest upper bound of state 0 to the least lower bound of state 1 does.

    Args:
        low: lower bounds, shape (n,); equal to `high` where the value is known.
        high: upper bounds, infinite where there is none.
        state: 1 for the state whose values are the higher ones, 0 for the other, shape (n,); both must occur.

    Raises:
        StatisticsError: a state that does not occur, unequal lengths, NaN, a lower bound above its upper one.

    Examples:
        >>> separating_interval([0, 10, 100], [0.2, np.inf, np.inf], [0, 1, 1])
        (0.2, 10.0)
        >>> separating_interval([1, 2, 3], [1, 2, 3], [0, 1, 0]) is None
        True
    """
    floor, ceiling = _ends(low, high)
    positive = codes(state, "state", highest=1).astype(bool)
    same_length(low=floor, state=positive)
    if positive.all() or not positive.any():
        raise StatisticsError("state: expected both 0 and 1")
    ends: FloatArray = np.array([ceiling[~positive].max(), floor[positive].min()])
    touches = ends[0] == ends[1] and bool(((ceiling == floor) & (floor == ends[0]))[~positive].any())
    return None if ends[0] > ends[1] or touches else (float(ends[0]), float(ends[1]))


def _ends(low: ArrayLike, high: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return bounds as numbers; NaN, which is no bound, and a lower one above its upper one are refused."""
    floor, ceiling = (one_dimensional(ends, name).astype(np.float64) for ends, name in ((low, "low"), (high, "high")))
    same_length(low=floor, high=ceiling)
    for ends, name in ((floor, "low"), (ceiling, "high")):
        refuse_first(np.isnan(ends), ends, name, "a number")
    if not np.all(floor <= ceiling):
        index = int(np.argmin(floor <= ceiling))
        raise StatisticsError(f"low[{index}]: expected at most {ceiling[index]}, found {floor[index]}")
    return floor, ceiling
