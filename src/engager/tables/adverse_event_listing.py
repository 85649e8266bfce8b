"""The listing of adverse events by patient, as recorded, with whether each counts and why."""

from __future__ import annotations

from engager.results import AnalysisResult, Results
from engager.tables.formatting import NOT_SHOWN
from engager.tables.listings import days
from engager.tables.table import Cell, Row, Table

ANALYSIS = "adverse_events"


def listing_table(results: Results) -> Table:
    """Return one row a record, headed by the patient: event, days, grade, circumstances, treatment-emergent."""
    rows: list[Row] = []
    patient = None
    for event in results.where(analysis=ANALYSIS, name="event"):
        if event.group != patient:
            patient = event.group
            rows.append(Row((Cell(patient.capitalize()),), section=True))
        rows.append(_row(results, event))
    recorded = sum(row.n or 0 for row in results.where(analysis=ANALYSIS, name="recorded"))
    listed = len(results.where(analysis=ANALYSIS, name="event"))
    cut = (f"The first {listed} of {recorded} records; the dataset holds them all.",) if listed < recorded else ()
    return Table(
        name="adverse-event-listing",
        title="Adverse events of each patient, as recorded",
        columns=("Adverse event", "Days", "Grade", "Circumstances", "Treatment-emergent"),
        rows=tuple(rows),
        notes=cut,
        empty="no adverse event recorded",
    )


def _row(results: Results, event: AnalysisResult) -> Row:
    grade, told, emergent = (
        results.get(ANALYSIS, f"event_{name}", event.group, event.at) for name in ("grade", "circumstances", "emergent")
    )
    reason = f"{emergent.text} ({emergent.method})" if emergent else ""
    cells = (
        Cell(event.text or "", (event.id,)), Cell(days(event), (event.id,)), _cell(grade), _cell(told),
        Cell(reason, (emergent.id,) if emergent else ()),
    )  # fmt: skip
    return Row(cells, indent=True)


def _cell(row: AnalysisResult | None) -> Cell:
    if row is None or row.text is None:
        return Cell(NOT_SHOWN)
    return Cell(row.text.replace("-", "\u2013") if row.name == "event_grade" else row.text, (row.id,))
