"""The Aalen-Johansen curves: the chance of each of several causes that exclude one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, overload

import numpy as np
from numpy.typing import ArrayLike

from engager.errors import StatisticsError
from engager.statistics.arrays import FloatArray, IntArray, ReadOnlyArrays, codes, grouping, same_length
from engager.statistics.arrays import times as check_times
from engager.statistics.counts import TIE_TOLERANCE, Counts, count_exits
from engager.statistics.incidence_variance import VARIANCES
from engager.statistics.kaplan_meier import Interval, probability_band

IncidenceVariance: TypeAlias = Literal["aalen", "jackknife"]
"""The variance of a cumulative incidence: Aalen's, or the infinitesimal jackknife."""


@dataclass(frozen=True, eq=False)
class IncidenceValues(ReadOnlyArrays):
    """Cumulative incidences at m chosen times, arrays of shape (causes, m); NaN is not estimable."""

    time: FloatArray
    incidence: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    at_risk: IntArray


@dataclass(frozen=True, eq=False)
class IncidenceCurves(ReadOnlyArrays):
    """The cumulative incidence of every cause at the k distinct observed times, ascending.

    `events`, `incidence`, `std_error`, `lower` and `upper` have shape (causes, k); row 0 is cause 1. `at_risk`,
    `censored` and `survival` (free of every cause) have shape (k,). The log and log-log intervals are NaN while an
    incidence is 0, where these scales have no value.
    """

    time: FloatArray
    at_risk: IntArray
    events: IntArray
    censored: IntArray
    survival: FloatArray
    incidence: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    interval: Interval
    variance: IncidenceVariance
    level: float

    def at(self, times: ArrayLike) -> IncidenceValues:
        """Return the curves at the given times.

        Before the first observed time every incidence is 0 with the interval 0 to 0; past the last follow-up it is
        not estimable (NaN) unless everyone has had one of the causes.

        Raises:
            StatisticsError: a time is NaN, infinite or negative.

        Examples:
            >>> cumulative_incidence([1, 2, 3], [1, 2, 0]).at([0, 2, 9]).incidence.round(3).tolist()
            [[0.0, 0.333, nan], [0.0, 0.333, nan]]
        """
        asked = check_times(times, "times").astype(np.float64)
        slack = TIE_TOLERANCE * max(1.0, float(np.abs(self.time).mean()))
        index = np.searchsorted(self.time, asked + slack, side="right") - 1
        beyond = (asked > self.time[-1] + slack) & (self.survival[-1] > TIE_TOLERANCE)
        incidence, std_error, lower, upper = (
            np.where(beyond, np.nan, np.where(index < 0, 0.0, column[:, index]))
            for column in (self.incidence, self.std_error, self.lower, self.upper)
        )
        at_risk = np.append(self.at_risk, 0)[np.searchsorted(self.time, asked - slack, side="left")]
        return IncidenceValues(asked, incidence, std_error, lower, upper, at_risk)


@overload
def cumulative_incidence(
    time: ArrayLike,
    cause: ArrayLike,
    *,
    group: None = None,
    interval: Interval = "log-log",
    variance: IncidenceVariance = "aalen",
    level: float = 0.95,
) -> IncidenceCurves: ...


@overload
def cumulative_incidence(
    time: ArrayLike,
    cause: ArrayLike,
    *,
    group: ArrayLike,
    interval: Interval = "log-log",
    variance: IncidenceVariance = "aalen",
    level: float = 0.95,
) -> dict[Any, IncidenceCurves]: ...


def cumulative_incidence(
    time: ArrayLike,
    cause: ArrayLike,
    *,
    group: ArrayLike | None = None,
    interval: Interval = "log-log",
    variance: IncidenceVariance = "aalen",
    level: float = 0.95,
) -> IncidenceCurves | dict[Any, IncidenceCurves]:
    """Return the Aalen-Johansen cumulative incidence of every cause.

    F_j(t) is the sum over times u <= t of S(u-) d_j(u) / n(u), with d_j events of cause j among n at risk and S the
    Kaplan-Meier curve of all causes together. Ties are taken as they are: all that leave at u are at risk at u.
    The interval is F^exp(-+ z s / (F log F)) on the log-log scale, F exp(+- z s / F) on the log, F +- z s on the
    plain one, cut off at 0 and 1, with s the standard error.

    Args:
        time: times of shape (n,), at least 0.
        cause: 0 for censoring, 1, 2, ... for the causes, shape (n,).
        group: labels of shape (n,); one set of curves per group.
        interval: the scale of the interval.
        variance: "aalen", that of the counting process; "jackknife", the sum of squared influences of the
            observations.
        level: the confidence level.

    Returns:
        The curves; with `group` a dictionary of them by label, ascending, each with as many causes as all the data.

    Raises:
        StatisticsError: causes that are no whole numbers of at least 0, and the errors of `kaplan_meier`.

    References:
        Aalen and Johansen 1978; Aalen 1978; Pintilie 2006, section 4.2 (the variance); Choudhury 2002 (the
        interval).

    Examples:
        >>> curves = cumulative_incidence([1, 2, 3, 4], [1, 2, 0, 1])
        >>> curves.incidence.tolist(), curves.survival.tolist()
        ([[0.25, 0.25, 0.25, 0.75], [0.0, 0.25, 0.25, 0.25]], [0.75, 0.5, 0.5, 0.0])
    """
    if variance not in VARIANCES:
        raise StatisticsError(f"variance: expected one of {', '.join(VARIANCES)}, found {variance!r}")
    time, cause = check_times(time), codes(cause, "cause")
    n_codes = max(int(cause.max()), 1) + 1
    if group is None:
        same_length(time=time, cause=cause)
        return _curves(count_exits(time, cause, n_codes), 0, interval, variance, level)
    labels, index = grouping(group, "group")
    same_length(time=time, cause=cause, group=index)
    counts = count_exits(time, cause, n_codes, index, labels.size)
    return {label: _curves(counts, i, interval, variance, level) for i, label in enumerate(labels.tolist())}


def _curves(
    counts: Counts, group: int, interval: Interval, variance: IncidenceVariance, level: float
) -> IncidenceCurves:
    """Return the curves of one group of the counts, on the group's own distinct times."""
    own = np.flatnonzero(counts.exits[group].any(axis=0))
    exits = counts.exits[group][:, own]
    at_risk = exits.sum(axis=0)[::-1].cumsum()[::-1]
    survival, incidence = survival_and_incidence(exits[1:], at_risk)
    std_error = np.sqrt(VARIANCES[variance](exits, at_risk, survival, incidence).clip(min=0))
    lower, upper = _band(incidence, std_error, interval, level)
    return IncidenceCurves(
        time=counts.time[own],
        at_risk=at_risk,
        events=exits[1:],
        censored=exits[0],
        survival=survival,
        incidence=incidence,
        std_error=std_error,
        lower=lower,
        upper=upper,
        interval=interval,
        variance=variance,
        level=level,
    )


def survival_and_incidence(events: IntArray, at_risk: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return survival (k,) and incidences (causes, k) from events (causes, k) and numbers at risk (k,)."""
    n = np.maximum(at_risk, 1)
    survival = np.cumprod((n - events.sum(axis=0)) / n)
    before = np.concatenate(([1.0], survival[:-1]))
    return survival, np.cumsum(before * events / n, axis=1)


def _band(
    incidence: FloatArray, std_error: FloatArray, interval: Interval, level: float
) -> tuple[FloatArray, FloatArray]:
    """Return the interval; an incidence of 0 has the plain interval 0 to 0 and none on the other scales."""
    lower, upper = probability_band(incidence, std_error, interval, level)
    if interval == "plain":
        return lower, upper
    none = incidence == 0
    return np.where(none, np.nan, lower), np.where(none, np.nan, upper)
