"""The analysis datasets of a study, each derived row with the rows of the input it comes from.

A dataset is derived when it is first read, and kept: who reads one topic does not wait for the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

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


@dataclass(frozen=True)
class Datasets:
    """What the analyses read: the cohort as known at the cut-off, and what is derived from it by the plan."""

    cohort: Cohort
    plan: AnalysisPlan

    @cached_property
    def subjects(self) -> pl.DataFrame:
        """A row a patient, with what was known before treatment."""
        return derive_subjects(self.cohort)

    @cached_property
    def cycles(self) -> pl.DataFrame:
        """A row a patient and cycle: doses, first and last day."""
        return derive_cycles(self.cohort)

    @cached_property
    def _readings(self) -> pl.DataFrame:
        return read_marrow(self.cohort, self.plan.response)

    @cached_property
    def burden(self) -> pl.DataFrame:
        """A row a reading of the marrow and role: before and after each cycle."""
        return derive_burden(self._readings, self.cycles)

    @cached_property
    def cycle_response(self) -> pl.DataFrame:
        """A row a cycle: burden before and after, and its response."""
        return derive_cycle_response(self.cohort, self.cycles, self.burden, self.plan.response)

    @cached_property
    def patient_response(self) -> pl.DataFrame:
        """A row a patient with a classed cycle: the response, and when it was assessed."""
        return derive_patient_response(self.cycle_response)

    @cached_property
    def best_response(self) -> pl.DataFrame:
        """A row a patient: the deepest reading after treatment."""
        return derive_best_response(self.burden, self.plan.response)

    @cached_property
    def mrd_conversion(self) -> pl.DataFrame:
        """A row a patient with a positive burden before treatment: whether MRD fell below the limit."""
        return derive_mrd_conversion(self.burden, self.plan.response, self.plan.drug)

    @cached_property
    def marrow_remission(self) -> pl.DataFrame:
        """A row a patient with an M1 marrow after treatment."""
        return derive_marrow_remission(self.cohort, self.cycles, self.burden, self.plan.response)

    @cached_property
    def disease(self) -> DiseaseDatasets:
        """MRD by cycle, marrow status, remission, relapse by definition."""
        return derive_disease(self.cohort, self.cycles, self._readings, self.burden, self.plan.response)

    @cached_property
    def exposure(self) -> ExposureDatasets:
        """What was given, and where it departs from what was planned."""
        return derive_exposure(self.cohort, self.cycle_response, self.plan)

    @cached_property
    def endpoints(self) -> tuple[TimeToEvent, ...]:
        """The times to an event that the plan defines."""
        return planned_endpoints(self.plan)

    @cached_property
    def time_to_event(self) -> Mapping[str, pl.DataFrame]:
        """By the code of an endpoint, a row a patient: time, event or censored, why."""
        return {
            item.code: derive_time_to_event(self.cohort, item, self._non_response, self.plan)
            for item in self.endpoints
        }  # fmt: skip

    @cached_property
    def competing_risks(self) -> pl.DataFrame | None:
        """A row a patient: the first event of several; None where the plan defines no event-free survival."""
        event_free = next((item for item in self.endpoints if item.code == "EFS"), None)
        return derive_competing_risks(self.cohort, event_free, self._non_response, self.plan) if event_free else None

    @cached_property
    def _non_response(self) -> pl.DataFrame:
        """A row for each source of each non-responder, with the day of the last assessment of a cycle."""
        failed = self.patient_response.filter(pl.col("response") == NON_RESPONDER)
        return failed.explode("sources").rename({"sources": "source", "assessed": "day"})

    @cached_property
    def transplantation(self) -> pl.DataFrame:
        """A row a patient transplanted after the first dose."""
        return derive_transplantation(self.cohort)

    @cached_property
    def toxicity_scales(self) -> ToxicityScales:
        """Cytokine release syndrome and neurotoxicity by every scale."""
        return derive_toxicity_scales(self.cohort)

    @cached_property
    def patient_flow(self) -> pl.DataFrame:
        """A row a patient: response, what followed, state at the last contact."""
        return derive_patient_flow(self.cohort, self.subjects, self.patient_response)

    @cached_property
    def adverse_events(self) -> AdverseEvents:
        """Adverse events as recorded, the episodes of those that count, the days at risk."""
        return derive_adverse_events(self.cohort, self.plan)

    @cached_property
    def immune(self) -> ImmuneDatasets:
        """Cells, the ratio of T cells to blasts, cytokines."""
        return derive_immune(self.cohort, self.cycles, self.cycle_response, self.plan.immune)

    @cached_property
    def laboratory(self) -> LaboratoryDatasets:
        """Laboratory values and their grades."""
        return derive_laboratory(self.cohort, self.plan)


def derive_endpoints(cohort: Cohort, plan: AnalysisPlan) -> Datasets:
    """Return the analysis datasets of a cohort, as known at the plan's data cut-off."""
    return Datasets(derive_phases(cohort.cut(plan.cutoff)), plan)
