"""Tables of adverse events that count events, not patients: numbers of events, and rates per time at risk."""

from __future__ import annotations

from collections.abc import Sequence

from engager.results import AnalysisResult, Results
from engager.tables.adverse_events import ANALYSIS, EMPTY, NO_GRADE
from engager.tables.formatting import estimate, interval
from engager.tables.table import Cell, Row, Table
from engager.terms.language import words as words_in_force


def events_table(results: Results, bands: Sequence[str]) -> Table:
    """Return the number of events of each class and term, by grade band; events, never patients."""
    parts = [f"grade {band}" for band in bands]
    ungraded = results.where(analysis=ANALYSIS, name="events_by_term_and_grade", group="all")
    parts += [NO_GRADE] if any(row.n and (row.at or "").endswith(f", {NO_GRADE}") for row in ungraded) else []
    heads = ("Events", *(part.capitalize().replace("-", "\u2013").replace(">=", "\u2265 ") for part in parts))
    rows: list[Row] = []
    total = results.get(ANALYSIS, "events")
    if total is not None and total.n:
        rows = [_row(results, "All events", total, "", parts)]
        for row in results.where(analysis=ANALYSIS, group="all"):
            if row.name == "events_by_soc" and row.n:
                rows.append(_row(results, row.at or "", row, "", parts))
            elif row.name == "events_by_term" and row.n:
                rows.append(_row(results, row.at or "", row, "events_by_term_and_grade", parts))
    return Table(
        name="adverse-event-counts",
        title="Number of adverse events (events, not patients)",
        columns=("Adverse event", *heads),
        rows=tuple(rows),
        notes=("Records of one term and patient that overlap or adjoin are one event.",) if rows else (),
        empty=EMPTY,
        numeric=frozenset(range(1, len(heads) + 1)),
    )  # fmt: skip


def _row(results: Results, words: str, row: AnalysisResult, banded: str, parts: Sequence[str]) -> Row:
    cells = [Cell(words), Cell(str(row.n), (row.id,))]
    for part in parts:
        found = results.get(ANALYSIS, banded, at=f"{row.at}, {part}") if banded else None
        cells.append(Cell(str(found.n), (found.id,)) if found else Cell("0" if banded else ""))
    return Row(tuple(cells), indent=bool(banded))


def rates_table(results: Results) -> Table:
    """Return rates for the time at risk, of first events and of all events; or that they are not estimable, and why."""
    rows = list(results.where(analysis=ANALYSIS, name="incidence_rate"))
    unit = next((row.unit.strip("{}") for row in rows if row.unit), "per time at risk")
    body = []
    for row in rows:
        events = results.get(ANALYSIS, "event_rate", row.group, row.at)
        who = "" if row.group == "all" else f", {row.group.partition('=')[2]}"
        cells = (
            Cell(f"{row.at or 'Any adverse event'}{who}"), Cell(str(row.n), (row.id,)), _rate(row),
            Cell(str(events.n), (events.id,)) if events else Cell(""), _rate(events) if events else Cell(""),
            Cell((row.warning or "").removeprefix("not estimable: ")),
        )  # fmt: skip
        body.append(Row(cells))
    happened = any(row.n for row in rows)
    both = (*rows, *results.where(analysis=ANALYSIS, name="event_rate"))
    estimable = any(row.estimate is not None for row in both)
    why = next((row.warning for row in rows if row.warning), words_in_force().not_estimable)
    note = (
        "First events: patients with an event per time until it. All events: events per time at risk. Time at risk "
        "ends with the treatment-emergent window or with the follow-up."
    )
    return Table(
        name="adverse-event-rates",
        title=f"Adverse events for the time at risk, {unit}",
        columns=("Adverse event", "Patients", "First events (CI)", "Events", "All events (CI)", "Remark"),
        rows=tuple(body) if happened and estimable else (),
        notes=(note,) if happened else (),
        empty=why if happened else EMPTY,
        numeric=frozenset({1, 2, 3, 4}),
    )


def _rate(row: AnalysisResult) -> Cell:
    if row.estimate is None:
        return Cell(words_in_force().not_estimable, (row.id,))
    return Cell(f"{estimate(row)} ({interval(row)})", (row.id,))
