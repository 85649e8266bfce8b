"""The timeline of one patient's adverse events: a bar from onset to end, a lane a term, infusions above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from engager.figures.figure import Figure, TimeAxis
from engager.figures.grade_tones import UNKNOWN_TONE, grade_tone
from engager.figures.theme import (
    COLOURS,
    DOUBLE_COLUMN,
    INK,
    QUIET,
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
_LINE, _BAR, _TEXT = 14.0, 8.0, 7.5
_DOSES = 14.0  # height of the lane of infusions
_BEYOND = 8.0  # points that an arrow reaches beyond the first day of an event without an end
_ROOM = 18.0  # points behind a bar for its arrow and its grade
_RIGHT = 16.0
_GRADES = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class _Event:
    """An event whose first day is known, with the words of its grade."""

    row: AnalysisResult
    grade: AnalysisResult | None

    @property
    def tone(self) -> str:
        """The tone of the grade; of two told together, that of the lower."""
        text = self.grade.text if self.grade else None
        return grade_tone(int(text[0])) if text else UNKNOWN_TONE

    @property
    def end(self) -> float:
        """Where the bar ends: after its last day, or after its first where no last is recorded."""
        last = self.row.lower if self.row.upper is None else self.row.upper
        return (last or 0.0) + 1

    @property
    def words(self) -> str:
        """The grade as it is printed behind the bar; a question mark where it is not recorded."""
        text = self.grade.text if self.grade else None
        return text.replace("-", "\u2013") if text else "?"


def patients_drawn(results: Results) -> tuple[str, ...]:
    """Return the groups (`patient 5`) whose events can be drawn: those with a first day; most events first."""
    counts: dict[str, int] = {}
    for row in results.where(analysis=ANALYSIS, name="event"):
        if row.lower is not None:
            counts[row.group] = counts.get(row.group, 0) + 1
    return tuple(sorted(counts, key=lambda group: -counts[group]))


def timeline_figure(
    results: Results, patient: str, *, title: str, label: str | None = None, width: float = DOUBLE_COLUMN
) -> Figure:
    """Return the events of one patient over the study days; `patient` is the group of the rows, as `patient 5`.

    The tone of a bar is its grade, which stands behind it too. An event whose last day is not recorded ends in an
    arrow: nothing is drawn beyond what is known. Events without a first day are told in the caption. Infusions stand
    above where their days are known. Without a dated event the figure has no specification, and `empty` says why.

    Examples:
        >>> timeline_figure(Results([]), "patient 5", title="Adverse events of patient 5").empty
        'No timeline: no adverse event of patient 5 has a first day.'
    """
    name = f"adverse-events-{patient.replace(' ', '-')}"
    rows = results.where(analysis=ANALYSIS, name="event", group=patient)
    events = [
        _Event(row, results.get(ANALYSIS, "event_grade", patient, row.at)) for row in rows if row.lower is not None
    ]
    if not events:
        empty = f"No timeline: no adverse event of {patient} has a first day."
        return Figure(name, title, "", empty, None, empty=empty)
    infusions = [
        row
        for row in results.where(analysis="course", name="infusion", group=patient)
        if None not in (row.lower, row.upper)
    ]
    page = _lay_out(events, infusions, width)
    data = {
        **_lanes(events, page),
        "infusions": [
            {"start": row.lower, "end": (row.upper or 0) + 1, "y": 2, "y2": _BAR, "result": row.id} for row in infusions
        ],
        "names": _names(page, infusions),
        **_keys(page.sheet),
        "label": label_rows(label, page.sheet),
    }
    undated = [row.text or "" for row in rows if row.lower is None]
    caption = "Tones and numbers: grade. An arrow: the last day is not recorded." + (
        f" On days that are not recorded: {', '.join(undated)}." if undated else ""
    )
    ids = [row.id for event in events for row in (event.row, event.grade) if row is not None]
    spec = specification(_layers(page.days), page.sheet, title, data)
    return Figure(
        name, title, caption, _description(patient, events, undated), spec, (*ids, *(row.id for row in infusions)),
        time=(TimeAxis(0, page.sheet.plot_width, 0, page.sheet.height, *page.days),),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Page:
    """The sheet, the ends of the axis, the lane of each event, and the middle of each lane with the name beside it."""

    sheet: Sheet
    days: tuple[float, float]
    lanes: tuple[int, ...]
    middles: tuple[float, ...]
    names: tuple[tuple[str, ...], ...]


def _lay_out(events: Sequence[_Event], infusions: Sequence[AnalysisResult], width: float) -> _Page:
    """Return the layout: a lane a term, and a further one where two bars of a term would cover each other."""
    terms = list(dict.fromkeys(event.row.text or "" for event in events))
    left = min(max(text_width(term) for term in [*terms, say("Infusion")]) + 10, width * 0.42)
    days = _domain(events, infusions)
    room = _ROOM * (days[1] - days[0]) / (width - left - _RIGHT)  # what stands behind a bar, in days
    lanes: list[tuple[str, float]] = []
    places = []
    for event in sorted(events, key=lambda event: event.row.lower or 0.0):
        term, first = event.row.text or "", event.row.lower or 0.0
        free = [index for index, (name, end) in enumerate(lanes) if name == term and end <= first]
        lane = free[0] if free else len(lanes)
        lanes[lane : lane + 1] = [(term, event.end + room)]
        places.append((event, lane))
    order = sorted(range(len(lanes)), key=lambda lane: terms.index(lanes[lane][0]))
    names = [
        tuple(wrap(lanes[lane][0], left - 10)) if rank == 0 or lanes[order[rank - 1]][0] != lanes[lane][0] else ()
        for rank, lane in enumerate(order)
    ]
    middles, top = [], _DOSES if infusions else 0.0
    for lines in names:
        height = max(_LINE, _TEXT * len(lines) + 5)
        middles.append(top + height / 2)
        top += height
    sheet = Sheet(width, top, left, right=_RIGHT, top=34, bottom=46)
    at = {id(event): order.index(lane) for event, lane in places}
    return _Page(sheet, days, tuple(at[id(event)] for event in events), tuple(middles), tuple(names))


def _domain(events: Sequence[_Event], infusions: Sequence[AnalysisResult]) -> tuple[float, float]:
    """Return the first day and the day after the last that is drawn."""
    rows = [*(event.row for event in events), *infusions]
    days = [day for row in rows for day in (row.lower, row.upper) if day is not None]
    return min([1.0, *days]), max(days) + 2


def _lanes(events: Sequence[_Event], page: _Page) -> dict[str, list[dict[str, Any]]]:
    """Return bars, arrows and the words of the grades."""
    bars, arrows, grades = [], [], []
    scale = page.sheet.plot_width / (page.days[1] - page.days[0])
    for event, lane in zip(events, page.lanes, strict=True):
        middle = page.middles[lane]
        span = {"start": event.row.lower, "end": event.end}
        bars.append(
            {**span, "y": middle - _BAR / 2, "y2": middle + _BAR / 2, "fill": event.tone, "result": event.row.id}
        )
        x = (event.end - page.days[0]) * scale
        if event.row.upper is None:
            arrows.append({"x": x + _BEYOND - 4, "y": middle})
            x += _BEYOND
        grades.append({"x": x + 2, "y": middle + 2.5, "text": event.words})
    return {"bars": bars, "arrows": arrows, "grades": grades}


def _names(page: _Page, infusions: Sequence[AnalysisResult]) -> list[dict[str, Any]]:
    rows = [
        {"x": -6, "y": middle + 2.5 - _TEXT / 2 * (len(lines) - 1), "text": list(lines)}
        for lines, middle in zip(page.names, page.middles, strict=True)
        if lines
    ]
    return [*rows, *([{"x": -6, "y": _BAR, "text": [say("Infusion")]}] if infusions else [])]


def _keys(sheet: Sheet) -> dict[str, list[dict[str, Any]]]:
    """Return the key of the tones, under the axis."""
    y = sheet.height + 34
    entries = [(say("grade {grade}", grade=grade), grade_tone(grade)) for grade in _GRADES]
    entries.append((say("? not recorded"), UNKNOWN_TONE))
    x, rows = 4.0 - sheet.left, []
    for index, (name, tone) in enumerate(entries):
        whole = index in (0, len(entries) - 1) or sheet.width >= DOUBLE_COLUMN
        words = name if whole else name.rpartition(" ")[2]
        rows.append({"x": x, "x2": x + 9, "y": y, "y2": y + 6, "fill": tone, "text": words})
        x += text_width(words) + (22 if sheet.width >= DOUBLE_COLUMN else 18)
    return {"keys": rows}


def _description(patient: str, events: Sequence[_Event], undated: Sequence[str]) -> str:
    told = [
        f"{event.row.text}, grade {event.words}, from day {event.row.lower:g}"
        + (f" to day {event.row.upper:g}" if event.row.upper is not None else ", last day not recorded")
        for event in events
    ]
    more = [f"{term} on an unknown day" for term in undated]
    return f"Adverse events of {patient}: {'; '.join([*told, *more])}."


def _layers(domain: tuple[float, float]) -> list[alt.Chart]:
    import altair as alt

    axis = alt.Axis(format="d", offset=3, tickCount=8)
    days = alt.X("start:Q", title=say("Day"), axis=axis, scale=alt.Scale(domain=list(domain), nice=False))
    x, y = alt.X("x:Q", scale=None), alt.Y("y:Q", scale=None, axis=None)
    fill, y2 = alt.Fill("fill:N", scale=None), alt.Y2("y2:Q")
    edge: dict[str, Any] = {"stroke": INK, "strokeWidth": 0.5, "opacity": 1}

    def texts(data: str, align: Literal["left", "center", "right"], **more: Any) -> alt.Chart:
        marks = alt.Chart(alt.NamedData(data)).mark_text(align=align, baseline="alphabetic", lineHeight=_TEXT, **more)
        drawn: alt.Chart = marks.encode(x, y, alt.Text("text:N"))
        return drawn

    arrow = alt.Chart(alt.NamedData("arrows")).mark_point(
        shape="M-1.6,0L0,0M-0.2,-0.75L1.1,0L-0.2,0.75Z", size=30, fill=QUIET, stroke=QUIET, opacity=1
    )
    return [
        alt.Chart(alt.NamedData("infusions")).mark_rect(color=COLOURS["dose"]).encode(days, y, alt.X2("end:Q"), y2=y2),
        alt.Chart(alt.NamedData("bars")).mark_rect(**edge).encode(days, y, fill, alt.X2("end:Q"), y2=y2),
        alt.Chart(alt.NamedData("keys")).mark_rect(**edge).encode(x, y, fill, alt.X2("x2:Q"), y2=y2),
        arrow.encode(x, y),
        texts("keys", "left", dx=12, dy=5.5),
        texts("names", "right"),
        texts("grades", "left"),
        texts("label", "right", fontSize=TYPE, fontWeight="bold", color=QUIET),
    ]
