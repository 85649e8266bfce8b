"""Exposure: the cycles of each patient, and what was planned and recorded of them.

`derive_cycles` names the cycles; `derive_exposure` adds days, doses, interruptions and, where the plan names a
regimen, what it planned and where the record departs from it.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.exposure.body_surface import derive_body_surface
from engager.endpoints.exposure.cycles import derive_cycle_exposure
from engager.endpoints.exposure.cycles_before_transplant import derive_cycles_before_transplant
from engager.endpoints.exposure.deviations import derive_deviations
from engager.endpoints.exposure.patients import derive_patient_exposure
from engager.endpoints.exposure.stretches import derive_stretches, ordered_stretches
from engager.endpoints.outcome.transplantation import derive_transplantation
from engager.endpoints.sources import gathered
from engager.plan import AnalysisPlan


@dataclass(frozen=True, slots=True)
class ExposureDatasets:
    """The datasets of the exposure: one row a patient, stretch, cycle, patient treated, transplanted, deviation."""

    body_surface: pl.DataFrame
    stretches: pl.DataFrame
    cycles: pl.DataFrame
    patients: pl.DataFrame
    before_transplant: pl.DataFrame
    deviations: pl.DataFrame


def derive_cycles(cohort: Cohort) -> pl.DataFrame:
    """Return one row a patient and cycle: doses in order, their unit, first and last day, why it ended, sources.

    Patients stand in the order of their table. Days are null where the record gives none. Rows without a cycle are
    left out (the checks warn of them).
    """
    return ordered_stretches(cohort).group_by("patient", "cycle", maintain_order=True).agg(
        doses=pl.col("dose"),
        unit=pl.col("unit").drop_nulls().first(),
        start_day=pl.col("start_day").min(),
        end_day=pl.col("end_day").max(),
        end_reason=pl.col("end_reason").last(),
        sources=gathered(),
    )  # fmt: skip


def derive_exposure(cohort: Cohort, cycle_response: pl.DataFrame, plan: AnalysisPlan) -> ExposureDatasets:
    """Return the datasets of the exposure of a cohort as known at the cut-off; without a regimen nothing is planned."""
    body_surface = derive_body_surface(cohort, plan.exposure)
    stretches = derive_stretches(cohort, body_surface, plan.exposure)
    limits = cohort.limits(plan.cutoff) if plan.cutoff is not None else None
    recorded = derive_cycle_exposure(stretches, cycle_response, plan, limits)
    return ExposureDatasets(
        body_surface=body_surface,
        stretches=recorded.stretches,
        cycles=recorded.cycles,
        patients=derive_patient_exposure(recorded.cycles, plan.exposure),
        before_transplant=derive_cycles_before_transplant(cohort, recorded.cycles, derive_transplantation(cohort)),
        deviations=derive_deviations(recorded, plan),
    )
