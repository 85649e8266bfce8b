"""The flow of patients: from those treated through response and next treatment to the state at the last contact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engager.figures.figure import Figure
from engager.figures.theme import DOUBLE_COLUMN, INK, QUIET, SMALL_TYPE, TYPE, Sheet, label_rows, specification, wrap
from engager.results import AnalysisResult, Results
from engager.terms.language import say

if TYPE_CHECKING:
    import altair as alt

COLUMNS = ("Treated", "Response", "Next", "Last contact")
_LINE, _GAP, _PADDING, _TOP = 8.5, 5.0, 4.0, 34.0
_SPACE = 0.16  # of a column's width lies between the boxes


@dataclass(slots=True)
class Box:
    """A box: its result, its column, its lines of text, the boxes it leads to, and its height and middle."""

    row: AnalysisResult
    column: int
    lines: list[str]
    children: list[Box]
    middle: float = 0.0

    @property
    def height(self) -> float:
        """The height of the box in points."""
        return _LINE * len(self.lines) + 2 * _PADDING


def patient_flow_figure(
    results: Results, *, title: str, label: str | None = None, width: float = DOUBLE_COLUMN
) -> Figure:
    """Return the flow of patients from the rows of the analysis `patient_flow`, a box a way taken.

    Boxes of one column add up to the box that they come from. Without rows the figure has no specification, and
    `empty` says why.

    Examples:
        >>> patient_flow_figure(Results([]), title="Flow of patients").empty
        'No flow: no patient is recorded.'
    """
    rows = results.where(analysis="patient_flow")
    if not rows or not rows[0].n:
        empty = "No flow: no patient is recorded."
        return Figure("patient-flow", title, "", empty, None, empty=empty)
    room = width / len(COLUMNS)
    boxes = _boxes(rows, room * (1 - _SPACE))
    bottom = _place(boxes[0], 0.0)
    sheet = Sheet(width, height=bottom, left=1, right=1, top=_TOP, bottom=4)
    data = _marks(boxes, room) | {"label": label_rows(label, sheet)}
    data["label"] = [row | {"y": -22} for row in data["label"]]
    spec = specification(_layers(), sheet, title, data)
    caption = "Each box holds the patients of the box it comes from who took that way."
    return Figure("patient-flow", title, caption, _description(boxes), spec, tuple(row.id for row in rows))


def _boxes(rows: Sequence[AnalysisResult], room: float) -> list[Box]:
    """Return the boxes in the order of the rows, each led to by the one whose way it goes on."""
    by_way: dict[tuple[str, ...], Box] = {}
    for row in rows:
        way = tuple(row.at.split(" > ")) if row.at else ()
        words = f"{say(row.text or COLUMNS[0])}: {row.n}"
        box = Box(row, len(way), wrap(words[:1].upper() + words[1:], room - 2 * _PADDING), [])
        by_way[way] = box
        if way:
            by_way[way[:-1]].children.append(box)
    return list(by_way.values())


def _place(box: Box, top: float) -> float:
    """Give a box and all that it leads to their heights from `top` down, and return where they end."""
    if not box.children:
        box.middle = top + box.height / 2
        return top + box.height + _GAP
    end = top
    for child in box.children:
        end = _place(child, end)
    box.middle = (box.children[0].middle + box.children[-1].middle) / 2
    lack = box.height / 2 - (box.middle - top)
    if lack > 0:
        _shift(box, lack)
    return max(end + max(lack, 0), box.middle + box.height / 2 + _GAP)


def _shift(box: Box, by: float) -> None:
    box.middle += by
    for child in box.children:
        _shift(child, by)


def _marks(boxes: Sequence[Box], room: float) -> dict[str, list[dict[str, Any]]]:
    data: dict[str, list[dict[str, Any]]] = {"boxes": [], "words": [], "lines": []}
    for number, name in enumerate(COLUMNS):
        data["words"].append({"x": number * room + 1, "y": -8, "text": [say(name)], "colour": QUIET})
    for box in boxes:
        x, top = box.column * room, box.middle - box.height / 2
        right = x + room * (1 - _SPACE)
        data["boxes"].append({"x": x, "x2": right, "y": top, "y2": top + box.height, "result": box.row.id})
        data["words"].append({"x": x + _PADDING, "y": top + _PADDING + 6.5, "text": box.lines, "colour": INK})
        data["lines"] += _connectors(box, right, x + room)
    return data


def _connectors(box: Box, start: float, end: float) -> list[dict[str, Any]]:
    """Return the lines from a box to those it leads to: out, along, in."""
    if not box.children:
        return []
    middle = (start + end) / 2
    heights = [child.middle for child in box.children]
    lines = [{"x": start, "x2": middle, "y": box.middle, "y2": box.middle}]
    lines += [{"x": middle, "x2": end, "y": height, "y2": height} for height in heights]
    low, high = min([box.middle, *heights]), max([box.middle, *heights])
    return [*lines, {"x": middle, "x2": middle, "y": low, "y2": high}]


def _layers() -> list[alt.Chart]:
    import altair as alt

    x, y = alt.X("x:Q", scale=None), alt.Y("y:Q", scale=None)
    ends = alt.X2("x2:Q"), alt.Y2("y2:Q")
    text: dict[str, Any] = {"align": "left", "baseline": "alphabetic", "lineHeight": _LINE, "fontSize": SMALL_TYPE}
    lines = alt.Chart(alt.NamedData("lines")).mark_rule(strokeWidth=0.7, color=QUIET)
    boxes = alt.Chart(alt.NamedData("boxes")).mark_rect(fill="#F4F6F8", stroke=QUIET, strokeWidth=0.7, cornerRadius=2)
    words = alt.Chart(alt.NamedData("words")).mark_text(**text)
    label = alt.Chart(alt.NamedData("label")).mark_text(
        align="right", baseline="alphabetic", fontSize=TYPE, fontWeight="bold", color=QUIET
    )
    return [
        lines.encode(x, y, *ends),
        boxes.encode(x, y, *ends),
        words.encode(x, y, alt.Text("text:N"), color=alt.Color("colour:N", scale=None)),
        label.encode(x, y, alt.Text("text:N")),
    ]


def _description(boxes: Sequence[Box]) -> str:
    told = [f"{box.row.at or 'treated'}: {box.row.n}" for box in boxes]
    return "; ".join(told) + "."
