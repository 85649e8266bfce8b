"""The analysis datasets of a study, each derived row with the rows of the input it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.adverse_events.datasets import AdverseEvents, derive_adverse_events
from engager.endpoints.disease.burden import derive_burden, read_marrow
from engager.endpoints.disease.datasets import DiseaseDatasets, derive_disease
from engager.endpoints.disease.mrd import derive_best_response, derive_marrow_remission
from engager.endpoints.disease.mrd_conversion import derive_mrd_conversion
from engager.endpoints.disease.response import NON_RESPONDER, derive_cycle_response, derive_patient_response
from engager.endpoints.exposure.datasets import ExposureDatasets, derive_cycles, derive_exposure
from engager.endpoints.immune.datasets import ImmuneDatasets, derive_immune
from engager.endpoints.laboratory.datasets import LaboratoryDatasets, derive_laboratory
from engager.endpoints.outcome.competing_risks import derive_competing_risks
from engager.endpoints.outcome.definitions import TimeToEvent, planned_endpoints
from engager.endpoints.outcome.patient_flow import derive_patient_flow
from engager.endpoints.outcome.time_to_event import derive_time_to_event
from engager.endpoints.outcome.transplantation import derive_transplantation
from engager.endpoints.phases import derive_phases
from engager.endpoints.subjects import derive_subjects
from engager.endpoints.toxicity.datasets import ToxicityScales, derive_toxicity_scales
from engager.plan import AnalysisPlan


@dataclass(frozen=True, slots=True)
class Datasets:
    """What the analyses read: the cohort as known at the cut-off, and what is derived from it."""

    cohort: Cohort
    subjects: pl.DataFrame
    cycles: pl.DataFrame
    cycle_response: pl.DataFrame
    exposure: ExposureDatasets
    patient_response: pl.DataFrame
    best_response: pl.DataFrame
    mrd_conversion: pl.DataFrame
    marrow_remission: pl.DataFrame
    burden: pl.DataFrame
    disease: DiseaseDatasets
    time_to_event: Mapping[str, pl.DataFrame]
    endpoints: tuple[TimeToEvent, ...]
    competing_risks: pl.DataFrame | None
    transplantation: pl.DataFrame
    toxicity_scales: ToxicityScales
    patient_flow: pl.DataFrame
    adverse_events: AdverseEvents
    immune: ImmuneDatasets
    laboratory: LaboratoryDatasets


def derive_endpoints(cohort: Cohort, plan: AnalysisPlan) -> Datasets:
    """Return every analysis dataset of a cohort, as known at the plan's data cut-off."""
    known = derive_phases(cohort.cut(plan.cutoff))
    subjects = derive_subjects(known)
    cycles = derive_cycles(known)
    readings = read_marrow(known, plan.response)
    burden = derive_burden(readings, cycles)
    cycle_response = derive_cycle_response(known, cycles, burden, plan.response)
    patient_response = derive_patient_response(cycle_response)
    endpoints = planned_endpoints(plan)
    non_response = _non_response(patient_response)
    times = {item.code: derive_time_to_event(known, item, non_response, plan) for item in endpoints}
    event_free = next((item for item in endpoints if item.code == "EFS"), None)
    return Datasets(
        cohort=known,
        subjects=subjects,
        cycles=cycles,
        cycle_response=cycle_response,
        exposure=derive_exposure(known, cycle_response, plan),
        patient_response=patient_response,
        best_response=derive_best_response(burden, plan.response),
        mrd_conversion=derive_mrd_conversion(burden, plan.response, plan.drug),
        marrow_remission=derive_marrow_remission(known, cycles, burden, plan.response),
        burden=burden,
        disease=derive_disease(known, cycles, readings, burden, plan.response),
        time_to_event=times,
        endpoints=endpoints,
        competing_risks=derive_competing_risks(known, event_free, non_response, plan) if event_free else None,
        transplantation=derive_transplantation(known),
        toxicity_scales=derive_toxicity_scales(known),
        patient_flow=derive_patient_flow(known, subjects, patient_response),
        adverse_events=derive_adverse_events(known, plan),
        immune=derive_immune(known, cycles, cycle_response, plan.immune),
        laboratory=derive_laboratory(known, plan),
    )


def _non_response(patient_response: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each source of each non-responder, with the day of the last assessment of a cycle."""
    failed = patient_response.filter(pl.col("response") == NON_RESPONDER)
    return failed.explode("sources").rename({"sources": "source", "assessed": "day"})
