"""The rows behind a figure of courses: each value of each patient, or the quantiles of many patients by day."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from engager.analyses.bounded import bound_fields, ends
from engager.analyses.rows import conventions, unique
from engager.endpoints import Datasets
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult
from engager.statistics import Conventions, bounded_quantile

DRAWN = 60
"""The most patients whose courses are given one by one; beyond it they are given as quantiles."""
NO_SERIES = "not classed"
_LEAST = 5  # values of a day below which quantiles say nothing
_LAST_DAY = 84  # of a cycle; what comes later is follow-up


def series_of(datasets: Datasets, plan: AnalysisPlan) -> pl.DataFrame:
    """Return the series of each cycle: its class, or the patient's group where the plan asks for groups."""
    cycles = datasets.cycle_response.select("patient", "cycle", series=pl.col("class").cast(pl.String))
    if plan.immune.course_by == "group" and plan.group_by is not None:
        groups = datasets.subjects.select("patient", series=pl.col(plan.group_by).cast(pl.String))
        cycles = cycles.drop("series").join(groups, on="patient", how="left", maintain_order="left")
    return cycles.with_columns(pl.col("series").fill_null(NO_SERIES))


def course_rows(
    analysis: str, values: pl.DataFrame, datasets: Datasets, plan: AnalysisPlan, unit: str
) -> Iterator[AnalysisResult]:
    """Yield the values by `name`, day of the cycle and series; `text` is the series.

    `values` has patient, cycle, cycle_day, name, low, high, sources. Each value is in the group `patient P, cycle C`;
    of more than `DRAWN` patients the median of each day with its quartiles as lower and upper is in that of the series.
    """
    placed = values.filter(pl.col("cycle").is_not_null() & (pl.col("cycle_day") <= _LAST_DAY))
    placed = placed.join(series_of(datasets, plan), on=["patient", "cycle"], how="left", maintain_order="left")
    placed = placed.with_columns(pl.col("series").fill_null(NO_SERIES))
    if placed["patient"].n_unique() > DRAWN:
        yield from _quantiles(analysis, placed, conventions(plan), unit)
        return
    keys = ["name", "patient", "cycle", "cycle_day"]
    ordered = placed.sort(*keys, "low", "high", nulls_last=True)
    numbered = ordered.with_columns(number=pl.int_range(pl.len()).over(keys) + 1)
    for row in numbered.iter_rows(named=True):
        again = f", sample {row['number']}" if row["number"] > 1 else ""
        yield AnalysisResult(
            analysis=analysis, name=row["name"], group=f"patient {row['patient']}, cycle {row['cycle']}",
            at=f"day {row['cycle_day']}{again}", **bound_fields(row["low"], row["high"]), unit=unit,
            text=row["series"], method="value by day of the cycle", patients=(row["patient"],),
            sources=tuple(row["sources"]),
        )  # fmt: skip


def _quantiles(analysis: str, placed: pl.DataFrame, settings: Conventions, unit: str) -> Iterator[AnalysisResult]:
    """Yield median and quartiles of each day with enough values; a median known as a bound has its bounds instead."""
    parts = placed.sort("name", "series", "cycle_day").partition_by(["name", "series", "cycle_day"], as_dict=True)
    for (name, series, day), rows in parts.items():
        if rows.height < _LEAST:
            continue
        low, high = ends(rows)
        median, *quartiles = (bounded_quantile(low, high, p, type=settings.quantile_type) for p in (0.5, 0.25, 0.75))
        values = bound_fields(*median)
        known = "estimate" in values
        if known:
            values["lower"], values["upper"] = (bound_fields(*pair).get("estimate") for pair in quartiles)
        yield AnalysisResult(
            analysis=analysis, name=str(name), group=str(series), at=f"day {day}", **values,
            n=rows.height, N=rows.height, unit=unit, text=str(series),
            method=f"median and quartiles of the day; {settings.words('quantile')}",
            warning=None if known else "the median is known as a bound: lower and upper are its bounds",
            patients=unique(rows["patient"]),
        )  # fmt: skip
