"""Result rows of values of which some are known as bounds only."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from engager.analyses.rows import finite, sources_of, unique
from engager.results import AnalysisResult
from engager.statistics import Conventions, bounded_quantile, quantile

SPREAD = {"median": 0.5, "q1": 0.25, "q3": 0.75, "min": 0.0, "max": 1.0}
"""The quantiles that summarise a set of values, by the name of their result."""


def bound_fields(low: float | None, high: float | None) -> dict[str, Any]:
    """Return `estimate` of a value that is known, else `lower` and `upper`; None is no bound.

    Examples:
        >>> bound_fields(3.0, 3.0), bound_fields(0.0, 2.44), bound_fields(5.0, None)
        ({'estimate': 3.0}, {'lower': 0.0, 'upper': 2.44}, {'lower': 5.0, 'upper': None})
    """
    if low is not None and low == high:
        return {"estimate": float(low)}
    lower, upper = (None if end is None or not math.isfinite(end) else float(end) for end in (low, high))
    return {"lower": lower, "upper": upper}


def ends(frame: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower and the upper bounds of a frame as arrays, infinite where there is no upper bound."""
    return frame["low"].to_numpy(), frame["high"].cast(pl.Float64).fill_null(math.inf).to_numpy()


def summary_rows(  # noqa: PLR0913 - the address of a result has four parts
    analysis: str,
    rows: pl.DataFrame,
    settings: Conventions,
    *,
    group: str = "all",
    at: str | None = None,
    out_of: int,
    unit: str,
    of: str = "",
    rule: str = "",
    warning: str | None = None,
    names: tuple[str, ...] = ("median", "min", "max"),
) -> Iterator[AnalysisResult]:
    """Yield median, least and greatest of values in `low` and `high`; without values a median that says so.

    `n` counts the values, `N` what they are out of; a summary that the bounds leave open has `lower` and `upper`
    and no estimate. `of` stands before the name of each row.
    """
    method = "; ".join(filter(None, (rule, settings.words("quantile"))))
    behind: dict[str, Any] = {"patients": unique(rows["patient"]), "sources": sources_of(rows)}
    row = {"analysis": analysis, "group": group, "at": at, "n": rows.height, "N": out_of, "unit": unit} | behind
    if rows.is_empty():
        yield AnalysisResult(**row, name=f"{of}median", method=method, warning="no value recorded")
        return
    low, high = ends(rows)
    bounded = int((low != high).sum())
    said = "; ".join(filter(None, (f"{bounded} of {rows.height} values are bounds" if bounded else None, warning)))
    for name in names:
        found = bounded_quantile(low, high, SPREAD[name], type=settings.quantile_type)
        yield AnalysisResult(**row, name=f"{of}{name}", **bound_fields(*found), method=method, warning=said or None)


def known_quantile(values: np.ndarray, settings: Conventions, p: float = 0.5) -> float | None:
    """Return a quantile of numbers, None of none."""
    return finite(float(quantile(values, p, type=settings.quantile_type))) if values.size else None
