"""The plan's `[immune]`: how cell counts, the T-cell-to-blast ratio and cytokines are read."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from engager.plan.part import Part

Population = Literal["leukocytes", "lymphocytes", "cd3", "cd4", "cd8", "cd19", "nk", "treg"]


class Immune(Part):
    """How cells and cytokines are read; counts are per microlitre, cytokines in pg/mL.

    `percent_of` and `treg_percent_of` are the cells that percentages are of where their rows do not say (`gate`);
    `start_within_days` is how long before a cycle a count still tells of its start.
    """

    percent_of: Literal["leukocytes", "lymphocytes"] | None = None
    treg_percent_of: Literal["leukocytes", "lymphocytes", "cd3", "cd4"] | None = None
    start_within_days: int = Field(7, ge=0, le=60)
    recovery: Literal["baseline", "lower limit"] = "baseline"
    recovery_fraction: float = Field(1.0, gt=0, le=10)
    lower_limits: dict[Population, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    b_cells_depleted_below: float = Field(10.0, gt=0)
    cytokine_loq: Annotated[float, Field(gt=0)] | None = None
    ratio_limit: float = Field(7.0, gt=0)
    course_by: Literal["cycle class", "group"] = "cycle class"
    resamples: int = Field(2000, ge=100, le=100_000)
    seed: int = Field(1, ge=0)
