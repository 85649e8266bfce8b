"""Cytokines: who had values above the limit of quantification, peaks with their day, areas under the curve by cycle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from engager.analyses.bounded import bound_fields, summary_rows
from engager.analyses.course_rows import course_rows
from engager.analyses.immune import LISTED_CYCLES
from engager.analyses.rows import conventions, proportion_row, sources_of, unique
from engager.endpoints import Datasets
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult
from engager.statistics import Conventions

ANALYSIS = "cytokines"
AREA_UNIT = "pg.d/mL"
_PEAK = "highest value of the patient"
_AREA = "linear trapezoid over the means of the days, first to last sample of the cycle; values below the limit of "
_AREA += "quantification at 0 and at the limit"


def analyse_cytokines(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield, by analyte, values above the limit, peaks, the highest value of all and areas; then the courses."""
    values, courses = datasets.immune.cytokines, datasets.immune.cytokine_courses
    if values.is_empty():
        return
    settings = conventions(plan)
    by_analyte = {name: courses.filter(pl.col("analyte") == name) for name in unique(courses["analyte"])}
    for (name,), rows in values.partition_by("analyte", as_dict=True, maintain_order=True).items():
        yield from _above(str(name), rows, settings)
        own = by_analyte.get(str(name))
        if own is not None:
            yield from _peaks(str(name), own, settings)
            yield from _highest(str(name), own)
            yield from _cycles(str(name), own, settings)
        yield from _limits(str(name), rows)
    yield from course_rows("cytokine_course", values.with_columns(name="analyte"), datasets, plan, "pg/mL")


def _above(name: str, rows: pl.DataFrame, settings: Conventions) -> Iterator[AnalysisResult]:
    """Yield the patients with a value above the limit, and the share of the values above it."""
    decided = rows.filter(pl.col("above").is_not_null())
    patients = decided.filter(pl.col("above")).group_by("patient", maintain_order=True).agg(
        pl.col("sources").explode().unique(maintain_order=True)
    )  # fmt: skip
    everyone = decided["patient"].n_unique()
    rule = "a value at or above the limit of quantification, of patients with the analyte measured"
    yield proportion_row(ANALYSIS, "above_limit", patients, everyone, settings, at=name, rule=rule)
    above = decided.filter(pl.col("above"))
    yield AnalysisResult(
        analysis=ANALYSIS, name="values_above_limit", at=name, n=above.height, N=decided.height, unit="1",
        estimate=above.height / decided.height if decided.height else None,
        method="values at or above the limit of quantification", patients=unique(above["patient"]),
        warning="values of one patient are not independent: no interval is given",
    )  # fmt: skip


def _peaks(name: str, courses: pl.DataFrame, settings: Conventions) -> Iterator[AnalysisResult]:
    """Yield the spread over patients of their highest value, and of the day of the cycle on which it was reached."""
    order = ["peak_low", "peak_high"]
    best = courses.sort("patient", *order, "cycle", descending=[False, True, True, False], nulls_last=True)
    one = best.group_by("patient", maintain_order=True).first().with_columns(low="peak_low", high="peak_high")
    yield from summary_rows(ANALYSIS, one, settings, at=name, out_of=one.height, unit="pg/mL", of="peak_", rule=_PEAK)
    dated = one.filter(pl.col("peak_day").is_not_null()).with_columns(
        low=pl.col("peak_day").cast(pl.Float64), high=pl.col("peak_day").cast(pl.Float64)
    )
    rule = f"day of the cycle of the {_PEAK}, of those above the limit of quantification"
    yield from summary_rows(ANALYSIS, dated, settings, at=name, out_of=one.height, unit="d", of="peak_day_", rule=rule)


def _highest(name: str, courses: pl.DataFrame) -> Iterator[AnalysisResult]:
    """Yield the highest value of all patients with its day of the cycle; nothing where none exceeds the limit."""
    top = courses.filter((pl.col("peak_low") == pl.col("peak_low").max()) & (pl.col("peak_low") > 0))
    if top.is_empty():
        return
    first = top.sort("peak_day", nulls_last=True)
    row = first.row(0, named=True)
    behind: dict[str, Any] = {
        "patients": unique(first["patient"]),
        "sources": sources_of(first),
        "at": name,
        "analysis": ANALYSIS,
    }
    where = "; ".join(f"patient {one['patient']}, cycle {one['cycle']}" for one in first.iter_rows(named=True))
    yield AnalysisResult(
        **behind, name="highest", **bound_fields(row["peak_low"], row["peak_high"]), unit="pg/mL", n=first.height,
        method=f"highest value of all patients: {where}",
    )  # fmt: skip
    yield AnalysisResult(
        **behind, name="highest_day", estimate=None if row["peak_day"] is None else float(row["peak_day"]), unit="d",
        method=f"day of the cycle of the highest value of all patients: {where}",
        warning=None if row["peak_day"] is not None else "day not recorded",
    )  # fmt: skip


def _cycles(name: str, courses: pl.DataFrame, settings: Conventions) -> Iterator[AnalysisResult]:
    """Yield peak and area by cycle."""
    for (cycle,), rows in courses.sort("cycle").partition_by("cycle", as_dict=True, maintain_order=True).items():
        if int(str(cycle)) > LISTED_CYCLES:
            return
        at = f"{name}, cycle {cycle}"
        peaks = rows.with_columns(low="peak_low", high="peak_high")
        yield from summary_rows(
            ANALYSIS, peaks, settings, at=at, out_of=rows.height, unit="pg/mL", of="peak_", rule="highest of the cycle"
        )
        areas = rows.filter(pl.col("auc_low").is_not_null()).with_columns(low="auc_low", high="auc_high")
        yield from summary_rows(
            ANALYSIS, areas, settings, at=at, out_of=rows.height, unit=AREA_UNIT, of="area_", rule=_AREA
        )


def _limits(name: str, rows: pl.DataFrame) -> Iterator[AnalysisResult]:
    """Yield the limits of quantification of an analyte, for the figure to draw."""
    for number, limit in enumerate(sorted(rows["loq"].drop_nulls().unique()), 1):
        yield AnalysisResult(
            analysis="cytokine_limit", name=name, at=str(number), estimate=limit, unit="pg/mL",
            method="limit of quantification, of the row or of the plan",
        )  # fmt: skip
