"""Analyses: datasets to results, one file a topic; `ANALYSES` lists them in the order of the report."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from engager.analyses.baseline import analyse_baseline
from engager.analyses.comparison import analyse_comparisons
from engager.analyses.competing_risks import analyse_competing_risks
from engager.analyses.course import analyse_course
from engager.analyses.reproduction import compare_published
from engager.analyses.response import analyse_cycle_response, analyse_exposure, analyse_response
from engager.analyses.subgroups import analyse_subgroups
from engager.analyses.time_to_event import analyse_time_to_event
from engager.analyses.transplantation import analyse_transplantation
from engager.endpoints import Datasets
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult, Results

ANALYSES: tuple[Callable[[Datasets, AnalysisPlan], Iterator[AnalysisResult]], ...] = (
    analyse_baseline,
    analyse_exposure,
    analyse_cycle_response,
    analyse_response,
    analyse_time_to_event,
    analyse_competing_risks,
    analyse_comparisons,
    analyse_subgroups,
    analyse_transplantation,
    analyse_course,
)


def analyse(datasets: Datasets, plan: AnalysisPlan, published: pl.DataFrame | None = None) -> Results:
    """Return every result of a study; with published numbers, their comparison with ours too."""
    results = Results(row for analysis in ANALYSES for row in analysis(datasets, plan))
    if published is None:
        return results
    return Results([*results, *compare_published(published, results)])
