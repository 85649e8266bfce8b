"""The events of a patient's figure: lanes of adverse events and therapies, and what divides the time as lines."""

from __future__ import annotations

from collections.abc import Sequence

from engager.figures.patient_layers import Marks
from engager.figures.patient_record import PatientRecord
from engager.figures.theme import INK, QUIET, text_width
from engager.results import AnalysisResult
from engager.terms.language import decimal, say

LANES = 8
GRADES = {1: "#FBE3B5", 2: "#F3C467", 3: "#E69F00", 4: "#A86F00", 5: "#4A3100"}
UNGRADED = "#FFFFFF"


def event_lanes(record: PatientRecord, marks: Marks, top: float, lane: float) -> float:
    """Draw a lane for each adverse event and therapy that has a day, the gravest first, and return where they end."""
    lanes = _lanes(record)
    if not lanes:
        return top - lane
    marks.word(2 - 34, top - 6, say("Events (grade)"), QUIET)
    for number, (name, rows) in enumerate(lanes):
        y = top + lane * number
        untold = sorted({grade for row in rows if (grade := _bar(marks, row, y, lane))})
        first = min(marks.x(row.lower or 0.0) for row in rows)
        told = f"{name} ({', '.join(untold)})" if untold else name
        room = text_width(told) + 4
        x, side = (first - 3, "right") if first > room else (_end(marks, rows) + 4, "left")
        marks.word(x, y + lane * 0.7, told, INK, align=side)
    return top + lane * len(lanes)


def _lanes(record: PatientRecord) -> list[tuple[str, list[AnalysisResult]]]:
    first, last = record.span
    found: dict[str, list[AnalysisResult]] = {}
    for row in record.named("adverse_event", "therapy"):
        if record.dated and row.lower is not None and first <= row.lower <= last:
            found.setdefault(say(row.text or row.name), []).append(row)
    gravest = sorted(found, key=lambda name: -max(row.estimate or 0.0 for row in found[name]))
    kept = gravest[:LANES]
    return sorted(((name, found[name]) for name in kept), key=lambda lane: min(row.lower or 0.0 for row in lane[1]))


def _bar(marks: Marks, row: AnalysisResult, y: float, lane: float) -> str:
    """Draw the days of an event and return its grade where it found no room in the bar, else nothing."""
    start = row.lower or 0.0
    x, x2 = marks.x(start), marks.x((row.upper if row.upper is not None else start) + 1)
    fill = "#1D2A35" if row.name == "therapy" else GRADES.get(int(row.estimate or 0), UNGRADED)
    box = {"x": x, "x2": max(x2, x + 3), "y": y + 1.5, "y2": y + lane - 1.5}
    marks.data["bars"].append(box | {"fill": fill, "stroke": QUIET, "result": row.id})
    if row.estimate is None:
        return ""
    grade = decimal(f"{row.estimate:g}")
    if x2 - x <= 7:
        return grade
    marks.word((x + x2) / 2, y + lane * 0.72, grade, "#FFFFFF" if row.estimate >= 4 else INK, align="center")
    return ""


def _end(marks: Marks, rows: Sequence[AnalysisResult]) -> float:
    ends = [(row.upper if row.upper is not None else row.lower or 0.0) + 1 for row in rows]
    return max(*(marks.x(end) for end in ends), min(marks.x(row.lower or 0.0) for row in rows) + 3)


def vertical_marks(record: PatientRecord, marks: Marks, bottom: float) -> None:
    """Draw a line at each event of the disease within the time shown, its name at the top."""
    for row in _within(record):
        x = marks.x(row.estimate or 0.0)
        line = {"x": x, "x2": x, "y": -2, "y2": bottom}
        marks.data["rules"].append(line | {"colour": INK, "dash": [3, 2], "result": row.id})
        side = "right" if x > marks.width * 0.8 else "left"
        marks.word(x, -14, say(row.text or ""), INK, align=side)


def later_events(record: PatientRecord) -> str:
    """Return in words what happened after the time shown."""
    shown = {row.id for row in _within(record)}
    rest = [row for row in record.events if row.id not in shown]
    return "; ".join(f"{row.text}, day {row.estimate:g}" for row in rest if row.estimate is not None)


def _within(record: PatientRecord) -> list[AnalysisResult]:
    first, last = record.span
    return [row for row in record.events if record.dated and first <= (row.estimate or 0.0) <= last]
