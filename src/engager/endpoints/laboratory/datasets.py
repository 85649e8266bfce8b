"""Laboratory values of a cohort, graded: the worst grade of each patient and term, beside the clinician's grades."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.laboratory.agreement import derive_laboratory_agreement
from engager.endpoints.laboratory.values import TREATMENT, derive_laboratory_grades, derive_laboratory_values
from engager.plan import AnalysisPlan

NO_BASELINE = "no value before the first dose"
NONE_EMERGENT = "no value in the treatment-emergent window"
# Of a patient and term without a grade, as many rows are named as sources.
_NAMED = 20


@dataclass(frozen=True, slots=True)
class LaboratoryDatasets:
    """The datasets of laboratory values: each value, its grades by the plan's version, the worst of each patient.

    `agreement` sets the derived grades beside the clinician's, see `laboratory_agreement`.
    """

    values: pl.DataFrame
    grades: pl.DataFrame
    worst: pl.DataFrame
    agreement: pl.DataFrame


def derive_laboratory(cohort: Cohort, plan: AnalysisPlan) -> LaboratoryDatasets:
    """Return the laboratory values of a cohort, graded by the plan's version of CTCAE."""
    values = derive_laboratory_values(cohort, plan)
    grades = derive_laboratory_grades(values, plan.safety.ctcae_version)
    return LaboratoryDatasets(
        values, grades, derive_worst_laboratory_grade(grades), derive_laboratory_agreement(cohort, values, plan)
    )


def derive_worst_laboratory_grade(grades: pl.DataFrame) -> pl.DataFrame:
    """Return one row a patient and term: grade at the baseline, worst grade of the treatment-emergent window.

    `baseline` and `worst` are null where there is none, and `baseline_reason` and `worst_reason` say why. `worst_day`
    is the first day on which the worst grade was measured. `graded` and `not_graded` count the values of the window:
    where some have no grade, the worst one is a lower bound. `sources` names the rows of baseline and worst grade, or
    those that gave none.
    """
    by = ["patient", "term"]
    rows = grades.filter(pl.col("term").is_not_null()).sort("day", "row", nulls_last=True, maintain_order=True)
    at_start, emergent = pl.col("is_baseline"), pl.col("phase") == TREATMENT
    highest = pl.col("grade").filter(emergent).max()
    at_worst = emergent & (pl.col("grade") == pl.col("worst")).fill_null(value=False)
    rows = rows.with_columns(highest.over(by).alias("worst"))
    return rows.group_by(by, maintain_order=True).agg(
        pl.col("direction", "version", "worst").first(),
        baseline=pl.col("grade").filter(at_start).max(),
        baseline_reason=pl.col("reason").filter(at_start).drop_nulls().first().fill_null(NO_BASELINE),
        worst_day=pl.col("day").filter(at_worst).first(),
        worst_test=pl.col("test").filter(at_worst).first(),
        worst_clause=pl.col("clause").filter(at_worst).first(),
        worst_reason=pl.col("reason").filter(emergent).drop_nulls().first().fill_null(NONE_EMERGENT),
        graded=(emergent & pl.col("grade").is_not_null()).sum(),
        not_graded=(emergent & pl.col("grade").is_null()).sum(),
        sources=pl.concat([
            pl.col("sources").filter(at_start).list.explode(),
            pl.col("sources").filter(at_worst).head(1).list.explode(),
            pl.col("sources").filter(emergent & pl.col("worst").is_null()).head(_NAMED).list.explode(),
        ]).unique(maintain_order=True),
    ).with_columns(
        baseline_reason=pl.when(pl.col("baseline").is_null()).then("baseline_reason"),
        worst_reason=pl.when(pl.col("worst").is_null()).then("worst_reason"),
    )  # fmt: skip
