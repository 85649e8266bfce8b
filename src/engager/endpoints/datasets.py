"""The analysis datasets of a study, each derived row with the rows of the input it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.burden import derive_burden
from engager.endpoints.definitions import TimeToEvent, planned_endpoints
from engager.endpoints.exposure import derive_cycles
from engager.endpoints.mrd import derive_best_response, derive_marrow_remission, derive_mrd_conversion
from engager.endpoints.response import derive_cycle_response, derive_patient_response
from engager.endpoints.subjects import derive_subjects
from engager.endpoints.time_to_event import derive_time_to_event
from engager.plan import AnalysisPlan


@dataclass(frozen=True, slots=True)
class Datasets:
    """What the analyses read: the cohort as known at the cut-off, and what is derived from it."""

    cohort: Cohort
    subjects: pl.DataFrame
    cycles: pl.DataFrame
    cycle_response: pl.DataFrame
    patient_response: pl.DataFrame
    best_response: pl.DataFrame
    mrd_conversion: pl.DataFrame
    marrow_remission: pl.DataFrame
    burden: pl.DataFrame
    time_to_event: Mapping[str, pl.DataFrame]
    endpoints: tuple[TimeToEvent, ...]


def derive_endpoints(cohort: Cohort, plan: AnalysisPlan) -> Datasets:
    """Return every analysis dataset of a cohort, as known at the plan's data cut-off."""
    known = cohort.cut(plan.cutoff)
    cycles = derive_cycles(known)
    burden = derive_burden(known, cycles)
    cycle_response = derive_cycle_response(known, cycles, burden, plan.response)
    patient_response = derive_patient_response(cycle_response)
    endpoints = planned_endpoints(plan)
    non_response = _non_response(patient_response, burden)
    times = {item.code: derive_time_to_event(known, item, non_response, plan) for item in endpoints}
    return Datasets(
        cohort=known,
        subjects=derive_subjects(known),
        cycles=cycles,
        cycle_response=cycle_response,
        patient_response=patient_response,
        best_response=derive_best_response(burden),
        mrd_conversion=derive_mrd_conversion(burden, plan.response),
        marrow_remission=derive_marrow_remission(known, burden, plan.response),
        burden=burden,
        time_to_event=times,
        endpoints=endpoints,
    )


def _non_response(patient_response: pl.DataFrame, burden: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each source of each non-responder, with the day of the last assessment after treatment."""
    last = burden.filter(pl.col("role").is_in(["after", "best"])).group_by("patient").agg(day=pl.col("day").max())
    failed = patient_response.filter(pl.col("response") == "non-responder")
    return failed.join(last, on="patient", how="left").explode("sources").rename({"sources": "source"})
