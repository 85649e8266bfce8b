"""The scale of a laboratory figure: logarithmic where values span decades, its ends and ticks, and the bands of grades.

The bands lie between the boundaries that the results tell; a grade without one is not shaded.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engager.results import AnalysisResult

MULTIPLES = "{xULN}"
_LOGARITHMIC = ("10*9/L", "10*3/uL", "/uL", MULTIPLES)
# Signs that the font of the figures has: it lacks the raised 9.
_UNITS = {
    MULTIPLES: "times the upper limit of normal",
    "10*9/L": "10^9/L",
    "10*3/uL": "10^3/µL",
    "/uL": "per µL",
    "umol/L": "µmol/L",
    "Cel": "°C",
    "mm[Hg]": "mmHg",
    "{ratio}": "ratio",
}
_TICKS = 7
# From pale to full, so that grades differ in lightness and can be told apart in grey.
TONES = {1: "#FDF6E8", 2: "#FAE9C8", 3: "#F5D89C", 4: "#EBBE66"}


@dataclass(frozen=True, slots=True)
class Axis:
    """The vertical axis: whether it is logarithmic, its ends, its ticks, the unit in print."""

    logarithmic: bool
    low: float
    high: float
    unit: str

    def height(self, value: float, points: float) -> float:
        """Return the place of a value in points from the top; a value beyond the ends stands at the end."""
        low, high, at = (math.log(x) if self.logarithmic else x for x in (self.low, self.high, self.within(value)))
        return points * (high - at) / (high - low)

    def within(self, value: float) -> float:
        """Return a value, or the end of the axis that it lies beyond."""
        return min(max(value, self.low), self.high)

    @property
    def ticks(self) -> list[float]:
        """The ticks: 1, 2 and 5 of each decade, or round steps; at most seven."""
        if not self.logarithmic:
            step = _round_step((self.high - self.low) / 5)
            first = math.ceil(self.low / step)
            return [round(step * i, 10) for i in range(first, math.floor(self.high / step) + 1)]
        decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        for digits in ((1, 2, 5), (1, 3), (1,)):
            found = [float(f"{digit}e{decade}") for decade in decades for digit in digits]
            found = [tick for tick in found if self.low <= tick <= self.high]
            if len(found) <= _TICKS:
                break
        return found


def _round_step(step: float) -> float:
    size = 10.0 ** math.floor(math.log10(step))
    return next(size * digit for digit in (1, 2, 5, 10) if step <= size * digit * (1 + 1e-9))


def axis_of(values: Sequence[float], boundaries: Sequence[AnalysisResult], unit: str) -> Axis:
    """Return the axis that shows all values, and at least one band of each direction.

    Zero has no place on a logarithmic axis: it is drawn at its lower end.
    """
    low = [row.estimate for row in boundaries if row.estimate is not None and row.text == "low"]
    high = [row.estimate for row in boundaries if row.estimate is not None and row.text == "high"]
    logarithmic = unit in _LOGARITHMIC
    shown = [value for value in values if value > 0 or not logarithmic]
    shown += ([max(low)] if low else []) + ([min(high)] if high else [])
    shown = shown or [1.0]
    if logarithmic:
        return Axis(True, min(shown) / 1.6, max(shown) * 1.6, _UNITS.get(unit, unit))
    margin = 0.08 * (max(shown) - min(shown)) or 1.0
    return Axis(False, max(min(shown) - margin, 0.0), max(shown) + margin, _UNITS.get(unit, unit))


def bands(boundaries: Sequence[AnalysisResult], axis: Axis, height: float) -> list[dict[str, Any]]:
    """Return the bands in points from the top: each from its boundary to that of the next higher grade, or the end."""
    drawn = []
    for direction, end in (("low", axis.low), ("high", axis.high)):
        known = sorted(
            (grade_of(row), row.estimate, row.id)
            for row in boundaries
            if row.text == direction and row.estimate is not None
        )
        for index, (grade, start, name) in enumerate(known):
            stop = known[index + 1][1] if index + 1 < len(known) else end
            y, y2 = sorted((axis.height(start, height), axis.height(stop, height)))
            if y2 - y > 0.3:
                drawn.append({"grade": grade, "y": y, "y2": y2, "tone": TONES[min(grade, 4)], "result": name})
    return drawn


def grade_of(row: AnalysisResult) -> int:
    """Return the grade of a boundary, from its place."""
    return int((row.at or "0").rsplit(" ", 1)[-1])


def day_ticks(days: tuple[float, float]) -> list[int]:
    """Return the ticks of study days: day 1 and every week after it, or every second, fourth, ...; at most ten.

    Examples:
        >>> day_ticks((-3, 43))
        [1, 8, 15, 22, 29, 36, 43]
    """
    weeks = 1
    while (days[1] - 1) / (7 * weeks) > 9:
        weeks *= 2
    return list(range(1, int(days[1]) + 1, 7 * weeks))
