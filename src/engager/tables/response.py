"""Tables of response: patients by response, and cycles by class."""

from __future__ import annotations

from engager.results import AnalysisResult, Results
from engager.tables.formatting import interval, patients_list, share
from engager.tables.labels import label
from engager.tables.table import Cell, Row, Table


def response_table(results: Results) -> Table:
    """Return responders, non-responders and MRD conversion: k of n, percent with interval, patients."""
    rows = [_response(row) for row in results.where(analysis="response") if row.N]
    return Table(
        name="response",
        title="Response",
        columns=("Outcome", "n of N", "% (CI)", "Patients"),
        rows=tuple(rows),
        numeric=frozenset({1, 2}),
        empty="no response recorded",
    )


def _response(row: AnalysisResult) -> Row:
    name = label(row.name) + ("" if row.group == "all" else f", among {row.group}")
    cells = (
        Cell(name),
        Cell(f"{row.n} of {row.N}", (row.id,)),
        Cell(f"{share(row)} ({interval(row)})", (row.id,)),
        Cell(patients_list(row.patients) or "none", (row.id,)),
    )
    return Row(cells)


def cycle_table(results: Results) -> Table:
    """Return the cycles by class, then each cycle with its class and the reason for it."""
    classes = [
        Row((Cell(f"{row.at}"), Cell(f"{row.n} of {row.N} cycles", (row.id,)), Cell(row.method)))
        for row in results.where(analysis="cycle_response", name="class")
    ]
    cycles = [
        Row((Cell(f"{row.group}, {row.at}"), Cell(row.text or "no class", (row.id,)), Cell(_reason(row))), indent=True)
        for row in results.where(analysis="cycle_response", name="cycle")
    ]
    heading = [Row((Cell("Each cycle"),), section=True)] if cycles else []
    return Table(
        name="cycles",
        title="Response of each cycle",
        columns=("Cycle", "Class", "Reason"),
        rows=(*classes, *heading, *cycles) if cycles else (),
        notes=("Cycles of one patient are not independent of each other.",),
        empty="no cycle recorded",
    )


def _reason(row: AnalysisResult) -> str:
    return f"{row.method} ({row.warning})" if row.warning else row.method
