"""The rank-sum test for observations in clusters, after Datta and Satten."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan, sqrt

import numpy as np
from numpy.typing import ArrayLike

from engager.errors import StatisticsError
from engager.statistics.arrays import AnyArray, FloatArray, IntArray, codes, grouping, numbers, same_length
from engager.statistics.significance import TestResult, normal_two_sided


@dataclass(frozen=True, slots=True)
class ClusteredRankTest:
    """The test, with z as its statistic, the rank sum of group 1, its mean and variance, and the clusters."""

    test: TestResult
    rank_sum: float
    mean: float
    variance: float
    clusters: int


def clustered_rank_sum(values: ArrayLike, group: ArrayLike, cluster: ArrayLike) -> ClusteredRankTest:
    """Return the two-sided rank-sum test of two groups whose observations come in clusters.

    Draw one observation of each of the M clusters and take the rank sum of those of group 1 over M + 1; S is the
    expectation of that over all draws, so that a cluster counts once however many observations it has. Members of
    one cluster may belong to both groups. Under the null hypothesis S has the mean half the sum over clusters of the
    share of group 1; its variance is estimated from the clusters' contributions, ranks taken in the pooled sample,
    and z refers to the normal distribution. Ties have midranks.

    Args:
        values: finite numbers, shape (n,).
        group: 0 or 1, shape (n,); both must occur.
        cluster: labels, shape (n,).

    Returns:
        The test; without variance (one cluster, or all values tied) z and the p-value are NaN.

    Raises:
        StatisticsError: one group alone, unequal lengths, a value that is not finite.

    References:
        Datta and Satten 2005, J Am Stat Assoc 100:908-915.

    Examples:
        >>> found = clustered_rank_sum([1, 5, 2, 6, 3, 4], [0, 1, 0, 1, 0, 1], [1, 1, 2, 2, 3, 4])
        >>> round(found.rank_sum, 6), found.mean, found.clusters
        (1.35, 1.0, 4)
    """
    values = numbers(values, "values").astype(np.float64)
    group = codes(group, "group", highest=1).astype(np.float64)
    labels, index = grouping(cluster, "cluster")
    same_length(values=values, group=group, cluster=index)
    if group.min() == group.max():
        raise StatisticsError(f"group: expected both 0 and 1, found only {group[0]:g}")
    m = labels.size
    size = np.bincount(index)
    share = np.bincount(index, weights=group) / size
    weight = 1 / size[index]
    _, place = np.unique(values, return_inverse=True)
    others = _below(place, weight) - _below_in_cluster(place, index) * weight
    rank_sum = float(np.sum(group * weight * (1 + others))) / (m + 1)
    mean = float(share.sum()) / 2
    variance = _variance(_below(place, np.ones(values.size)) / values.size, group, weight, share, index)
    z = (rank_sum - mean) / sqrt(variance) if variance > 1e-12 else nan
    words = "clustered rank-sum test of Datta and Satten, normal approximation"
    return ClusteredRankTest(TestResult(z, None, normal_two_sided(z), words), rank_sum, mean, variance, m)


def _variance(pooled: FloatArray, group: FloatArray, weight: FloatArray, share: FloatArray, index: IntArray) -> float:
    """Return the sum over clusters of the squared distance of each contribution from its mean."""
    m, total = share.size, float(share.sum())
    given = weight * ((m - 1) * group - (total - share[index])) * pooled
    contribution = np.bincount(index, weights=given) / (m + 1)
    expected = m / (2 * (m + 1)) * (share - total / m)
    return float(np.sum((contribution - expected) ** 2))


def _below(place: IntArray, weight: AnyArray) -> FloatArray:
    """Return the weight of what lies below each observation, ties by half."""
    total = np.bincount(place, weights=weight)
    found: FloatArray = (np.cumsum(total) - total / 2)[place]
    return found


def _below_in_cluster(place: IntArray, index: IntArray) -> FloatArray:
    """Return how many of its own cluster lie below each observation, ties and itself by half."""
    cell, inverse, count = np.unique(index * (int(place.max()) + 1) + place, return_inverse=True, return_counts=True)
    before = np.cumsum(count) - count
    owner = cell // (int(place.max()) + 1)
    first = np.searchsorted(owner, owner, side="left")
    found: FloatArray = (before - before[first] + count / 2)[inverse]
    return found
