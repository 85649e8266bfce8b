"""The Kaplan-Meier curve: the chance of being free of an event, with censoring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike

from engager.errors import StatisticsError
from engager.statistics.arrays import FloatArray, IntArray, ReadOnlyArrays, codes, grouping, probability, same_length
from engager.statistics.arrays import times as check_times
from engager.statistics.counts import TIE_TOLERANCE, Counts, count_exits
from engager.statistics.estimates import Estimate, normal_multiplier

Interval: TypeAlias = Literal["log-log", "log", "plain"]
"""The scale on which an interval of a probability is symmetric."""


@dataclass(frozen=True, eq=False)
class CurveValues(ReadOnlyArrays):
    """A survival curve at chosen times, one element per time; NaN is not estimable."""

    time: FloatArray
    survival: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    at_risk: IntArray


@dataclass(frozen=True, eq=False)
class SurvivalCurve(ReadOnlyArrays):
    """A Kaplan-Meier curve: arrays with one element per distinct observed time, ascending.

    `at_risk` counts those under observation just before the time, `events` and `censored` those who leave at it;
    `survival` is the value from that time on, `std_error` its Greenwood standard error, `lower` and `upper` the
    pointwise interval of the given `level`. Once survival is 0 its standard error and interval are NaN, as is the
    log-log interval while survival is 1: the scale has no value there.
    """

    time: FloatArray
    at_risk: IntArray
    events: IntArray
    censored: IntArray
    survival: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    interval: Interval
    level: float

    def at(self, times: ArrayLike) -> CurveValues:
        """Return the curve at the given times.

        Before the first observed time survival is 1 with the interval 1 to 1. Past the last follow-up it is not
        estimable (NaN) unless survival has reached 0. The number at risk counts those observed at the time or later.

        Args:
            times: finite numbers of at least 0, in the unit of the curve, in any order.

        Raises:
            StatisticsError: a time is NaN, infinite or negative.

        Examples:
            >>> curve = kaplan_meier([2, 4, 6], [1, 1, 0])
            >>> curve.at([0, 3, 9]).survival.round(3).tolist()
            [1.0, 0.667, nan]
        """
        asked = check_times(times, "times").astype(np.float64)
        slack = TIE_TOLERANCE * max(1.0, float(np.abs(self.time).mean()))
        index = np.searchsorted(self.time, asked + slack, side="right") - 1
        beyond = (asked > self.time[-1] + slack) & (self.survival[-1] > 0)
        survival, std_error, lower, upper = (
            np.where(beyond, np.nan, np.where(index < 0, start, column[index]))
            for column, start in ((self.survival, 1), (self.std_error, 0), (self.lower, 1), (self.upper, 1))
        )
        following = np.searchsorted(self.time, asked - slack, side="left")
        at_risk = np.append(self.at_risk, 0)[following]
        return CurveValues(asked, survival, std_error, lower, upper, at_risk)

    def quantile(self, p: float = 0.5) -> Estimate:
        """Return the time by which a share `p` has had the event, with the interval by inverting the band.

        The quantile is where survival crosses 1 - p: the first time at which it is at or below; where it is exactly
        1 - p over an interval, the midpoint of that interval, which ends with the follow-up if not before. The
        limits are the same crossing of the lower and the upper band (Brookmeyer and Crowley 1982); a band that is
        not monotone counts by its first crossing. NaN is "not reached".

        Raises:
            StatisticsError: p is not strictly between 0 and 1.

        Examples:
            >>> kaplan_meier([2, 4, 6, 8], [1, 1, 1, 1]).quantile(0.5).estimate
            5.0
        """
        height = 1 - probability(p, "p")
        middle, low, high = (
            first_crossing(self.time, band, height) for band in (self.survival, self.lower, self.upper)
        )
        return Estimate(middle, low, high, self.level, f"Kaplan-Meier, {self.interval} band inverted")


def kaplan_meier(
    time: ArrayLike, event: ArrayLike, *, interval: Interval = "log-log", level: float = 0.95
) -> SurvivalCurve:
    """Return the Kaplan-Meier estimate of survival with Greenwood's variance and a pointwise interval.

    S(t) is the product over times u <= t of 1 - d(u)/n(u), with d events among n at risk; those censored at u are
    at risk at u. With s^2 = sum d / (n (n - d)) and the normal multiplier z the interval is

    - log-log: S^exp(-z s / log S) to S^exp(z s / log S),
    - log: S exp(-z s) to S exp(z s),
    - plain: S - z S s to S + z S s,

    cut off at 0 and 1. Times closer than a relative 1.5e-8 are tied.

    Args:
        time: time from origin to event or censoring, shape (n,), any unit, at least 0.
        event: 1 for an event, 0 for censoring, shape (n,).
        interval: the scale of the interval.
        level: the confidence level.

    Raises:
        StatisticsError: no observation, unequal lengths, a time that is NaN, infinite or negative, another event
            code than 0 and 1, an unknown interval, a level outside 0 to 1.

    References:
        Kaplan and Meier 1958; Greenwood 1926; Kalbfleisch and Prentice 1980 (log-log).

    Examples:
        >>> curve = kaplan_meier([5, 8, 8, 12], [1, 1, 0, 0])
        >>> curve.survival.tolist()
        [0.75, 0.5, 0.5]
        >>> curve.at_risk.tolist()
        [4, 3, 1]
    """
    time, event = check_times(time), codes(event, "event", highest=1)
    same_length(time=time, event=event)
    return _curve(count_exits(time, event, 2), 0, interval, level)


def kaplan_meier_by_group(
    time: ArrayLike, event: ArrayLike, group: ArrayLike, *, interval: Interval = "log-log", level: float = 0.95
) -> dict[Any, SurvivalCurve]:
    """Return one Kaplan-Meier curve per group, from one pass over the data; keys are the labels, ascending.

    Each curve equals `kaplan_meier` of the group's observations alone (times are tied across all groups).

    Examples:
        >>> curves = kaplan_meier_by_group([5, 8, 9], [1, 0, 1], ["a", "a", "b"])
        >>> {label: curve.survival.tolist() for label, curve in curves.items()}
        {'a': [0.5, 0.5], 'b': [0.0]}
    """
    time, event = check_times(time), codes(event, "event", highest=1)
    labels, index = grouping(group, "group")
    same_length(time=time, event=event, group=index)
    counts = count_exits(time, event, 2, index, labels.size)
    return {label: _curve(counts, number, interval, level) for number, label in enumerate(labels.tolist())}


def reverse_kaplan_meier(
    time: ArrayLike, event: ArrayLike, *, interval: Interval = "log-log", level: float = 0.95
) -> SurvivalCurve:
    """Return the reverse Kaplan-Meier curve, whose median is the median follow-up.

    Censoring is the event and the event censors: the curve is the chance of still being followed had nobody had
    the event. Arguments, result and errors are those of `kaplan_meier`.

    References:
        Schemper and Smith 1996.

    Examples:
        >>> reverse_kaplan_meier([5, 8, 9], [1, 0, 0]).quantile(0.5).estimate
        8.5
    """
    event = codes(event, "event", highest=1)
    return kaplan_meier(time, 1 - event.astype(np.int8), interval=interval, level=level)


def _curve(counts: Counts, group: int, interval: Interval, level: float) -> SurvivalCurve:
    """Return the curve of one group of the counts, on the group's own distinct times."""
    own = np.flatnonzero(counts.exits[group].any(axis=0))
    censored, events = counts.exits[group][:, own]
    at_risk = (censored + events)[::-1].cumsum()[::-1]
    survival = np.cumprod((at_risk - events) / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative_error = np.sqrt(np.cumsum(events / (at_risk * (at_risk - events).astype(np.float64))))
        std_error = survival * relative_error
    lower, upper = probability_band(survival, std_error, interval, level)
    return SurvivalCurve(
        counts.time[own], at_risk, events, censored, survival, std_error, lower, upper, interval, level
    )


def probability_band(
    survival: FloatArray, std_error: FloatArray, interval: Interval, level: float
) -> tuple[FloatArray, FloatArray]:
    """Return lower and upper limits of probabilities with the given standard errors, cut off at 0 and 1."""
    if interval not in get_args(Interval):
        raise StatisticsError(f"interval: expected one of {', '.join(get_args(Interval))}, found {interval!r}")
    reach = normal_multiplier(level) * std_error
    with np.errstate(divide="ignore", invalid="ignore"):
        if interval == "plain":
            lower, upper = survival - reach, survival + reach
        elif interval == "log":
            factor = np.exp(reach / survival)
            lower, upper = survival / factor, survival * factor
        else:
            # While survival is 1 its double logarithm is not defined, and 1 to any power would hide that.
            survival = np.where(survival == 1, np.nan, survival)
            power = np.exp(reach / (survival * np.log(survival)))
            lower, upper = survival ** (1 / power), survival**power
    return np.maximum(lower, 0), np.minimum(upper, 1)


def first_crossing(time: FloatArray, band: FloatArray, height: float) -> float:
    """Return where a band first comes to the height or below; the midpoint where it stays exactly on it."""
    with np.errstate(invalid="ignore"):
        reached = np.flatnonzero(band <= height + TIE_TOLERANCE)
        below = np.flatnonzero(band < height - TIE_TOLERANCE)
    if reached.size == 0:
        return float("nan")
    first = int(reached[0])
    if band[first] < height - TIE_TOLERANCE:
        return float(time[first])
    later = below[below > first]
    end = later[0] if later.size else -1
    return float((time[first] + time[end]) / 2)
