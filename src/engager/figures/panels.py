"""Small multiples: panels of one figure in rows, each with a logarithmic axis of its own, placed in points.

The panels stand on one sheet, and every mark on it is placed here: a chart of charts would size itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engager.figures.figure import TimeAxis
from engager.figures.theme import INK, QUIET, RULE, SMALL_TYPE, TYPE, Sheet, text_width
from engager.terms.language import decimal

if TYPE_CHECKING:
    import altair as alt

_TICK = 3.0
_TICK_LABELS = 25.0  # points at the left of a panel for its tick labels

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: its title, its corner and size in points, and the ends of its axes; `decades` are powers of ten."""

    title: str
    left: float
    top: float
    width: float
    height: float
    days: tuple[float, float]
    decades: tuple[int, int]

    @property
    def time(self) -> TimeAxis:
        """The axis of days of the panel."""
        return TimeAxis(self.left, self.left + self.width, self.top, self.top + self.height, *self.days)

    def x(self, day: float) -> float:
        """Return where a day stands, in points from the left of the sheet's plot."""
        first, last = self.days
        return round(self.left + (day - first) / (last - first) * self.width, 2)

    def y(self, value: float) -> float:
        """Return where a value stands, in points from the top; what the axis does not reach stands at its foot."""
        low, high = self.decades
        place = low if value <= 0 else min(max(math.log10(value), low), high)
        return round(self.top + (high - place) / (high - low) * self.height, 2)


@dataclass(frozen=True, slots=True)
class Grid:
    """How panels stand: columns, the width and height of each, the gap between them, and room above for titles."""

    columns: int
    width: float
    height: float
    title: float = 12.0
    gap: float = 14.0

    @classmethod
    def of(cls, panels: int, plot_width: float, columns: int, height: float) -> Grid:
        """Return the grid that fills the width; no more columns than panels."""
        columns = max(1, min(columns, panels))
        width = (plot_width - columns * _TICK_LABELS - (columns - 1) * 8.0) / columns
        return cls(columns, width, height)

    def corner(self, number: int) -> tuple[float, float]:
        """Return the left and top of the panel of a number, counted from 0."""
        row, column = divmod(number, self.columns)
        return _TICK_LABELS + column * (self.width + _TICK_LABELS + 8.0), self.title + row * (
            self.height + self.title + self.gap
        )

    def total_height(self, panels: int) -> float:
        """Return the height of all rows of panels."""
        rows = -(-panels // self.columns)
        return rows * (self.height + self.title + self.gap) - self.gap


def decades(values: Iterable[float]) -> tuple[int, int]:
    """Return the powers of ten that enclose the values above 0, at least two apart.

    Examples:
        >>> decades([3, 250]), decades([10, 100]), decades([0])
        ((0, 3), (1, 3), (0, 2))
    """
    logs = [math.log10(value) for value in values if value > 0]
    if not logs:
        return 0, 2
    low, high = math.floor(min(logs)), math.ceil(max(logs))
    return low, max(high, low + 2)


def power(exponent: int) -> str:
    """Return a power of ten as an axis writes it; from ten thousand on the thousands stand apart.

    Examples:
        >>> power(0), power(3), power(-1), power(5), power(8)
        ('1', '1000', '0.1', '100 000', '1e8')
    """
    if exponent in (4, 5):
        return f"{10**exponent:,}".replace(",", " ")
    return decimal(f"{10.0**exponent:g}") if -3 <= exponent <= 3 else f"1e{exponent}"


def frame_rows(panel: Panel, ticks: Sequence[tuple[float, str]]) -> tuple[Rows, Rows]:
    """Return the lines and the words of a panel's axes; `ticks` are the places and names along the foot."""
    foot, right = panel.top + panel.height, panel.left + panel.width
    lines = [_line(panel.left, foot, right, foot), _line(panel.left, panel.top, panel.left, foot)]
    words: Rows = [_word(panel.left, panel.top - 4, panel.title, weight="bold")]
    low, high = panel.decades
    every = max(1, round((high - low) * 9 / panel.height))
    for exponent in range(low, high + 1):
        y = panel.y(10.0**exponent)
        lines.append(_line(panel.left - _TICK, y, panel.left, y))
        if (exponent - low) % every == 0:
            words.append(_word(panel.left - _TICK - 2, y + 2.4, power(exponent), align="right"))
    for place, name in ticks:
        lines.append(_line(place, foot, place, foot + _TICK))
        words.append(_word(place, foot + _TICK + 7, name, align="center"))
    return lines, words


def _line(x: float, y: float, x2: float, y2: float) -> dict[str, Any]:
    return {"x": x, "y": y, "x2": x2, "y2": y2, "stroke": RULE, "dash": [1, 0], "width": 0.6}


def _word(x: float, y: float, text: str, *, align: str = "left", weight: str = "normal") -> dict[str, Any]:
    return {"x": x, "y": y, "text": text, "align": align, "weight": weight}


def side_word(sheet: Sheet, text: str) -> dict[str, Any]:
    """Return the title of the logarithmic axes, upright at the left of the sheet."""
    return {"x": 8 - sheet.left, "y": sheet.height / 2, "text": text}


def day_ticks(panel: Panel) -> list[tuple[float, str]]:
    """Return the places and names of days along the foot of a panel, in weeks that find room."""
    first, last = panel.days
    for weeks in (1, 2, 4, 8, 16):
        days = [day for day in range(1, int(last) + 1, 7 * weeks) if day >= first]
        if len(days) * (text_width(str(int(last))) + 6) <= panel.width or weeks == 16:
            return [(panel.x(day), str(day)) for day in days]
    return []


def panel_layers() -> list[alt.Chart]:
    """Return the layers over the datasets `bands`, `rules`, `lines`, `corners`, `points`, `words`, `side`, `label`."""
    import altair as alt

    x, y = alt.X("x:Q", scale=None), alt.Y("y:Q", scale=None)
    stroke, dash = alt.Stroke("stroke:N", scale=None), alt.StrokeDash("dash:N", scale=None)
    rules = alt.Chart(alt.NamedData("rules")).mark_rule()
    bands = alt.Chart(alt.NamedData("bands")).mark_area(opacity=0.18)
    lines = alt.Chart(alt.NamedData("lines")).mark_line()
    points = alt.Chart(alt.NamedData("points")).mark_point(opacity=1, strokeWidth=0.8)
    side = alt.Chart(alt.NamedData("side")).mark_text(
        angle=270, align="center", baseline="alphabetic", fontSize=TYPE, color=INK
    )
    label = alt.Chart(alt.NamedData("label")).mark_text(
        align="right", baseline="alphabetic", fontSize=TYPE, fontWeight="bold", color=QUIET
    )
    size = alt.StrokeWidth("width:Q", scale=None)
    return [
        bands.encode(x, y, alt.Y2("y2:Q"), alt.Fill("stroke:N", scale=None), alt.Detail("piece:N")),
        rules.encode(x, y, alt.X2("x2:Q"), alt.Y2("y2:Q"), stroke, dash, size),
        lines.encode(x, y, stroke, dash, size, alt.Detail("piece:N"), alt.Order("order:Q")),
        alt.Chart(alt.NamedData("corners")).mark_point(size=16, opacity=0).encode(x, y),  # to be pointed at
        points.encode(
            x, y, stroke, alt.Fill("fill:N", scale=None), alt.Shape("shape:N", scale=None),
            alt.Size("size:Q", scale=None),
        ),
        *_word_layers(x, y),
        side.encode(x, y, alt.Text("text:N")),
        label.encode(x, y, alt.Text("text:N")),
    ]  # fmt: skip


def _word_layers(x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Return a layer for each way of setting words: alignment and weight are no channels."""
    import altair as alt

    ways: list[tuple[Any, Any]] = [("left", "normal"), ("left", "bold"), ("right", "normal"), ("center", "normal")]
    return [
        alt.Chart(alt.NamedData("words"))
        .transform_filter(f"datum.align == '{align}' && datum.weight == '{weight}'")
        .mark_text(align=align, baseline="alphabetic", fontWeight=weight, fontSize=SMALL_TYPE)
        .encode(x, y, alt.Text("text:N"))
        for align, weight in ways
    ]
