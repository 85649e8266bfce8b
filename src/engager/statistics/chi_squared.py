"""Tables of counts and the chi-squared test of independence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engager.errors import StatisticsError
from engager.statistics.arrays import FloatArray, IntArray, ReadOnlyArrays
from engager.statistics.significance import TestResult, chi_squared_tail


@dataclass(frozen=True, eq=False)
class ChiSquaredTest(ReadOnlyArrays):
    """Pearson's test with the counts `expected` under independence, shape of the table."""

    test: TestResult
    expected: FloatArray


def chi_squared(table: ArrayLike, *, yates: bool = False) -> ChiSquaredTest:
    """Return Pearson's chi-squared test that rows and columns of a table are independent.

    The statistic is the sum of (count - expected)^2 / expected with (rows - 1)(columns - 1) degrees of freedom.
    Yates' correction, for 2 x 2 tables only, takes the lesser of 1/2 and `|count - expected|` off each difference.

    Args:
        table: counts of shape (r, c), r and c at least 2.
        yates: whether to correct a 2 x 2 table; larger tables are never corrected.

    Returns:
        The test and the expected counts; NaN where a row or column is empty, as nothing can be expected there.

    Raises:
        StatisticsError: a count that is no whole number of at least 0, a table without observations or too small.

    References:
        Pearson 1900; Yates 1934.

    Examples:
        >>> chi_squared([[3, 1], [1, 3]]).test.statistic
        2.0
    """
    counts = contingency_table(table)
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    expected = np.outer(rows, columns) / counts.sum()
    corrected = yates and counts.shape == (2, 2)
    df = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    words = "chi-squared test with Yates' correction" if corrected else "chi-squared test without correction"
    if not (rows.all() and columns.all()):
        return ChiSquaredTest(TestResult(np.nan, df, np.nan, words), expected)
    off = np.abs(counts - expected)
    statistic = float(np.sum((off - np.minimum(0.5 * corrected, off)) ** 2 / expected))
    return ChiSquaredTest(TestResult(statistic, df, chi_squared_tail(statistic, df), words), expected)


def contingency_table(table: ArrayLike) -> IntArray:
    """Return a table of counts, checked: two dimensions, each at least 2, whole numbers, at least one observation."""
    counts = np.asarray(table)
    if counts.ndim != 2 or min(counts.shape) < 2:
        raise StatisticsError(f"table: expected at least two rows and two columns, found shape {counts.shape}")
    if counts.dtype.kind not in "iubf":
        raise StatisticsError(f"table: expected counts, found type {counts.dtype}")
    bad = ~(np.isfinite(counts) & (counts >= 0) & (counts == np.floor(counts)))
    if bad.any():
        row, column = np.argwhere(bad)[0]
        found = counts[row, column]
        raise StatisticsError(f"table[{row}, {column}]: expected a whole number of at least 0, found {found}")
    if not counts.any():
        raise StatisticsError("table: expected at least one observation, found none")
    return counts.astype(np.intp)
