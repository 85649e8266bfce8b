"""What a patient's figure is drawn from: bars, lines, points, rules and words, each a dataset of marks in points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from engager.figures.figure import TimeAxis
from engager.figures.patient_record import PatientRecord
from engager.figures.theme import QUIET, SMALL_TYPE, TYPE, Sheet
from engager.terms.language import say

if TYPE_CHECKING:
    import altair as alt

DATASETS = ("bars", "rules", "lines", "points", "words")


class Marks:
    """The marks of a figure by dataset, and the places of time on its width."""

    def __init__(self, width: float, span: tuple[float, float], *, days: bool) -> None:
        self.width = width
        self.data: dict[str, list[dict[str, Any]]] = {name: [] for name in DATASETS}
        self.sheet = Sheet(width, 0, 0, 0, 0, 0)
        first, last = span
        pad = 0.02 * (last - first + 1)
        self.domain = (first - pad, last + days + pad)

    def x(self, time: float) -> float:
        """Return the place of a time, within the plot."""
        first, last = self.domain
        return self.width * min(1.0, max(0.0, (time - first) / (last - first)))

    @property
    def time(self) -> TimeAxis:
        """The axis of days, from the names of the events above the plot down."""
        return TimeAxis(0, self.width, -22, self.sheet.height, *self.domain)

    def word(self, x: float, y: float, text: str, colour: str, align: str = "left") -> None:
        """Add a text."""
        self.data["words"].append({"x": x, "y": y, "text": text, "colour": colour, "align": align})


def layers(record: PatientRecord, marks: Marks) -> list[alt.Chart]:
    """Return the layers, those beneath first."""
    import altair as alt

    x, y = alt.X("x:Q", scale=None), alt.Y("y:Q", scale=None)
    colour = alt.Color("colour:N", scale=None)
    dash = alt.StrokeDash("dash:N", scale=None)
    fill, stroke = alt.Fill("fill:N", scale=None), alt.Stroke("stroke:N", scale=None)
    ends = alt.X2("x2:Q"), alt.Y2("y2:Q")
    bars = alt.Chart(alt.NamedData("bars")).mark_rect(strokeWidth=0.4)
    rules = alt.Chart(alt.NamedData("rules")).mark_rule(strokeWidth=0.6)
    lines = alt.Chart(alt.NamedData("lines")).mark_rule(strokeWidth=1.1)
    points = alt.Chart(alt.NamedData("points")).mark_point(size=18, opacity=1, strokeWidth=0.9)
    return [
        _axis(record, marks),
        rules.encode(x, y, colour, dash, *ends),
        bars.encode(x, y, fill, stroke, *ends),
        lines.encode(x, y, colour, dash, *ends),
        points.encode(x, y, shape=alt.Shape("shape:N", scale=None), fill=fill, stroke=stroke),
        _words("left"),
        _words("center"),
        _words("right"),
        _label(),
    ]


def _axis(record: PatientRecord, marks: Marks) -> alt.Chart:
    """Return the axis of time under the last panel: days, or the places of the cycles in order."""
    import altair as alt

    options: dict[str, Any] = {"format": "d", "tickCount": 8}
    if not record.dated:
        names = [text for cycle in range(1, record.cycles + 1) for text in (say("C{cycle}", cycle=cycle), say("end"))]
        options = {"values": list(range(len(names))), "labelExpr": f"{names}[datum.value]"}
    axis = alt.Axis(offset=4, **options)
    title = say("Day") if record.dated else say("Start and end of each cycle; days not recorded")
    time = alt.X("time:Q", title=title, axis=axis, scale=alt.Scale(domain=list(marks.domain), nice=False))
    layer: alt.Chart = alt.Chart(alt.NamedData("time")).mark_point(opacity=0).encode(time)
    return layer


def _words(side: Literal["left", "center", "right"]) -> alt.Chart:
    import altair as alt

    text = alt.Chart(alt.NamedData("words")).mark_text(align=side, baseline="alphabetic", fontSize=SMALL_TYPE)
    layer: alt.Chart = text.transform_filter(f"datum.align == '{side}'").encode(
        alt.X("x:Q", scale=None), alt.Y("y:Q", scale=None), alt.Text("text:N"), color=alt.Color("colour:N", scale=None)
    )
    return layer


def _label() -> alt.Chart:
    import altair as alt

    text = alt.Chart(alt.NamedData("label")).mark_text(
        align="right", baseline="alphabetic", fontSize=TYPE, fontWeight="bold", color=QUIET
    )
    layer: alt.Chart = text.encode(alt.X("x:Q", scale=None), alt.Y("y:Q", scale=None), alt.Text("text:N"))
    return layer
