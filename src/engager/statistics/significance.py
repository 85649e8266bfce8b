"""The result of a test, and the tails of the distributions that tests refer to."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan, sqrt
from typing import ClassVar

import numpy as np

from engager.statistics.arrays import AnyArray, FloatArray


@dataclass(frozen=True, slots=True)
class TestResult:
    """A test statistic, its degrees of freedom, the p-value and the test in words.

    `df` is None where the statistic has none. A test that the data cannot carry (no event, one group left, no
    variance) has NaN for statistic and p-value. `exact` says that the p-value does not rest on an approximation.

    Examples:
        >>> TestResult(3.84, 1, 0.05, "log-rank test").p_value
        0.05
    """

    __test__: ClassVar[bool] = False

    statistic: float
    df: int | None
    p_value: float
    method: str
    exact: bool = False


def chi_squared_tail(statistic: float, df: float) -> float:
    """Return the chance that a chi-squared variable exceeds the statistic.

    Examples:
        >>> round(chi_squared_tail(3.841458820694124, 1), 12)
        0.05
    """
    from scipy.special import gammaincc

    return float(gammaincc(df / 2, statistic / 2)) if df > 0 else nan


def normal_two_sided(z: float) -> float:
    """Return the chance that a standard normal variable lies further from 0 than z.

    Examples:
        >>> round(normal_two_sided(1.959963984540054), 12)
        0.05
    """
    from scipy.special import erfc

    return float(erfc(abs(z) / sqrt(2)))


def quadratic_form(score: AnyArray, variance: AnyArray) -> tuple[float, int]:
    """Return score' V^- score and the rank of V, which is the statistic's degrees of freedom.

    V is the singular covariance of scores that sum to 0, so its generalised inverse is taken over the directions
    that have variance. Without any the statistic is NaN and the rank 0.

    Examples:
        >>> value, rank = quadratic_form(np.array([2.0, -2.0]), np.array([[1.0, -1.0], [-1.0, 1.0]]))
        >>> round(value, 12), rank
        (4.0, 1)
    """
    # Scaled to unit diagonal first: a rank must not depend on one group being a thousand times another.
    scale = np.sqrt(np.diag(variance).clip(min=0))
    kept = scale > 1e-12 * scale.max(initial=0.0)
    if not kept.any():
        return nan, 0
    unit = variance[np.ix_(kept, kept)] / np.outer(scale[kept], scale[kept])
    roots, vectors = np.linalg.eigh(unit)
    held: FloatArray = vectors[:, roots > 1e-10].T @ (score[kept] / scale[kept])
    return float(np.sum(held**2 / roots[roots > 1e-10])), held.size
