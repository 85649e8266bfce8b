"""Exposure one by one: the body surface of each patient, the numbers of each cycle, each departure from the regimen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from engager.analyses.rows import LISTED, sources_of, unique
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult
from engager.terms.body_surface import FORMULAS

ANALYSIS = "exposure"


def each_body_surface(rows: pl.DataFrame, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield the body surface of each patient with its formula, and of how many it is known."""
    formula, decimals = FORMULAS[plan.exposure.body_surface], plan.exposure.body_surface_decimals
    rounding = "not rounded" if decimals is None else f"rounded to {decimals} decimals"
    method = f"{formula.name}: {formula.in_words()} (cm, kg), {rounding}"
    known = rows.filter(pl.col("body_surface").is_not_null())
    lost = rows.height - known.height
    yield AnalysisResult(
        analysis=ANALYSIS, name="body_surface_known", n=known.height, N=rows.height, unit="{patients}", method=method,
        warning=f"not computable for {lost} of {rows.height} patients: {_reasons(rows)}" if lost else None,
        patients=unique(known["patient"]), sources=sources_of(known),
    )  # fmt: skip
    for row in known.head(LISTED).iter_rows(named=True):
        yield AnalysisResult(
            analysis=ANALYSIS, name="body_surface", group=f"patient {row['patient']}", estimate=row["body_surface"],
            unit="m2", method=method, patients=(row["patient"],), sources=tuple(row["sources"]),
        )  # fmt: skip


def _reasons(rows: pl.DataFrame) -> str:
    return ", ".join(unique(rows["why"].drop_nulls()))


_OF_CYCLE = {
    "cycle_days": ("days", "d", "days of infusion"),
    "cycle_dose_m2": ("dose_m2", "ug/m2", "dose rate times days"),
    "cycle_dose": ("dose_ug", "ug", "dose rate times days"),
    "cycle_relative_dose": ("relative_dose", "1", "dose given over dose planned"),
    "cycle_relative_dose_intensity": (
        "relative_dose_intensity", "1", "dose given per day of the cycle, pauses included, over the same of the plan",
    ),
}  # fmt: skip


def each_cycle(cycles: pl.DataFrame, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield the status and the numbers of each cycle; a cycle with none says why."""
    for row in cycles.head(LISTED).with_columns(why=pl.col("why").list.join("; ")).iter_rows(named=True):
        doses = ", ".join("?" if dose is None else f"{dose:g}" for dose in row["doses"])
        shared = AnalysisResult(
            analysis=ANALYSIS, name="cycle", group=f"patient {row['patient']}", at=f"cycle {row['cycle']}",
            text=row["status"], method=f"doses {doses} {row['unit'] or 'without unit'}", warning=row["why"] or None,
            patients=(row["patient"],), sources=tuple(row["sources"]),
        )  # fmt: skip
        yield shared
        for name, (column, unit, words) in _OF_CYCLE.items():
            if row[column] is not None:
                by_plan = "days are the regimen's, not recorded" if row["assumed"] else None
                method = f"{words}; regimen {plan.regimen.name}" if plan.regimen and "relative" in name else words
                yield replace(
                    shared, name=name, text=None, estimate=row[column], unit=unit, method=method, warning=by_plan
                )


def each_deviation(deviations: pl.DataFrame, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield each departure from the regimen: what was found (`text`) and what was planned (`method`)."""
    place = pl.format("cycle {}, {}", "cycle", "kind")
    again = pl.int_range(pl.len()).over("patient", "cycle", "kind") + 1
    at = pl.when(again > 1).then(pl.format("{} ({})", place, again)).otherwise(place)
    for row in deviations.head(LISTED).with_columns(at=at).iter_rows(named=True):
        yield AnalysisResult(
            analysis=ANALYSIS, name="deviation", group=f"patient {row['patient']}", at=row["at"], text=row["found"],
            method=f"planned: {row['expected']}", patients=(row["patient"],), sources=tuple(row["sources"]),
        )  # fmt: skip
    if plan.regimen is not None and deviations.height > LISTED:
        yield AnalysisResult(
            analysis=ANALYSIS, name="deviations_unlisted", n=deviations.height - LISTED, unit="{deviations}",
            method=f"deviations beyond the {LISTED} listed; the dataset holds all",
        )  # fmt: skip
