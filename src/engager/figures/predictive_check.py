"""The visual predictive check: observed percentiles and values over the bands of simulated studies."""

from __future__ import annotations

from typing import Any

from engager.figures.figure import Figure
from engager.figures.panels import Panel, Rows, decades, frame_rows, panel_layers, side_word
from engager.figures.series_style import BELOW, legend
from engager.figures.theme import COLOURS, DOUBLE_COLUMN, INK, QUIET, Sheet, label_rows, specification, text_width
from engager.results import AnalysisResult, Results

_LEFT, _TOP, _BOTTOM, _TICKS = 16.0, 24.0, 26.0, 28.0
_BAND, _MIDDLE = COLOURS["t_cells"], COLOURS["disease"]
# Half of the width, in points, of the band of a window that is a single day.
_HALF = 5.0


def check_figure(results: Results, axis: str, *, label: str | None = None, width: float | None = None) -> Figure:
    """Return the observed percentiles (lines with marks) and values (dots) over the simulated bands.

    A percentile or a value below the limit of the assay stands at that limit, as a triangle that points down.
    `axis` are the words for what was measured, with its unit.
    """
    title = "Visual predictive check"
    rows = results.where(analysis="what_if_check")
    bands = [row for row in rows if row.name.startswith("simulated")]
    if not bands:
        why = "No predictive check: nothing was observed."
        return Figure("predictive_check", title, "", why, None, empty=why)
    width = width or DOUBLE_COLUMN
    height = 150.0 if width > 300 else 120.0
    keys = legend(_entries(), width - _LEFT - 8, height + _BOTTOM + 22)
    sheet = Sheet(width, height=height + 12, left=_LEFT, right=8, top=_TOP, bottom=_BOTTOM + keys[3] + 4)
    panel = _panel(rows, sheet)
    lines, words = frame_rows(panel, _ticks(panel))
    data: dict[str, Rows] = {"bands": [], "rules": [*lines, *keys[0]], "lines": [], "points": list(keys[1]),
                             "words": [*words, *keys[2]], "corners": []}  # fmt: skip
    for row in rows:
        _draw(data, panel, row, single=len({band.at for band in bands}) == 1)
    foot = {"x": sheet.plot_width / 2, "y": panel.top + panel.height + 22, "align": "center", "weight": "normal"}
    data["words"].append(foot | {"text": "Days from the first dose"})
    data |= {"side": [side_word(sheet, axis)], "label": label_rows(label, sheet)}
    spec = specification(panel_layers(), sheet, title, data)
    ids = tuple(row.id for row in rows if row.name != "outside")
    return Figure("predictive_check", title, _caption(results), _description(results), spec, ids, time=(panel.time,))


def _entries() -> list[tuple[str, dict[str, Any] | None, dict[str, Any] | None]]:
    line = {"stroke": INK, "dash": [1, 0], "width": 1.0}
    return [
        ("simulated 5th and 95th", {"stroke": _tint(_BAND), "dash": [2000, 0], "width": 6}, None),
        ("simulated median", {"stroke": _tint(_MIDDLE), "dash": [2000, 0], "width": 6}, None),
        ("observed median", line, _mark()),
        ("observed 5th and 95th", line | {"dash": [3, 2]}, _mark() | {"fill": "#FFFFFF"}),
        ("observed value", None, {"stroke": QUIET, "fill": QUIET, "shape": "circle", "size": 4}),
    ]


def _tint(colour: str) -> str:
    """Return a colour as the bands show it, lightened by their opacity."""
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(255 - 0.18 * (255 - part)):02X}" for part in parts)


def _mark() -> dict[str, Any]:
    return {"stroke": INK, "fill": INK, "shape": "circle", "size": 14}


def _panel(rows: tuple[AnalysisResult, ...], sheet: Sheet) -> Panel:
    values = [value for row in rows if row.name != "outside" for value in (row.estimate, row.lower, row.upper) if value]
    days = [_day(row) for row in rows if row.at]
    room = max(1.0, 0.04 * (max(days) - min(days)))
    ends = (min(0.0, *days) - room / 2, max(days) + room)
    return Panel("", _TICKS, 12.0, sheet.plot_width - _TICKS, sheet.height - 12.0, ends, decades(values))


def _day(row: AnalysisResult) -> float:
    return float((row.at or "day 0").removeprefix("day "))


def _ticks(panel: Panel) -> list[tuple[float, str]]:
    """Return whole days along the foot, as many as find room."""
    first, last = panel.days
    steps = (1, 2, 7, 14, 28, 56, 112, 365)
    step = next((each for each in steps if (last - first) / each * (text_width("000") + 8) < panel.width), steps[-1])
    return [(panel.x(day), str(day)) for day in range(0, int(last) + 1, step) if day >= first]


def _draw(data: dict[str, Rows], panel: Panel, row: AnalysisResult, *, single: bool) -> None:
    """Add one result to the datasets."""
    kind, _, percentile = row.name.partition(" ")
    if kind == "outside":
        return
    x, middle = panel.x(_day(row)), percentile == "50"
    at = {"x": x, "piece": row.name, "order": _day(row), "result": row.id}
    if kind == "simulated" and row.upper is not None:
        colour = _MIDDLE if middle else _BAND
        ends = {"y": panel.y(row.lower or 0.0), "y2": panel.y(row.upper), "stroke": colour}
        places = (x - _HALF, x + _HALF) if single else (x,)
        data["bands"] += [at | ends | {"x": place} for place in places]
    elif kind == "observed":
        below = row.estimate is None
        y = panel.y((row.upper if below else row.estimate) or 0.0)
        data["lines"].append(at | {"y": y, "stroke": INK, "dash": [1, 0] if middle else [3, 2], "width": 1.0})
        look = _mark() | ({"shape": BELOW} if below else {}) | ({} if middle else {"fill": "#FFFFFF"})
        data["points"].append({"x": x, "y": y, "result": row.id} | look)
    elif kind == "value":
        below = row.estimate is None
        look = {"stroke": QUIET, "fill": "#FFFFFF" if below else QUIET, "shape": BELOW if below else "circle"}
        value = (row.upper if below else row.estimate) or 0.0
        data["points"].insert(0, {"x": x, "y": panel.y(value), "result": row.id, "size": 6 if below else 4} | look)


def _caption(results: Results) -> str:
    outside = results.get("what_if_check", "outside")
    told = f" {outside.n} of {outside.N} observed percentiles lie outside." if outside else ""
    return (
        "Bands: 2.5th to 97.5th percentile, over simulated studies of the observed size, of the 5th, 50th and 95th "
        "percentile of their patients. Lines: those percentiles as observed. Dots: observed values. Triangles: below "
        f"the limit of the assay, at that limit.{told}"
    )


def _description(results: Results) -> str:
    rows = results.where(analysis="what_if_check")
    days = list(dict.fromkeys(row.at for row in rows if row.name.startswith("simulated")))
    return f"Visual predictive check at {len(days)} times, from {days[0]} to {days[-1]}. {_caption(results)}"
