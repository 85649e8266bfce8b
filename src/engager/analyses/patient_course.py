"""What the figure of one patient's course draws: doses, readings of disease, cells and cytokines, events, therapies.

Nothing is placed by guess: what has a day stands on it, what only its cycle places stands there, the rest is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from engager.analyses.bounded import bound_fields
from engager.endpoints import Datasets
from engager.endpoints.disease.burden import read_marrow
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult
from engager.schema.therapies import was_given

DRAWN = 40
"""The most patients whose courses are given one by one."""
CELLS = ("cd3", "cd4", "cd8", "cd19")
ANALYSIS = "patient_course"
_PLACE = ["patient", "name", "day", "cycle", "timepoint"]


def analyse_patient_course(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield the doses, readings, limits, adverse events and therapies of each patient; none of more than `DRAWN`."""
    patients = datasets.subjects["patient"]
    if patients.len() > DRAWN:
        return
    yield from _spans("dose", _doses(datasets), plan)
    readings = _readings(datasets, plan)
    yield from _values(readings, plan)
    yield from _limits(readings)
    yield from _spans("adverse_event", _adverse_events(datasets), plan)
    yield from _spans("therapy", _therapies(datasets), plan)


def _readings(datasets: Datasets, plan: AnalysisPlan) -> pl.DataFrame:
    """Return every reading that is placed: patient, name, place, bounds, unit, state, limit, sources."""
    marrow = read_marrow(datasets.cohort, plan.response).select(
        "patient", "day", "cycle", pl.col("timepoint").cast(pl.String), "low", "high", "state", name="test",
        unit=pl.lit("1"), limit="sensitivity", sources=pl.concat_list("source"),
    )  # fmt: skip
    counts = datasets.immune.cell_counts.filter(
        (pl.col("compartment") == "blood") & pl.col("population").is_in(CELLS) & pl.col("low").is_not_null()
    )
    cells = counts.select(
        "patient", "day", "cycle", "timepoint", "low", "high", name="population", unit=pl.lit("/uL"), sources="sources"
    )
    cytokines = datasets.immune.cytokines.select(
        "patient", "day", "cycle", "timepoint", "low", "high", name="analyte", unit=pl.lit("pg/mL"), limit="loq",
        sources="sources",
    )  # fmt: skip
    order = datasets.subjects.select("patient").with_row_index("order")
    frames = pl.concat([marrow, cells, cytokines], how="diagonal_relaxed").with_columns(pl.col("name").cast(pl.String))
    placed = frames.filter(
        pl.col("day").is_not_null() | (pl.col("timepoint").is_not_null() & pl.col("cycle").is_not_null())
    )
    joined = placed.join(order, on="patient", maintain_order="left")
    return joined.sort("order", *_PLACE[1:], "low", "high", nulls_last=True, maintain_order=True)


def _values(readings: pl.DataFrame, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    numbered = readings.with_columns(number=pl.int_range(pl.len()).over(_PLACE) + 1)
    for row in numbered.iter_rows(named=True):
        again = f", sample {row['number']}" if row["number"] > 1 else ""
        yield _result(
            row["patient"], row["name"], _place(row, plan) + again, row["sources"], unit=row["unit"],
            **bound_fields(row["low"], row["high"]), text=row["state"], method="as measured",
        )  # fmt: skip


def _place(row: dict[str, Any], plan: AnalysisPlan) -> str:
    """Return where a reading stands: `day 12`, or `cycle 1, end of cycle`."""
    if row["day"] is not None:
        return f"day {row['day'] - plan.conventions.day_offset}"
    return f"cycle {row['cycle']}, {row['timepoint']}"


def _limits(readings: pl.DataFrame) -> Iterator[AnalysisResult]:
    """Yield the limits of the assays of each patient; the same limit once."""
    known = readings.filter(pl.col("limit").is_not_null())
    once = known.group_by("patient", "name", "limit", "unit", maintain_order=True).agg(
        pl.col("sources").explode().unique(maintain_order=True)
    )
    for row in once.iter_rows(named=True):
        at = f"{row['name']} {row['limit']:g}"
        yield _result(
            row["patient"], "limit", at, row["sources"], estimate=row["limit"], unit=row["unit"], text=row["name"],
            method="limit of detection or of quantification",
        )  # fmt: skip


def _doses(datasets: Datasets) -> pl.DataFrame:
    order = ["patient", "cycle", "start_day", "step", "dose"]
    rows = datasets.cohort["exposure"].sort(order, nulls_last=True, maintain_order=True)
    return _sourced(rows, "exposure").select(
        "patient", "start_day", "end_day", "sources", number="dose", unit="unit",
        text=pl.format("cycle {}", pl.col("cycle").cast(pl.String).fill_null("not recorded")),
    )  # fmt: skip


def _adverse_events(datasets: Datasets) -> pl.DataFrame:
    rows = datasets.adverse_events.events.select(
        pl.col("patient").cast(pl.String), "start_day", "end_day", "sources", number="grade_low",
        unit=pl.lit(None, pl.String), text=pl.col("term").cast(pl.String),
    )  # fmt: skip
    return rows.sort("start_day", "text", "end_day", "number", nulls_last=True, maintain_order=True)


def _therapies(datasets: Datasets) -> pl.DataFrame:
    rows = datasets.cohort["therapies"]
    given = rows.filter(was_given() & (pl.col("start_day") >= 1))
    kind = pl.col("kind").cast(pl.String)
    ordered = given.sort("start_day", "kind", "name", nulls_last=True, maintain_order=True)
    return _sourced(ordered, "therapies").select(
        "patient", "start_day", "end_day", "sources", number=pl.lit(None, pl.Float64), unit=pl.lit(None, pl.String),
        text=pl.when(kind == "hsct").then(pl.lit("transplant")).otherwise(pl.coalesce("name", kind)),
    )  # fmt: skip


def _sourced(rows: pl.DataFrame, table: str) -> pl.DataFrame:
    return rows.with_columns(sources=pl.concat_list(pl.format("{}:{}", pl.lit(table), "row")))


def _spans(name: str, rows: pl.DataFrame, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield stretches of time, `lower` to `upper` in days, either unknown where the record gives none."""
    offset = plan.conventions.day_offset
    numbered = rows.with_columns(nr=pl.int_range(pl.len()).over("patient") + 1)
    for row in numbered.iter_rows(named=True):
        start, end = (None if day is None else float(day - offset) for day in (row["start_day"], row["end_day"]))
        yield _result(
            row["patient"], name, str(row["nr"]), row["sources"], estimate=row["number"], lower=start, upper=end,
            unit=row["unit"], text=row["text"], method="first and last day as recorded",
        )  # fmt: skip


def _result(patient: str, name: str, at: str, sources: list[str], **values: Any) -> AnalysisResult:
    return AnalysisResult(
        analysis=ANALYSIS, name=name, group=f"patient {patient}", at=at, patients=(patient,), sources=tuple(sources),
        **values,
    )  # fmt: skip
