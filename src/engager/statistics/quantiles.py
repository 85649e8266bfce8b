"""Quantiles of a sample, by each of the nine definitions in use."""

from __future__ import annotations

from typing import overload

import numpy as np
from numpy.typing import ArrayLike

from engager.errors import StatisticsError
from engager.statistics.arrays import FloatArray, numbers

_CONTINUOUS = {4: (0.0, 1.0), 5: (0.5, 0.5), 6: (0.0, 0.0), 7: (1.0, 1.0), 8: (1 / 3, 1 / 3), 9: (3 / 8, 3 / 8)}
_ROUNDING = 4 * np.finfo(np.float64).eps


@overload
def quantile(values: ArrayLike, p: float, *, type: int = 2) -> float: ...


@overload
def quantile(values: ArrayLike, p: ArrayLike, *, type: int = 2) -> float | FloatArray: ...


def quantile(values: ArrayLike, p: ArrayLike, *, type: int = 2) -> float | FloatArray:  # noqa: A002 (R's name)
    """Return sample quantiles by the definition numbered 1 to 9 as in Hyndman and Fan.

    Types 1 to 3 take values of the sample: the inverse of the distribution function (1), the same with the mean of
    two neighbours at a step (2, the default; SAS's default; at p = 0.5 the usual median), the nearest even
    order statistic (3). Types 4 to 9 interpolate at position a + p (n + 1 - a - b): 6 is that of SPSS, 7 of R.

    Args:
        values: finite numbers, shape (n,), n at least 1.
        p: a probability or an array of them, each 0 to 1.
        type: 1 to 9.

    Returns:
        A number for a number, an array of p's shape otherwise.

    Raises:
        StatisticsError: values empty or not finite, p outside 0 to 1, another type.

    References:
        Hyndman and Fan 1996.

    Examples:
        >>> quantile([1, 2, 3, 10], 0.25), quantile([1, 2, 3, 10], 0.25, type=7)
        (1.5, 1.75)
    """
    ordered = np.sort(numbers(values, "values").astype(np.float64))
    shares = np.asarray(p, dtype=np.float64)
    if not np.all((shares >= 0) & (shares <= 1)):
        raise StatisticsError(f"p: expected numbers from 0 to 1, found {shares}")
    if type not in range(1, 10):
        raise StatisticsError(f"type: expected 1 to 9, found {type}")
    index, weight = _stepwise(ordered.size, shares, type) if type < 4 else _interpolated(ordered.size, shares, type)
    last = ordered.size - 1
    low, high = ordered[np.clip(index - 1, 0, last)], ordered[np.clip(index, 0, last)]
    # Written so that the weights 0 and 1 and two equal neighbours give the sample's own values.
    found = np.where(weight == 0, low, np.where(weight == 1, high, (1 - weight) * low + weight * high))
    found = np.where(low == high, low, found)
    return float(found) if found.ndim == 0 else found


def _stepwise(n: int, p: FloatArray, kind: int) -> tuple[FloatArray, FloatArray]:
    """Return the order statistic below the quantile, counted from 1, and the weight of the next one."""
    position = n * p - 0.5 if kind == 3 else n * p
    # n p may fall a rounding error beside the whole number that it is.
    index = np.floor(position + _ROUNDING)
    off = position - index > _ROUNDING
    if kind == 3:
        off |= index % 2 == 1
    at_step = {1: 0.0, 2: 0.5, 3: 0.0}[kind]
    return index.astype(np.intp), np.where(off, 1.0, at_step)


def _interpolated(n: int, p: FloatArray, kind: int) -> tuple[FloatArray, FloatArray]:
    """Return the order statistic below the quantile, counted from 1, and the weight of the next one."""
    a, b = _CONTINUOUS[kind]
    position = a + p * (n + 1 - a - b)
    index = np.floor(position + _ROUNDING)
    weight = position - index
    return index.astype(np.intp), np.where(np.abs(weight) < _ROUNDING, 0.0, weight)
