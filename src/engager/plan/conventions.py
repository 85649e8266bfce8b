"""The plan's `[conventions]`: how statistics are done."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from engager.plan.part import Part


class Conventions(Part):
    """The statistical conventions: a preset, and what departs from it."""

    preset: Literal["default", "R", "SAS", "Prism"] = "default"
    level: float = Field(0.95, gt=0.5, lt=1)
    survival_interval: Literal["log-log", "log", "plain"] | None = None
    proportion_interval: Literal["clopper-pearson", "wilson"] | None = None
    quantile_type: Annotated[int, Field(ge=1, le=9)] | None = None
    duration: Literal["inclusive", "elapsed"] = "inclusive"

    @property
    def day_offset(self) -> int:
        """What a study day exceeds the time in days by: 0 where the first day counts, else 1."""
        return 0 if self.duration == "inclusive" else 1
