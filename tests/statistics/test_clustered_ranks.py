"""The clustered rank-sum test against its own definition, every draw counted, and against R's clusrank."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from engager.errors import StatisticsError
from engager.statistics import (
    bounded_quantile,
    clustered_rank_sum,
    clustered_threshold,
    mann_whitney,
    order_scores,
    roc_threshold,
    separating_interval,
)

# R 4.2.2, clusrank 1.0-4: set.seed(3); d <- data.frame(value = round(rnorm(24), 1), group = rbinom(24, 1, .5),
# cluster = sample(1:9, 24, TRUE)); r <- clusWilcox.test(value, group = group, cluster = cluster, data = d,
# method = "ds"); sprintf("%.17g", c(r$S, r$varS, r$statistic, r$p.value))
VALUE = [
    -1,
    -0.3,
    0.3,
    -1.2,
    0.2,
    0,
    0.1,
    1.1,
    -1.2,
    1.3,
    -0.7,
    -1.1,
    -0.7,
    0.3,
    0.2,
    -0.3,
    -1,
    -0.6,
    1.2,
    0.2,
    -0.6,
    -0.9,
    -0.2,
    -1.7,
]
GROUP = [0, 1, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 1]
CLUSTER = [8, 4, 9, 3, 4, 2, 1, 4, 6, 1, 2, 5, 2, 8, 7, 7, 6, 3, 1, 2, 5, 4, 9, 5]
R = [2.25, 0.026125337786471723, -1.5467105630623537, 0.12193305482392659]


def test_against_r() -> None:
    """S, its variance, z and the p-value are those of clusrank, which takes the other group as the first."""
    found = clustered_rank_sum(VALUE, [1 - one for one in GROUP], CLUSTER)
    assert found.clusters == 9
    ours = [found.rank_sum, found.variance, found.test.statistic, found.test.p_value]
    assert ours == pytest.approx(R, rel=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_the_rank_sum_is_the_mean_over_every_draw_of_one_observation_a_cluster(seed: int) -> None:
    """Each cluster gives one of its observations; the midranks of group 1 are summed, over M + 1, and averaged."""
    random = np.random.Generator(np.random.PCG64(seed))
    cluster = np.array([1, 1, 1, 2, 2, 3, 4, 4])
    value, group = random.integers(0, 5, 8), np.array([0, 1, 1, 0, 1, 0, 1, 0])
    members = [np.flatnonzero(cluster == label) for label in (1, 2, 3, 4)]
    sums = []
    for draw in product(*members):
        chosen = list(draw)
        less = (value[chosen][:, None] > value[chosen]).sum(axis=1)
        same = (value[chosen][:, None] == value[chosen]).sum(axis=1)
        sums.append(float(((less + (same + 1) / 2) * group[chosen]).sum()) / 5)
    found = clustered_rank_sum(value, group, cluster)
    assert found.rank_sum == pytest.approx(float(np.mean(sums)), rel=1e-12)
    assert found.mean == pytest.approx((2 / 3 + 1 / 2 + 0 + 1 / 2) / 2)


def test_swapped_groups_and_another_order_change_only_the_sign() -> None:
    """The p-value is of the data, not of how they are written."""
    one = clustered_rank_sum(VALUE, GROUP, CLUSTER).test
    two = clustered_rank_sum(VALUE[::-1], [1 - g for g in GROUP[::-1]], CLUSTER[::-1]).test
    assert (one.statistic, one.p_value) == pytest.approx((-two.statistic, two.p_value))


def test_what_cannot_be_tested() -> None:
    """Ties alone have no variance, one group alone is refused."""
    assert np.isnan(clustered_rank_sum([1, 1, 1], [0, 1, 1], [1, 2, 3]).test.p_value)
    with pytest.raises(StatisticsError, match="expected both 0 and 1"):
        clustered_rank_sum([1, 2], [1, 1], [1, 2])


def test_scores_of_known_values_are_their_ranks() -> None:
    """A rank test of the scores is then that of the values: 2 midrank - (n + 1)."""
    values = [3.0, 1.0, 3.0, 8.0]
    scores = order_scores(values, values, [False] * 4)
    assert scores.tolist() == [0, -3, 0, 3]
    assert mann_whitney(scores[:2], scores[2:]).test == mann_whitney(values[:2], values[2:]).test


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((0, 5, True), (5, 5, False), [-1, 1]),
        ((0, 5, False), (5, 5, False), [0, 0]),
        ((0, 5, True), (4.9, 4.9, False), [0, 0]),
        ((10, np.inf, True), (10, 10, False), [1, -1]),
        ((10, np.inf, False), (10, 10, False), [0, 0]),
        ((0, 5, True), (0, 0, False), [0, 0]),
        ((0, 0.2, True), (10, np.inf, True), [-1, 1]),
    ],
)
def test_bounds_are_ordered_by_what_they_surely_exceed(
    first: tuple[float, float, bool], second: tuple[float, float, bool], expected: list[int]
) -> None:
    """<5 is less than 5; <=5 and <5 against 4.9 are not known; >10 exceeds 10; 0 may be what lies below 5."""
    low, high, strict = zip(first, second, strict=True)
    assert order_scores(low, high, strict).tolist() == expected


def test_quantiles_of_bounds() -> None:
    """What the bounds leave open has two ends, and no end where there is no upper bound."""
    assert bounded_quantile([0, 0, 0, 10], [2, 2, 4, 10], 0.5) == (0, 3)
    assert bounded_quantile([1, 2, 10], [1, 2, np.inf], 0.5) == (2, 2)
    assert bounded_quantile([1, 10, 10], [1, np.inf, np.inf], 0.5) == (10, np.inf)
    assert bounded_quantile([5], [np.inf], 0.5) == (5, np.inf)


def test_cuts_that_separate() -> None:
    """From the greatest of the lower class to the least of the higher; a shared value separates nothing."""
    assert separating_interval([1, 5.1, 7.9, 9], [1, 5.1, 7.9, 9], [0, 0, 1, 1]) == (5.1, 7.9)
    assert separating_interval([1, 5, 5, 9], [1, 5, 5, 9], [0, 0, 1, 1]) is None
    assert separating_interval([0, 3], [5, 3], [0, 1]) is None
    assert separating_interval([0, 5], [5, 5], [0, 1]) == (5, 5)


def test_the_threshold_of_clusters_is_that_of_the_values() -> None:
    """The cut is the same; with every observation a cluster of its own the interval is near that within states."""
    random = np.random.Generator(np.random.PCG64(1))
    state = np.repeat([0, 1], 40)
    values = np.round(random.normal(0, 1, 80) + 1.5 * state, 2)
    plain = roc_threshold(values, state, seed=1)
    single = clustered_threshold(values, state, np.arange(80), seed=1)
    assert single.threshold.estimate == plain.threshold.estimate
    assert single.area.estimate == plain.area.estimate
    assert single.area.lower == pytest.approx(plain.area.lower, abs=0.03)


def test_copies_of_clusters_add_nothing() -> None:
    """Each patient's cycle ten times over: the interval does not narrow, as it would if cycles were independent."""
    random = np.random.Generator(np.random.PCG64(2))
    state = np.repeat([0, 1], 12)
    values = np.round(random.normal(0, 1, 24) + state, 2)
    once = clustered_threshold(values, state, np.arange(24), seed=3)
    often = clustered_threshold(np.repeat(values, 10), np.repeat(state, 10), np.repeat(np.arange(24), 10), seed=3)
    assert often.area == once.area
    assert once.area.lower < once.area.upper
