"""Cells: counts by timepoint, how they were come by, recovery, B-cell depletion, and before against after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from engager.analyses.bounded import known_quantile, summary_rows
from engager.analyses.comparison import untested
from engager.analyses.course_rows import course_rows
from engager.analyses.response import DEPENDENT
from engager.analyses.rows import Population, conventions, finite, populations, proportion_row, sources_of, unique
from engager.endpoints import Datasets
from engager.endpoints.immune.cell_counts import BLOOD, TREG_SHARE
from engager.endpoints.immune.cell_courses import (
    DEPLETED,
    DEPLETED_BEFORE,
    NOT_DEPLETED,
    NOT_FALLEN,
    NOT_RECOVERED,
    RECOVERED,
)
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult
from engager.statistics import wilcoxon_signed_rank

ANALYSIS = "cell_counts"
LISTED_CYCLES = 9  # as many cycles as the longest labelled schedule has
BASELINE, LAST = "baseline", "end of treatment"
_CELL = ["population", "compartment"]


def analyse_immune(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield the results of cells; nothing where no cells were counted."""
    immune = datasets.immune
    if immune.cell_counts.is_empty():
        return
    points = _timepoints(datasets)
    for population in populations(datasets, plan, responders=False):
        yield from _by_timepoint(population, points, plan)
    yield from _methods(immune.cell_counts)
    yield from _recovery(immune.cell_courses, plan)
    yield from _depletion(datasets, plan)
    yield from _paired(points, plan)
    drawn = immune.cell_counts.filter(
        (pl.col("compartment") == BLOOD) & pl.col("low").is_not_null() & (pl.col("population") != TREG_SHARE)
    )
    yield from course_rows("cell_course", drawn.with_columns(name="population"), datasets, plan, "/uL")


def _timepoints(datasets: Datasets) -> pl.DataFrame:
    """Return one row a patient, population, compartment and timepoint with the value there."""
    keys = ["patient", *_CELL]
    starts, courses = datasets.immune.cell_starts, datasets.immune.cell_courses
    first = starts.filter(pl.col("cycle") == pl.col("cycle").min().over("patient"))
    baseline = first.filter(pl.col("cycle") == 1).with_columns(at=pl.lit(BASELINE))
    ended = courses.filter(pl.col("end_low").is_not_null())
    last = ended.filter(pl.col("cycle") == pl.col("cycle").max().over(keys)).with_columns(at=pl.lit(LAST))
    frames = [baseline, last.with_columns(low="end_low", high="end_high")]
    for name, prefix in (("start", "start"), ("nadir", "nadir"), ("peak", "peak"), ("end", "end")):
        rows = courses.filter(pl.col(f"{prefix}_low").is_not_null() & (pl.col("cycle") <= LISTED_CYCLES))
        frames.append(
            rows.with_columns(
                at=pl.format("cycle {} {}", "cycle", pl.lit(name)), low=f"{prefix}_low", high=f"{prefix}_high"
            )
        )
    order = ["population", "compartment", "at", "patient"]
    return pl.concat([frame.select(*keys, "at", "low", "high", "sources") for frame in frames]).sort(order)


def _by_timepoint(population: Population, points: pl.DataFrame, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield median and range of each population of cells at each timepoint, out of the patients of the population."""
    settings = conventions(plan)
    parts = population.of(points).partition_by([*_CELL, "at"], as_dict=True, maintain_order=True)
    for (cell, compartment, at), rows in parts.items():
        yield from summary_rows(
            ANALYSIS, rows, settings, group=population.group, at=f"{cell} {compartment}, {at}",
            out_of=len(population.patients), unit="1" if cell == TREG_SHARE else "/uL", rule=_rule(str(at), plan),
        )  # fmt: skip


def _rule(at: str, plan: AnalysisPlan) -> str:
    if at in (BASELINE,) or at.endswith("start"):
        return f"last value up to {plan.immune.start_within_days} days before the cycle's infusion or on its first day"
    return "last value of the last cycle" if at == LAST else "of the values after the cycle's first day"


def _methods(counts: pl.DataFrame) -> Iterator[AnalysisResult]:
    """Yield how the values were come by, and how many could not be computed, by reason."""
    total = counts.group_by(_CELL).agg(N=pl.len())
    for name in ("method", "reason"):
        rows = counts.filter(pl.col(name).is_not_null()).group_by(*_CELL, name).agg(
            n=pl.len(), patients=pl.col("patient").unique().sort()
        )  # fmt: skip
        for row in rows.join(total, on=_CELL).sort(*_CELL, name).iter_rows(named=True):
            yield AnalysisResult(
                analysis=ANALYSIS, name="method" if name == "method" else "not_computed", group=row[name],
                at=f"{row['population']} {row['compartment']}", n=row["n"], N=row["N"], unit="{values}",
                method="values by the way in which they were come by", patients=tuple(row["patients"]),
            )  # fmt: skip


def _recovery(courses: pl.DataFrame, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield in how many cycles a population fell and came back, and after how many days."""
    goal = f"{plan.immune.recovery_fraction:g} of the baseline" if plan.immune.recovery == "baseline" else "lower limit"
    rule = f"first day of the cycle after the nadir at the {goal} or above"
    decided = courses.filter(pl.col("recovery").is_not_null() & (pl.col("compartment") == BLOOD))
    for (cell,), rows in decided.partition_by("population", as_dict=True, maintain_order=True).items():
        for state in (RECOVERED, NOT_RECOVERED, NOT_FALLEN):
            chosen = rows.filter(pl.col("recovery") == state)
            day = known_quantile(chosen["recovered_day"].drop_nulls().to_numpy(), conventions(plan))
            yield AnalysisResult(
                analysis=ANALYSIS, name="recovery", group=state, at=f"{cell} {BLOOD}", n=chosen.height, N=rows.height,
                estimate=day if state == RECOVERED else None, unit="d", method=f"cycles; median day; {rule}",
                warning=DEPENDENT, patients=unique(chosen["patient"]), sources=sources_of(chosen),
            )  # fmt: skip


def _depletion(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield who lost the B cells of the blood, and on which day."""
    found, settings = datasets.immune.b_cell_depletion, conventions(plan)
    if found.is_empty():
        return
    rule = f"CD19 cells of blood below {plan.immune.b_cells_depleted_below:g} per uL"
    for state in (DEPLETED_BEFORE, DEPLETED, NOT_DEPLETED):
        rows = found.filter(pl.col("state") == state)
        yield proportion_row("b_cell_depletion", "patients", rows, found.height, settings, at=state, rule=rule)
    dated = found.filter(pl.col("day").is_not_null()).with_columns(low=pl.col("day").cast(pl.Float64), high="day")
    yield from summary_rows(
        "b_cell_depletion", dated, settings, at=DEPLETED, out_of=found.height, unit="d", of="day_",
        rule=f"study day of the first sample with {rule}, of those depleted under treatment",
    )  # fmt: skip


def _paired(points: pl.DataFrame, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield the signed-rank test of the end of treatment against the baseline, values known in both."""
    settings = conventions(plan)
    keys = ["patient", *_CELL]
    known = points.filter(pl.col("low") == pl.col("high"))
    before, after = (known.filter(pl.col("at") == at).select(*keys, "low", "sources") for at in (BASELINE, LAST))
    pairs = before.join(after, on=keys, suffix="_after", maintain_order="left")
    for (cell, compartment), rows in pairs.partition_by(_CELL, as_dict=True, maintain_order=True).items():
        yield _increased(f"{cell} {compartment}", rows, plan)
        why = untested((rows.height, rows.height), plan)
        found = None
        if why is None:
            found = wilcoxon_signed_rank(rows["low_after"].to_numpy(), rows["low"].to_numpy(), level=settings.level)
        row: dict[str, Any] = {
            "analysis": ANALYSIS, "at": f"{cell} {compartment}", "n": rows.height, "warning": why,
            "patients": unique(rows["patient"]), "sources": sources_of(rows),
        }  # fmt: skip
        method = "end of treatment less baseline, patients with a known value of both"
        if found is None:
            yield AnalysisResult(**row, name="paired_test", unit="{p}", method=method)
            continue
        words = f"{method}; {found.test.method}"
        yield AnalysisResult(**row, name="paired_test", estimate=finite(found.test.p_value), unit="{p}", method=words)
        centre = found.centre
        yield AnalysisResult(
            **row, name="paired_shift", estimate=finite(centre.estimate), lower=finite(centre.lower),
            upper=finite(centre.upper), level=settings.level, unit="1" if cell == TREG_SHARE else "/uL",
            method=f"{method}; {centre.method}",
        )  # fmt: skip


def _increased(at: str, rows: pl.DataFrame, plan: AnalysisPlan) -> AnalysisResult:
    """Return how many patients had more cells at the end of treatment than at the baseline."""
    more = rows.filter(pl.col("low_after") > pl.col("low"))
    rule = "more cells at the end of treatment than at the baseline, of patients with a known value of both"
    return proportion_row(ANALYSIS, "increased", more, rows.height, conventions(plan), at=at, rule=rule)
