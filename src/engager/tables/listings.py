"""Listings of records by patient: one row a record, headed by the patient."""

from __future__ import annotations

from engager.results import AnalysisResult, Results
from engager.tables.formatting import NOT_SHOWN, rounded
from engager.tables.table import Cell, Row, Table

ANALYSIS = "listing"
TITLES = {
    "therapies": ("Other treatment of each patient", "Treatment", "no other treatment recorded"),
    "follow_up": ("Follow-up of each patient", "Event", "no follow-up recorded"),
    "measurements": ("Measurements of each patient", "Measurement", "no measurement recorded"),
}
"""What is listed: title, head of the first column, and what stands where there is no record."""


def record_table(results: Results, table: str) -> Table:
    """Return the listing of one table, as recorded; a note tells where it is cut."""
    title, head, empty = TITLES[table]
    listed = results.where(analysis=ANALYSIS, name=table)
    rows: list[Row] = []
    patient = None
    for record in listed:
        if record.group != patient:
            patient = record.group
            rows.append(Row((Cell(patient.capitalize()),), section=True))
        rows.append(_row(results, record, table))
    total = results.get(ANALYSIS, "records", table)
    cut = total is not None and total.n is not None and len(listed) < total.n
    return Table(
        name=f"{table.replace('_', '-')}-listing",
        title=title,
        columns=(head, "Days", "Circumstances"),
        rows=tuple(rows),
        notes=(f"The first {len(listed)} of {total.n} records; the input has them all.",) if total and cut else (),
        empty=empty,
    )


def _row(results: Results, record: AnalysisResult, table: str) -> Row:
    details = results.get(ANALYSIS, f"{table}_details", record.group, record.at)
    told = Cell(NOT_SHOWN) if details is None else Cell(details.text or "", (details.id,))
    return Row((Cell(record.text or "", (record.id,)), Cell(days(record), (record.id,)), told), indent=True)


def days(record: AnalysisResult) -> str:
    """Return `5\u20139`, `5`, `from 5`, `to 9`, or a dash where no day is recorded.

    Examples:
        >>> days(AnalysisResult(analysis="listing", name="therapies", lower=-30.0, upper=-3.0))
        '-30 to -3'
    """
    first, last = (None if day is None else rounded(day, 0) for day in (record.lower, record.upper))
    if first is None:
        return NOT_SHOWN if last is None else f"to {last}"
    if last is None:
        return f"from {first}"
    if first == last:
        return first
    return f"{first} to {last}" if first.startswith("-") else f"{first}\u2013{last}"
