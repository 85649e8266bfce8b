"""The survival figure: step curves with their bands, censoring marks and the numbers at risk beneath."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from engager.figures.curve import Curve, band_points, day, read_curves, step_points
from engager.figures.figure import Figure, TimeAxis
from engager.figures.survival_layers import layers
from engager.figures.theme import (
    DOUBLE_COLUMN,
    SINGLE_COLUMN,
    Sheet,
    label_rows,
    specification,
    spread,
    text_width,
    wrap,
)
from engager.results import Results
from engager.terms.language import decimal, say

_LINE = 10.0  # points from one line of the risk table to the next
_RISK_TOP = 40.0  # points from the plot to the heading of the risk table: below tick labels and axis title
_KEY = 16.0  # length of a line sample, long enough to show its dash


def survival_figure(
    results: Results,
    analysis: str,
    groups: Sequence[str],
    *,
    title: str,
    label: str | None = None,
    width: float | None = None,
    start: float = 1.0,
) -> Figure:
    """Return the curves of the groups of one time-to-event analysis, with the numbers at risk under the axis.

    It draws the rows `curve` (time in days in `at`, survival just after it), `censored` and `at_risk` as they are and
    calculates nothing. Each curve starts on day 0 at `start`, 1 for survival and 0 for a cumulative incidence, so that
    events on day 0 show on the axis. A bound
    that is None leaves a gap in the band. `label` ("synthetic") is printed in the figure. `width` is in points; by
    default one group takes one column (85 mm) and several take two (170 mm).

    Without rows the figure has no specification, and `empty` says why.

    Examples:
        >>> survival_figure(Results([]), "OS", ["all"], title="Overall survival").empty
        'No curve: no patient has a follow-up time for overall survival.'
    """
    name = f"survival-{_slug(analysis)}" + ("" if tuple(groups) == ("all",) else f"-{_slug('-'.join(groups))}")
    curves = read_curves(results, analysis, groups, start)
    if not curves:
        empty = f"No curve: no patient has a follow-up time for {title[:1].lower()}{title[1:]}."
        return Figure(name, title, "", empty, None, empty=empty)
    sheet = _sheet(curves, width or (SINGLE_COLUMN if len(curves) == 1 else DOUBLE_COLUMN))
    spec = specification(layers(curves, _ticks(curves, sheet)), sheet, title, _datasets(curves, sheet, label))
    ids = tuple(row.id for curve in curves for row in curve.rows)
    end = max([curve.end for curve in curves] + [*_ticks(curves, sheet), 1.0])
    time = TimeAxis(0, sheet.plot_width, 0, sheet.height + 4, 0, end, depth=sheet.bottom)
    return Figure(name, title, _caption(curves), _description(curves, title), spec, ids, time=(time,))


# Below the ticks of patients censored while the curve is at 1, and within the frame, which cuts what is above it.
_BELOW_TICKS = 16


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60]


def _sheet(curves: Sequence[Curve], width: float) -> Sheet:
    """Return the sheet: room at the right for the labels of several curves, beneath for a line of numbers each."""
    legend = max(text_width(curve.label) for curve in curves) + _KEY + 12
    right = min(legend, width * 0.3) if len(curves) > 1 else 12.0
    bottom = _RISK_TOP + _LINE * (len(curves) + 0.6) if any(curve.at_risk for curve in curves) else 32.0
    return Sheet(width, height=130 if width < 300 else 190, left=36, right=right, top=24, bottom=bottom)


def _ticks(curves: Sequence[Curve], sheet: Sheet) -> list[float]:
    """Return the times of the risk table that find room under the axis: every one, or every second, third, ..."""
    times = sorted({day(row) for curve in curves for row in curve.at_risk})
    widest = max((text_width(f"{time:g}") for time in times), default=0) + 5
    every = max(1, -(-len(times) * widest // max(sheet.plot_width, 1)))
    return times[:: int(every)]


def _datasets(curves: Sequence[Curve], sheet: Sheet, label: str | None) -> dict[str, list[dict[str, Any]]]:
    ticks = _ticks(curves, sheet)
    return {
        "steps": [point for curve in curves for point in step_points(curve)],
        "corners": [
            {"group": c.group, "day": day(row), "survival": row.estimate, "result": row.id}
            for c in curves
            for row in c.steps
            if row.estimate is not None
        ],
        "bands": [point for curve in curves for point in band_points(curve)],
        "censored": [
            {"group": c.group, "day": day(row), "survival": row.estimate, "result": row.id}
            for c in curves
            for row in c.censored
        ],
        "at_risk": [
            {"group": curve.group, "day": day(row), "n": row.n, "y": _risk_line(index, sheet), "result": row.id}
            for index, curve in enumerate(curves)
            for row in curve.at_risk
            if day(row) in ticks
        ],
        "keys": _keys(curves, sheet),
        "names": _names(curves, sheet),
        "label": [row | {"y": _BELOW_TICKS} for row in label_rows(label, sheet)],
    }


def _risk_line(index: int, sheet: Sheet) -> float:
    return sheet.height + _RISK_TOP + _LINE * (index + 1)


def _keys(curves: Sequence[Curve], sheet: Sheet) -> list[dict[str, Any]]:
    """Return the samples of line: beside the name of each curve, and in front of its numbers at risk."""
    if len(curves) == 1:
        return []
    left, right = 2 - sheet.left, sheet.plot_width + 6
    samples = [(c.group, right, y) for c, y in zip(curves, _heights(curves, sheet), strict=True)]
    samples += [(c.group, left, _risk_line(i, sheet) - 2.5) for i, c in enumerate(curves) if c.at_risk]
    return [{"group": group, "x": x, "x2": x + _KEY, "y": y} for group, x, y in samples]


def _names(curves: Sequence[Curve], sheet: Sheet) -> list[dict[str, Any]]:
    x = sheet.plot_width + 6 + _KEY + 3
    names = [{"x": 2 - sheet.left, "y": sheet.height + _RISK_TOP, "text": [say("Number at risk")]}] * any(
        curve.at_risk for curve in curves
    )
    if len(curves) > 1:
        for curve, y in zip(curves, _heights(curves, sheet), strict=True):
            lines = wrap(curve.label, sheet.right - _KEY - 9)
            names.append({"x": x, "y": y + 2.5 - 4 * (len(lines) - 1), "text": lines})
    return names


def _heights(curves: Sequence[Curve], sheet: Sheet) -> list[float]:
    """Return where the name of each curve stands: at the height at which it ends, moved apart from the others."""
    ends = [sheet.height * (1 - step_points(curve)[-1]["survival"]) for curve in curves]
    lines = max(len(wrap(curve.label, sheet.right - _KEY - 9)) for curve in curves)
    return spread(ends, gap=8.5 * lines + 3, top=4 * lines, bottom=sheet.height - 4 * (lines - 1))


def _caption(curves: Sequence[Curve]) -> str:
    """Return what the marks mean, with the method of the rows in its own words."""
    row = next((row for curve in curves for row in curve.steps), curves[0].rows[0])
    # What follows the estimator in a row's method is about that point alone.
    parts = [f"{row.method.partition(',')[0]} estimate." if row.method else ""]
    if all(row.estimate == curve.start for curve in curves for row in curve.steps):
        parts.append("No event was recorded.")
    if any(band_points(curve) for curve in curves):
        level = decimal(f"{100 * row.level:g}") + " % " if row.level else ""
        parts.append(f"Pale band: {level}interval at each time.")
    if any(curve.censored for curve in curves):
        parts.append("Vertical ticks: patients censored at that time.")
    return " ".join(part for part in parts if part)


def _description(curves: Sequence[Curve], title: str) -> str:
    parts = []
    for curve in curves:
        first = curve.steps[0] if curve.steps else curve.censored[0]
        start = f"{first.n} at risk at the start, " if first.n is not None else ""
        name = "" if len(curves) == 1 else f"{curve.label}: "
        parts.append(f"{name}{start}{len(curve.censored)} times with censored patients, followed to day {curve.end:g}")
    return f"{title}, step curves of the probability over time. {'; '.join(parts)}."
