"""The log-rank test and its weighted and stratified kin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from engager.errors import StatisticsError
from engager.statistics.arrays import FloatArray, IntArray, ReadOnlyArrays, codes, grouping, same_length, times
from engager.statistics.counts import count_exits
from engager.statistics.significance import TestResult, chi_squared_tail, quadratic_form


@dataclass(frozen=True, eq=False)
class LogRankTest(ReadOnlyArrays):
    """A log-rank test: `labels` of the groups, ascending, and per group the events `observed` and `expected`.

    With a weight both are weighted; with strata they are summed over the strata. `variance` is the covariance of
    observed minus expected, shape (groups, groups).
    """

    test: TestResult
    labels: tuple[Any, ...]
    observed: FloatArray
    expected: FloatArray
    variance: FloatArray


def log_rank(
    time: ArrayLike, event: ArrayLike, group: ArrayLike, *, rho: float = 0, strata: ArrayLike | None = None
) -> LogRankTest:
    """Return the test that survival is the same in all groups (the G-rho family of Harrington and Fleming).

    At every event time with d events among n at risk the expected number in group g is d n_g / n, the covariance
    hypergeometric: d (n - d) / (n - 1) (n_g / n)(1{g = h} - n_h / n). Both are weighted by S(t-)^rho, with S the
    Kaplan-Meier curve of all groups together within the stratum: rho = 0 is the log-rank test, rho = 1 that of
    Peto and Peto. The statistic is the quadratic form of observed minus expected; its degrees of freedom are the
    rank of the variance, as a rule the number of groups less one.

    Args:
        time: times of shape (n,), at least 0.
        event: 1 for an event, 0 for censoring, shape (n,).
        group: labels of shape (n,), at least two different ones.
        rho: the power of the weight.
        strata: labels of shape (n,); groups are compared within strata and the differences summed.

    Returns:
        The test with its parts. Without events, or where no event has two groups at risk, statistic and p-value
        are NaN.

    Raises:
        StatisticsError: fewer than two groups, rho not finite, and the errors of `kaplan_meier`.

    References:
        Mantel 1966; Peto and Peto 1972; Harrington and Fleming 1982.

    Examples:
        >>> result = log_rank([1, 2, 3, 4], [1, 1, 1, 1], ["a", "a", "b", "b"])
        >>> result.observed.tolist(), round(result.test.statistic, 4)
        ([2.0, 2.0], 2.8824)
    """
    time, event = times(time), codes(event, "event", highest=1)
    labels, index = two_groups_or_more(group)
    same_length(time=time, event=event, group=index)
    if not np.isfinite(rho):
        raise StatisticsError(f"rho: expected a finite number, found {rho}")
    cell, n_strata = stratified_index(index, labels.size, strata)
    counts = count_exits(time, event, 2, cell, n_strata * labels.size)
    shape = (n_strata, labels.size, counts.time.size)
    observed, expected, variance = weighted_differences(
        counts.exits[:, 1].reshape(shape), counts.at_risk.reshape(shape), rho
    )
    statistic, df = quadratic_form(observed - expected, variance)
    test = TestResult(statistic, df, chi_squared_tail(statistic, df), _words(rho, strata is not None))
    return LogRankTest(test, tuple(labels.tolist()), observed, expected, variance)


def two_groups_or_more(group: ArrayLike) -> tuple[IntArray, IntArray]:
    """Return the labels and indices of a grouping that has at least two groups."""
    labels, index = grouping(group, "group")
    if labels.size < 2:
        raise StatisticsError(f"group: expected at least two groups, found only {labels[0]}")
    return labels, index


def stratified_index(index: IntArray, groups: int, strata: ArrayLike | None) -> tuple[IntArray, int]:
    """Return the index of every observation's cell of (stratum, group), and the number of strata."""
    if strata is None:
        return index, 1
    labels, stratum = grouping(strata, "strata")
    same_length(group=index, strata=stratum)
    return stratum * groups + index, labels.size


def weighted_differences(events: IntArray, at_risk: IntArray, rho: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return observed, expected and variance by group, from tables of shape (strata, groups, times)."""
    total_events, total = events.sum(axis=1, keepdims=True), at_risk.sum(axis=1, keepdims=True)
    seen = total_events[:, 0] > 0
    # One long axis of (stratum, time) holds the places where something happens.
    events, at_risk = np.moveaxis(events, 1, 0)[:, seen], np.moveaxis(at_risk, 1, 0)[:, seen]
    d, n = total_events[:, 0][seen], total[:, 0][seen].astype(np.float64)
    share = at_risk / n
    weight = _weights(total_events[:, 0], total[:, 0], rho)[seen]
    spread = weight**2 * d * (n - d) / np.maximum(n - 1, 1)
    variance = np.diag(share @ spread) - (share * spread) @ share.T
    return events @ weight, share @ (weight * d), variance


def _weights(events: IntArray, at_risk: IntArray, rho: float) -> FloatArray:
    """Return S(t-)^rho by stratum and time, S the Kaplan-Meier curve of all groups of the stratum."""
    if rho == 0:
        return np.ones(events.shape)
    survival = np.cumprod(1 - events / np.maximum(at_risk, 1), axis=1)
    before: FloatArray = np.concatenate((np.ones((events.shape[0], 1)), survival[:, :-1]), axis=1)
    return before**rho


def _words(rho: float, stratified: bool) -> str:
    """Return the name of the test."""
    names: dict[float, str] = {0: "log-rank test", 1: "Peto-Peto test"}
    name = names.get(rho, f"G-rho test, rho = {rho:g}")
    return f"stratified {name}" if stratified else name
