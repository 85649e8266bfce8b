"""Parameters from a study's data: the most likely ones with profile intervals, or a sample of their posterior."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
import polars as pl

from engager.errors import EngagerError
from engager.simulator.extras import optional_package
from engager.simulator.populations.random_numbers import Floats, generator
from engager.simulator.what_if.likelihood import Likelihood

# Half of the 95 % quantile of chi-squared with 1 degree of freedom: the fall of the log-likelihood at a limit.
_FALL = 1.9207294103470620
# Factors are looked for between a hundredth and a hundred times the model's value, errors between 1 % and 500 %.
_WIDEST = float(np.log(100.0))
# Half of the width of a difference quotient, and the slope at which the search ends, both in logarithms.
_STEP, _FLAT = 0.01, 0.3
_ERROR = "error"
_ERRORS = (0.01, 5.0)
_FEW_DRAWS = 10.0

# What stands for impossible data, and how steeply the function rises outside of what is looked at.
_IMPOSSIBLE, _STEEP = 1e9, 1e4

Function = Callable[[Floats], float]


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was found. `estimates`: a row a free parameter and one for the error.

    `factor` is the estimate as a factor of the model's own value, with `lower` and `upper`; `value` is the estimate for
    the typical patient and `unit` its unit; the error is the standard deviation of the logarithm. A limit is missing
    where the likelihood does not fall far enough: the data do not bound the parameter on that side.
    """

    estimates: pl.DataFrame
    log_likelihood: float
    warnings: tuple[str, ...]


def calibrate(likelihood: Likelihood, start: Sequence[float] | None = None, error: float = 0.3) -> Calibration:
    """Return the most likely parameters, each with the 95 % interval of its profile likelihood.

    Args:
        likelihood: of which data, by which model, of which free parameters.
        start: factors to begin with, 1 each if none are given.
        error: the error to begin with.

    Raises:
        EngagerError: the search ended without a result.
    """
    begun = np.log([*(start or [1.0] * len(likelihood.free)), error])
    function = _negative(likelihood)
    best = _minimised(function, begun)
    top = function(best)
    limits = [_limits(function, best, top, at) for at in range(len(best))]
    return Calibration(_table(likelihood, best, limits), -top, _warnings(likelihood, best))


def posterior(
    likelihood: Likelihood, calibration: Calibration, *, steps: int = 1000, walkers: int | None = None, seed: int = 0
) -> pl.DataFrame:
    """Return a sample of the posterior of the factors and the error, a column each, by emcee's affine walkers.

    The prior is flat in the logarithm, between a hundredth and a hundred times the model's value. Walkers begin around
    the most likely parameters; the first half of the steps is thrown away.

    Raises:
        InputError: emcee is not installed.
    """
    emcee = optional_package("emcee", "emcee")
    best = np.log(calibration.estimates["factor"].to_numpy())
    count = walkers or 4 * len(best)
    random = generator(seed, "posterior", 0)
    begun = best + 0.05 * random.standard_normal((count, len(best)))
    function = _negative(likelihood)

    def log_posterior(point: Floats) -> float:
        return -function(point) if (_inside(point) == point).all() else -np.inf

    sampler: Any = emcee.EnsembleSampler(count, len(best), log_posterior)
    sampler.random_state = np.random.RandomState(int(random.integers(2**32))).get_state()
    sampler.run_mcmc(begun, steps)
    chain = np.exp(sampler.get_chain(discard=steps // 2, flat=True))
    return pl.DataFrame(chain, schema=calibration.estimates["parameter"].to_list(), orient="row")


def _negative(likelihood: Likelihood) -> Function:
    """Return minus the log-likelihood as a function of the logarithms, rising steeply outside of what is looked at."""

    def function(point: Floats) -> float:
        inside = _inside(point)
        found = -likelihood.of(np.exp(inside[:-1]).tolist(), float(np.exp(inside[-1])))
        return (found if np.isfinite(found) else _IMPOSSIBLE) + _STEEP * float(((point - inside) ** 2).sum())

    return function


def _inside(point: Floats) -> Floats:
    """Return the nearest point of what is looked at."""
    low = np.append(np.full(len(point) - 1, -_WIDEST), np.log(_ERRORS[0]))
    high = np.append(np.full(len(point) - 1, _WIDEST), np.log(_ERRORS[1]))
    return np.asarray(np.clip(point, low, high))


def _minimised(function: Function, begun: Floats) -> Floats:
    """Return the minimum near a point by BFGS; EngagerError where there is none."""
    from scipy import optimize

    if function(begun) >= _IMPOSSIBLE:
        raise EngagerError("The calibration begins at parameters under which the data are impossible")
    if not len(begun):
        return begun
    minimize: Any = optimize.minimize
    found = minimize(function, begun, jac=partial(_gradient, function), method="BFGS", options={"gtol": _FLAT})
    return np.asarray(found.x, np.float64)


def _gradient(function: Function, point: Floats) -> Floats:
    """Return the slopes by central differences, wide enough that the solver's error does not count."""
    steps = _STEP * np.eye(len(point))
    slopes = [(function(point + step) - function(point - step)) / (2 * _STEP) for step in steps]
    return np.asarray(slopes, np.float64)


def _limits(function: Function, best: Floats, top: float, at: int) -> tuple[float | None, float | None]:
    """Return where the profile of a parameter has fallen by what 95 % allow, None where it does not."""
    below, above = (_limit(function, best, top, at, way) for way in (-1, 1))
    return below, above


def _limit(function: Function, best: Floats, top: float, at: int, way: int) -> float | None:
    """Return the limit on one side.

    The fall of a profile is nearly the square of the distance: its root is looked for as that of a nearly straight
    line, outward until it is passed, then between the last two distances.
    """
    from scipy.optimize import brentq

    others = [np.delete(best, at)]

    @cache
    def beyond(distance: float) -> float:
        def rest(point: Floats) -> float:
            return function(np.insert(point, at, best[at] + way * distance))

        # Each search for the other parameters begins where the last one ended.
        others[0] = _minimised(rest, others[0])
        return float(np.sqrt(max(rest(others[0]) - top, 0.0)) - np.sqrt(_FALL))

    inner, outer = 0.0, _first_distance(function, best, top, at, way)
    try:
        while beyond(outer) < 0:
            inner, outer = outer, 1.5 * outer
            if outer > 2 * _WIDEST:
                return None
        distance = float(brentq(beyond, inner, outer, xtol=1e-3, rtol=1e-2))
    except EngagerError:
        return None
    end = best.copy()
    end[at] += way * distance
    # At the edge of what is looked at it is not the data that make the likelihood fall.
    further = end.copy()
    further[at] += way * 5 * _STEP
    return float(np.exp(end[at])) if (_inside(further) == further).all() else None


def _first_distance(function: Function, best: Floats, top: float, at: int, way: int) -> float:
    """Return the distance at which the likelihood would have fallen enough, were it quadratic and the rest fixed."""
    moved = best.copy()
    moved[at] += way * 5 * _STEP
    fall = function(moved) - top
    if fall <= 0:
        return 5 * _STEP
    return float(min(5 * _STEP * np.sqrt(_FALL / fall), _WIDEST / 2))


def _table(likelihood: Likelihood, best: Floats, limits: Sequence[tuple[float | None, float | None]]) -> pl.DataFrame:
    model = likelihood.treatment.model
    typical = dict(zip(model.constants, model.typical()[0], strict=True))
    own = {each.name: each for each in model.parameters}
    rows: list[dict[str, Any]] = []
    for free, point, (lower, upper) in zip(likelihood.free, best, limits, strict=False):
        factor, spread = float(np.exp(point)), free.what == "spread"
        base = own[free.parameter].cv if spread else typical[free.parameter]
        rows.append({"parameter": free.name, "factor": factor, "lower": lower, "upper": upper,
                     "value": factor * float(base or 0.0),
                     "unit": "%" if spread else own[free.parameter].unit})  # fmt: skip
    error = float(np.exp(best[-1]))
    rows.append({"parameter": _ERROR, "factor": error, "lower": limits[-1][0], "upper": limits[-1][1],
                 "value": error, "unit": None})  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"lower": pl.Float64, "upper": pl.Float64})


def _warnings(likelihood: Likelihood, best: Floats) -> tuple[str, ...]:
    carried = likelihood.effective_draws(np.exp(best[:-1]).tolist(), float(np.exp(best[-1])))
    few = int((carried < _FEW_DRAWS).sum())
    if not few:
        return ()
    warning = (
        f"Of {few} of {len(carried)} patients the likelihood hangs on fewer than {_FEW_DRAWS:.0f} virtual patients. "
        "The estimates are as rough as that; more draws, or more that is known of the patients, mend it"
    )
    return (warning,)
