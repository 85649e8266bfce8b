"""The figure of the T-cell-to-blast ratio before each cycle, by the class of the cycle, with the threshold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engager.figures.figure import Figure
from engager.figures.panels import Grid, Panel, Rows, decades, frame_rows, panel_layers, side_word
from engager.figures.series_style import ABOVE, BELOW, CLASSES, legend
from engager.figures.theme import (
    COLOURS,
    DOUBLE_COLUMN,
    INK,
    QUIET,
    RULE,
    SINGLE_COLUMN,
    Sheet,
    label_rows,
    specification,
    text_width,
)
from engager.results import AnalysisResult, Results
from engager.terms.language import decimal, say

_MEASURES = {
    "ratio, marrow leukocytes": "By marrow leukocytes",
    "ratio, blood leukocytes": "By blood leukocytes",
    "ratio, as recorded": "As recorded",
}
# Class, fill and shape: told apart without colour too.
_STYLES: Mapping[str, tuple[str, str, bool]] = {
    "non-responding": (COLOURS["disease"], "square", False),
    "responding": (COLOURS["t_cells"], "circle", True),
    "maintenance": (QUIET, "diamond", True),
    "not classed": (RULE, "cross", True),
}
_DASHES: Mapping[str, Any] = {"stroke": INK, "dash": [3, 2], "width": 0.8}
_STEP = 7.0  # points between two marks that stand beside each other
_SHORT = {"non-responding": "non-resp.", "responding": "resp.", "maintenance": "maint.", "not classed": "none"}
DRAWN = 500
Point = tuple[AnalysisResult, str]


def ratio_figure(results: Results, *, label: str | None = None, width: float | None = None) -> Figure:
    """Return the ratios of the rows `cycle_measures`, a panel for each definition that has one.

    A ratio known as a bound is an open triangle at the bound that points to where it lies. The dashed line is the
    plan's limit; the grey band holds the cuts that separate responding from non-responding cycles, where any do. Marks
    of one height stand side by side, in the order of the patients.

    Examples:
        >>> ratio_figure(Results([])).empty
        'No ratio: no cycle has a T-cell-to-blast ratio.'
    """
    title = "T-cell-to-blast ratio before the cycle"
    panels = {name: points for name in _MEASURES if (points := _points(results, name))}
    if not panels or sum(map(len, panels.values())) > DRAWN:
        why = (
            "no cycle has a T-cell-to-blast ratio" if not panels else f"more than {DRAWN} ratios are no reading matter"
        )
        return Figure("ratio", title, "", f"No ratio: {why}.", None, empty=f"No ratio: {why}.")
    width = width or (SINGLE_COLUMN if len(panels) == 1 else DOUBLE_COLUMN)
    spec, shown = _specification(results, panels, width, title, label)
    return Figure("ratio", title, _caption(panels, shown), _description(panels), spec, tuple(row.id for row in shown))


def _points(results: Results, name: str) -> list[Point]:
    """Return the rows of a definition that have a value, each with the class of its cycle."""
    found = []
    for row in results.where(analysis="cycle_measures", name=name):
        if row.estimate is None and row.lower is None and row.upper is None:
            continue
        cycle = results.get("cycle_response", "cycle", row.group, row.at)
        stated = (cycle.text if cycle is not None else None) or "not classed"
        found.append((row, stated if stated in _STYLES else "not classed"))
    return found


def _specification(
    results: Results, panels: Mapping[str, list[Point]], width: float, title: str, label: str | None
) -> tuple[dict[str, Any], list[AnalysisResult]]:
    left, right = 16.0, 8.0
    grid = Grid.of(len(panels), width - left - right, 3 if width > 300 else 1, 150.0 if width > 300 else 118.0)
    height = grid.total_height(len(panels))
    limit = _limit(results)
    entries: list[tuple[str, dict[str, Any] | None, dict[str, Any] | None]] = []
    if any(_bound(row) for points in panels.values() for row, _ in points):
        mark = {"stroke": INK, "fill": "#FFFFFF", "size": 22}
        entries += [(say("at least"), None, mark | {"shape": ABOVE}), (say("at most"), None, mark | {"shape": BELOW})]
    if limit is not None:
        entries.append((say("{limit}, the plan's limit", limit=decimal(f"{limit:g}")), dict(_DASHES), None))
    separations = {name: results.get("ratio_threshold", "separation", name) for name in panels}
    if any(row is not None and row.lower is not None for row in separations.values()):
        entries.append((say("cuts that separate the classes"), {"stroke": "#DADFE3", "dash": [1, 0], "width": 6}, None))
    keys = legend(entries, width - left - right, height + 28)
    sheet = Sheet(width, height=height, left=left, right=right, top=24, bottom=24 + keys[3])
    data: dict[str, Rows] = {"bands": [], "rules": keys[0], "lines": [], "points": keys[1], "words": keys[2],
                             "corners": []}  # fmt: skip
    for number, (name, points) in enumerate(panels.items()):
        _draw(data, _panel(grid, number, name, points, limit), points, limit, separations[name])
    data |= {"side": [side_word(sheet, say("T cells per blast"))], "label": label_rows(label, sheet)}
    shown = [row for points in panels.values() for row, _ in points]
    shown += [row for row in separations.values() if row is not None]
    return specification(panel_layers(), sheet, title, data), shown


def _limit(results: Results) -> float | None:
    """Return the limit of the plan, as the rows of the rule name it."""
    row = next(iter(results.where(analysis="ratio_threshold", name="limit")), None)
    return row.estimate if row is not None else None


def _bound(row: AnalysisResult) -> str | None:
    """Return the shape of a bound; None for a value that is known."""
    if row.estimate is not None:
        return None
    return BELOW if row.upper is not None else ABOVE


def _height(row: AnalysisResult) -> float:
    ends = (row.estimate, row.upper, row.lower)
    return next((end for end in ends if end is not None), 0.0)


def _panel(grid: Grid, number: int, name: str, points: Sequence[Point], limit: float | None) -> Panel:
    left, top = grid.corner(number)
    values = [_height(row) for row, _ in points] + ([limit] if limit is not None else [])
    classes = _classes(points)
    return Panel(say(_MEASURES[name]), left, top, grid.width, grid.height, (0.0, float(len(classes))), decades(values))


def _classes(points: Sequence[Point]) -> list[str]:
    """Return the classes that occur, non-responding and responding always, from the worse to the better."""
    found = {name for _, name in points} | {"non-responding", "responding"}
    return [name for name in _STYLES if name in found]


def _rule(x: float, y: float, x2: float) -> dict[str, Any]:
    return {"x": x, "y": y, "x2": x2, "y2": y, **_DASHES}


def _draw(
    data: dict[str, Rows], panel: Panel, points: Sequence[Point], limit: float | None, separation: AnalysisResult | None
) -> None:
    """Add one panel to the datasets."""
    classes = _classes(points)
    middles = {name: panel.x(place + 0.5) for place, name in enumerate(classes)}
    names = _heads(points, classes, panel.width / len(classes))
    lines, words = frame_rows(panel, [(middles[name], names[name]) for name in classes])
    right = panel.left + panel.width
    if separation is not None and separation.lower is not None and separation.upper is not None:
        ends = {"y": panel.y(separation.lower), "y2": panel.y(separation.upper), "stroke": INK, "piece": panel.title,
                "result": separation.id}  # fmt: skip
        data["bands"] += [{"x": panel.left} | ends, {"x": right} | ends]
    data["rules"] += lines
    data["words"] += words
    if limit is not None:
        data["rules"].append(_rule(panel.left, panel.y(limit), right))
    for name in classes:
        own = [row for row, of in points if of == name]
        room = panel.width / len(classes) / 2 - 5
        for row, x in zip(own, beside([panel.y(_height(row)) for row in own], middles[name], room), strict=True):
            data["points"].append({"x": x, "y": panel.y(_height(row)), "result": row.id} | _mark(name, row))


def _heads(points: Sequence[Point], classes: Sequence[str], room: float) -> dict[str, str]:
    """Return the name of each class with its cycles, all in short where one of them finds no room."""
    counts = {name: sum(1 for _, own in points if own == name) for name in classes}
    full = {name: f"{say(name)} ({count})" for name, count in counts.items()}
    if all(text_width(text) + 3 <= room for text in full.values()):
        return full
    return {name: f"{say(_SHORT[name])} ({count})" for name, count in counts.items()}


def _mark(name: str, row: AnalysisResult) -> dict[str, Any]:
    colour, shape, filled = _STYLES[name]
    bound = _bound(row)
    fill = colour if filled and bound is None else "#FFFFFF"
    return {"stroke": colour, "fill": fill, "shape": bound or shape, "size": 26}


def beside(heights: Sequence[float], middle: float, room: float) -> list[float]:
    """Return where marks stand so that those of one height stand side by side around the middle, within the room.

    Examples:
        >>> beside([10.0, 10.0, 50.0], middle=100.0, room=20.0)
        [96.5, 103.5, 100.0]
    """
    places = [middle] * len(heights)
    rest = sorted(range(len(heights)), key=lambda index: (heights[index], index))
    while rest:
        near = [index for index in rest if heights[index] - heights[rest[0]] < _STEP - 1]
        step = min(_STEP, 2 * room / max(len(near) - 1, 1))
        for number, index in enumerate(near):
            places[index] = round(middle + (number - (len(near) - 1) / 2) * step, 2)
        rest = rest[len(near) :]
    return places


def _caption(panels: Mapping[str, list[Point]], shown: Sequence[AnalysisResult]) -> str:
    parts = ["CD3 cells per µL of blood over blasts per µL of marrow at the start of the cycle; logarithmic axis."]
    if len(panels) > 1:
        parts.append("The panels differ in the leukocytes by which the share of blasts was multiplied.")
    if any(_bound(row) for row in shown if row.analysis == "cycle_measures"):
        parts.append("Open triangles: ratios known as bounds, pointing to where they lie.")
    return " ".join([*parts, "Cycles of one patient are not independent."])


def _description(panels: Mapping[str, list[Point]]) -> str:
    parts = []
    for name, points in panels.items():
        counts = ", ".join(f"{sum(1 for _, own in points if own == of)} {of}" for of in CLASSES)
        parts.append(f"{_MEASURES[name]}: {counts}")
    return f"T-cell-to-blast ratios of cycles by class. {'; '.join(parts)}."
