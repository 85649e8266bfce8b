"""The restricted mean survival time: the area under the curve up to a horizon."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from engager.errors import StatisticsError
from engager.statistics.counts import TIE_TOLERANCE
from engager.statistics.estimates import Estimate, normal_multiplier
from engager.statistics.kaplan_meier import SurvivalCurve, kaplan_meier


def restricted_mean(
    source: SurvivalCurve | ArrayLike, event: ArrayLike | None = None, *, tau: float, level: float = 0.95
) -> Estimate:
    """Return the mean survival time restricted to the horizon `tau`, with standard error and a plain interval.

    The estimate is the integral of S from 0 to tau. With A(u) the area from u to tau its variance is the sum over
    event times u <= tau of A(u)^2 d / (n (n - d)); a time at which all at risk have the event adds nothing, as
    nothing of the area is left. The interval is estimate +- z times the standard error.

    Args:
        source: a `SurvivalCurve`, or the times for `kaplan_meier`.
        event: the event codes that belong to the times; omitted with a curve.
        tau: the horizon, above 0, in the unit of the times.
        level: the confidence level.

    Returns:
        An `Estimate` with its standard error; NaN throughout where tau lies past the last follow-up and survival
        has not reached 0, as the curve is not estimable there.

    Raises:
        StatisticsError: tau is not a finite number above 0; the errors of `kaplan_meier`.

    References:
        Irwin 1949; Klein and Moeschberger 2003, section 4.5.

    Examples:
        >>> restricted_mean([2, 4, 6, 8], [1, 1, 1, 1], tau=4).estimate
        3.5
    """
    if not (np.isfinite(tau) and tau > 0):
        raise StatisticsError(f"tau: expected a finite number above 0, found {tau}")
    curve = _as_curve(source, event)
    method = f"area under Kaplan-Meier to {tau:g}"
    if tau > curve.time[-1] * (1 + TIE_TOLERANCE) and curve.survival[-1] > 0:
        return Estimate(np.nan, np.nan, np.nan, level, method)
    mean, std_error = _area(curve, tau)
    reach = normal_multiplier(level) * std_error
    return Estimate(mean, mean - reach, mean + reach, level, method, std_error)


def _as_curve(source: SurvivalCurve | ArrayLike, event: ArrayLike | None) -> SurvivalCurve:
    """Return the curve given, or the one of the times and events given."""
    if isinstance(source, SurvivalCurve):
        return source
    if event is None:
        raise StatisticsError("event: expected the event codes beside the times, found none")
    return kaplan_meier(source, event)


def _area(curve: SurvivalCurve, tau: float) -> tuple[float, float]:
    """Return the area under the curve from 0 to tau and its standard error."""
    edges = np.minimum(np.concatenate(([0.0], curve.time, [max(tau, curve.time[-1])])), tau)
    pieces = np.diff(edges) * np.concatenate(([1.0], curve.survival))
    beyond = pieces[:0:-1].cumsum()[::-1]
    left = curve.at_risk - curve.events
    hazard_variance = np.divide(
        curve.events, curve.at_risk * left.astype(np.float64), out=np.zeros(left.size), where=left > 0
    )
    return float(pieces.sum()), float(np.sqrt(np.sum(beyond**2 * hazard_variance)))
