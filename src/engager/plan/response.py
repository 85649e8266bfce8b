"""The plan's `[response]`: the response criteria."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from engager.plan.part import Part


class Response(Part):
    """The response criteria (defaults: Schlegel 2014)."""

    marrow_limit_percent: float = Field(5.0, gt=0, lt=100)
    marrow_limit_inclusive: bool = False
    log_reduction: float = Field(2.0, gt=0)
    mrd_negative_below: float = Field(1e-4, gt=0, lt=1)
    cycle_class: Literal["derived first", "investigator first"] = "derived first"
