"""The threshold of a marker that best separates two states (Youden), with its sampling spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engager.errors import StatisticsError
from engager.statistics.arrays import (
    AnyArray,
    FloatArray,
    IntArray,
    ReadOnlyArrays,
    codes,
    numbers,
    probability,
    same_length,
)
from engager.statistics.estimates import Estimate
from engager.statistics.quantiles import quantile


@dataclass(frozen=True, eq=False)
class RocThreshold(ReadOnlyArrays):
    """The threshold with its sensitivity, specificity, Youden's J and the area under the whole curve.

    `thresholds` are the distinct values, ascending; `sensitivities` and `specificities` belong to "at or above" each.
    """

    threshold: Estimate
    sensitivity: Estimate
    specificity: Estimate
    youden: Estimate
    area: Estimate
    thresholds: FloatArray
    sensitivities: FloatArray
    specificities: FloatArray


def roc_threshold(
    values: ArrayLike,
    state: ArrayLike,
    *,
    seed: int,
    resamples: int = 2000,
    level: float = 0.95,
) -> RocThreshold:
    """Return the value at or above which the state is called present so that J is greatest.

    J = sensitivity + specificity - 1 (Youden); where several values share the greatest J the highest of them is
    taken, the most specific. The area is the chance that a value of the state exceeds one without it, ties by half.
    Intervals are percentiles (quantile type 7) of the same numbers in resamples drawn within each state; J in a
    resample is too high on average, as J is here: both choose the best value on the data they are judged on.

    Args:
        values: finite numbers of shape (n,), higher where the state is likelier.
        state: 1 for the state, 0 for none, shape (n,); both must occur.
        seed: the seed of the resamples; the same seed gives the same intervals.
        resamples: how many, at least 1.
        level: the level of the intervals.

    Raises:
        StatisticsError: a state that does not occur, unequal lengths, a value that is not finite.

    References:
        Youden 1950; Efron and Tibshirani 1993 (percentiles).

    Examples:
        >>> found = roc_threshold([1, 2, 3, 4, 5, 6], [0, 0, 1, 0, 1, 1], seed=1)
        >>> found.threshold.estimate, round(found.youden.estimate, 4), round(found.area.estimate, 4)
        (5.0, 0.6667, 0.8889)
    """
    values, state = numbers(values, "values"), codes(state, "state", highest=1)
    same_length(values=values, state=state)
    probability(level, "level")
    if resamples < 1:
        raise StatisticsError(f"resamples: expected at least 1, found {resamples}")
    distinct, index = np.unique(values.astype(np.float64), return_inverse=True)
    counts = [np.bincount(index[state == present], minlength=distinct.size) for present in (1, 0)]
    if not all(count.any() for count in counts):
        raise StatisticsError(f"state: expected both 0 and 1, found only {state[0]}")
    sensitivity, specificity = rates(counts[0][None], counts[1][None])
    found = best_thresholds(distinct, sensitivity, specificity)
    random = np.random.Generator(np.random.PCG64(seed))
    drawn = [random.multinomial(count.sum(), count / count.sum(), size=resamples) for count in counts]
    spread = best_thresholds(distinct, *rates(*drawn))
    words = f"percentile bootstrap within states, {resamples} resamples, seed {seed}"
    threshold, at_sensitivity, at_specificity, youden, area = (
        percentile_estimate(one, many, level, words) for one, many in zip(found, spread, strict=True)
    )
    return RocThreshold(
        threshold, at_sensitivity, at_specificity, youden, area, distinct, sensitivity[0], specificity[0]
    )


def rates(positive: IntArray, negative: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return sensitivity and specificity of "at or above" each value from counts of shape (resamples, k)."""
    above = positive[:, ::-1].cumsum(axis=1)[:, ::-1]
    below = np.cumsum(negative, axis=1) - negative
    return above / positive.sum(axis=1, keepdims=True), below / negative.sum(axis=1, keepdims=True)


def best_thresholds(values: FloatArray, sensitivity: FloatArray, specificity: FloatArray) -> tuple[AnyArray, ...]:
    """Return threshold, sensitivity, specificity, J and area of every resample, each of shape (resamples,)."""
    youden = sensitivity + specificity - 1
    # Two sums of shares that are equal as fractions may differ in the last bit.
    equal = youden >= youden.max(axis=1, keepdims=True) - 1e-12
    at = values.size - 1 - np.argmax(equal[:, ::-1], axis=1)
    row = np.arange(at.size)
    own = sensitivity - np.concatenate((sensitivity[:, 1:], np.zeros((at.size, 1))), axis=1)
    not_above = np.concatenate((specificity[:, 1:], np.ones((at.size, 1))), axis=1)
    area = np.sum(own * (specificity + not_above) / 2, axis=1)
    return values[at], sensitivity[row, at], specificity[row, at], youden[row, at], area


def percentile_estimate(found: FloatArray, spread: FloatArray, level: float, words: str) -> Estimate:
    """Return what was found with the percentiles (quantile type 7) of its resamples as interval."""
    tail = (1 - level) / 2
    lower, upper = (float(quantile(spread, p, type=7)) for p in (tail, 1 - tail))
    return Estimate(float(found[0]), lower, upper, level, words)
