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
QUANTILES = {"median": 0.5, "q1": 0.25, "q3": 0.75, "min": 0.0, "max": 1.0}


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
        if category == "prior_hsct_count":
            yield from _several(subjects, settings)


def _measure(subjects: pl.DataFrame, name: str, unit: str, settings: Conventions) -> Iterator[AnalysisResult]:
    known = subjects.filter(pl.col(name).is_not_null())
    if known.is_empty():
        yield _not_recorded(name, subjects.height, unit)
        return
    values, patients, sources = known[name].to_numpy(), unique(known["patient"]), sources_of(known)
    for at, p in QUANTILES.items():
        yield AnalysisResult(
            analysis="baseline", name=name, at=at, estimate=float(quantile(values, p, type=settings.quantile_type)),
            n=known.height, N=subjects.height, unit=unit, method=settings.words("quantile"), patients=patients,
            sources=sources,
        )  # fmt: skip


def _category(subjects: pl.DataFrame, name: str, settings: Conventions) -> Iterator[AnalysisResult]:
    known = subjects.filter(pl.col(name).is_not_null())
    if known.is_empty():
        yield _not_recorded(name, subjects.height, "1")
        return
    for rows in _in_order(known.partition_by(name, maintain_order=True), name):
        yield proportion_row("baseline", name, rows, subjects.height, settings, at=_words(rows[name][0]))
    if known.height < subjects.height:
        rows = subjects.filter(pl.col(name).is_null())
        yield proportion_row("baseline", name, rows, subjects.height, settings, at="not recorded")


def _several(subjects: pl.DataFrame, settings: Conventions) -> Iterator[AnalysisResult]:
    """Yield those with two previous transplants or more, as papers count them."""
    several = subjects.filter(pl.col("prior_hsct_count") >= 2)
    if several.height:
        yield proportion_row("baseline", "prior_hsct_count", several, subjects.height, settings, at="2 or more")


def _words(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _in_order(parts: list[pl.DataFrame], name: str) -> list[pl.DataFrame]:
    """Return the categories in order: numbers in their own, words by falling count and then by the alphabet."""
    if parts[0].schema[name].is_numeric():
        return sorted(parts, key=lambda part: part[name][0])
    return sorted(parts, key=lambda part: (-part.height, _words(part[name][0])))


def _not_recorded(name: str, patients: int, unit: str) -> AnalysisResult:
    return AnalysisResult(
        analysis="baseline", name=name, n=0, N=patients, unit=unit, method="counted",
        warning="not recorded of any patient",
    )  # fmt: skip
