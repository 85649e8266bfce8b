"""What must hold for any data: laws under Hypothesis."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from engager import statistics

INTERVALS = ("log-log", "log", "plain")
Observations = list[tuple[int, int, int]]

observations = st.lists(st.tuples(st.integers(0, 15), st.integers(0, 1), st.integers(0, 2)), min_size=1, max_size=40)
causes = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=40)
tables = st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=2, max_size=3)


def split(rows: Observations) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    time, event, group = np.array(rows, dtype=np.int64).T
    return time, event, group


@given(observations, st.sampled_from(INTERVALS))
def test_survival_falls_within_its_interval(rows: Observations, interval: statistics.kaplan_meier.Interval) -> None:  # type: ignore[name-defined]
    """Survival is within 0 and 1 and never rises; an interval that is there contains it and lies within 0 and 1."""
    time, event, _ = split(rows)
    curve = statistics.kaplan_meier(time, event, interval=interval)
    assert np.all((curve.survival >= 0) & (curve.survival <= 1))
    assert np.all(np.diff(curve.survival) <= 0)
    there = ~np.isnan(curve.lower)
    assert np.all(curve.lower[there] <= curve.survival[there] + 1e-15)
    assert np.all(curve.survival[there] <= curve.upper[there] + 1e-15)
    assert np.all((curve.lower[there] >= 0) & (curve.upper[there] <= 1))


@given(observations, st.randoms(use_true_random=False), st.sampled_from([0.5, 3.0, 365.25]))
def test_order_and_unit_do_not_matter(rows: Observations, random: np.random.Generator, unit: float) -> None:
    """The curve is the same for the observations in any order, and in another unit of time but for the times."""
    shuffled = list(rows)
    random.shuffle(shuffled)
    one, two = (statistics.kaplan_meier(*split(found)[:2]) for found in (rows, shuffled))
    time, event, _ = split(rows)
    three = statistics.kaplan_meier(time * unit, event)
    for name in ("at_risk", "events", "censored", "survival", "std_error", "lower", "upper"):
        assert np.array_equal(getattr(one, name), getattr(two, name), equal_nan=True)
        assert np.array_equal(getattr(one, name), getattr(three, name), equal_nan=True)
    assert np.allclose(three.time, one.time * unit, rtol=1e-15)


@given(observations)
def test_days_and_sorting_agree(rows: Observations) -> None:
    """Whole days are counted, other times sorted; both ways give the same curve."""
    time, event, group = split(rows)
    counted = statistics.kaplan_meier_by_group(time, event, group)
    sorted_ = statistics.kaplan_meier_by_group(time + 0.5, event, group)
    for label, curve in counted.items():
        assert np.array_equal(curve.survival, sorted_[label].survival)
        alone = statistics.kaplan_meier(time[group == label], event[group == label])
        assert np.array_equal(curve.lower, alone.lower, equal_nan=True)


@pytest.mark.parametrize("dtype", ["i1", "u1", "i2", "u4", "u8", "i8", "f4", "f8", "O"])
def test_the_kind_of_number_does_not_matter(dtype: str) -> None:
    """Small, unsigned, real and Python numbers give the curve of any others, boolean events too."""
    time, event, group = np.array([3, 9, 9, 100, 120, 7]), np.array([1, 0, 1, 1, 0, 0]), np.array([0, 2, 2, 0, 2, 0])
    expected = statistics.kaplan_meier_by_group(time, event, group)
    for events in (event.astype(dtype), event.astype(bool)):
        found = statistics.kaplan_meier_by_group(time.astype(dtype), events, group.astype(dtype))
        assert [int(label) for label in found] == [0, 2]
        for curve, twin in zip(found.values(), expected.values(), strict=True):
            assert np.array_equal(curve.survival, twin.survival)
            assert np.array_equal(curve.time, twin.time)
    many = statistics.log_rank(np.tile(time, 30_000), np.tile(event, 30_000), np.tile(group, 30_000))
    assert many.observed.tolist() == [60_000, 30_000]


@given(observations)
def test_survival_is_the_product_of_fractions(rows: Observations) -> None:
    """A slow, obvious twin: the product of exact fractions over the event times."""
    time, event, _ = split(rows)
    product = Fraction(1)
    curve = statistics.kaplan_meier(time, event)
    for day, survival in zip(curve.time, curve.survival, strict=True):
        at_risk, events = int(np.sum(time >= day)), int(np.sum((time == day) & (event == 1)))
        product *= Fraction(at_risk - events, at_risk)
        assert math.isclose(survival, product, rel_tol=1e-13)


@given(observations, st.sampled_from(INTERVALS))
def test_intervals_nest_with_the_level(rows: Observations, interval: str) -> None:
    """An interval of a higher level contains that of a lower one: curves, quantiles and follow-up."""
    time, event, _ = split(rows)
    for make in (statistics.kaplan_meier, statistics.reverse_kaplan_meier):
        narrow, wide = (make(time, event, interval=interval, level=level) for level in (0.8, 0.99))  # type: ignore[arg-type]
        there = ~np.isnan(narrow.lower)
        assert np.all(wide.lower[there] <= narrow.lower[there])
        assert np.all(wide.upper[there] >= narrow.upper[there])
        inner, outer = narrow.quantile(0.5), wide.quantile(0.5)
        assert math.isnan(inner.lower) or outer.lower <= inner.lower
        assert math.isnan(outer.upper) or outer.upper >= inner.upper


@given(causes, st.sampled_from(INTERVALS))
def test_incidences_and_survival_sum_to_one(rows: Observations, interval: str) -> None:
    """At every time the incidences of all causes and survival are 1 together, and no incidence falls."""
    time, cause, _ = split(rows)
    curves = statistics.cumulative_incidence(time, cause, interval=interval)  # type: ignore[call-overload]
    assert np.allclose(curves.incidence.sum(axis=0) + curves.survival, 1, atol=1e-13, rtol=0)
    assert np.all(np.diff(curves.incidence, axis=1) >= 0)
    there = ~np.isnan(curves.lower)
    assert np.all(curves.lower[there] <= curves.incidence[there] + 1e-12)
    assert np.all(curves.incidence[there] <= curves.upper[there] + 1e-12)


@given(observations)
def test_one_cause_is_kaplan_meier(rows: Observations) -> None:
    """With one cause the incidence is 1 - survival, and the jackknife variance is Greenwood's in S."""
    time, event, _ = split(rows)
    curve = statistics.kaplan_meier(time, event, interval="plain")
    curves = statistics.cumulative_incidence(time, event, interval="plain", variance="jackknife")
    assert np.allclose(curves.incidence[0], 1 - curve.survival, atol=1e-14, rtol=0)
    there = ~np.isnan(curve.std_error)
    assert np.allclose(curves.std_error[0][there], curve.std_error[there], rtol=1e-9, atol=1e-15)
    assert np.all(curves.std_error[0][~there] < 1e-15)


@given(observations, st.sampled_from([0, 0.5, 1]))
def test_log_rank_is_the_same_for_any_labels(rows: Observations, rho: float) -> None:
    """Labels and order do not matter; observed and expected have one sum; Gray's test of one cause is the log-rank."""
    time, event, group = split(rows)
    if len(set(group.tolist())) < 2:
        with pytest.raises(ValueError, match="two groups"):
            statistics.log_rank(time, event, group)
        return
    one = statistics.log_rank(time, event, group, rho=rho)
    two = statistics.log_rank(time[::-1], event[::-1], np.array(["c", "a", "b"])[group[::-1]], rho=rho)
    assert math.isclose(one.observed.sum(), one.expected.sum(), rel_tol=1e-12, abs_tol=1e-12)
    assert one.test.df == two.test.df
    same = math.isclose(one.test.statistic, two.test.statistic, rel_tol=1e-9, abs_tol=1e-12)
    assert same or (math.isnan(one.test.statistic) and math.isnan(two.test.statistic))
    if rho == 0:
        scores = statistics.gray_test(time, event, group).scores[0]
        assert np.allclose(scores, one.observed - one.expected, atol=1e-10)


@given(st.integers(0, 40), st.integers(1, 40), st.sampled_from(["clopper-pearson", "wilson"]))
def test_proportions_lie_in_nested_intervals(events: int, more: int, method: str) -> None:
    """The interval contains the share, nests with the level, and is the mirror image for the complement."""
    n = events + more - 1
    if n == 0:
        return
    narrow, wide = (statistics.proportion_interval(events, n, method=method, level=level) for level in (0.8, 0.99))  # type: ignore[arg-type]
    assert 0 <= wide.lower <= narrow.lower <= narrow.estimate <= narrow.upper <= wide.upper <= 1
    mirror = statistics.proportion_interval(n - events, n, method=method, level=0.8)  # type: ignore[arg-type]
    assert math.isclose(mirror.lower, 1 - narrow.upper, rel_tol=1e-9, abs_tol=1e-12)


@given(tables)
def test_fisher_counts_every_table(table: list[list[int]]) -> None:
    """The exact p-value of a small table equals the sum over all tables, each written down."""
    counts = np.array(table)
    if not counts.any() or counts.sum() > 14:
        return
    found = statistics.fisher_exact(counts).test.p_value
    assert math.isclose(found, slow_fisher(counts), rel_tol=1e-11)
    assert math.isclose(statistics.fisher_exact(counts.T).test.p_value, found, rel_tol=1e-11)


def slow_fisher(counts: NDArray[np.int64]) -> float:
    """Return the p-value from every table with the margins, as fractions."""
    rows, columns = counts.sum(axis=1).tolist(), counts.sum(axis=0).tolist()

    def chance(table: tuple[tuple[int, ...], ...]) -> Fraction:
        cells = math.prod(math.factorial(cell) for column in table for cell in column)
        margins = math.prod(math.factorial(total) for total in (*rows, *columns))
        return Fraction(margins, cells * math.factorial(sum(rows)))

    def ways(total: int) -> list[tuple[int, ...]]:
        return [w for w in itertools.product(*(range(min(r, total) + 1) for r in rows)) if sum(w) == total]

    partial: list[tuple[tuple[int, ...], ...]] = [()]
    for column in columns:
        partial = [
            (*done, way)
            for done in partial
            for way in ways(column)
            if all(sum(c[i] for c in done) + way[i] <= r for i, r in enumerate(rows))
        ]
    observed = chance(tuple(map(tuple, counts.T.tolist())))
    return float(sum((p for p in map(chance, partial) if p <= observed), Fraction(0)))


samples = st.lists(st.integers(0, 6), min_size=1, max_size=6)


@given(samples, samples)
def test_mann_whitney_goes_through_every_draw(x: list[int], y: list[int]) -> None:
    """The exact p-value equals the share of all draws of the first group that are as far from the mean."""
    found = statistics.mann_whitney(x, y)
    pooled = x + y

    def u(chosen: tuple[int, ...]) -> Fraction:
        rest = [pooled[i] for i in range(len(pooled)) if i not in chosen]
        return sum((Fraction((pooled[i] > v) - (pooled[i] < v) + 1, 2) for i in chosen for v in rest), Fraction(0))

    mean = Fraction(len(x) * len(y), 2)
    draws = [abs(u(chosen) - mean) for chosen in itertools.combinations(range(len(pooled)), len(x))]
    away = abs(u(tuple(range(len(x)))) - mean)
    assert math.isclose(found.test.p_value, sum(d >= away for d in draws) / len(draws), rel_tol=1e-12)
    swapped = statistics.mann_whitney(y, x)
    assert math.isclose(swapped.test.p_value, found.test.p_value, rel_tol=1e-12)
    assert swapped.shift.estimate == -found.shift.estimate
    assert found.shift.lower <= found.shift.estimate <= found.shift.upper


@given(st.lists(st.integers(-6, 6), min_size=1, max_size=9))
def test_signed_rank_goes_through_every_sign(d: list[int]) -> None:
    """The exact p-value equals the share of all signs of the differences that are as far from the mean."""
    found = statistics.wilcoxon_signed_rank(d)
    sizes = sorted(abs(v) for v in d if v)
    ranks = [Fraction(sum(s < abs(v) for s in sizes) * 2 + sizes.count(abs(v)) + 1, 2) for v in d if v]
    mean = sum(ranks, Fraction(0)) / 2
    observed = sum((r for r, v in zip(ranks, [v for v in d if v], strict=True) if v > 0), Fraction(0))
    sums = [sum(itertools.compress(ranks, sign), Fraction(0)) for sign in itertools.product((0, 1), repeat=len(ranks))]
    share = sum(abs(s - mean) >= abs(observed - mean) for s in sums) / len(sums)
    assert math.isclose(found.test.p_value, share, rel_tol=1e-12)


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=30), st.integers(1, 9))
def test_quantiles_rise_within_the_sample(values: list[float], kind: int) -> None:
    """Quantiles never fall with p, and lie between the least and the greatest value."""
    found = statistics.quantile(values, np.linspace(0, 1, 21), type=kind)
    assert np.all(np.diff(found) >= -1e-12)
    assert min(values) <= np.min(found)
    assert np.max(found) <= max(values)


@given(observations)
def test_cox_score_test_is_the_log_rank_test(rows: Observations) -> None:
    """Without tied events the score test of a group at no effect is the log-rank test."""
    time, event, group = split(rows)
    time, group = np.arange(time.size) + 1, (group > 0).astype(np.int64)
    test = statistics.log_rank(time, event, group).test if len(set(group.tolist())) > 1 else None
    if test is None or math.isnan(test.statistic):
        return
    try:
        model = statistics.cox(time, event, group, firth=False)
    except ValueError:
        # All events on one side: no maximum, and a refusal that says so.
        return
    assert math.isclose(model.score.statistic, test.statistic, rel_tol=1e-9, abs_tol=1e-12)


@given(observations)
def test_firth_is_always_finite(rows: Observations) -> None:
    """With the penalty there is a maximum, and it is one, wherever the groups can be told apart at all."""
    time, event, group = split(rows)
    x = (group > 0).astype(np.float64)
    try:
        model = statistics.cox(time, event, x, firth=True)
    except ValueError as refused:
        assert "one value" in str(refused) or "one event" in str(refused)  # noqa: PT017
        return
    assert np.isfinite(model.coefficients).all()
    # The two are sums in different orders: at a maximum in 0 they may differ in the last digit.
    assert model.log_likelihood[1] >= model.log_likelihood[0] - 1e-12 * abs(model.log_likelihood[0])


@given(observations, st.lists(st.integers(0, 4), min_size=40, max_size=40), st.booleans())
def test_concordance_is_a_count_of_pairs(rows: Observations, scores: list[int], by_stratum: bool) -> None:
    """The count by binary digits is that of every pair looked at in turn."""
    time, event, stratum = split(rows)
    score, stratum = np.array(scores[: time.size]), stratum * by_stratum
    concordant = comparable = Fraction(0)
    for one, other in itertools.permutations(range(time.size), 2):
        first = time[one] < time[other] or (time[one] == time[other] and event[other] == 0)
        if event[one] and first and stratum[one] == stratum[other]:
            comparable += 1
            concordant += Fraction(int(score[one] > score[other])) + Fraction(int(score[one] == score[other]), 2)
    found = statistics.concordance(time, event, score, strata=stratum)
    assert math.isnan(found) if comparable == 0 else math.isclose(found, concordant / comparable, rel_tol=1e-15)
