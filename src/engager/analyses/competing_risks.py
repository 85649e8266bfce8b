"""Cumulative incidence of relapse and of death without relapse, with Gray's test between the plan's groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import polars as pl

from engager.analyses.comparison import ComparedGroups, comparison_row, untested
from engager.analyses.rows import SMALL, SMALL_WARNING, Population, conventions, finite, populations, sources_of, unique
from engager.analyses.time_to_event import ticks
from engager.endpoints import Datasets
from engager.endpoints.outcome.competing_risks import CAUSES
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult
from engager.statistics import Conventions, IncidenceCurves, cumulative_incidence, gray_test

ANALYSIS = "competing_risks"


def analyse_competing_risks(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield, for each population and cause, the curve and its landmarks; then Gray's test by cause."""
    if datasets.competing_risks is None:
        return
    usable = datasets.competing_risks.filter(pl.col("time").is_not_null())
    settings = conventions(plan)
    for population in populations(datasets, plan):
        rows = population.of(usable)
        if rows.height:
            yield from _population(population, rows, settings, plan)
    if plan.group_by is not None:
        yield from _gray(ComparedGroups.of(usable, datasets.subjects, plan.group_by), plan)


def _population(
    population: Population, rows: pl.DataFrame, settings: Conventions, plan: AnalysisPlan
) -> Iterator[AnalysisResult]:
    time, cause = rows["time"].to_numpy(), rows["cause"].to_numpy().astype(np.int64)
    if not cause.any():
        return
    curves = cumulative_incidence(time, cause, interval=settings.incidence_interval, level=settings.level)
    for number, words in CAUSES.items():
        if number > curves.incidence.shape[0]:
            continue
        yield from _cause(f"{words}, {population.group}", population.label, rows, number, curves, settings, plan)


def _cause(
    group: str, label: str, rows: pl.DataFrame, number: int, curves: IncidenceCurves, settings: Conventions,
    plan: AnalysisPlan,
) -> Iterator[AnalysisResult]:  # fmt: skip
    affected = rows.filter(pl.col("cause") == number)
    small = SMALL_WARNING if rows.height < SMALL else None
    base = AnalysisResult(
        analysis=ANALYSIS, name="events", group=group, text=f"{CAUSES[number]}: {label}",
        N=rows.height, unit="1", method=settings.words("incidence"), warning=small,
        patients=unique(affected["patient"]), sources=sources_of(affected),
    )  # fmt: skip
    yield replace(base, n=affected.height, unit="{patients}", method=CAUSES[number])
    for day in plan.landmarks:
        values = curves.at([day])
        estimate, lower, upper = (
            finite(getattr(values, key)[number - 1][0]) for key in ("incidence", "lower", "upper")
        )
        warning = small if estimate is not None else "not estimable: after the last follow-up"
        yield replace(
            base, name="incidence", at=str(day), estimate=estimate, lower=lower, upper=upper, level=settings.level,
            warning=warning,
        )  # fmt: skip
    yield from _curve(base, rows, number, curves)


def _curve(base: AnalysisResult, rows: pl.DataFrame, number: int, curves: IncidenceCurves) -> Iterator[AnalysisResult]:
    """Yield the points of a curve, each with the patients who had the cause then, and the numbers at risk."""
    nobody = replace(base, N=None, warning=None, patients=(), sources=())
    if curves.time[0] > 0:
        yield replace(nobody, name="curve", at="0", estimate=0.0, n=rows.height)
    affected = rows.filter(pl.col("cause") == number)
    left = affected.group_by("time").agg("patient", pl.col("sources").explode(empty_as_null=False))
    who = {time: (unique(patients), unique(sources)) for time, patients, sources in left.iter_rows()}
    for i, at in enumerate(map(float, curves.time)):
        patients, sources = who.get(at, ((), ()))
        yield replace(
            nobody, name="curve", at=f"{at:.15g}", estimate=float(curves.incidence[number - 1, i]),
            lower=finite(curves.lower[number - 1, i]), upper=finite(curves.upper[number - 1, i]), level=curves.level,
            n=int(curves.at_risk[i]), patients=patients, sources=sources,
        )  # fmt: skip
    for tick, n in zip(asked := ticks(float(curves.time[-1])), curves.at(asked).at_risk, strict=True):
        yield replace(nobody, name="at_risk", at=f"{tick:.15g}", n=int(n))


def _gray(groups: ComparedGroups, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    for number, words in CAUSES.items():
        test = None
        if untested(groups.sizes, plan) is None:
            cause = groups.rows["cause"].to_numpy().astype(np.int64)
            test = gray_test(groups.time, cause, groups.labels).tests.get(number)
        yield comparison_row(ANALYSIS, "gray_test", groups, test, plan, at=words)
