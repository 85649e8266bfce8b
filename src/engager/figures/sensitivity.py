"""The tornado: a measure of the median patient, with each quantity at its 5th and its 95th percentile."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from engager.figures.figure import Figure
from engager.figures.panels import Rows, panel_layers
from engager.figures.series_style import legend
from engager.figures.theme import COLOURS, DOUBLE_COLUMN, INK, RULE, Sheet, label_rows, specification, text_width
from engager.results import AnalysisResult, Results
from engager.terms.language import decimal

_LINE, _BAR, _SHOWN = 13.0, 7.0, 12
# One dash that is longer than any bar: short ones leave seams where a wide line is set in a PDF.
_SOLID = [2000, 0]
_LOW, _HIGH = COLOURS["toxicity"], COLOURS["t_cells"]


def tornado_figure(
    results: Results, measure: str, number: int, *, label: str | None = None, width: float | None = None
) -> Figure:
    """Return the quantities that move a measure of the median patient most, the largest on top.

    `number` tells the figures of several measures apart. Quantities that move nothing are not drawn; without any that
    does, the figure has no specification and says so.
    """
    title = f"What moves: {measure}"
    rows = [row for row in results.where(analysis="what_if_spread", group=measure) if _swing(row) > 0]
    rows = sorted(rows, key=lambda row: -_swing(row))[:_SHOWN]
    name = f"sensitivity_{number}"
    if not rows:
        why = f"No figure: no quantity moves {measure} of the median patient."
        return Figure(name, title, "", why, None, empty=why)
    width = width or DOUBLE_COLUMN
    left = 12 + max(text_width(row.name) for row in rows)
    plot, foot = width - left - 14, _LINE * len(rows) + 4
    keys = legend(_entries(), plot, foot + 40)
    sheet = Sheet(width, height=foot, left=left, right=14, top=26, bottom=40 + keys[3])
    data = _rows(rows, sheet)
    for part, key in (("rules", keys[0]), ("points", keys[1]), ("words", keys[2])):
        data[part] += key
    axis = f"{measure}, {rows[0].unit}" if rows[0].unit else measure
    data["words"].append(_word(plot / 2, foot + 24, axis, "center"))
    data["label"] = label_rows(label, sheet)
    caption = (
        "The median virtual patient, with one quantity at its 5th or 95th percentile and all others at their median. "
        f"The line is the measure of the median patient. The {len(rows)} quantities that move it most."
    )
    words = "; ".join(f"{row.name} {row.lower:.3g} to {row.upper:.3g}" for row in rows)
    ids = tuple(row.id for row in rows)
    return Figure(name, title, caption, f"{title}. {words}.", specification(panel_layers(), sheet, title, data), ids)


def _swing(row: AnalysisResult) -> float:
    if row.estimate is None or row.lower is None or row.upper is None:
        return 0.0
    return max(abs(row.lower - row.estimate), abs(row.upper - row.estimate))


def _entries() -> list[tuple[str, dict[str, Any] | None, dict[str, Any] | None]]:
    return [
        (words, {"stroke": colour, "dash": _SOLID, "width": 6}, None)
        for words, colour in (("at the 5th percentile", _LOW), ("at the 95th percentile", _HIGH))
    ]


def _rows(rows: Sequence[AnalysisResult], sheet: Sheet) -> dict[str, Rows]:
    ends = [value for row in rows for value in (row.lower, row.upper, row.estimate) if value is not None]
    ticks = _ticks(min(ends), max(ends), sheet.plot_width)
    low, high = min(ticks[0], *ends), max(ticks[-1], *ends)

    def x(value: float) -> float:
        return round((value - low) / (high - low) * sheet.plot_width, 2)

    foot, middle = sheet.height, x(rows[0].estimate or 0.0)
    rules: Rows = [_rule(0, foot, sheet.plot_width, foot, RULE, 0.6)]
    words: Rows = []
    for tick in ticks:
        rules.append(_rule(x(tick), foot, x(tick), foot + 3, RULE, 0.6))
        words.append(_word(x(tick), foot + 11, decimal(f"{tick:g}"), "center"))
    for number, row in enumerate(rows):
        y = _LINE * (number + 0.5)
        words.append(_word(-6, y + 2.5, row.name, "right"))
        # The shorter of two bars on the same side lies on the longer one, so that both can be seen.
        sides = sorted(
            ((row.lower, _LOW), (row.upper, _HIGH)), key=lambda side: -abs((side[0] or 0) - (row.estimate or 0))
        )
        rules += [_rule(middle, y, x(value or 0.0), y, colour, _BAR) | {"result": row.id} for value, colour in sides]
    rules.append(_rule(middle, 0, middle, foot, INK, 0.8))
    return {"bands": [], "rules": rules, "lines": [], "points": [], "words": words, "corners": [], "side": []}


def _ticks(low: float, high: float, width: float) -> list[float]:
    """Return round values that enclose a range, as many as find room."""
    span = (high - low) or abs(high) or 1.0
    size = 10.0 ** math.floor(math.log10(span))
    steps = [size * part for part in (0.1, 0.2, 0.5, 1, 2, 5)]
    step = next((each for each in steps if span / each * 30 < width), steps[-1])
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(at * step, 12) for at in range(first, last + 1)]


def _rule(x: float, y: float, x2: float, y2: float, stroke: str, width: float) -> dict[str, Any]:
    return {"x": x, "y": y, "x2": x2, "y2": y2, "stroke": stroke, "dash": _SOLID, "width": width}


def _word(x: float, y: float, text: str, align: str) -> dict[str, Any]:
    return {"x": x, "y": y, "text": text, "align": align, "weight": "normal"}
