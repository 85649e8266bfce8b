"""The datasets of the disease beside response: MRD by cycle, marrow status, remission, relapse by definition."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.disease.marrow import derive_marrow_status
from engager.endpoints.disease.mrd import derive_mrd_cycles
from engager.endpoints.disease.mrd_conversion import derive_mrd_baseline
from engager.endpoints.disease.relapse import derive_relapse
from engager.endpoints.disease.remission import derive_best_remission, derive_remission
from engager.plan import Response


@dataclass(frozen=True, slots=True)
class DiseaseDatasets:
    """The disease: a row a cycle (`mrd_cycles`, `marrow_status`, `remission`), a patient, a relapse by definition."""

    mrd_baseline: pl.DataFrame
    mrd_cycles: pl.DataFrame
    marrow_status: pl.DataFrame
    remission: pl.DataFrame
    best_remission: pl.DataFrame
    relapse: pl.DataFrame


def derive_disease(
    cohort: Cohort, cycles: pl.DataFrame, readings: pl.DataFrame, burden: pl.DataFrame, criteria: Response
) -> DiseaseDatasets:
    """Return the datasets of the disease, from the readings of the marrow and from those placed at cycles."""
    status = derive_marrow_status(cohort, cycles, burden, criteria)
    remission = derive_remission(cohort, status, criteria)
    return DiseaseDatasets(
        mrd_baseline=derive_mrd_baseline(burden, criteria),
        mrd_cycles=derive_mrd_cycles(cycles, burden, criteria),
        marrow_status=status,
        remission=remission,
        best_remission=derive_best_remission(remission),
        relapse=derive_relapse(cohort, readings, criteria),
    )
