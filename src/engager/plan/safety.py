"""The plan's `[safety]`: which adverse events count, and how they are graded, joined and tabulated."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from engager.plan.part import Part

BAND_FORMS = 'grades from 1 to 5, each once and in order, as ["1-2", "3-4", "5"] or ["1-2", ">=3"]'
HIGHEST = 5


@dataclass(frozen=True, slots=True)
class GradeBand:
    """Grades that are told together, from `low` to `high`.

    Examples:
        >>> GradeBand.read(">=3")
        GradeBand(name='>=3', low=3, high=5)
        >>> GradeBand.read("5").low
        5
    """

    name: str
    low: int
    high: int

    @classmethod
    def read(cls, text: str) -> GradeBand:
        """Return the band that a text names; ValueError with the permitted forms for any other text."""
        found = re.fullmatch(r"(?P<least>>=)?(?P<low>[1-5])(?:-(?P<high>[1-5]))?", text)
        if not found or (found["least"] and found["high"]):
            raise ValueError(BAND_FORMS)
        low = int(found["low"])
        high = HIGHEST if found["least"] else int(found["high"] or low)
        if high < low:
            raise ValueError(BAND_FORMS)
        return cls(text, low, high)


def _ascending(names: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse an empty list, a text that is no band, and bands that overlap or fall."""
    bands = [GradeBand.read(name) for name in names]
    if not bands or any(after.low <= before.high for before, after in itertools.pairwise(bands)):
        raise ValueError(BAND_FORMS)
    return names


class Safety(Part):
    """Adverse events: the version assumed, the treatment-emergent window, grade bands, and how events are joined."""

    ctcae_version: Literal["4.03", "5.0", "6.0"] = "5.0"
    window_days: int = Field(30, ge=0, le=3650)
    unplaced: Literal["count", "leave out"] = "count"
    bridging_days: int = Field(1, ge=0, le=365)
    grade_bands: Annotated[tuple[str, ...], AfterValidator(_ascending)] = ("1-2", "3-4", "5")
    sort: Literal["frequency", "alphabet"] = "frequency"
    zero_rows: bool = False
    rate_per: Literal["day", "month", "year"] = "month"

    @property
    def bands(self) -> tuple[GradeBand, ...]:
        """The grade bands in order."""
        return tuple(map(GradeBand.read, self.grade_bands))
