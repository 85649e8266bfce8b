"""The Nelson-Aalen curve: the cumulative hazard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from engager.errors import StatisticsError
from engager.statistics.arrays import FloatArray, IntArray, ReadOnlyArrays, codes, same_length, times
from engager.statistics.counts import count_exits
from engager.statistics.estimates import normal_multiplier

HazardInterval: TypeAlias = Literal["log", "plain"]
"""The scale on which an interval of a cumulative hazard is symmetric."""


@dataclass(frozen=True, eq=False)
class HazardCurve(ReadOnlyArrays):
    """A cumulative hazard: arrays with one element per distinct observed time, ascending."""

    time: FloatArray
    at_risk: IntArray
    events: IntArray
    cumulative_hazard: FloatArray
    std_error: FloatArray
    lower: FloatArray
    upper: FloatArray
    interval: HazardInterval
    level: float


def nelson_aalen(
    time: ArrayLike, event: ArrayLike, *, interval: HazardInterval = "log", level: float = 0.95
) -> HazardCurve:
    """Return the Nelson-Aalen estimate of the cumulative hazard.

    H(t) is the sum over times u <= t of d(u)/n(u), its variance the sum of d/n^2. The interval is
    H exp(+- z s / H) on the log scale (NaN while H is 0) or H +- z s, cut off at 0, on the plain one.

    Args:
        time: times of shape (n,), at least 0.
        event: 1 for an event, 0 for censoring, shape (n,).
        interval: the scale of the interval.
        level: the confidence level.

    Raises:
        StatisticsError: as `kaplan_meier`.

    References:
        Nelson 1969; Aalen 1978.

    Examples:
        >>> nelson_aalen([1, 2, 3, 4], [1, 0, 1, 1]).cumulative_hazard.tolist()
        [0.25, 0.25, 0.75, 1.75]
    """
    if interval not in ("log", "plain"):
        raise StatisticsError(f"interval: expected one of log, plain, found {interval!r}")
    time, event = times(time), codes(event, "event", highest=1)
    same_length(time=time, event=event)
    counts = count_exits(time, event, 2)
    at_risk, events = counts.at_risk[0], counts.exits[0, 1]
    hazard = np.cumsum(events / at_risk)
    std_error = np.sqrt(np.cumsum(events / at_risk.astype(np.float64) ** 2))
    reach = normal_multiplier(level) * std_error
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.exp(reach / hazard)
        lower, upper = (
            (hazard / factor, hazard * factor) if interval == "log" else (np.maximum(hazard - reach, 0), hazard + reach)
        )
    return HazardCurve(counts.time, at_risk, events, hazard, std_error, lower, upper, interval, level)
