"""Gray's test: whether the cumulative incidence of a cause is the same in all groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from engager.errors import StatisticsError
from engager.statistics.arrays import AnyArray, FloatArray, IntArray, ReadOnlyArrays, codes, same_length, times
from engager.statistics.counts import Counts
from engager.statistics.cumulative_incidence import survival_and_incidence
from engager.statistics.significance import TestResult, chi_squared_tail, quadratic_form
from engager.statistics.strata import counts_by_stratum, two_groups_or_more


@dataclass(frozen=True, eq=False)
class GrayTest(ReadOnlyArrays):
    """Gray's test of every cause: `tests` by cause, `labels` of the groups, ascending.

    `scores` has shape (causes, groups): the weighted excess of events of the cause over what a common cumulative
    incidence would give; `variance` has shape (causes, groups, groups).
    """

    tests: dict[int, TestResult]
    labels: tuple[Any, ...]
    scores: FloatArray
    variance: FloatArray


def gray_test(
    time: ArrayLike, cause: ArrayLike, group: ArrayLike, *, rho: float = 0, strata: ArrayLike | None = None
) -> GrayTest:
    """Return the K-sample test of equal cumulative incidence for every cause.

    With n_k at risk in group k, S_k and F_k its survival and incidence of the cause, R_k = n_k (1 - F_k(t-)) /
    S_k(t-), and F the common incidence under the hypothesis, the score of group k is the sum over times of
    (1 - F(t-))^rho (d_k - d R_k / R), d and R being sums over groups. The statistic is the quadratic form of the
    scores in Gray's variance; strata add scores and variances.

    Args:
        time: times of shape (n,), at least 0.
        cause: 0 for censoring, 1, 2, ... for the causes, shape (n,).
        group: labels of shape (n,), at least two different ones.
        rho: the power of the weight.
        strata: labels of shape (n,).

    Returns:
        The tests with their parts; a cause without events has NaN for statistic and p-value.

    Raises:
        StatisticsError: fewer than two groups, rho not finite, and the errors of `cumulative_incidence`.

    References:
        Gray 1988. A variance with tied times takes the factors 1 - (d - 1) / (m - 1) of a draw without
        replacement, as Gray's own program does; without ties they are 1.

    Examples:
        >>> result = gray_test([1, 2, 3, 3, 3, 3], [2, 1, 0, 0, 0, 0], ["a", "a", "a", "b", "b", "b"])
        >>> round(result.tests[1].statistic, 4)
        0.9412
    """
    time, cause = times(time), codes(cause, "cause")
    labels, index = two_groups_or_more(group)
    same_length(time=time, cause=cause, group=index)
    if not np.isfinite(rho):
        raise StatisticsError(f"rho: expected a finite number, found {rho}")
    n_codes = max(int(cause.max()), 1) + 1
    counts = list(counts_by_stratum(time, cause, n_codes, index, strata))
    parts = [_sums(counts, row, rho) for row in range(n_codes - 1)]
    words = ("stratified " if strata is not None else "") + "Gray's test" + (f", rho = {rho:g}" if rho else "")
    tests = {row + 1: _test(score, variance, words) for row, (score, variance) in enumerate(parts)}
    scores, variances = (np.array(part) for part in zip(*parts, strict=True))
    return GrayTest(tests, tuple(labels.tolist()), scores, variances)


def _test(score: FloatArray, variance: FloatArray, words: str) -> TestResult:
    statistic, df = quadratic_form(score, variance)
    return TestResult(statistic, df, chi_squared_tail(statistic, df), words)


def _sums(strata: list[Counts], row: int, rho: float) -> tuple[FloatArray, FloatArray]:
    """Return score and variance of one cause, summed over the strata."""
    n_groups = strata[0].exits.shape[0]
    score, variance = np.zeros(n_groups), np.zeros((n_groups, n_groups))
    for counts in strata:
        stratum = _Stratum.of(counts.exits[:, 1:], counts.at_risk, row)
        weight = (1 - stratum.common_before) ** rho
        score += stratum.score(weight)
        for number in range(n_groups):
            variance += stratum.variance_from(number, weight)
    return score, variance


@dataclass(frozen=True, slots=True)
class _Stratum:
    """What one cause looks like in one stratum: arrays of shape (groups, k), those named common of shape (k,).

    `scaled` is n / S(t-), the number at risk had nobody left by an event; `common` is the incidence under the
    hypothesis, with the increment d / sum of `scaled`.
    """

    own: IntArray
    other: IntArray
    at_risk: IntArray
    survival: FloatArray
    before: FloatArray
    scaled: FloatArray
    subject_to: FloatArray
    common: FloatArray
    common_before: FloatArray

    @classmethod
    def of(cls, events: IntArray, at_risk: IntArray, row: int) -> _Stratum:
        """Return the parts from events (groups, causes, k) and numbers at risk (groups, k)."""
        curves = [survival_and_incidence(group, n) for group, n in zip(events, at_risk, strict=True)]
        survival = np.array([curve[0] for curve in curves])
        incidence = np.array([curve[1][row] for curve in curves])
        before, incidence_before = _shifted(survival, 1.0), _shifted(incidence, 0.0)
        scaled = _ratio(at_risk, before)
        common = np.cumsum(_ratio(events[:, row].sum(axis=0), scaled.sum(axis=0)))
        own = events[:, row]
        return cls(
            own=own,
            other=events.sum(axis=1) - own,
            at_risk=at_risk,
            survival=survival,
            before=before,
            scaled=scaled,
            subject_to=scaled * (1 - incidence_before),
            common=common,
            common_before=_shifted(common, 0.0),
        )

    def score(self, weight: FloatArray) -> FloatArray:
        """Return the weighted excess of events by group."""
        share = _ratio(self.subject_to, self.subject_to.sum(axis=0))
        excess: FloatArray = (self.own - share * self.own.sum(axis=0)) @ weight
        return excess

    def variance_from(self, group: int, weight: FloatArray) -> FloatArray:
        """Return what the observations of one group add to the covariance of the scores.

        A score is a sum over the counting processes of the group, with coefficients `direct` on the cause itself
        and, through what the event does to all later times, `later` on every cause.
        """
        mine, total = self.scaled[group], self.scaled.sum(axis=0)
        indicator = (np.arange(len(self.scaled)) == group)[:, None]
        direct = weight * self.scaled * (indicator - _ratio(mine, total))
        increment = self.common - self.common_before
        running = np.cumsum(direct * _ratio(increment, 1 - self.common_before), axis=1)
        rest = running[:, -1:] - running
        lost = _ratio(1 - self.common, self.survival[group]) * rest
        on_cause, on_other = direct + rest - lost, -lost
        own_ties = _tie_factor(self.own.sum(axis=0), total * self.before[group])
        other_ties = _tie_factor(self.other[group], self.at_risk[group])
        cause_spread = _ratio(increment, mine) * own_ties
        other_spread = _ratio(self.other[group], mine**2) * other_ties
        covariance: FloatArray = (on_cause * cause_spread) @ on_cause.T + (on_other * other_spread) @ on_other.T
        return covariance


def _tie_factor(tied: AnyArray, m: AnyArray) -> FloatArray:
    """Return 1 - (d - 1) / (m - 1) where more than one event is tied, else 1."""
    return 1 - _ratio(np.maximum(tied - 1, 0), m - 1)


def _shifted(curve: FloatArray, start: float) -> FloatArray:
    """Return the values just before each time."""
    return np.concatenate((np.full((*curve.shape[:-1], 1), start), curve[..., :-1]), axis=-1)


def _ratio(numerator: AnyArray, denominator: AnyArray) -> FloatArray:
    """Return numerator / denominator, and 0 where the denominator is 0: nobody is left there."""
    out = np.zeros(np.broadcast_shapes(numerator.shape, denominator.shape))
    return np.divide(numerator, denominator, out=out, where=denominator != 0)
