"""Where things stand in the swimmer figure: the margins, the row of each patient, and the words beside the bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from engager.figures.course import KINDS, Course, time_range
from engager.figures.figure import TimeAxis
from engager.figures.swimmer_legend import legend_rows
from engager.figures.theme import DOUBLE_COLUMN, Sheet, text_width, wrap
from engager.terms.language import say

AXIS = 30.0
"""Points under the plot for tick labels and axis title."""

_LINE = 7.5  # points from one line of words to the next
_GAP = 8.0  # points between columns of words
_REMARKS_GAP = 14.0  # points from the end of the axis to the remarks: the arrow of the longest bar stands there
_DOSES = 96.0  # points that the doses may take, and the remarks
_REMARKS = 104.0
_NEAR = 6.0  # points between two marks under which they would cover each other
_ID_HEAD, _DOSE_HEAD, _REMARK_HEAD = "Patient", "Dose per cycle", "Day not recorded"


@dataclass(frozen=True, slots=True)
class Lane:
    """The row of one patient: the middle of it in points from the top of the plot, and its words in lines."""

    course: Course
    middle: float
    doses: list[str]
    remarks: list[str]


@dataclass(frozen=True, slots=True)
class Layout:
    """The sheet with a lane for each patient; `second` is where the column of doses begins, `days` the axis' ends."""

    sheet: Sheet
    lanes: tuple[Lane, ...]
    second: float
    days: tuple[float, float]

    @property
    def courses(self) -> tuple[Course, ...]:
        """The courses of the patients, in the order of the lanes."""
        return tuple(lane.course for lane in self.lanes)

    @property
    def time(self) -> TimeAxis:
        """The axis of days."""
        return TimeAxis(0, self.sheet.plot_width, 0, self.sheet.height, *self.days)


def lay_out(courses: Sequence[Course]) -> Layout:
    """Return the layout of the figure, 170 mm wide; a lane is as high as its words need."""
    doses = [wrap(course.doses, _DOSES) for course in courses]
    remarks = [wrap("; ".join(map(say, course.remarks)), _REMARKS) for course in courses]
    ids = _widest([say(_ID_HEAD), *(course.patient for course in courses)]) + _GAP
    left = 2 + ids + (_widest([*_dose_head(courses), *chain(*doses)]) + _GAP if any(doses) else 0)
    right = _widest([say(_REMARK_HEAD), *chain(*remarks)]) + _REMARKS_GAP + 1 if any(remarks) else 12.0
    least = 14.0 if len(courses) <= 15 else 11.0
    lanes, top = [], 0.0
    for course, dose, remark in zip(courses, doses, remarks, strict=True):
        height = max(least, _LINE * max(len(dose), len(remark)) + 4)
        lanes.append(Lane(course, top + height / 2, dose, remark))
        top += height
    legend = 10 * (1 + max(int(row["line"]) for row in legend_rows(courses, DOUBLE_COLUMN)))
    sheet = Sheet(DOUBLE_COLUMN, top, left, right, top=40, bottom=AXIS + legend + 4)
    return Layout(sheet, tuple(lanes), 2 - left + ids, time_range(courses))


def mark_places(lane: Lane, layout: Layout) -> list[float]:
    """Return the height of each mark of a lane: its middle, but above and below it where two would cover each other."""
    at = [_x(mark.day, layout) for mark in lane.course.marks]
    places = []
    for index, x in enumerate(at):
        near = [
            other for other, y in enumerate(at) if abs(x - y) < _NEAR and lane.course.marks[other].kind != "ongoing"
        ]
        shift = 0.0 if len(near) < 2 or index not in near else 2.6 * (-1) ** near.index(index)
        places.append(lane.middle + shift)
    return places


def words(layout: Layout) -> list[dict[str, Any]]:
    """Return everything that is written beside the bars, with the heads above, each at its point."""
    first, second, third = 2 - layout.sheet.left, layout.second, layout.sheet.plot_width + _REMARKS_GAP
    rows = [_text(first, -6, [say(_ID_HEAD)], quiet=True)]
    head = _dose_head(layout.courses)
    rows += [_text(second, -6 - _LINE / 2 * (len(head) - 1), head, quiet=True)] if head else []
    rows += [_text(third, -6, [say(_REMARK_HEAD)], quiet=True)] if any(lane.remarks for lane in layout.lanes) else []
    for lane in layout.lanes:
        y = lane.middle + 2.5
        name = _text(first, y, [lane.course.patient]) | {"result": lane.course.follow_up.id}
        rows += [name, _text(second, y, lane.doses), _text(third, y, lane.remarks)]
        rows += _details(lane, layout)
    return [row for row in rows if any(row["text"])]


def _details(lane: Lane, layout: Layout) -> list[dict[str, Any]]:
    """Return what the labels of the marks say beyond their kind, behind the bar, where the plot has room for it."""
    marks = lane.course.marks
    text = "; ".join(say(mark.text) for mark in marks if mark.text.lower() not in (mark.kind, KINDS[mark.kind]))
    x = max(_x(day, layout) for day in (lane.course.last_day, *(mark.day for mark in marks))) + 9
    return [_text(x, lane.middle + 2.5, [text], quiet=True)] if x + text_width(text) < layout.sheet.plot_width else []


def _text(x: float, y: float, lines: list[str], *, quiet: bool = False) -> dict[str, Any]:
    """Return words whose lines stand around a height, the middle one on it."""
    return {"x": x, "y": y - _LINE / 2 * max(len(lines) - 1, 0), "text": lines, "quiet": quiet}


def _x(day: float, layout: Layout) -> float:
    first, last = layout.days
    return layout.sheet.plot_width * (day - first) / (last - first)


def _dose_head(courses: Sequence[Course]) -> list[str]:
    if not any(course.doses for course in courses):
        return []
    unit = next((course.dose_unit for course in courses if course.dose_unit), "")
    return [say(_DOSE_HEAD), f"({unit})"] if unit else [say(_DOSE_HEAD)]


def _widest(texts: Sequence[str]) -> float:
    return max(text_width(text) for text in texts)
