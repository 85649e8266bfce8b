"""The layers of the swimmer figure, over the datasets `bars`, `infusions`, `marks`, `words` and their legends.

Colours and shapes stand in the data: they belong to the entries, and the legend is drawn from the same entries.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engager.figures.course import Course, time_range
from engager.figures.theme import INK, QUIET, SMALL_TYPE, TYPE
from engager.terms.language import say

if TYPE_CHECKING:
    import altair as alt

_BAR = 8.0
_INFUSION = 3.6
_DARK = "#243B53"


def layers(patients: Sequence[Course]) -> list[alt.Chart]:
    """Return the layers, those beneath first."""
    return [*_bar_layers(patients), *_legend_layers(), _mark_layer("marks", _days(patients, "day")), *_words()]


def _days(patients: Sequence[Course], field: str) -> alt.X:
    import altair as alt

    axis = alt.Axis(format="d", offset=3, tickCount=8)
    return alt.X(
        f"{field}:Q", title=say("Day"), axis=axis, scale=alt.Scale(domain=list(time_range(patients)), nice=False)
    )


def _points() -> tuple[alt.X, alt.Y]:
    import altair as alt

    return alt.X("x:Q", scale=None), alt.Y("y:Q", scale=None)


def _bar_layers(patients: Sequence[Course]) -> list[alt.Chart]:
    import altair as alt

    y = alt.Y("y:Q", scale=None)
    bars = alt.Chart(alt.NamedData("bars")).mark_bar(height=_BAR, stroke=QUIET, strokeWidth=0.5)
    dashes = alt.StrokeDash("dash:N", scale=None)
    infusions = alt.Chart(alt.NamedData("infusions")).mark_bar(height=_INFUSION, color=_DARK)
    return [
        bars.encode(
            _days(patients, "start"), y, alt.X2("end:Q"), fill=alt.Fill("fill:N", scale=None), strokeDash=dashes
        ),
        infusions.encode(_days(patients, "start"), y, alt.X2("end:Q")),
    ]


def _legend_layers() -> list[alt.Chart]:
    import altair as alt

    x, y = _points()
    square: dict[str, Any] = {"shape": "square", "size": 42, "stroke": QUIET, "strokeWidth": 0.5, "opacity": 1}
    dash: dict[str, Any] = {
        "shape": "M-1.2,-0.6L1.2,-0.6L1.2,0.6L-1.2,0.6Z",
        "size": 36,
        "fill": _DARK,
        "strokeWidth": 0,
        "opacity": 1,
    }
    dashes = alt.StrokeDash("dash:N", scale=None)
    swatches = alt.Chart(alt.NamedData("legend_bars")).mark_point(**square)
    infusion = alt.Chart(alt.NamedData("legend_infusions")).mark_point(**dash)
    return [
        swatches.encode(x, y, fill=alt.Fill("fill:N", scale=None), strokeDash=dashes),
        infusion.encode(x, y),
        _mark_layer("legend_marks", x),
    ]


def _mark_layer(data: str, x: alt.X) -> alt.Chart:
    import altair as alt

    fields = {channel: f"{channel}:N" for channel in ("shape", "fill", "stroke")}
    marks = alt.Chart(alt.NamedData(data)).mark_point(size=40, opacity=1, strokeWidth=1)
    layer: alt.Chart = marks.encode(
        x,
        alt.Y("y:Q", scale=None),
        shape=alt.Shape(fields["shape"], scale=None),
        fill=alt.Fill(fields["fill"], scale=None),
        stroke=alt.Stroke(fields["stroke"], scale=None),
    )
    return layer


def _words() -> list[alt.Chart]:
    import altair as alt

    x, y = _points()
    text: dict[str, Any] = {"align": "left", "baseline": "alphabetic", "lineHeight": 7.5, "fontSize": SMALL_TYPE}
    words = alt.Chart(alt.NamedData("words")).mark_text(**text)
    legend = alt.Chart(alt.NamedData("legend_words")).mark_text(**text)
    label = alt.Chart(alt.NamedData("label")).mark_text(
        align="right", baseline="alphabetic", fontSize=TYPE, fontWeight="bold", color=QUIET
    )
    colour = alt.ColorValue(INK, condition={"test": "datum.quiet", "value": QUIET})
    return [
        words.encode(x, y, alt.Text("text:N"), colour),
        legend.encode(x, y, alt.Text("text:N")),
        label.encode(x, y, alt.Text("text:N")),
    ]
