"""The laboratory figure: the values of a test over time, on the bands of its grades."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engager.figures.figure import Figure, TimeAxis
from engager.figures.laboratory_axes import Axis, axis_of, bands, grade_of
from engager.figures.laboratory_layers import layers
from engager.figures.theme import (
    DOUBLE_COLUMN,
    GROUP_COLOURS,
    GROUP_DASHES,
    Sheet,
    label_rows,
    specification,
    spread,
    text_width,
)
from engager.results import AnalysisResult, Results
from engager.terms.language import say

ANALYSIS = "laboratory_course"


def drawn_tests(results: Results) -> list[str]:
    """Return the tests that have values with a day, those with most patients of grade 3 or more first."""
    severe = {row.group: row.n or 0 for row in results.where(analysis="laboratory", name="worst_severe")}
    terms: dict[str, list[str]] = {}
    for row in results.where(analysis=ANALYSIS, name="boundary"):
        terms.setdefault((row.at or "").split(" ")[0], []).append(row.group)
    drawn = [row.group for row in results.where(analysis=ANALYSIS, name="drawn") if row.n]
    return sorted(drawn, key=lambda test: -max((severe.get(term, 0) for term in terms.get(test, [])), default=0))


def laboratory_figure(
    results: Results, test: str, *, title: str, label: str | None = None, width: float = DOUBLE_COLUMN
) -> Figure:
    """Return the values of a test by study day: a line a patient, or median and quartiles of each week.

    It draws the rows of the analysis `laboratory_course` as they are. Shaded bands are the grades that the results
    tell boundaries of, the darker the higher. The axis is logarithmic for counts and for multiples of a limit; a value
    of 0 then stands at its lower end, as an open triangle. `label` ("synthetic") is printed in the figure. `width` is
    in points, by default that of two columns (170 mm).

    Without values the figure has no specification, and `empty` says why.

    Examples:
        >>> laboratory_figure(Results([]), "neutrophils", title="Neutrophils").empty
        'No values of neutrophils over time: none has a study day, or none is recorded.'
    """
    rows = [row for row in results.where(analysis=ANALYSIS, name=test) if row.estimate is not None]
    name = f"laboratory-{test.replace('_', '-')}"
    if not rows:
        empty = f"No values of {title[:1].lower()}{title[1:]} over time: none has a study day, or none is recorded."
        return Figure(name, title, "", empty, None, empty=empty)
    limits = [row for row in results.where(analysis=ANALYSIS, name="boundary") if (row.at or "").startswith(f"{test} ")]
    values = [value for row in rows for value in (row.estimate, row.lower, row.upper) if value is not None]
    axis = axis_of(values, limits, rows[0].unit or "")
    groups = list(dict.fromkeys(row.group for row in rows))
    sheet = _sheet(groups, width)
    data = _datasets(rows, groups, axis, sheet) | {"bands": _band_data(limits, axis, sheet)}
    data["label"] = label_rows(label, sheet)
    days = min(0.0, *map(day_of, rows)), max(7.0, *map(day_of, rows))
    spec = specification(layers(axis, days, f"{say(title)} ({say(axis.unit)})"), sheet, title, data)
    told = results.get(ANALYSIS, "drawn", test)
    return Figure(
        name, title, _caption(rows, limits, axis, told), _description(rows, title, axis), spec,
        tuple(row.id for row in (*rows, *limits)), time=(TimeAxis(0, sheet.plot_width, 0, sheet.height, *days),),
    )  # fmt: skip


def day_of(row: AnalysisResult) -> float:
    """Return the study day of a row, from its `at`."""
    return float((row.at or "0").split(" ")[0])


def _names(groups: Sequence[str]) -> list[str]:
    return [] if groups == ["spread"] else [group.removeprefix("patient ") for group in groups]


def _sheet(groups: Sequence[str], width: float) -> Sheet:
    names = max((text_width(name) for name in _names(groups)), default=0.0)
    right = 44.0 + names if names else 40.0
    return Sheet(width, height=120 if width < 300 else 150, left=42, right=right, top=26, bottom=32)


def _style(index: int) -> dict[str, Any]:
    """Return colour and dash; the second six differ from the first in dash."""
    many = len(GROUP_COLOURS)
    return {"colour": GROUP_COLOURS[index % many], "dash": list(GROUP_DASHES[(index + index // many) % many])}


def _datasets(
    rows: Sequence[AnalysisResult], groups: Sequence[str], axis: Axis, sheet: Sheet
) -> dict[str, list[dict[str, Any]]]:
    styles = {group: _style(index) for index, group in enumerate(groups)}
    points = [
        {"group": row.group, "day": day_of(row), "value": axis.within(row.estimate or 0.0), **styles[row.group],
         "order": order, "under": (row.estimate or 0.0) < axis.low, "result": row.id}
        for order, row in enumerate(rows)
    ]  # fmt: skip
    spans = [
        {"day": day_of(row), "lower": axis.within(row.lower), "upper": axis.within(row.upper), "result": row.id}
        for row in rows
        if row.lower is not None and row.upper is not None
    ]
    ends = {point["group"]: axis.height(point["value"], sheet.height) for point in points}
    places = spread(list(ends.values()), gap=8.0, top=3.0, bottom=sheet.height - 2)
    names = [
        {"x": sheet.plot_width + 34, "y": y + 2.4, "text": text, **styles[group]}
        for (group, y), text in zip(zip(ends, places, strict=True), _names(groups), strict=False)
    ]
    keys = [
        {"x": sheet.plot_width + 6, "x2": sheet.plot_width + 30, "y": name["y"] - 2.4, "group": group, **styles[group]}
        for name, group in zip(names, ends, strict=False)
    ]
    return {"points": points, "spans": spans, "names": names, "keys": keys}


def _band_data(limits: Sequence[AnalysisResult], axis: Axis, sheet: Sheet) -> list[dict[str, Any]]:
    found = bands(limits, axis, sheet.height)
    for band in found:
        band |= {
            "x": 0,
            "x2": sheet.plot_width,
            "middle": (band["y"] + band["y2"]) / 2 + 2.4,
            "end": sheet.plot_width - 3,
        }
        band["text"] = say("grade {grade}", grade=band["grade"]) if band["y2"] - band["y"] >= 8 else ""
    return found


def _caption(
    rows: Sequence[AnalysisResult], limits: Sequence[AnalysisResult], axis: Axis, told: AnalysisResult | None
) -> str:
    """Return what lines and bands are, which grades are not shaded and why, and what is not drawn."""
    parts = ["Line: median; band around it: quartiles of the patients of each week."]
    if rows[0].group != "spread":
        parts = ["Lines: patients; points: values. Day 1 is the day of the first dose."]
    shaded = [row for row in limits if row.estimate is not None]
    if shaded:
        version = shaded[0].method.partition(":")[0]
        parts.append(f"Shaded, from pale to dark: grades by {version}, as a value alone decides them.")
    if any("baseline" in row.method for row in shaded):
        parts.append("They hold for a baseline within the normal range.")
    for row in limits:
        if row.estimate is None:
            parts.append(f"Grade {grade_of(row)} of {row.group} is not shaded: {row.warning}.")
    if axis.logarithmic and any((row.estimate or 0.0) < axis.low for row in rows):
        parts.append("Open triangles: a value of 0, which has no place on a logarithmic axis.")
    if told is not None and told.warning:
        parts.append(f"Not drawn: {told.warning}.")
    return " ".join(parts)


def _description(rows: Sequence[AnalysisResult], title: str, axis: Axis) -> str:
    days = [day_of(row) for row in rows]
    values = [row.estimate or 0.0 for row in rows]
    who = (
        "median and quartiles by week" if rows[0].group == "spread" else f"{len({row.group for row in rows})} patients"
    )
    return (
        f"{title} over time, {who}, days {min(days):g} to {max(days):g}, "
        f"values {min(values):.3g} to {max(values):.3g} {axis.unit}, on shaded bands of grades."
    )
