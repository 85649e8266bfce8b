"""The figure of one patient's course: doses, disease, cells, cytokines and events over one axis of time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from engager.figures.course import printed_unit
from engager.figures.figure import Figure
from engager.figures.panels import Panel, decades, power
from engager.figures.patient_events import event_lanes, later_events, vertical_marks
from engager.figures.patient_layers import Marks, layers
from engager.figures.patient_record import PatientRecord
from engager.figures.patient_series import DISEASE, PANELS, Series, series_of
from engager.figures.theme import DOUBLE_COLUMN, INK, QUIET, RULE, Sheet, label_rows, specification, spread, text_width
from engager.results import AnalysisResult
from engager.terms.language import decimal, say

_DOSE_HEIGHT, _GAP, _LANE = 22.0, 20.0, 10.0
_LEFT, _TOP, _BOTTOM = 34.0, 36.0, 30.0
_GRID = "#E3E7EA"


def patient_course_figure(record: PatientRecord, *, label: str | None = None, width: float = DOUBLE_COLUMN) -> Figure:
    """Return the figure of one patient, `width` points wide (170 mm; `SINGLE_COLUMN` is 85 mm).

    Time is in days where a dose or a reading has one; else the places of the cycles stand in order, and the figure
    says so. A reading below a limit is an open triangle at the limit that points down, and the limits of the assays
    are drawn. Cells and cytokines of which none was seen stand at the foot of the axis. `label` ("synthetic") is
    printed in the figure.
    """
    marks = _draw(record, width)
    data = marks.data | {"label": label_rows(label, marks.sheet)}
    title = f"Course of patient {record.patient}"
    spec = specification(layers(record, marks), marks.sheet, title, data)
    rows = (*record.readings, *record.named("dose", "limit", "adverse_event", "therapy"), *record.events)
    ids = tuple(row.id for row in rows)
    time = (marks.time,) if record.dated else ()
    return Figure(f"course-{record.patient}", title, _caption(record), _description(record), spec, ids, time=time)


def _draw(record: PatientRecord, width: float) -> Marks:
    right = max(text_width(name) for name in ("CD19", say("blasts"), "IFN-gamma")) + 12
    plot = width - _LEFT - right
    marks = Marks(plot, record.span, days=record.dated)
    top = _doses(record, marks)
    for title, names, height in PANELS:
        found = series_of(record, names)
        if found:
            top = _panel(record, marks, found, title, top + _GAP, height)
    top = event_lanes(record, marks, top + _GAP, _LANE)
    vertical_marks(record, marks, top)
    marks.sheet = Sheet(width, height=top, left=_LEFT, right=right, top=_TOP, bottom=_BOTTOM)
    return marks


def _doses(record: PatientRecord, marks: Marks) -> float:
    """Draw the doses as bars as high as the dose and return where they end; the unit stands above."""
    doses = [row for row in record.named("dose") if row.estimate]
    greatest = max((row.estimate or 0.0 for row in doses), default=1.0)
    units = sorted({printed_unit(row.unit) for row in doses if row.unit})
    marks.word(2 - _LEFT, -4, say("Dose") + (f" ({', '.join(units)})" if units else ""), QUIET)
    for start, end, dose, result in _stretches(record, doses):
        x, x2 = marks.x(start), marks.x(end)
        y = _DOSE_HEIGHT * (1 - 0.75 * dose / greatest)
        box = {"x": x, "x2": x2, "y": y, "y2": _DOSE_HEIGHT}
        marks.data["bars"].append(box | {"fill": "#4F6D8A", "result": result})
        if x2 - x > text_width(decimal(f"{dose:g}")):
            marks.word((x + x2) / 2, y - 1.5, decimal(f"{dose:g}"), INK, align="center")
    return _DOSE_HEIGHT


def _stretches(record: PatientRecord, doses: Sequence[AnalysisResult]) -> Iterable[tuple[float, float, float, str]]:
    """Yield start, end, dose, id of the result; without days the steps of a cycle share its place in equal parts."""
    if record.dated:
        for row in doses:
            if row.lower is not None:
                yield row.lower, (row.upper or row.lower) + 1, row.estimate or 0.0, row.id
        return
    cycles: dict[str, list[AnalysisResult]] = {}
    for row in doses:
        cycles.setdefault(row.text or "", []).append(row)
    for name, steps in cycles.items():
        first = 2.0 * (int(name.split()[-1]) - 1) if name.split()[-1].isdecimal() else 0.0
        for number, row in enumerate(steps):
            yield first + number / len(steps), first + (number + 1) / len(steps), row.estimate or 0.0, row.id


def _panel(
    record: PatientRecord, marks: Marks, found: Sequence[Series], title: str, top: float, height: float
) -> float:
    values = [value for series in found for row in series.rows for value in (row.estimate, row.upper, row.lower)]
    names = {series.name for series in found}
    values += [row.estimate for row in record.named("limit") if row.text in names]
    known = [value for value in values if value]
    low, high = decades(known)
    if known and min(known) <= 10.0**low:
        low -= 1  # room beneath a limit that is a power of ten
    if {series.name for series in found} <= set(DISEASE):
        low, high = min(low, high - 2, -2), min(high, 0)  # a fraction ends at 1
    panel = Panel(title, 0.0, top, marks.width, height, marks.domain, (low, high))
    _axis(marks, panel)
    marks.word(2 - _LEFT, top - 6, say(title), QUIET)
    for series in found:
        _series(record, marks, panel, series)
    _limits(record, marks, panel, found)
    ends = [marks.data["points"][series.last]["y"] for series in found]
    for series, y in zip(found, spread(ends, 8.0, top, top + height), strict=True):
        marks.word(marks.width + 5, y + 2.4, say(series.label), series.colour)
    return top + height


def _axis(marks: Marks, panel: Panel) -> None:
    """Draw the axis of a panel with a grid line for each power of ten that is named: each, or every second."""
    low, high = panel.decades
    rule: dict[str, Any] = {"dash": [1, 0]}
    foot = panel.top + panel.height
    marks.data["rules"].append(rule | {"x": 0, "x2": 0, "y": panel.top, "y2": foot, "colour": RULE})
    for exponent in range(low, high + 1, 1 if high - low <= 4 else 2):
        y = panel.y(10.0**exponent)
        marks.data["rules"].append(rule | {"x": -3, "x2": 0, "y": y, "y2": y, "colour": RULE})
        marks.data["rules"].append(rule | {"x": 0, "x2": marks.width, "y": y, "y2": y, "colour": _GRID})
        marks.word(-5, y + 2.4, power(exponent), INK, align="right")


def _series(record: PatientRecord, marks: Marks, panel: Panel, series: Series) -> None:
    """Draw a line through the readings of a series, and a mark on each: open and pointing where it is a bound."""
    points: list[dict[str, Any]] = []
    for row in series.rows:
        place = record.x(row)
        if place is None:
            continue
        value = row.estimate if row.estimate is not None else row.upper if row.upper is not None else row.lower or 0.0
        seen = row.estimate is not None and row.estimate > 0
        upward = row.estimate is None and row.upper is None
        shape = series.shape if seen else "triangle-up" if upward else "triangle-down"
        points.append({"x": marks.x(place), "y": panel.y(value), "shape": shape, "stroke": series.colour,
                       "fill": series.colour if seen else "#FFFFFF", "result": row.id})  # fmt: skip
    points.sort(key=lambda point: point["x"])
    for one, other in pairwise(points):
        line = {"x": one["x"], "y": one["y"], "x2": other["x"], "y2": other["y"]}
        style = {"colour": series.colour, "dash": list(series.dash), "result": other["result"]}
        marks.data["lines"].append(line | style)
    marks.data["points"] += points
    series.last = len(marks.data["points"]) - 1


def _limits(record: PatientRecord, marks: Marks, panel: Panel, found: Sequence[Series]) -> None:
    """Draw the limits of the assays, each once."""
    names = {series.name: series.colour for series in found}
    drawn = {row.estimate: names[row.text or ""] for row in record.named("limit") if (row.text or "") in names}
    for limit, colour in drawn.items():
        y = panel.y(limit or 0.0)
        marks.data["rules"].append({"x": 0, "x2": marks.width, "y": y, "y2": y, "colour": colour, "dash": [2, 2]})


def _caption(record: PatientRecord) -> str:
    parts = []
    if not record.dated:
        parts.append("No day is recorded: the places of the cycles stand in order, the steps of a dose in equal parts.")
    if any(row.estimate is None for row in record.readings):
        parts.append("Open triangles point from a limit: the value lies below it, or above.")
    if record.named("limit"):
        parts.append("Dashed lines: limits of the assays.")
    later = later_events(record)
    if later:
        parts.append(f"Later: {later}.")
    undated = [row.text or "" for row in record.named("adverse_event") if row.lower is None]
    if undated:
        parts.append(f"Adverse events without a day: {', '.join(dict.fromkeys(undated))}.")
    return " ".join(parts)


def _description(record: PatientRecord) -> str:
    names = [series.label for _, names, _ in PANELS for series in series_of(record, names)]
    events = [f"{row.text} on day {row.estimate:g}" for row in record.events if row.estimate is not None]
    return f"Patient {record.patient}: {', '.join(names)} over time. {'; '.join(events)}".strip()
