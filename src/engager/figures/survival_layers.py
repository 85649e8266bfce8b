"""The layers of the survival figure: bands, curves, censored times, numbers at risk and the names of the curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engager.figures.curve import Curve
from engager.figures.theme import QUIET, SMALL_TYPE, TYPE
from engager.terms.language import say

if TYPE_CHECKING:
    import altair as alt

_LINE_WIDTH = 1.4


def layers(curves: Sequence[Curve], ticks: Sequence[float]) -> list[alt.Chart]:
    """Return the layers, those beneath first; `ticks` are the times under which the numbers at risk stand."""
    days = _days(curves, ticks)
    return [*_curve_layers(curves, days), *_text_layers(curves, days)]


def _days(curves: Sequence[Curve], ticks: Sequence[float]) -> alt.X:
    """Return the axis of time; it stands off the plot, as does the other, so that a fall on day 0 or to 0 shows."""
    import altair as alt

    end = max([curve.end for curve in curves] + [*ticks, 1.0])
    values: dict[str, Any] = {"values": list(ticks)} if ticks else {"tickCount": 6}
    axis = alt.Axis(offset=4, format="d", labelOverlap=False, **values)
    return alt.X("day:Q", title=say("Time (days)"), axis=axis, scale=alt.Scale(domain=[0, end], nice=False))


def _probability(field: str) -> alt.Y:
    import altair as alt

    axis = alt.Axis(offset=6, values=[0, 0.2, 0.4, 0.6, 0.8, 1], format=".1f", labelOverlap=False)
    return alt.Y(f"{field}:Q", title=say("Probability"), axis=axis, scale=alt.Scale(domain=[0, 1], nice=False))


def _curve_layers(curves: Sequence[Curve], days: alt.X) -> list[alt.Chart]:
    """Return bands, curves and censoring ticks."""
    import altair as alt

    colour, dash = _scales(curves)
    survival = _probability("survival")
    pale = 0.15 if len(curves) < 4 else 0.08
    band = alt.Chart(alt.NamedData("bands")).mark_area(interpolate="step-after", opacity=pale)
    line = alt.Chart(alt.NamedData("steps")).mark_line(interpolate="step-after", strokeWidth=_LINE_WIDTH)
    tick = alt.Chart(alt.NamedData("censored")).mark_tick(orient="vertical", size=7, thickness=0.9, opacity=1)
    corner = alt.Chart(alt.NamedData("corners")).mark_point(size=16, opacity=0)  # to be pointed at
    return [
        band.encode(days, _probability("lower"), alt.Y2("upper:Q"), alt.Detail("piece:N"), color=colour),
        line.encode(days, survival, colour, dash, alt.Order("order:Q")),
        corner.encode(days, survival),
        tick.encode(days, survival, colour),
    ]


def _scales(curves: Sequence[Curve]) -> tuple[alt.Color, alt.StrokeDash]:
    import altair as alt

    groups = [curve.group for curve in curves]
    colour = alt.Color("group:N", legend=None, scale=alt.Scale(domain=groups, range=[c.colour for c in curves]))
    dashes = [list(curve.dash) for curve in curves]
    return colour, alt.StrokeDash("group:N", legend=None, scale=alt.Scale(domain=groups, range=dashes))


def _text_layers(curves: Sequence[Curve], days: alt.X) -> list[alt.Chart]:
    """Return the risk table, the names of the curves with their samples of line, and the label of the data."""
    import altair as alt

    x, x2, y = (alt.X("x:Q", scale=None), alt.X2("x2:Q"), alt.Y("y:Q", scale=None))
    colour, dash = _scales(curves)
    numbers = alt.Chart(alt.NamedData("at_risk")).mark_text(baseline="alphabetic", fontSize=SMALL_TYPE)
    keys = alt.Chart(alt.NamedData("keys")).mark_rule(strokeWidth=_LINE_WIDTH)
    names = alt.Chart(alt.NamedData("names")).mark_text(align="left", baseline="alphabetic", lineHeight=8)
    label = alt.Chart(alt.NamedData("label")).mark_text(
        align="right", baseline="alphabetic", fontSize=TYPE, fontWeight="bold", color=QUIET
    )
    return [
        numbers.encode(days, y, alt.Text("n:Q")),
        keys.encode(x, x2, y, colour, dash),
        names.encode(x, y, alt.Text("text:N")),
        label.encode(x, y, alt.Text("text:N")),
    ]
