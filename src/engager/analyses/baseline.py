"""Baseline characteristics: counts of each category with the patients, and the spread of each measure."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from engager.analyses.rows import conventions, proportion_row, sources_of, unique
from engager.endpoints import Datasets
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult
from engager.statistics import Conventions, quantile

CATEGORIES = (
    "diagnosis", "genetics", "sex", "risk", "relapse_site", "relapse_number", "cns", "group", "reason", "prior_hsct",
    "prior_hsct_count", "prior_therapy",
)  # fmt: skip
MEASURES = {"age": "a", "weight": "kg", "height": "cm"}


def analyse_baseline(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield the number of patients, then every measure and category that the study records, then what it does not."""
    subjects, settings = datasets.subjects, conventions(plan)
    yield AnalysisResult(
        analysis="baseline", name="patients", n=subjects.height, N=subjects.height, unit="{patients}",
        method="all patients of the study", patients=unique(subjects["patient"]), sources=sources_of(subjects),
    )  # fmt: skip
    for measure, unit in MEASURES.items():
        yield from _measure(subjects, measure, unit, settings)
    for category in CATEGORIES:
        yield from _category(subjects, category, settings)


def _measure(subjects: pl.DataFrame, name: str, unit: str, settings: Conventions) -> Iterator[AnalysisResult]:
    known = subjects.filter(pl.col(name).is_not_null())
    if known.is_empty():
        yield _not_recorded(name, subjects.height, unit)
        return
    values = known[name].to_numpy()
    for at, p in {"median": 0.5, "q1": 0.25, "q3": 0.75, "min": 0.0, "max": 1.0}.items():
        yield AnalysisResult(
            analysis="baseline", name=name, at=at, estimate=float(quantile(values, p, type=settings.quantile_type)),
            n=known.height, N=subjects.height, unit=unit, method=settings.words("quantile"),
            patients=unique(known["patient"]), sources=sources_of(known),
        )  # fmt: skip


def _category(subjects: pl.DataFrame, name: str, settings: Conventions) -> Iterator[AnalysisResult]:
    known = subjects.filter(pl.col(name).is_not_null())
    if known.is_empty():
        yield _not_recorded(name, subjects.height, "1")
        return
    words = (
        pl.col(name).replace_strict({True: "yes", False: "no"}, return_dtype=pl.String)
        if known.schema[name] == pl.Boolean
        else pl.col(name).cast(pl.String)
    )
    labelled = known.with_columns(category=words)
    ordered = labelled.sort(name, maintain_order=True) if known.schema[name].is_numeric() else labelled
    for category in _in_order(ordered, name):
        rows = labelled.filter(pl.col("category") == category)
        yield proportion_row("baseline", name, rows, subjects.height, settings, at=category)
    if known.height < subjects.height:
        rows = subjects.filter(pl.col(name).is_null())
        yield proportion_row("baseline", name, rows, subjects.height, settings, at="not recorded")


def _in_order(labelled: pl.DataFrame, name: str) -> list[str]:
    """Return the categories: numbers and codes in their own order, words by falling count."""
    if labelled.schema[name].is_numeric():
        return list(labelled["category"].unique(maintain_order=True))
    counts = labelled.group_by("category", maintain_order=True).len().sort("len", descending=True, maintain_order=True)
    return list(counts["category"])


def _not_recorded(name: str, patients: int, unit: str) -> AnalysisResult:
    return AnalysisResult(
        analysis="baseline", name=name, n=0, N=patients, unit=unit, method="counted",
        warning="not recorded of any patient",
    )  # fmt: skip
