"""Courses in panels: the values of each patient, or the median and quartiles of many, by day of the cycle."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engager.figures.figure import Figure
from engager.figures.panels import Grid, Panel, Rows, day_ticks, decades, frame_rows, panel_layers, side_word
from engager.figures.series_style import ABOVE, BELOW, Look, legend, looks
from engager.figures.theme import DOUBLE_COLUMN, INK, Sheet, label_rows, specification
from engager.results import AnalysisResult, Results
from engager.terms.language import say

_BOTTOM = 26.0  # points under the panels for tick labels and the title of the axis of days
_LEFT, _TOP = 16.0, 24.0


@dataclass(frozen=True, slots=True)
class Measured:
    """What a panel shows: the name in the results, the words over the panel and its colour."""

    name: str
    words: str
    colour: str


@dataclass(frozen=True, slots=True)
class Courses:
    """A figure of courses: the analysis, its panels, the words for its axis, and the rows of limits to draw."""

    analysis: str
    panels: tuple[Measured, ...]
    axis: str
    limits: Mapping[str, tuple[AnalysisResult, ...]]
    many: bool

    def rows(self, results: Results, name: str) -> tuple[AnalysisResult, ...]:
        """Return the rows of a panel."""
        return results.where(analysis=self.analysis, name=name)


def course_figure(
    results: Results, courses: Courses, *, name: str, title: str, label: str | None, width: float | None
) -> Figure:
    """Return the figure of the courses: lines with marks of single patients, or medians with bands of many.

    A value below a limit is an open triangle pointing down, at the limit; one above a limit points up. A value of 0
    stands at the foot of the axis.
    """
    width = width or DOUBLE_COLUMN
    wide = width > 300
    rows = {panel.name: courses.rows(results, panel.name) for panel in courses.panels}
    styles = looks([row.text or "" for own in rows.values() for row in own])
    sheet_width = width - _LEFT - 8
    columns = (4 if len(courses.panels) > 6 else 3) if wide else 2
    grid = Grid.of(len(courses.panels), sheet_width, columns, 72.0 if wide else 62.0)
    height = grid.total_height(len(courses.panels))
    entries = _entries(rows, styles, courses)
    keys = legend(entries, sheet_width, height + _BOTTOM + 10)
    sheet = Sheet(width, height=height, left=_LEFT, right=8, top=_TOP, bottom=_BOTTOM + keys[3] + 4)
    data: dict[str, Rows] = {"bands": [], "rules": keys[0], "lines": [], "points": keys[1], "words": keys[2],
                             "corners": []}  # fmt: skip
    last = _last_day(rows)
    panels = []
    for number, measured in enumerate(courses.panels):
        panel = _panel(grid, number, measured, [*rows[measured.name], *courses.limits.get(measured.name, ())], last)
        panels.append(panel)
        _draw(data, panel, measured, rows[measured.name], styles, courses)
    data["words"].append(
        {
            "x": sheet.plot_width / 2,
            "y": height + 22,
            "text": say("Day of the cycle"),
            "align": "center",
            "weight": "normal",
        }
    )
    data |= {"side": [side_word(sheet, say(courses.axis))], "label": label_rows(label, sheet)}
    spec = specification(panel_layers(), sheet, title, data)
    shown = [row for own in rows.values() for row in own]
    ids = tuple(row.id for own in (shown, *courses.limits.values()) for row in own)
    return Figure(name, title, _caption(shown, courses), _description(title, rows, courses), spec, ids,
                  time=tuple(panel.time for panel in panels))  # fmt: skip


def day_of(row: AnalysisResult) -> float:
    """Return where a row of a course stands: its day, and a day before the cycle one higher, as there is no day 0."""
    found = re.match(r"day (-?\d+)", row.at or "")
    day = float(found.group(1)) if found else 0.0
    return day + 1 if day < 0 else day


def _last_day(rows: Mapping[str, Sequence[AnalysisResult]]) -> float:
    return max([8.0, *(day_of(row) for own in rows.values() for row in own)])


def _panel(grid: Grid, number: int, measured: Measured, rows: Sequence[AnalysisResult], last: float) -> Panel:
    left, top = grid.corner(number)
    values = [value for row in rows for value in (row.estimate, row.lower, row.upper) if value is not None]
    # Room beneath a bound, that its triangle does not stand on the axis.
    values += [row.upper * 0.9 for row in rows if row.upper is not None and not row.lower]
    first = min([1.0, *(day_of(row) for row in rows if row.at and row.at.startswith("day"))])
    return Panel(say(measured.words), left, top, grid.width, grid.height, (first - 0.5, last + 0.5), decades(values))


def _draw(
    data: dict[str, Rows], panel: Panel, measured: Measured, rows: Sequence[AnalysisResult],
    styles: Mapping[str, Look], courses: Courses,
) -> None:  # fmt: skip
    """Add the axes, limits and courses of one panel to the datasets."""
    lines, words = frame_rows(panel, day_ticks(panel))
    data["rules"] += lines
    data["words"] += words
    for limit in courses.limits.get(measured.name, ()):
        y = panel.y(limit.estimate or 0)
        ends = {"x": panel.left, "y": y, "x2": panel.left + panel.width, "y2": y, "result": limit.id}
        data["rules"].append(ends | _limit_line())
    for row in rows:
        style = styles[row.text or ""]
        piece = f"{measured.name} {row.group}"
        at = {"x": panel.x(day_of(row)), "piece": piece, "order": day_of(row), "result": row.id}
        if courses.many and row.estimate is not None:
            if row.lower is not None and row.upper is not None:
                band = {"y": panel.y(row.lower), "y2": panel.y(row.upper)}
                data["bands"].append(at | band | {"stroke": style.colour or measured.colour})
            data["lines"].append(at | {"y": panel.y(row.estimate)} | style.line(measured.colour, 1.4))
            data["corners"].append(at | {"y": panel.y(row.estimate)})
            continue
        value, shape = _place(row)
        data["lines"].append(at | {"y": panel.y(value)} | style.line(measured.colour))
        data["points"].append(
            {"x": at["x"], "y": panel.y(value), "result": row.id}
            | style.point(measured.colour, shape=shape, size=9 if shape is None else 15)
        )


def _place(row: AnalysisResult) -> tuple[float, str | None]:
    """Return the value at which a row is drawn, and the shape of a bound."""
    if row.estimate is not None:
        return row.estimate, (BELOW if row.estimate <= 0 else None)
    return (row.upper, BELOW) if row.upper is not None else (row.lower or 0.0, ABOVE)


def _limit_line() -> dict[str, Any]:
    return {"stroke": INK, "dash": [1.5, 1.5], "width": 0.6}


def _entries(
    rows: Mapping[str, Sequence[AnalysisResult]], styles: Mapping[str, Look], courses: Courses
) -> list[tuple[str, dict[str, Any] | None, dict[str, Any] | None]]:
    colour = courses.panels[0].colour
    shown = [row for own in rows.values() for row in own]
    entries: list[tuple[str, dict[str, Any] | None, dict[str, Any] | None]] = [
        (say(name), look.line(colour, 1.4 if courses.many else 0.7), None if courses.many else look.point(colour))
        for name, look in styles.items()
    ]
    bounds = {shape for row in shown if (shape := _place(row)[1])}
    first = Look(None, (1, 0), "circle", filled=True)
    if BELOW in bounds:
        entries.append((say("below the limit shown by the tip"), None, first.point(colour, shape=BELOW, size=15)))
    if ABOVE in bounds:
        entries.append((say("above"), None, first.point(colour, shape=ABOVE, size=15)))
    if any(courses.limits.values()):
        entries.append((say("limit of quantification"), _limit_line(), None))
    return entries


def _caption(shown: Sequence[AnalysisResult], courses: Courses) -> str:
    if courses.many:
        below = "Open triangles: medians below a limit, drawn at it. " if any(_place(row)[1] for row in shown) else ""
        few = "Days with fewer than 5 values are left out."
        return f"Lines: medians of the day; bands: quartiles; logarithmic axes. {below}{few}"
    parts = ["One line a patient and cycle; logarithmic axes."]
    if any(_place(row)[1] == BELOW for row in shown):
        parts.append("Open triangles pointing down: values below a limit, drawn at it; a count of 0 at the foot.")
    if any(courses.limits.values()):
        parts.append("Dashes: limits of quantification.")
    return " ".join([*parts, "Values without a day are not drawn."])


def _description(title: str, rows: Mapping[str, Sequence[AnalysisResult]], courses: Courses) -> str:
    parts = []
    for measured in courses.panels:
        own = rows[measured.name]
        patients = len({patient for row in own for patient in row.patients})
        parts.append(f"{measured.words}: {len(own)} values of {patients} patients")
    return f"{title}, a panel each. {'; '.join(parts)}."
