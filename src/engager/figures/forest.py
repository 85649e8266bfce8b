"""The forest figure: a share with its interval for each subgroup, and for all patients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engager.figures.figure import Figure
from engager.figures.theme import COLOURS, DOUBLE_COLUMN, INK, Sheet, label_rows, specification
from engager.results import AnalysisResult, Results
from engager.terms.language import say

if TYPE_CHECKING:
    import altair as alt

_LINE = 14.0
_NAMES, _NUMBERS = 150.0, 56.0


def forest_figure(
    results: Results, names: Mapping[str, str], *, title: str, axis: str, label: str | None = None
) -> Figure:
    """Return the shares of the rows of analysis `subgroups`, one line each, all patients first.

    `names` gives the words for the subgroup columns, `axis` those of the axis. A share without an estimate is told in
    its line and not drawn. Without rows the figure has no specification, and `empty` says why.
    """
    rows = [row for row in results.where(analysis="subgroups") if row.N]
    if not rows:
        empty = "No forest: the plan names no subgroups (`subgroups`), or no response is recorded."
        return Figure("forest", title, "", empty, None, empty=empty)
    sheet = Sheet(DOUBLE_COLUMN, height=_LINE * (len(rows) + 1), left=_NAMES, right=_NUMBERS, top=24, bottom=30)
    lines = [_line(row, names, index) for index, row in enumerate(rows)]
    data = {"lines": lines, "label": label_rows(label, sheet), "all": [{"share": rows[0].estimate}]}
    caption = f"{rows[0].method}. Squares: shares; lines: intervals; dashes: all patients. Subgroups were not tested."
    words = "; ".join(f"{line['name']} {line['counts']}" for line in lines)
    return Figure(
        "forest",
        title,
        caption,
        f"{title}: {words}.",
        specification(_layers(axis), sheet, title, data),
        tuple(row.id for row in rows),
    )


def _line(row: AnalysisResult, names: Mapping[str, str], index: int) -> dict[str, Any]:
    name = say("All patients") if row.at is None else f"{say(names.get(row.group, row.group))}: {say(row.at)}"
    return {
        "y": _LINE * (index + 1), "name": name, "counts": say("{n} of {of}", n=row.n, of=row.N), "share": row.estimate,
        "lower": row.lower, "upper": row.upper, "result": row.id,
    }  # fmt: skip


def _layers(axis: str) -> Sequence[alt.Chart]:
    import altair as alt

    ticks = alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1], offset=2)
    share = alt.X("share:Q", title=say(axis), axis=ticks, scale=alt.Scale(domain=[0, 1], nice=False))
    y = alt.Y("y:Q", scale=None, axis=None)
    lines = alt.Chart(alt.NamedData("lines"))
    reference = alt.Chart(alt.NamedData("all")).mark_rule(strokeDash=[2, 2], strokeWidth=0.6, color=INK)
    interval = lines.mark_rule(strokeWidth=1.1, color=COLOURS["t_cells"])
    point = lines.mark_square(size=28, color=COLOURS["t_cells"], opacity=1)
    note = alt.Chart(alt.NamedData("label")).mark_text(align="right", baseline="alphabetic", fontWeight="bold")
    left, right = alt.X(value=8 - _NAMES), alt.X(value=DOUBLE_COLUMN - _NAMES - _NUMBERS + 10)
    return [
        reference.encode(share),
        interval.encode(alt.X("lower:Q", title=say(axis), axis=ticks), alt.X2("upper:Q"), y),
        point.encode(share, y),
        lines.mark_text(align="left", baseline="middle").encode(left, y, alt.Text("name:N")),
        lines.mark_text(align="left", baseline="middle").encode(right, y, alt.Text("counts:N")),
        note.encode(alt.X("x:Q", scale=None), alt.Y("y:Q", scale=None), alt.Text("text:N")),
    ]
