"""Survival by transplantation, without giving the transplanted the time they had to survive to be transplanted.

A landmark analysis groups those under observation at the landmark by what had happened by then; the Mantel-Byar test
lets nobody count as transplanted before the transplant.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from engager.analyses.comparison import untested
from engager.analyses.rows import conventions, finite, proportion_row, sources_of, unique
from engager.endpoints import Datasets
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult
from engager.statistics import kaplan_meier, landmark, mantel_byar

ANALYSIS = "transplantation"


def analyse_transplantation(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield who was transplanted, and overall survival after the landmark and by Mantel and Byar's test."""
    transplanted = datasets.transplantation
    everyone, settings = datasets.subjects.height, conventions(plan)
    rule = "a transplant after the first dose"
    yield proportion_row(ANALYSIS, "transplanted", transplanted, everyone, settings, rule=rule)
    unknown = transplanted.filter(pl.col("hsct_day").is_null())
    yield proportion_row(
        ANALYSIS, "day_unknown", unknown, transplanted.height, settings, rule=f"{rule}, its day not recorded"
    )
    if "OS" not in datasets.time_to_event:
        return
    survival = datasets.time_to_event["OS"].filter(pl.col("time").is_not_null())
    known = survival.join(unknown, on="patient", how="anti")
    rows = known.join(transplanted.select("patient", "hsct_day"), on="patient", how="left", maintain_order="left")
    if rows.height:
        yield from _landmark(rows, unknown.height, plan)
        yield _mantel_byar(rows, unknown.height, plan)


def _switches(rows: pl.DataFrame, plan: AnalysisPlan) -> np.ndarray:
    """Return the time of each transplant on the endpoint's scale, NaN for never."""
    return (rows["hsct_day"].cast(pl.Float64) - plan.conventions.day_offset).fill_null(np.nan).to_numpy()


def _left_out(unknown: int) -> str | None:
    return f"{unknown} patients transplanted on an unknown day are left out" if unknown else None


def _landmark(rows: pl.DataFrame, unknown: int, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    at, settings = float(plan.hsct_landmark), conventions(plan)
    if not (rows["time"] > at).any():
        return
    found = landmark(rows["time"].to_numpy(), rows["event"].to_numpy(), _switches(rows, plan), at=at)
    for switched, words in ((1, "transplanted"), (0, "not transplanted")):
        chosen = found.switched == switched
        who = rows[found.rows[chosen].tolist()]
        group = f"{words} by day {at:g}"
        if who.is_empty():
            continue
        curve = kaplan_meier(
            found.time[chosen], found.event[chosen], interval=settings.survival_interval, level=settings.level
        )
        median = curve.quantile(0.5)
        yield AnalysisResult(
            analysis=ANALYSIS, name="landmark_median", group=group, estimate=finite(median.estimate),
            lower=finite(median.lower), upper=finite(median.upper), level=settings.level, unit="d",
            n=int(found.event[chosen].sum()), N=who.height, patients=unique(who["patient"]), sources=sources_of(who),
            method=f"overall survival from day {at:g}; {settings.words('quantile_of_survival')}",
            warning="; ".join(filter(None, (None if finite(median.estimate) is not None else "not reached",
                                            _left_out(unknown)))) or None,
        )  # fmt: skip


def _mantel_byar(rows: pl.DataFrame, unknown: int, plan: AnalysisPlan) -> AnalysisResult:
    without = rows["hsct_day"].null_count()
    sizes = (rows.height - without, without)
    why, p = untested(sizes, plan), None
    if why is None:
        p = finite(mantel_byar(rows["time"].to_numpy(), rows["event"].to_numpy(), _switches(rows, plan)).test.p_value)
        why = None if p is not None else "not estimable: no event with both states at risk"
    return AnalysisResult(
        analysis=ANALYSIS, name="mantel_byar", estimate=p, N=rows.height, unit="{p}", method="Mantel-Byar test",
        warning="; ".join(filter(None, (why, _left_out(unknown)))) or None, patients=unique(rows["patient"]),
        sources=sources_of(rows),
    )  # fmt: skip
