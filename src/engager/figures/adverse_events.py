"""The incidence figure of adverse events: a bar a term, in tones of its worst grades, a panel a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from engager.figures.figure import Figure
from engager.figures.grade_tones import UNKNOWN_TONE, band_tones
from engager.figures.theme import (
    DOUBLE_COLUMN,
    INK,
    QUIET,
    RULE,
    SINGLE_COLUMN,
    TYPE,
    Sheet,
    label_rows,
    specification,
    text_width,
    wrap,
)
from engager.results import AnalysisResult, Results
from engager.terms.language import say

if TYPE_CHECKING:
    import altair as alt

ANALYSIS = "adverse_events"
DRAWN = 30
"""More terms than this are told of, not drawn."""
_LINE, _BAR, _TEXT = 13.0, 8.0, 7.5
_GAP, _COUNT = 12.0, 12.0  # points between panels, and behind a bar for its count
_UNKNOWN = ("grade in more than one band", "grade not recorded")


@dataclass(frozen=True, slots=True)
class _Page:
    """The sheet, the terms in order with the lines of their names, the panels with their left edge, their width."""

    sheet: Sheet
    terms: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]
    tops: tuple[float, ...]
    panels: tuple[tuple[AnalysisResult, float], ...]
    panel_width: float


def incidence_figure(
    results: Results,
    bands: Sequence[str],
    *,
    title: str,
    label: str | None = None,
    width: float | None = None,
) -> Figure:
    """Return the share of patients with each term, all treated in the denominator, by worst grade.

    It draws the rows `term_by_grade` of the analysis `adverse_events`: of all patients, or of each group where there
    are groups. Terms stand by falling frequency. `bands` are the plan's; patients whose grade is not recorded, or lies
    in more than one band, are a hollow piece of the bar. Without an event the figure has no specification, and
    `empty` says why.

    Examples:
        >>> incidence_figure(Results([]), ["1-2", ">=3"], title="Adverse events").empty
        'No incidence figure: no adverse event that counts is recorded.'
    """
    found = [row for row in results.where(analysis=ANALYSIS, name="term", group="all") if row.n]
    if not found:
        empty = "No incidence figure: no adverse event that counts is recorded."
        return Figure("adverse-events", title, "", empty, None, empty=empty)
    shown = sorted(found, key=lambda row: (-(row.n or 0), (row.at or "").lower()))[:DRAWN]
    groups = [row for row in results.where(analysis=ANALYSIS, name="any") if row.N]
    groups = groups[1:] or groups
    page = _page([row.at or "" for row in shown], groups, bands, width)
    pieces, ids = _pieces(results, page, bands)
    # Above the heads of the panels, where it covers none of them.
    note = [row | {"y": -16} for row in label_rows(label, page.sheet)]
    counts = _counts(results, page)
    ids += tuple(str(row["result"]) for row in counts)
    data = {"pieces": pieces, "counts": counts, **_frame(page, bands), "label": note}
    more = f" Shown are the {DRAWN} most frequent of {len(found)} terms." if len(found) > DRAWN else ""
    caption = (
        "Patients with each adverse event, in percent of all treated; numbers: patients. A patient counts once a term, "
        f"at the worst grade.{more}"
    )
    words = "; ".join(f"{row.at} {row.n} of {row.N}" for row in shown)
    spec = specification(_layers(), page.sheet, title, data)
    return Figure("adverse-events", title, caption, f"{title}: {words}.", spec, ids)


def _page(terms: Sequence[str], groups: Sequence[AnalysisResult], bands: Sequence[str], width: float | None) -> _Page:
    width = width or (SINGLE_COLUMN if len(groups) == 1 else DOUBLE_COLUMN)
    left = min(max(text_width(term) for term in terms) + 10, width * 0.42)
    names = tuple(tuple(wrap(term, left - 10)) for term in terms)
    tops, top = [], 0.0
    for lines in names:
        tops.append(top)
        top += max(_LINE, _TEXT * len(lines) + 5)
    key_lines = 1 + max(line for _, line, _ in _key_places(bands, width))
    sheet = Sheet(width, top, left, right=8, top=34, bottom=32 + 10 * key_lines)
    panel = (sheet.plot_width - _GAP * (len(groups) - 1)) / len(groups)
    panels = tuple((group, index * (panel + _GAP)) for index, group in enumerate(groups))
    return _Page(sheet, tuple(terms), names, tuple(tops), panels, panel - _COUNT)


def _middle(page: _Page, index: int) -> float:
    after = page.tops[index + 1] if index + 1 < len(page.tops) else page.sheet.height
    return (page.tops[index] + after) / 2


def _styles(bands: Sequence[str]) -> list[tuple[str, str]]:
    """Return what a piece of a bar stands for, with its tone: the bands, darkest first, then what is not known."""
    tones = list(zip((f"grade {band}" for band in bands), band_tones(len(bands)), strict=True))
    return [*reversed(tones), *((words, UNKNOWN_TONE) for words in _UNKNOWN)]


def _pieces(results: Results, page: _Page, bands: Sequence[str]) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Return the pieces of the bars, the highest grades at the axis, and the ids of the results that they show."""
    pieces, ids = [], []
    for group, left in page.panels:
        for index, term in enumerate(page.terms):
            x, y = left, _middle(page, index) - _BAR / 2
            for words, tone in _styles(bands):
                row = results.get(ANALYSIS, "term_by_grade", group.group, f"{term}, {words}")
                if row is None:
                    continue
                ids.append(row.id)
                if row.n and row.estimate is not None:
                    end = x + page.panel_width * row.estimate
                    pieces.append({"x": x, "x2": end, "y": y, "y2": y + _BAR, "fill": tone, "result": row.id})
                    x = end
    return pieces, tuple(ids)


def _counts(results: Results, page: _Page) -> list[dict[str, Any]]:
    """Return the number of patients behind each bar."""
    rows = []
    for group, left in page.panels:
        for index, term in enumerate(page.terms):
            row = results.get(ANALYSIS, "term", group.group, term)
            if row is not None and row.estimate is not None:
                x = left + page.panel_width * row.estimate + 3
                rows.append({"x": x, "y": _middle(page, index) + 2.5, "text": str(row.n), "result": row.id})
    return rows


def _frame(page: _Page, bands: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Return names, heads, axes and key, each at its point."""
    sheet = page.sheet
    names = [
        {"x": -6, "y": _middle(page, index) + 2.5 - _TEXT / 2 * (len(lines) - 1), "text": list(lines)}
        for index, lines in enumerate(page.names)
    ]
    heads, ticks, rules = [], [], []
    for group, left in page.panels:
        name = say("All patients") if group.group == "all" else group.group.partition("=")[2]
        heads.append({"x": left, "y": -5, "text": f"{name} (n = {group.N})"})
        rules.append({"x": left, "x2": left + page.panel_width, "y": sheet.height, "y2": sheet.height})
        rules.append({"x": left, "x2": left, "y": 0, "y2": sheet.height})
        for percent in (0, 50, 100) if page.panel_width < 120 else (0, 25, 50, 75, 100):
            x = left + page.panel_width * percent / 100
            ticks.append({"x": x, "y": sheet.height + 11, "text": str(percent)})
            rules.append({"x": x, "x2": x, "y": sheet.height, "y2": sheet.height + 3})
    ticks.append({"x": sheet.plot_width / 2, "y": sheet.height + 21, "text": say("Patients, %")})
    return {"names": names, "heads": heads, "ticks": ticks, "rules": rules, "keys": _keys(sheet, bands)}


def _keys(sheet: Sheet, bands: Sequence[str]) -> list[dict[str, Any]]:
    """Return the key of the tones, under the axis."""
    rows = []
    for (x, line, words), (_, tone) in zip(_key_places(bands, sheet.width), _key_styles(bands), strict=True):
        left, top = x - sheet.left, sheet.height + 28 + 10 * line
        rows.append({"x": left, "x2": left + 9, "y": top, "y2": top + 6, "fill": tone, "text": words})
    return rows


def _key_styles(bands: Sequence[str]) -> list[tuple[str, str]]:
    """Return the entries of the key, grades rising; what is not known has one entry."""
    known = [
        (say(words.replace("-", "\u2013").replace(">=", "\u2265 ")), tone)
        for words, tone in _styles(bands)[: len(bands)]
    ]
    return [*reversed(known), (say("grade not known"), UNKNOWN_TONE)]


def _key_places(bands: Sequence[str], width: float) -> list[tuple[float, int, str]]:
    """Return where the entries of the key stand: points from the left, line, words."""
    x, line, placed = 4.0, 0, []
    for words, _ in _key_styles(bands):
        needed = text_width(words) + 24
        if x + needed > width and x > 4:
            x, line = 4.0, line + 1
        placed.append((x, line, words))
        x += needed
    return placed


def _layers() -> list[alt.Chart]:
    import altair as alt

    def at(name: str) -> Any:
        return alt.X(f"{name}:Q", scale=None) if name == "x" else alt.Y(f"{name}:Q", scale=None)

    def texts(data: str, align: Literal["left", "center", "right"], **more: Any) -> alt.Chart:
        marks = alt.Chart(alt.NamedData(data)).mark_text(align=align, baseline="alphabetic", lineHeight=_TEXT, **more)
        drawn: alt.Chart = marks.encode(at("x"), at("y"), alt.Text("text:N"))
        return drawn

    box = {"x2": alt.X2("x2:Q"), "y2": alt.Y2("y2:Q"), "fill": alt.Fill("fill:N", scale=None)}
    pieces, keys = (
        alt.Chart(alt.NamedData(data)).mark_rect(stroke=INK, strokeWidth=0.4, opacity=1).encode(at("x"), at("y"), **box)
        for data in ("pieces", "keys")
    )
    rules = alt.Chart(alt.NamedData("rules")).mark_rule(color=RULE, strokeWidth=0.6)
    return [
        rules.encode(at("x"), at("y"), alt.X2("x2:Q"), alt.Y2("y2:Q")),
        pieces,
        keys,
        texts("keys", "left", dx=12, dy=5.5),
        texts("names", "right"),
        texts("heads", "left", color=QUIET),
        texts("ticks", "center"),
        texts("counts", "left"),
        texts("label", "right", fontSize=TYPE, fontWeight="bold", color=QUIET),
    ]
