"""The log-rank test and its weighted and stratified kin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from engager.errors import StatisticsError
from engager.statistics.arrays import FloatArray, IntArray, ReadOnlyArrays, codes, same_length, times
from engager.statistics.significance import TestResult, chi_squared_tail, quadratic_form
from engager.statistics.strata import counts_by_stratum, two_groups_or_more


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
    parts = [
        weighted_differences(counts.exits[:, 1], counts.at_risk, rho)
        for counts in counts_by_stratum(time, event, 2, index, strata)
    ]
    observed, expected, variance = (np.sum(part, axis=0) for part in zip(*parts, strict=True))
    statistic, df = quadratic_form(observed - expected, variance)
    test = TestResult(statistic, df, chi_squared_tail(statistic, df), _words(rho, strata is not None))
    return LogRankTest(test, tuple(labels.tolist()), observed, expected, variance)


def weighted_differences(events: IntArray, at_risk: IntArray, rho: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return observed, expected and variance by group, from events and numbers at risk of shape (groups, times)."""
    total_events, total = events.sum(axis=0), at_risk.sum(axis=0)
    seen = total_events > 0
    events, at_risk = events[:, seen], at_risk[:, seen]
    d, n = total_events[seen], total[seen].astype(np.float64)
    # The Kaplan-Meier curve of all groups just before each event time.
    weight = np.concatenate(([1.0], np.cumprod(1 - d / n)[:-1])) ** rho if rho and d.size else np.ones(d.size)
    share = at_risk / n
    spread = weight**2 * d * (n - d) / np.maximum(n - 1, 1)
    variance = np.diag(share @ spread) - (share * spread) @ share.T
    return events @ weight, share @ (weight * d), variance


def _words(rho: float, stratified: bool) -> str:
    """Return the name of the test."""
    names: dict[float, str] = {0: "log-rank test", 1: "Peto-Peto test"}
    name = names.get(rho, f"G-rho test, rho = {rho:g}")
    return f"stratified {name}" if stratified else name
