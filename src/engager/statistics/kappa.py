"""Cohen's kappa: agreement of two raters beyond chance."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from engager.errors import StatisticsError
from engager.statistics.arrays import FloatArray, grouping, one_dimensional, probability, same_length
from engager.statistics.estimates import Estimate, normal_multiplier

Weights: TypeAlias = Literal["none", "linear", "quadratic"]
"""How much a disagreement counts by the distance of the categories."""


def cohen_kappa(first: ArrayLike, second: ArrayLike, *, weights: Weights = "none", level: float = 0.95) -> Estimate:
    """Return Cohen's kappa of two ratings of the same things, with its large-sample interval.

    kappa = (p_o - p_e) / (1 - p_e), with p_o the (weighted) share of agreement and p_e that expected from the
    margins. The variance is `(sum p_ij (w_ij - (w_i. + w_.j)(1 - kappa))^2 - (kappa - p_e (1 - kappa))^2) /
    (n (1 - p_e)^2)`, `w_i.` and `w_.j` being the mean weights of row and column; the interval is kappa +- z s, cut
    off at -1 and 1. Weights are `1 - |i - j| / (c - 1)` (linear) or 1 - (i - j)^2 / (c - 1)^2 (quadratic).

    Args:
        first: labels of shape (n,).
        second: labels of shape (n,).
        weights: "none", "linear" or "quadratic"; the weighted ones take the categories in ascending order.
        level: the level of the interval.

    Returns:
        The estimate with its standard error; NaN where both use one and the same category only.

    Raises:
        StatisticsError: unequal lengths, labels that cannot be sorted, a rating that is missing (NaN), unknown weights,
            a level that is no probability.

    References:
        Cohen 1960, 1968; Fleiss, Cohen and Everitt 1969.

    Examples:
        >>> found = cohen_kappa(["y", "y", "n", "n"], ["y", "n", "n", "n"])
        >>> found.estimate, round(found.std_error, 6)
        (0.5, 0.375)
    """
    one, two = one_dimensional(first, "first"), one_dimensional(second, "second")
    same_length(first=one, second=two)
    probability(level, "level")
    for ratings, name in ((one, "first"), (two, "second")):
        grouping(ratings, name)  # each for itself, so that what is no label is named with its place
    labels, index = grouping(np.concatenate((one, two)), "first, second")
    size, n = labels.size, one.size
    shares = np.bincount(index[:n] * size + index[n:], minlength=size**2).reshape(size, size) / n
    weight = _weights(size, weights)
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    agreed, expected = float(np.sum(weight * shares)), float(rows @ weight @ columns)
    words = "Cohen's kappa" + ("" if weights == "none" else f", {weights} weights")
    if expected >= 1 - 1e-15:
        return Estimate(np.nan, np.nan, np.nan, level, words)
    kappa = (agreed - expected) / (1 - expected)
    mean = (weight @ columns)[:, None] + (rows @ weight)[None, :]
    spread = np.sum(shares * (weight - mean * (1 - kappa)) ** 2) - (kappa - expected * (1 - kappa)) ** 2
    error = float(np.sqrt(max(float(spread), 0.0) / n) / (1 - expected))
    reach = normal_multiplier(level) * error
    return Estimate(kappa, max(kappa - reach, -1.0), min(kappa + reach, 1.0), level, words, error)


def _weights(size: int, weights: Weights) -> FloatArray:
    """Return the weight of every pair of categories, 1 on the diagonal."""
    apart = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) / max(size - 1, 1)
    same: FloatArray = (apart == 0).astype(np.float64)
    kinds = {"none": same, "linear": 1 - apart, "quadratic": 1 - apart**2}
    if weights not in kinds:
        raise StatisticsError(f"weights: expected one of {', '.join(kinds)}, found {weights!r}")
    return kinds[weights]
