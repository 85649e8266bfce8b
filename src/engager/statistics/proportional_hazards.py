"""The test that hazard ratios do not change with time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engager.errors import StatisticsError
from engager.statistics.arrays import FloatArray
from engager.statistics.cox import CoxModel
from engager.statistics.kaplan_meier import kaplan_meier
from engager.statistics.partial_likelihood import RiskSets
from engager.statistics.significance import TestResult, chi_squared_tail


@dataclass(frozen=True, slots=True)
class ProportionalHazardsTest:
    """The tests of the terms, in their order, and of all covariates together."""

    terms: tuple[TestResult, ...]
    overall: TestResult


def proportional_hazards(
    model: CoxModel, time: ArrayLike, event: ArrayLike, *, terms: Sequence[Sequence[int]] | None = None
) -> ProportionalHazardsTest:
    """Return the score test that the coefficients of a Cox model do not change with time.

    The model is extended by the products of its covariates with g(t) = 1 - S(t-), S the Kaplan-Meier curve of all
    observations, and the hypothesis is that the products have no effect: a score test at the fitted coefficients
    with the full information of coefficients and products.

    Args:
        model: the fitted model.
        time: the times it was fitted to, shape (n,).
        event: the event codes it was fitted to, shape (n,).
        terms: the columns of each term to be tested together (the indicators of one factor); one term per column
            by default.

    Raises:
        StatisticsError: other data than the model's, a column that the model does not have.

    References:
        Grambsch and Therneau 1994; Therneau and Grambsch 2000, section 6.2.

    Examples:
        >>> from engager.statistics import cox
        >>> time, event, x = [1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1], [0, 1, 0, 1, 1, 0]
        >>> round(proportional_hazards(cox(time, event, x), time, event).overall.p_value, 3)
        0.213
    """
    p = model.coefficients.size
    columns = [[column] for column in range(p)] if terms is None else [list(term) for term in terms]
    if any(not 0 <= column < p for term in columns for column in term):
        raise StatisticsError(f"terms: expected columns 0 to {p - 1}, found {terms}")
    curve = kaplan_meier(time, event)
    if (int(curve.at_risk[0]), int(curve.events.sum())) != (model.n, model.events):
        raise StatisticsError("time, event: expected the data of the model, found other numbers")
    before = np.concatenate(([1.0], curve.survival[:-1]))
    score, plain, mixed, squared = np.zeros(p), np.zeros((p, p)), np.zeros((p, p)), np.zeros((p, p))
    for sets in model.risk_sets:
        if not isinstance(sets, RiskSets):
            raise StatisticsError("model: expected one with ties efron or breslow, found exact")
        _, mean, square = sets.moments(model.coefficients, 2)
        g = 1 - before[np.searchsorted(curve.time, sets.time * (1 - 1e-12))]
        spread = square - mean[:, :, None] * mean[:, None, :]
        score += g @ (sets.x[sets.events] - mean)
        plain += spread.sum(axis=0)
        mixed += np.tensordot(g, spread, 1)
        squared += np.tensordot(g**2, spread, 1)
    # What the products add once the coefficients are free.
    information = squared - mixed.T @ np.linalg.solve(plain, mixed)
    tests = tuple(_test(score, information, term) for term in columns)
    return ProportionalHazardsTest(tests, _test(score, information, list(range(p))))


def _test(score: FloatArray, information: FloatArray, columns: list[int]) -> TestResult:
    """Return the score test of some columns."""
    own = information[np.ix_(columns, columns)]
    statistic = float(score[columns] @ np.linalg.solve(own, score[columns]))
    df = len(columns)
    return TestResult(statistic, df, chi_squared_tail(statistic, df), "score test of proportional hazards")
