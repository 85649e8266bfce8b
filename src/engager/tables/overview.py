"""The overview by patient: cycles, doses, burden, response, further treatment and outcome in one row each."""

from __future__ import annotations

from engager.results import AnalysisResult, Results
from engager.tables.formatting import rounded
from engager.tables.labels import unit
from engager.tables.table import Cell, Row, Table

COLUMNS = {
    "cycles": "Cycles",
    "doses": "Doses",
    "burden_before": "Leukaemic burden before",
    "response": "Response",
    "best_response": "Best response (method)",
    "further_treatment": "Further treatment",
    "outcome": "Outcome (day)",
}


def overview_table(results: Results) -> Table:
    """Return one row a patient, in the order of the patients table."""
    course = results.where(analysis="course")
    patients: dict[str, list[AnalysisResult]] = {}
    for row in course:
        patients.setdefault(row.group, []).append(row)
    units = {unit(row.unit) for row in course if row.name == "cycles" and row.unit}
    doses = f"Doses, {', '.join(sorted(units))}" if units else "Doses"
    return Table(
        name="overview",
        title="Overview by patient",
        columns=("Patient", *(doses if name == "doses" else head for name, head in COLUMNS.items())),
        rows=tuple(map(_row, patients.values())),
        notes=("Doses of each cycle in order, cycles separated by semicolons. Day 1 is the day of the first dose.",),
        numeric=frozenset({1}),
    )


def _row(course: list[AnalysisResult]) -> Row:
    first = {row.name: row for row in reversed(course)}
    cycles = first["cycles"]
    cells = [
        Cell(cycles.patients[0]),
        Cell(str(cycles.n), (cycles.id,)),
        _text(cycles),
        _text(first.get("burden_before")),
        _text(first.get("response")),
        _best(first.get("best_response")),
        _text(first.get("further_treatment")),
        _outcome(course, first),
    ]
    return Row(tuple(cells))


def _text(row: AnalysisResult | None) -> Cell:
    return Cell("not recorded") if row is None or row.text is None else Cell(row.text, (row.id,))


def _best(row: AnalysisResult | None) -> Cell:
    if row is None or row.text is None:
        return Cell("not recorded")
    method = row.method.rpartition("method: ")[2]
    return Cell(f"{row.text.replace('mrd', 'MRD')} ({method})", (row.id,))


def _outcome(course: list[AnalysisResult], first: dict[str, AnalysisResult]) -> Cell:
    last = first.get("follow_up")
    if last is None or last.estimate is None:
        return Cell("no follow-up recorded")
    death = next((row for row in course if row.name == "event" and row.at == "death"), None)
    words = death.text if death is not None and death.text else last.text
    return Cell(f"{words} (d{rounded(last.estimate, 0)})", (last.id,))
