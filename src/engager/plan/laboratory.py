"""The plan's `[laboratory]`: which value is the baseline, and the study's own reference ranges."""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated, Literal

from pydantic import AfterValidator

from engager.plan.part import Part


def _in_folder(name: str) -> str:
    """Refuse what is no name of a CSV file beside the plan."""
    if PurePath(name).name != name or "\\" in name or not name.lower().endswith(".csv"):
        raise ValueError('the name of a CSV file in the study folder, as "reference_ranges.csv"')
    return name


class Laboratory(Part):
    """Laboratory grades: reference ranges by age and sex (a file of the study folder), and whose value day 1 is.

    With `day_1 = "baseline"` a value of the day of the first dose was taken before it; with `"treatment"`, after it.
    """

    reference_ranges: Annotated[str, AfterValidator(_in_folder)] | None = None
    day_1: Literal["baseline", "treatment"] = "baseline"
