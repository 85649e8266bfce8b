"""The layers of the laboratory figure, over the datasets `bands`, `spans`, `points`, `keys`, `names` and `label`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engager.figures.laboratory_axes import Axis, day_ticks
from engager.figures.theme import INK, QUIET, TYPE
from engager.terms.language import say

if TYPE_CHECKING:
    import altair as alt


def layers(axis: Axis, days: tuple[float, float], title: str) -> list[alt.Chart]:
    """Return the layers, those beneath first: bands of grades, spread, lines, points, names."""
    import altair as alt

    ticks = alt.Axis(values=axis.ticks, offset=2, format="~r")
    kind = {"type": "log", "clamp": True} if axis.logarithmic else {"zero": False, "clamp": True}
    scale = alt.Scale(domain=[axis.low, axis.high], nice=False, **kind)
    y = alt.Y("value:Q", title=title, axis=ticks, scale=scale)
    x = alt.X(
        "day:Q", title=say("Study day"), axis=alt.Axis(offset=4, format="d", values=day_ticks(days)),
        scale=alt.Scale(domain=list(days), nice=False),
    )  # fmt: skip
    return [*_bands(), *_spread(x, title, ticks, scale), *_lines(x, y), *_words()]


def _bands() -> list[alt.Chart]:
    import altair as alt

    at_x, to_x = alt.X("x:Q", scale=None), alt.X2("x2:Q")
    at_y, to_y = alt.Y("y:Q", scale=None, axis=None), alt.Y2("y2:Q")
    tone = alt.Color("tone:N", scale=None, legend=None)
    return [alt.Chart(alt.NamedData("bands")).mark_rect(opacity=1).encode(at_x, to_x, at_y, to_y, tone)]


def _spread(x: alt.X, title: str, ticks: alt.Axis, scale: alt.Scale) -> list[alt.Chart]:
    import altair as alt

    lower = alt.Y("lower:Q", title=title, axis=ticks, scale=scale)
    return [
        alt.Chart(alt.NamedData("spans")).mark_area(opacity=0.28, color="#0072B2").encode(x, lower, alt.Y2("upper:Q"))
    ]


def _lines(x: alt.X, y: alt.Y) -> list[alt.Chart]:
    import altair as alt

    colour = alt.Color("colour:N", scale=None, legend=None)
    dash = alt.StrokeDash("dash:N", scale=None, legend=None)
    points = alt.Chart(alt.NamedData("points"))
    under = alt.datum.under
    # A pale edge keeps a line apart from the band that it crosses, in grey too.
    edge = points.mark_line(strokeWidth=2.8, color="#FFFFFF", opacity=0.75)
    return [
        edge.encode(x, y, alt.Detail("group:N"), alt.Order("order:Q")),
        points.mark_line(strokeWidth=1.1).encode(x, y, colour, dash, alt.Detail("group:N"), alt.Order("order:Q")),
        points.transform_filter(~under).mark_point(filled=True, size=9, opacity=1).encode(x, y, colour),
        points.transform_filter(under)
        .mark_point(shape="triangle-down", filled=True, fill="#FFFFFF", size=26, opacity=1, strokeWidth=0.9, yOffset=-4)
        .encode(x, y, alt.Stroke("colour:N", scale=None, legend=None)),
    ]


def _words() -> list[alt.Chart]:
    import altair as alt

    x, x2, y = (alt.X("x:Q", scale=None), alt.X2("x2:Q"), alt.Y("y:Q", scale=None))
    colour, dash = alt.Color("colour:N", scale=None, legend=None), alt.StrokeDash("dash:N", scale=None, legend=None)
    grades = alt.Chart(alt.NamedData("bands")).mark_text(align="right", baseline="alphabetic", color=INK)
    keys = alt.Chart(alt.NamedData("keys")).mark_rule(strokeWidth=1.1)
    names = alt.Chart(alt.NamedData("names")).mark_text(align="left", baseline="alphabetic", color=INK)
    label = alt.Chart(alt.NamedData("label")).mark_text(
        align="right", baseline="alphabetic", fontSize=TYPE, fontWeight="bold", color=QUIET
    )
    return [
        grades.encode(alt.X("end:Q", scale=None), alt.Y("middle:Q", scale=None), alt.Text("text:N")),
        keys.encode(x, x2, y, colour, dash, alt.Detail("group:N")),
        names.encode(x, y, alt.Text("text:N")),
        label.encode(x, y, alt.Text("text:N")),
    ]
