"""The datasets of immunity: cells, the T-cell-to-blast ratio, cytokines, and what lay before the first dose."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.immune.cell_counts import derive_cell_counts
from engager.endpoints.immune.cell_courses import derive_b_cell_depletion, derive_cell_courses
from engager.endpoints.immune.cytokines import derive_cytokine_courses, derive_cytokines
from engager.endpoints.immune.effector_target import derive_effector_target
from engager.endpoints.immune.intervals import derive_intervals
from engager.endpoints.immune.sampling import derive_starts
from engager.plan import Immune


@dataclass(frozen=True, slots=True)
class ImmuneDatasets:
    """Counts and cytokines are one row a value, starts and courses one a cycle, the rest one a patient."""

    cell_counts: pl.DataFrame
    cell_starts: pl.DataFrame
    cell_courses: pl.DataFrame
    b_cell_depletion: pl.DataFrame
    effector_target: pl.DataFrame
    cytokines: pl.DataFrame
    cytokine_courses: pl.DataFrame
    intervals: pl.DataFrame


def derive_immune(cohort: Cohort, cycles: pl.DataFrame, cycle_response: pl.DataFrame, plan: Immune) -> ImmuneDatasets:
    """Return the datasets of immunity of a cohort."""
    counts = derive_cell_counts(cohort, cycles, plan)
    known = counts.filter(pl.col("low").is_not_null())
    starts = derive_starts(known, cycles, ["population", "compartment"], plan.start_within_days)
    courses = derive_cell_courses(counts, starts, plan)
    cytokines = derive_cytokines(cohort, cycles, plan)
    return ImmuneDatasets(
        cell_counts=counts,
        cell_starts=starts,
        cell_courses=courses,
        b_cell_depletion=derive_b_cell_depletion(courses, cycles),
        effector_target=derive_effector_target(cohort, starts, cycle_response, cycles, plan),
        cytokines=cytokines,
        cytokine_courses=derive_cytokine_courses(cytokines),
        intervals=derive_intervals(cohort),
    )
