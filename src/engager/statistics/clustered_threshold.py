"""The threshold of a marker (Youden) where observations come in clusters: its spread by resampling clusters."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from engager.errors import StatisticsError
from engager.statistics.arrays import IntArray, codes, grouping, numbers, probability, same_length
from engager.statistics.roc import RocThreshold, best_thresholds, percentile_estimate, rates


def clustered_threshold(
    values: ArrayLike,
    state: ArrayLike,
    cluster: ArrayLike,
    *,
    seed: int,
    resamples: int = 2000,
    level: float = 0.95,
) -> RocThreshold:
    """Return the threshold as `roc_threshold` does, its intervals from resamples of whole clusters.

    A cluster is drawn with all its observations, so that the spread is that between patients and not between the
    cycles of one. Resamples in which one state does not occur are left out; `method` says how many remained.

    Args:
        values: finite numbers of shape (n,), higher where the state is likelier.
        state: 1 for the state, 0 for none, shape (n,); both must occur.
        cluster: labels, shape (n,).
        seed: the seed of the resamples.
        resamples: how many, at least 1.
        level: the level of the intervals.

    Raises:
        StatisticsError: a state that does not occur, unequal lengths, a value that is not finite.

    References:
        Youden 1950; Davison and Hinkley 1997, chapter 3.8 (resampling clusters).

    Examples:
        >>> found = clustered_threshold([1, 2, 3, 4, 5, 6], [0, 0, 1, 0, 1, 1], [1, 1, 2, 2, 3, 3], seed=1)
        >>> found.threshold.estimate, round(found.area.estimate, 4)
        (5.0, 0.8889)
    """
    values, state = numbers(values, "values"), codes(state, "state", highest=1).astype(bool)
    labels, index = grouping(cluster, "cluster")
    same_length(values=values, state=state, cluster=index)
    probability(level, "level")
    if resamples < 1:
        raise StatisticsError(f"resamples: expected at least 1, found {resamples}")
    if state.all() or not state.any():
        raise StatisticsError(f"state: expected both 0 and 1, found only {int(state[0])}")
    distinct, place = np.unique(values.astype(np.float64), return_inverse=True)
    own = [np.bincount(place[state == present], minlength=distinct.size)[None] for present in (True, False)]
    sensitivity, specificity = rates(*own)
    found = best_thresholds(distinct, sensitivity, specificity)
    random = np.random.Generator(np.random.PCG64(seed))
    times = random.multinomial(labels.size, np.full(labels.size, 1 / labels.size), size=resamples)
    drawn = [_counts(times, index, place, state == present, distinct.size) for present in (True, False)]
    both = drawn[0].any(axis=1) & drawn[1].any(axis=1)
    spread = best_thresholds(distinct, *rates(drawn[0][both], drawn[1][both]))
    words = (
        f"percentile bootstrap of clusters, {int(both.sum())} of {resamples} resamples with both states, seed {seed}"
    )
    threshold, at_sensitivity, at_specificity, youden, area = (
        percentile_estimate(one, many, level, words) for one, many in zip(found, spread, strict=True)
    )
    return RocThreshold(
        threshold, at_sensitivity, at_specificity, youden, area, distinct, sensitivity[0], specificity[0]
    )


def _counts(times: IntArray, index: IntArray, place: IntArray, chosen: IntArray, width: int) -> IntArray:
    """Return how often each distinct value occurs among the chosen in every resample, shape (resamples, width)."""
    counts = np.zeros((times.shape[0], width), dtype=np.intp)
    for owner, at in zip(index[chosen], place[chosen], strict=True):
        counts[:, at] += times[:, owner]
    return counts
