"""The exact log-rank test: all ways to hand out the group labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from engager.errors import StatisticsError
from engager.statistics.arrays import AnyArray, FloatArray, IntArray, codes, same_length, times
from engager.statistics.counts import count_exits, distinct_times
from engager.statistics.significance import TestResult
from engager.statistics.strata import two_groups_or_more

_MOST_SUMS = 8_000_000
_EQUAL = 1e-10


def log_rank_permutation(time: ArrayLike, event: ArrayLike, group: ArrayLike) -> TestResult:
    """Return the exact permutation test that survival is the same in two groups, given times and censoring.

    An observation's score is its event less the cumulative hazard to its time, both averaged over the orders in
    which tied events may have happened. The statistic is (T - E)^2 / V, with T the sum of the scores in the first
    group and E and V its mean and variance when the labels are handed out at random; the p-value is the chance of a
    T as far from E, or further. Censoring must not differ between the groups for this null distribution to hold.

    Args:
        time: times of shape (n,), at least 0.
        event: 1 for an event, 0 for censoring, shape (n,).
        group: labels of shape (n,), two different ones.

    Raises:
        StatisticsError: other than two groups, more different sums than can be gone through, and the errors of
            `kaplan_meier`.

    References:
        Callaert 2003; Pagano and Tritchler 1983.

    Examples:
        >>> result = log_rank_permutation([1, 2, 3, 4], [1, 1, 1, 1], ["a", "a", "b", "b"])
        >>> round(result.p_value, 12)
        0.333333333333
    """
    time, event = times(time), codes(event, "event", highest=1)
    labels, index = two_groups_or_more(group)
    same_length(time=time, event=event, group=index)
    if labels.size != 2:
        raise StatisticsError(f"group: expected two groups, found {labels.size}")
    scores = _scores(time, event)
    centred, first = scores - scores.mean(), index == 0
    n, size = scores.size, int(first.sum())
    statistic, spread = float(centred[first].sum()), float(np.sum(centred**2)) * size * (n - size) / (n * (n - 1))
    if spread <= 0:
        return TestResult(np.nan, None, 1.0, "log-rank test, exact permutation", exact=True)
    p_value = _share_as_far(centred, size, abs(statistic) - _EQUAL)
    return TestResult(statistic**2 / spread, None, p_value, "log-rank test, exact permutation", exact=True)


def _scores(time: AnyArray, event: AnyArray) -> FloatArray:
    """Return the log-rank scores, averaged over the orders of tied events."""
    counts = count_exits(time, event, 2)
    place = distinct_times(time)[1]
    hazard, scores = 0.0, np.empty(place.size)
    for k, (at_risk, events) in enumerate(zip(counts.at_risk[0], counts.exits[0, 1], strict=True)):
        steps = np.cumsum(1 / (at_risk - np.arange(events)))
        here = place == k
        scores[here & (event == 1)] = 1 - hazard - (steps.mean() if events else 0.0)
        hazard += steps[-1] if events else 0.0
        scores[here & (event == 0)] = -hazard
    return scores


def _share_as_far(scores: FloatArray, size: int, distance: float) -> float:
    """Return the share of subsets of a size whose sum is at least the distance from 0; the scores sum to 0."""
    ordered = np.sort(scores)
    # Every other score, so that both halves hold equal scores and have fewer different sums.
    left, right = _sums(ordered[0::2], size), _sums(ordered[1::2], size)
    far = whole = 0.0
    for k in range(max(0, size - len(right) + 1), min(size, len(left) - 1) + 1):
        (sums, ways), (others, other_ways) = left[k], right[size - k]
        below = np.concatenate(([0.0], np.cumsum(other_ways)))
        low = below[np.searchsorted(others, -distance - sums, side="right")]
        high = below[-1] - below[np.searchsorted(others, distance - sums, side="left")]
        far += float(ways @ np.minimum(low + high, below[-1]))
        whole += float(ways.sum() * below[-1])
    return far / whole


def _sums(scores: FloatArray, largest: int) -> list[tuple[FloatArray, FloatArray]]:
    """Return, for every subset size, the different sums, ascending, and how many subsets have each."""
    found = [(np.zeros(1), np.ones(1))]
    for score in scores:
        grown = [*found, (np.zeros(0), np.zeros(0))]
        for k in range(1, len(grown)):
            sums = np.concatenate((grown[k][0], found[k - 1][0] + score))
            grown[k] = _merged(sums, np.concatenate((grown[k][1], found[k - 1][1])))
        found = grown[: largest + 1]
        if sum(sums.size for sums, _ in found) > _MOST_SUMS:
            raise StatisticsError(
                f"time: expected at most {_MOST_SUMS:,} different sums for the exact test, found more"
            )
    return found


def _merged(sums: FloatArray, ways: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the sums, ascending, those equal but for rounding counted together."""
    order: IntArray = np.argsort(sums, kind="stable")
    sums, ways = sums[order], ways[order]
    starts = np.flatnonzero(np.concatenate(([True], np.diff(sums) > _EQUAL)))
    return sums[starts], np.add.reduceat(ways, starts)
