"""Analyses: datasets to results, one file a topic; `ANALYSES` lists them in the order of the report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import polars as pl

from engager.analyses.adverse_events import analyse_adverse_events
from engager.analyses.baseline import analyse_baseline
from engager.analyses.comparison import analyse_comparisons
from engager.analyses.competing_risks import analyse_competing_risks
from engager.analyses.course import analyse_course
from engager.analyses.cycle_comparison import analyse_cycle_comparison
from engager.analyses.cytokines import analyse_cytokines
from engager.analyses.data_quality import analyse_data_quality, count_issues, list_accepted
from engager.analyses.efficacy import analyse_efficacy
from engager.analyses.exposure import analyse_exposure
from engager.analyses.immune import analyse_immune
from engager.analyses.intervals import analyse_intervals
from engager.analyses.laboratory import analyse_laboratory
from engager.analyses.laboratory_course import analyse_laboratory_course
from engager.analyses.listings import analyse_listings
from engager.analyses.mrd import analyse_mrd
from engager.analyses.patient_course import analyse_patient_course
from engager.analyses.patient_flow import analyse_patient_flow
from engager.analyses.remission import analyse_remission
from engager.analyses.reproduction import compare_published
from engager.analyses.response import analyse_cycle_response, analyse_response
from engager.analyses.subgroups import analyse_subgroups
from engager.analyses.time_to_event import analyse_time_to_event
from engager.analyses.toxicity_scales import analyse_toxicity_scales
from engager.analyses.transplantation import analyse_transplantation
from engager.checks import Accepted
from engager.endpoints import Datasets
from engager.errors import Issue
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult, Results

ANALYSES: tuple[Callable[[Datasets, AnalysisPlan], Iterator[AnalysisResult]], ...] = (
    analyse_baseline,
    analyse_exposure,
    analyse_cycle_response,
    analyse_response,
    analyse_mrd,
    analyse_remission,
    analyse_efficacy,
    analyse_time_to_event,
    analyse_competing_risks,
    analyse_comparisons,
    analyse_subgroups,
    analyse_transplantation,
    analyse_toxicity_scales,
    analyse_course,
    analyse_patient_flow,
    analyse_patient_course,
    analyse_adverse_events,
    analyse_laboratory,
    analyse_laboratory_course,
    analyse_immune,
    analyse_cytokines,
    analyse_cycle_comparison,
    analyse_intervals,
    analyse_data_quality,
    analyse_listings,
)


def analyse(
    datasets: Datasets,
    plan: AnalysisPlan,
    published: pl.DataFrame | None = None,
    issues: Sequence[Issue] = (),
    accepted: Sequence[Accepted] = (),
) -> Results:
    """Return every result of a study; with published numbers, their comparison with ours too; issues as counts."""
    rows = (row for analysis in ANALYSES for row in analysis(datasets, plan))
    results = Results([*rows, *count_issues(issues), *list_accepted(accepted)])
    if published is None:
        return results
    return Results([*results, *compare_published(published, results)])
