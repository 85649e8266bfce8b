"""The swimmer figure: one bar per patient to the last day known, with what happened on the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engager.figures.course import Course, courses
from engager.figures.figure import Figure
from engager.figures.swimmer_layers import layers
from engager.figures.swimmer_layout import AXIS, Layout, lay_out, mark_places, words
from engager.figures.swimmer_legend import MARKS, bar_style, legend_rows
from engager.figures.theme import label_rows, specification
from engager.results import Results

# More bars than this do not stand on one page.
DRAWN = 60


def swimmer_figure(results: Results, *, title: str, label: str | None = None) -> Figure:
    """Return the swimmer figure of the rows of the analysis `course`, a patient a bar, in the order of the rows.

    A bar runs from day 0 to the last day of `follow_up`, in the tone of the response class; a patient alive at the
    end gets an arrow. `infusion` rows are dark bars inside it, `event` rows marks on it. Doses stand at the left, and
    what happened on an unknown day (`undated`) at the right in words: nothing is drawn on a day that is not recorded,
    and the caption says for whom infusions are missing. `label` ("synthetic") is printed in the figure.

    It is 170 mm wide. Without rows, or with more than `DRAWN` patients, the figure has no specification, and `empty`
    says why.

    Examples:
        >>> swimmer_figure(Results([]), title="Course of each patient").empty
        'No courses: no patient has a last day of follow-up.'
    """
    patients = courses(results)
    if not patients:
        empty = "No courses: no patient has a last day of follow-up."
        return Figure("swimmer", title, "", empty, None, empty=empty)
    if len(patients) > DRAWN:
        empty = f"The course of {len(patients)} patients: too many for one figure, which shows up to {DRAWN}."
        return Figure("swimmer", title, "", empty, None, empty=empty)
    layout = lay_out(patients)
    spec = specification(layers(patients), layout.sheet, title, _datasets(layout, label))
    ids = tuple(row.id for patient in patients for row in patient.rows)
    return Figure("swimmer", title, _caption(patients), _description(patients), spec, ids, time=(layout.time,))


def _datasets(layout: Layout, label: str | None) -> dict[str, list[dict[str, Any]]]:
    return _bar_data(layout) | _legend_data(layout) | {"words": words(layout), "label": label_rows(label, layout.sheet)}


def _bar_data(layout: Layout) -> dict[str, list[dict[str, Any]]]:
    data: dict[str, list[dict[str, Any]]] = {"bars": [], "infusions": [], "marks": []}
    for lane in layout.lanes:
        course = lane.course
        at = {"patient": course.patient, "y": lane.middle}
        bar = {"start": 0, "end": course.last_day, "response": course.response, "result": course.follow_up.id}
        data["bars"].append(at | bar | bar_style(course.response, layout.courses))
        data["infusions"] += [at | {"start": row.lower, "end": row.upper, "result": row.id} for row in course.infusions]
        data["marks"] += [
            at | {"y": y, "day": mark.day, "kind": mark.kind, "result": mark.result, **MARKS[mark.kind]}
            for mark, y in zip(course.marks, mark_places(lane, layout), strict=True)
        ]
    return data


def _legend_data(layout: Layout) -> dict[str, list[dict[str, Any]]]:
    top = layout.sheet.height + AXIS + 6
    rows = [
        row | {"x": row["x"] - layout.sheet.left, "y": top + 10 * row["line"]}
        for row in legend_rows(layout.courses, layout.sheet.width)
    ]
    return {
        "legend_bars": [row for row in rows if "response" in row],
        "legend_infusions": [row for row in rows if row.get("kind") == "infusion"],
        "legend_marks": [row for row in rows if row.get("kind", "infusion") != "infusion"],
        "legend_words": [row | {"x": row["x"] + 9, "y": row["y"] + 2.4} for row in rows],
    }


def _caption(patients: Sequence[Course]) -> str:
    """Return what a bar is, and what is not drawn because its day is not known."""
    parts = ["Bars run to the last day of follow-up."]
    missing = [patient.patient for patient in patients if not patient.infusions]
    if len(missing) == len(patients):
        parts.append("Infusions are not drawn: their days are not recorded.")
    elif missing:
        named = f"patient{'s' if len(missing) > 1 else ''} {', '.join(missing)}"
        who = named if len(missing) <= 8 else f"{len(missing)} patients"
        parts.append(f"Infusions of {who} are not drawn: their days are not recorded.")
    if any(patient.remarks for patient in patients):
        parts.append("What happened on a day that is not recorded stands at the right.")
    return " ".join(parts)


def _description(patients: Sequence[Course]) -> str:
    sentences = []
    for patient in patients:
        marks = [f"{mark.text} on day {mark.day:g}" for mark in patient.marks if mark.kind != "ongoing"]
        told = "; ".join(
            [patient.response, f"followed to day {patient.last_day:g}", patient.state, *marks, *patient.remarks]
        )
        sentences.append(f"Patient {patient.patient}: {told}.")
    return " ".join(sentences)
