"""MRD by cycle: conversion first after each cycle, the state of each assay, the category, and log reductions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from engager.analyses.response import DEPENDENT
from engager.analyses.rows import LISTED, conventions, finite, proportion_row, unique, warned
from engager.endpoints import Datasets
from engager.endpoints.disease.mrd import COMPLETE, FAILURE, INTERMEDIATE, OPEN
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult
from engager.statistics import Conventions

CYCLE_NOT_RECORDED = "cycle not recorded"
_OUT_OF = "of patients with a positive burden before treatment"
_CATEGORIES = {
    COMPLETE: "not detected at a sensitivity of 0.01 % or deeper",
    INTERMEDIATE: "below 0.01 % but detected, or not detected by an assay less deep or of unknown depth",
    OPEN: "below 0.01 %, whether anything was detected not stated",
    FAILURE: "0.01 % or above",
}


def analyse_mrd(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield conversion by cycle, the cycles of each MRD category, each cycle's MRD in words and its log reduction."""
    settings = conventions(plan)
    yield from _by_cycle(datasets.mrd_conversion, plan, settings)
    yield from _categories(datasets.disease.mrd_cycles)
    for row in datasets.disease.mrd_cycles.head(LISTED).iter_rows(named=True):
        yield _state(row)
    for row in datasets.cycle_response.head(LISTED).iter_rows(named=True):
        yield _reduction(row)
        if row["before_low"] is not None:
            yield _before(row)


def _by_cycle(conversion: pl.DataFrame, plan: AnalysisPlan, settings: Conventions) -> Iterator[AnalysisResult]:
    """Yield those first negative after each cycle, and those negative by then, out of all positive before."""
    converted = conversion.filter(pl.col("converted") == "yes")
    rule = f"MRD below {plan.response.mrd_negative_below:g}"
    cycles = sorted(converted["converted_cycle"].drop_nulls().unique())
    for cycle in cycles:
        first = converted.filter(pl.col("converted_cycle") == cycle)
        words = f"{rule} first after this cycle, {_OUT_OF}"
        row = proportion_row(
            "mrd", "converted_first", first, conversion.height, settings, at=f"cycle {cycle}", rule=words
        )
        yield warned(row, _undecided(first))
        by_then = converted.filter(pl.col("converted_cycle") <= cycle)
        words = f"{rule} after this cycle or an earlier one, {_OUT_OF}"
        yield proportion_row(
            "mrd", "converted_by", by_then, conversion.height, settings, at=f"cycle {cycle}", rule=words
        )
    unplaced = converted.filter(pl.col("converted_cycle").is_null())
    if unplaced.height:
        words = f"{rule} after a cycle that the record does not name, {_OUT_OF}"
        yield proportion_row(
            "mrd", "converted_first", unplaced, conversion.height, settings, at=CYCLE_NOT_RECORDED, rule=words
        )


def _undecided(first: pl.DataFrame) -> str | None:
    earlier = first.filter("undecided_before")["patient"]
    if earlier.is_empty():
        return None
    return f"{earlier.len()} of them with an earlier MRD reading that does not decide, so perhaps earlier"


def _categories(read: pl.DataFrame) -> Iterator[AnalysisResult]:
    known = read.filter(pl.col("category").is_not_null())
    for name, meaning in _CATEGORIES.items():
        rows = known.filter(pl.col("category") == name)
        yield AnalysisResult(
            analysis="mrd", name="category", at=name, n=rows.height, N=known.height, unit="1",
            estimate=rows.height / known.height if known.height else None,
            method=f"cycles with an MRD reading after them that decides: {meaning}; the worst that is proven counts",
            warning=f"{DEPENDENT}: no interval is given",
            patients=unique(rows["patient"]),
            sources=unique(rows["sources"].explode(empty_as_null=False).drop_nulls()),
        )  # fmt: skip


def _address(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "group": f"patient {row['patient']}",
        "at": f"cycle {row['cycle']}",
        "patients": (str(row["patient"]),),
        "sources": tuple(row["sources"]),
    }


def _state(row: dict[str, Any]) -> AnalysisResult:
    category = f"MRD response: {row['category']}" if row["category"] else "MRD response: not decided"
    return AnalysisResult(analysis="mrd", name="state", text=row["states"], method=category, **_address(row))


def _reduction(row: dict[str, Any]) -> AnalysisResult:
    """Return the log reduction of a cycle: the estimate where both readings are numbers, else its bounds."""
    low, high = (finite(row[f"log_reduction_{bound}"]) for bound in ("low", "high"))
    exact = low is not None and low == high
    unknown = low is None and high is None
    return AnalysisResult(
        analysis="cycle_response", name="log_reduction", unit="{log}", method=_compared(row),
        estimate=low if exact else None, lower=None if exact else low, upper=None if exact else high,
        warning=_why_none(row) if unknown else None, **_address(row),
    )  # fmt: skip


def _compared(row: dict[str, Any]) -> str:
    """Return what was compared: the test and its assay before and after."""
    sides = []
    for when in ("before", "after"):
        test, method = row[f"{when}_test"], row[f"{when}_method"]
        words = "nothing" if test is None else {"mrd": "MRD", "marrow_blasts": "marrow blasts"}[test]
        sides.append(f"{words} ({method})" if method else words)
    return f"log10 of the burden before over that after; {sides[0]} before, {sides[1]} after"


def _why_none(row: dict[str, Any]) -> str:
    if row["refused"]:
        return "not compared: MRD before and after is of two assays, and the plan does not compare assays"
    missing = [when for when in ("before", "after") if row[f"{when}_low"] is None]
    return f"no burden recorded {' or '.join(missing)}" if missing else "the readings bound no reduction"


def _before(row: dict[str, Any]) -> AnalysisResult:
    low, high = row["before_low"], row["before_high"]
    exact = low == high
    return AnalysisResult(
        analysis="cycle_response", name="burden_before", unit="1", estimate=low if exact else None,
        lower=None if exact else low, upper=None if exact else high,
        method="fraction of marrow cells before the cycle, by the reading that counts", **_address(row),
    )  # fmt: skip
