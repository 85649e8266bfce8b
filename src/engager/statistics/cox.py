"""Cox regression: hazard ratios of covariates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike

from engager.errors import StatisticsError
from engager.statistics.arrays import (
    AnyArray,
    FloatArray,
    ReadOnlyArrays,
    codes,
    probability,
    refuse_first,
    same_length,
    times,
)
from engager.statistics.conventions import Ties, tied_events
from engager.statistics.estimates import Estimate, normal_multiplier
from engager.statistics.exact_likelihood import ExactRiskSets
from engager.statistics.partial_likelihood import Derivatives, RiskSets, derivatives, risk_sets
from engager.statistics.significance import TestResult, chi_squared_tail, normal_two_sided

_MOST_STEPS = 60
_LARGEST_LOG_RATIO = 25.0


@dataclass(frozen=True, eq=False)
class CoxModel(ReadOnlyArrays):
    """A fitted Cox model with p covariates.

    `coefficients`, `std_error` and `p_values` (Wald, two-sided) have shape (p,), `covariance` (p, p).
    `log_likelihood` is that of no effect and that of the fit; with Firth's penalty both are penalised. `wald`,
    `score` and `likelihood_ratio` test that no covariate has an effect.
    """

    coefficients: FloatArray
    std_error: FloatArray
    p_values: FloatArray
    covariance: FloatArray
    log_likelihood: tuple[float, float]
    wald: TestResult
    score: TestResult
    likelihood_ratio: TestResult
    n: int
    events: int
    ties: Ties
    firth: bool
    level: float
    risk_sets: tuple[RiskSets | ExactRiskSets, ...]

    def hazard_ratio(self, column: int = 0) -> Estimate:
        """Return the hazard ratio per unit of a covariate with its Wald interval, exp(b +- z se).

        `std_error` of the result is that of the coefficient.

        Examples:
            >>> model = cox([1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1], [[0], [1], [0], [1], [1], [0]])
            >>> round(model.hazard_ratio().estimate, 4)
            1.2153
        """
        b, error = float(self.coefficients[column]), float(self.std_error[column])
        reach = normal_multiplier(self.level) * error
        lower, middle, upper = (float(np.exp(value)) for value in (b - reach, b, b + reach))
        words = f"Cox regression, {tied_events(self.ties)}" + (", Firth's penalty" if self.firth else "")
        return Estimate(middle, lower, upper, self.level, f"{words}, Wald interval", error)


def cox(
    time: ArrayLike,
    event: ArrayLike,
    covariates: ArrayLike,
    *,
    ties: Ties = "efron",
    strata: ArrayLike | None = None,
    firth: bool = False,
    level: float = 0.95,
) -> CoxModel:
    """Return the Cox model fitted by maximum partial likelihood.

    The hazard is h0(t) exp(x b), h0 one per stratum. b maximises the partial likelihood by Newton's method from 0,
    with halved steps where a step would lower it. With `firth` the likelihood carries Firth's penalty, which keeps b
    finite when events are few; its standard errors are from the information without the penalty.

    Args:
        time: times of shape (n,), at least 0.
        event: 1 for an event, 0 for censoring, shape (n,).
        covariates: finite numbers of shape (n, p), or (n,) for one.
        ties: "efron", "breslow", or "exact": the conditional likelihood of discrete time, slow where many are tied.
        strata: labels of shape (n,), each with a baseline of its own.
        firth: whether to penalise.
        level: the level of intervals of hazard ratios.

    Raises:
        StatisticsError: no event; a covariate that does not vary in any risk set, or is a combination of others; a
            coefficient that grows without bound (its likelihood has no maximum: ask for `firth`); and the errors of
            `kaplan_meier`.

    References:
        Cox 1972; Efron 1977; Breslow 1974; Firth 1993; Heinze and Schemper 2001.

    Examples:
        >>> model = cox([1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1], [0, 1, 0, 1, 1, 0])
        >>> model.coefficients.round(4).tolist(), round(model.likelihood_ratio.p_value, 4)
        ([0.195], 0.8315)
    """
    time, event = times(time), codes(event, "event", highest=1)
    x = covariate_columns(covariates)
    same_length(time=time, event=event, covariates=x)
    _refuse_unknown_ties(ties, firth=firth)
    probability(level, "level")
    # Centred and scaled, so that no covariate's unit decides how well the steps are determined.
    scale = np.where(np.ptp(x, axis=0) > 0, x.std(axis=0), 1.0)
    sets = risk_sets(time, event, (x - x.mean(axis=0)) / scale, ties, strata)
    if not sets:
        raise StatisticsError("event: expected at least one event, found none")
    null = derivatives(sets, np.zeros(x.shape[1]), firth=firth)
    refuse_singular(null.information)
    beta, fit = _maximum(sets, null, firth=firth)
    if firth:
        # The penalty is that of the covariates in their own units.
        null, fit = (replace(part, value=part.value + float(np.log(scale).sum())) for part in (null, fit))
    model = _model(beta, null, fit, (time.size, int(event.sum())), (ties, firth, level))
    return replace(
        model,
        coefficients=model.coefficients / scale,
        std_error=model.std_error / scale,
        covariance=np.asarray(model.covariance / np.outer(scale, scale), dtype=np.float64),
        risk_sets=tuple(replace(part, x=part.x * scale) for part in sets),
    )


def _refuse_unknown_ties(ties: Ties, *, firth: bool) -> None:
    """Refuse a handling of ties that there is not, or not with the penalty."""
    if ties not in get_args(Ties):
        raise StatisticsError(f"ties: expected one of {', '.join(get_args(Ties))}, found {ties!r}")
    if firth and ties == "exact":
        raise StatisticsError("ties: expected efron or breslow with Firth's penalty, found exact")


def covariate_columns(values: ArrayLike) -> FloatArray:
    """Return covariates as finite numbers of shape (n, p)."""
    x: AnyArray = np.asarray(values)
    if x.dtype.kind not in "iubf":
        raise StatisticsError(f"covariates: expected numbers, found type {x.dtype}")
    x = x.astype(np.float64)
    x = x[:, None] if x.ndim == 1 else x
    if x.ndim != 2 or 0 in x.shape:
        raise StatisticsError(f"covariates: expected shape (n, p), found {x.shape}")
    unusable = np.atleast_1d(np.logical_not(np.isfinite(x).all(axis=1)))
    refuse_first(unusable, x, "covariates", "finite numbers")
    return x


def refuse_singular(information: FloatArray) -> None:
    """Refuse covariates that the events cannot tell apart, naming the first that adds nothing."""
    diagonal = np.sqrt(np.diag(information).clip(min=0))
    for column in range(diagonal.size):
        if diagonal[column] < 1e-6:
            raise StatisticsError(f"covariates[:, {column}]: expected values that differ at an event, found one value")
        unit = information[: column + 1, : column + 1] / np.outer(diagonal[: column + 1], diagonal[: column + 1])
        if np.linalg.eigvalsh(unit)[0] < 1e-11:
            raise StatisticsError(f"covariates[:, {column}]: expected no combination of the columns before it")


def _maximum(sets: list[RiskSets | ExactRiskSets], null: Derivatives, *, firth: bool) -> tuple[FloatArray, Derivatives]:
    """Return the coefficients at the maximum, and the derivatives there."""
    beta, here = np.zeros(null.score.size), null
    for _ in range(_MOST_STEPS):
        step = np.linalg.solve(_curvature(sets, beta, here, firth=firth), here.score)
        gain = float(step @ here.score)
        there = derivatives(sets, beta + step, firth=firth)
        while not there.value >= here.value - 1e-12 * abs(here.value) and np.abs(step).max() > 1e-14:
            step /= 2
            there = derivatives(sets, beta + step, firth=firth)
        beta, here = beta + step, there
        if np.abs(beta).max() > _LARGEST_LOG_RATIO or is_flat(here.information, null.information):
            break
        if gain < 1e-22 or np.abs(step).max() < 1e-13:
            return beta, here
    column = int(np.argmax(np.abs(beta)))
    raise StatisticsError(
        f"covariates[:, {column}]: expected a finite coefficient, found one that grows without bound "
        "(all events lie on one side); use firth=True"
    )


def _curvature(sets: list[RiskSets | ExactRiskSets], beta: FloatArray, here: Derivatives, *, firth: bool) -> FloatArray:
    """Return the negative second derivative of what is maximised; that of the penalty by differences of the score."""
    if not firth:
        return here.information
    step = 1e-5
    changes = [
        derivatives(sets, beta - side, firth=True).score - derivatives(sets, beta + side, firth=True).score
        for side in np.eye(beta.size) * step
    ]
    curvature = np.array(changes) / (2 * step)
    curvature = (curvature + curvature.T) / 2
    return curvature if np.linalg.eigvalsh(curvature)[0] > 0 else here.information


def is_flat(information: FloatArray, null: FloatArray) -> bool:
    """Say whether some combination of the coefficients has lost the information that it had at no effect."""
    root = np.linalg.cholesky(null)
    unit = np.linalg.solve(root, np.linalg.solve(root, information).T)
    return bool(np.linalg.eigvalsh((unit + unit.T) / 2)[0] < 1e-9)


def _model(
    beta: FloatArray,
    null: Derivatives,
    fit: Derivatives,
    size: tuple[int, int],
    choices: tuple[Ties, bool, float],
) -> CoxModel:
    """Return the model in the units of the scaled covariates."""
    covariance = np.asarray(np.linalg.inv(fit.information), dtype=np.float64)
    std_error = np.sqrt(np.diag(covariance))
    ties, firth, level = choices
    words = ", Firth's penalty" if firth else ""
    statistics = {
        "Wald": float(beta @ fit.information @ beta),
        "score": float(null.score @ np.linalg.solve(null.information, null.score)),
        "likelihood-ratio": 2 * (fit.value - null.value),
    }
    wald, score, ratio = (
        TestResult(value, beta.size, chi_squared_tail(max(value, 0.0), beta.size), f"{name} test, Cox{words}")
        for name, value in statistics.items()
    )
    return CoxModel(
        coefficients=beta,
        std_error=std_error,
        p_values=np.array([normal_two_sided(float(z)) for z in beta / std_error]),
        covariance=covariance,
        log_likelihood=(null.value, fit.value),
        wald=wald,
        score=score,
        likelihood_ratio=ratio,
        n=size[0],
        events=size[1],
        ties=ties,
        firth=firth,
        level=level,
        risk_sets=(),
    )
