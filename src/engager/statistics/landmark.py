"""Treatment that comes later: the landmark selection and the Mantel-Byar test.

Whoever receives a later treatment has survived until it. To compare them with those who never did by what they
had in the end gives them that survival for nothing; both methods here let nobody count as treated before treatment.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engager.errors import StatisticsError
from engager.statistics.arrays import (
    AnyArray,
    FloatArray,
    IntArray,
    ReadOnlyArrays,
    codes,
    one_dimensional,
    refuse_first,
    same_length,
    times,
)
from engager.statistics.counts import distinct_times
from engager.statistics.log_rank import weighted_differences
from engager.statistics.significance import TestResult, chi_squared_tail, quadratic_form


@dataclass(frozen=True, eq=False)
class LandmarkSelection(ReadOnlyArrays):
    """The observations that enter a landmark analysis, each by its row in the data.

    `time` is counted from the landmark; `switched` is 1 for those switched by then. `events_before` and
    `censored_before` count those who are left out because they left at the landmark or before.
    """

    landmark: float
    rows: IntArray
    time: FloatArray
    event: IntArray
    switched: IntArray
    events_before: int
    censored_before: int


def landmark(time: ArrayLike, event: ArrayLike, switch: ArrayLike, *, at: float) -> LandmarkSelection:
    """Return those still under observation after the landmark, grouped by whether they had switched by then.

    Observation goes on after the landmark when time > at; the group is 1 when switch <= at, and stays what it is
    even where a switch comes later. The result goes into `kaplan_meier_by_group`, `log_rank` or `cox`.

    Args:
        time: times of shape (n,), at least 0.
        event: 1 for an event, 0 for censoring, shape (n,).
        switch: the time of the switch, shape (n,); NaN for never.
        at: the landmark, chosen before the data are seen.

    Raises:
        StatisticsError: a landmark that is negative or not finite, nobody left after it, a switch that is infinite or
            negative, and the errors of `kaplan_meier`.

    References:
        Anderson, Cain and Gelber 1983.

    Examples:
        >>> found = landmark([30, 200, 300], [1, 1, 0], [float("nan"), 60, 150], at=100)
        >>> found.rows.tolist(), found.time.tolist(), found.switched.tolist(), found.events_before
        ([1, 2], [100.0, 200.0], [1, 0], 1)
    """
    time, event = times(time).astype(np.float64), codes(event, "event", highest=1)
    switch = _switches(switch)
    same_length(time=time, event=event, switch=switch)
    if not (np.isfinite(at) and at >= 0):
        raise StatisticsError(f"at: expected a finite number of at least 0, found {at}")
    rows = np.flatnonzero(time > at)
    if rows.size == 0:
        raise StatisticsError(f"at: expected a landmark before the last time {time.max():g}, found {at:g}")
    left = event[time <= at]
    return LandmarkSelection(
        landmark=float(at),
        rows=rows,
        time=time[rows] - at,
        event=event[rows].astype(np.intp),
        switched=(switch[rows] <= at).astype(np.intp),
        events_before=int(left.sum()),
        censored_before=int(left.size - left.sum()),
    )


@dataclass(frozen=True, eq=False)
class MantelByarTest(ReadOnlyArrays):
    """The test and, for those not yet switched (0) and switched (1), the events observed and expected."""

    test: TestResult
    observed: FloatArray
    expected: FloatArray


def mantel_byar(time: ArrayLike, event: ArrayLike, switch: ArrayLike) -> MantelByarTest:
    """Return the log-rank test of a state that everyone starts without and some enter.

    At every event time those at risk are compared by the state they are in then: switched when switch < t, so that
    an event at the time of the switch counts to the state before it. Statistic and variance are those of the
    log-rank test.

    Args:
        time: times of shape (n,), at least 0.
        event: 1 for an event, 0 for censoring, shape (n,).
        switch: the time of the switch, shape (n,); NaN for never. One at or after `time` has no effect.

    Returns:
        The test; NaN where no event has both states at risk.

    Raises:
        StatisticsError: a switch that is infinite or negative, and the errors of `kaplan_meier`.

    References:
        Mantel and Byar 1974.

    Examples:
        >>> result = mantel_byar([3, 5, 6, 8], [1, 1, 0, 1], [float("nan"), 2, 4, float("nan")])
        >>> result.observed.tolist(), result.expected.round(4).tolist()
        ([2.0, 1.0], [2.0833, 0.9167])
    """
    time, event = times(time).astype(np.float64), codes(event, "event", highest=1)
    switch = _switches(switch)
    same_length(time=time, event=event, switch=switch)
    distinct, index = distinct_times(np.concatenate((time, np.fmin(switch, time))))
    leaves, enters = index[: time.size], index[time.size :]
    at_risk, before = (_still_there(place, distinct.size) for place in (leaves, enters))
    switched = (enters < leaves).astype(np.intp)
    events = np.array(
        [np.bincount(leaves[(event == 1) & (switched == state)], minlength=distinct.size) for state in (0, 1)]
    )
    observed, expected, variance = weighted_differences(events, np.array([before, at_risk - before]), 0)
    statistic, df = quadratic_form(observed - expected, variance)
    test = TestResult(statistic, df, chi_squared_tail(statistic, df), "Mantel-Byar test")
    return MantelByarTest(test, observed, expected)


def _switches(values: ArrayLike) -> FloatArray:
    """Return times of a switch, NaN for never."""
    switch: AnyArray = one_dimensional(values, "switch")
    if switch.dtype.kind not in "iuf":
        raise StatisticsError(f"switch: expected times, NaN for never, found type {switch.dtype}")
    refuse_first(np.isinf(switch) | (switch < 0), switch, "switch", "a time of at least 0, or NaN for never")
    return switch.astype(np.float64)


def _still_there(place: IntArray, size: int) -> IntArray:
    """Return how many have not left before each of the times, from the index at which each leaves."""
    return np.bincount(place, minlength=size)[::-1].cumsum()[::-1]
