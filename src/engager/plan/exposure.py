"""The plan's `[exposure]`: how days and doses of the infusion are counted."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from engager.plan.part import Part


class Exposure(Part):
    """How the exposure is counted: body surface, days of infusion, when a dose is the planned one."""

    body_surface: Literal["Mosteller", "Haycock", "DuBois", "Gehan-George"] = "Mosteller"
    body_surface_decimals: Annotated[int, Field(ge=1, le=6)] | None = None
    day_count: Literal["inclusive", "elapsed"] = "inclusive"
    days_from_regimen: bool = False
    dose_tolerance_percent: float = Field(5.0, ge=0, lt=50)

    @property
    def last_day_counts(self) -> int:
        """What the last day of a stretch adds to its length: 1 where it counts in full, else 0."""
        return 1 if self.day_count == "inclusive" else 0
