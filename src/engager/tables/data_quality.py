"""Tables of data quality: how complete each column is, and what the checks told."""

from __future__ import annotations

from collections.abc import Iterator

from engager.results import AnalysisResult, Results
from engager.tables.formatting import percent
from engager.tables.table import Cell, Row, Table

ANALYSIS = "data_quality"


def completeness_table(results: Results) -> Table:
    """Return, table by table, how many rows have each column filled; columns filled in no row stand in one line."""
    rows: list[Row] = []
    for table in results.where(analysis=ANALYSIS, name="rows"):
        rows += _of_table(table, list(results.where(analysis=ANALYSIS, name="completeness", group=table.group)))
    return Table(
        name="completeness",
        title="Completeness of the data",
        columns=("Column", "Filled, n of N", "%"),
        rows=tuple(rows),
        notes=("A value that is not recorded is missing in every analysis; none is filled in.",) if rows else (),
        numeric=frozenset({1, 2}),
        empty="no table was read",
    )


def _of_table(table: AnalysisResult, columns: list[AnalysisResult]) -> Iterator[Row]:
    head = f"{table.group.replace('_', ' ').capitalize()}, {table.n} row{'' if table.n == 1 else 's'}"
    yield Row((Cell(head, (table.id,)),), section=True)
    for row in columns:
        if row.n and row.N:
            yield Row((Cell(_words(row)), Cell(f"{row.n} of {row.N}", (row.id,)), _share(row)), indent=True)
    empty = [row for row in columns if row.n == 0 and row.N]
    if empty:
        names = ", ".join(map(_words, empty))
        yield Row((Cell(f"Not recorded in any row: {names}", tuple(row.id for row in empty)),), indent=True)


def _words(row: AnalysisResult) -> str:
    return (row.at or "").replace("_", " ")


def _share(row: AnalysisResult) -> Cell:
    return Cell(percent(row.n or 0, row.N or 1), (row.id,))


def issues_table(results: Results) -> Table:
    """Return the number of issues by rule, the severest first."""
    rows = results.where(analysis=ANALYSIS, name="issues")
    return Table(
        name="issues-by-rule",
        title="What the checks told, by rule",
        columns=("Rule", "Severity", "Issues"),
        rows=tuple(Row((Cell(row.at or ""), Cell(row.group), Cell(str(row.n), (row.id,)))) for row in rows),
        notes=("Errors stop the analysis; it was made with the warnings as they stand.",) if rows else (),
        numeric=frozenset({2}),
        empty="the checks told no issue",
    )


def accepted_table(results: Results) -> Table:
    """Return the exceptions that a person accepted: where, against which rule, by whom, when and why."""
    rows = results.where(analysis=ANALYSIS, name="accepted")
    total = results.get(ANALYSIS, "accepted_total")
    cut = total is not None and total.n is not None and total.n > len(rows)
    return Table(
        name="accepted-exceptions",
        title="Accepted exceptions",
        columns=("Place", "Rule", "By whom, when and why"),
        rows=tuple(
            Row((Cell((row.at or "").partition(", ")[2]), Cell(row.group), Cell(row.text or "", (row.id,))))
            for row in rows
        ),
        notes=(f"The first {len(rows)} of {total.n}.",) if total and cut else (),
        empty="no exception was accepted",
    )
