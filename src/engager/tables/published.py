"""Published against computed: what a paper printed, what its own data give, and whether the two agree."""

from __future__ import annotations

from engager.results import AnalysisResult, Results
from engager.tables.formatting import estimate, patients_list
from engager.tables.table import Cell, Row, Table

COLUMNS = ("Published number", "Place", "Printed", "Computed", "Verdict", "Remark")


def published_table(results: Results) -> Table:
    """Return the numbers that could be compared, those that differ first."""
    compared = [at for at, verdict in _verdicts(results) if verdict.text != "cannot be computed"]
    compared.sort(key=lambda at: _part(results, "verdict", at).text != "differs")
    return Table(
        name="published",
        title="Published against computed",
        columns=COLUMNS,
        rows=tuple(_row(results, at) for at in compared),
        notes=("Two numbers agree when ours, rounded as the paper rounded, is the paper's.",),
        empty="no published number can be compared",
    )


def not_computed_table(results: Results) -> Table:
    """Return the published numbers that the data do not allow computing, with the reason."""
    rows = []
    for at, verdict in _verdicts(results):
        if verdict.text == "cannot be computed":
            statement, printed = _part(results, "statement", at), _part(results, "printed", at)
            cells = (statement.text, statement.method, printed.text, verdict.warning)
            rows.append(Row(tuple(Cell(text or "", (verdict.id,) if i == 3 else ()) for i, text in enumerate(cells))))
    return Table(
        name="published-not-computed",
        title="Published numbers that the data do not allow computing",
        columns=("Published number", "Place", "Printed", "Why"),
        rows=tuple(rows),
        empty="every published number could be compared",
    )


def _verdicts(results: Results) -> list[tuple[str, AnalysisResult]]:
    return [(row.at or "", row) for row in results.where(analysis="published", name="verdict")]


def _part(results: Results, name: str, at: str) -> AnalysisResult:
    row = results.get("published", name, at=at)
    if row is None:
        raise KeyError(f"published/{name}@{at}")
    return row


def _row(results: Results, at: str) -> Row:
    statement, printed, computed, verdict = (
        _part(results, name, at) for name in ("statement", "printed", "computed", "verdict")
    )
    listed = computed.estimate is None and computed.text is not None
    ours = patients_list(computed.patients) if listed else estimate(computed)
    cells = (
        Cell(statement.text or ""),
        Cell(statement.method),
        Cell(printed.text or ""),
        Cell(ours, (computed.id,)),
        Cell(verdict.text or ""),
        Cell(verdict.warning or ""),
    )
    return Row(cells)
