"""Table 1: baseline characteristics, with the column of patients that small series print."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from engager.results import AnalysisResult, Results
from engager.tables.formatting import count_percent, estimate, patients_list
from engager.tables.labels import category, label
from engager.tables.table import Cell, Row, Table

# Beyond this many patients a list of them in a table cell helps nobody; the result itself has them all.
LISTED = 30
# A category that sums up others (`2 or more`) is a result, but no row beside them.
OVERLAPS = " or more"


def baseline_table(results: Results) -> Table:
    """Return the table of baseline characteristics; what the study does not record is named in a note."""
    rows = results.where(analysis="baseline")
    patients = next(row for row in rows if row.name == "patients")
    listed = (patients.n or 0) <= LISTED
    by_name = [(name, list(group)) for name, group in groupby(rows, key=lambda row: row.name) if name != "patients"]
    absent = [label(name).split(",")[0].lower() for name, group in by_name if group[0].n == 0]
    body = [row for name, group in by_name if group[0].n != 0 for row in _characteristic(name, group, listed=listed)]
    columns = ("Characteristic", f"All patients (n = {patients.n}), n (%)")
    return Table(
        name="baseline",
        title="Baseline characteristics",
        columns=(*columns, "Patients") if listed else columns,
        rows=tuple(body),
        notes=(f"Not recorded of any patient: {', '.join(absent)}.",) if absent else (),
        numeric=frozenset({1}),
    )


def _characteristic(name: str, group: list[AnalysisResult], *, listed: bool) -> Iterator[Row]:
    if group[0].at == "median":
        yield _measure(name, {row.at or "": row for row in group}, listed=listed)
        return
    yield Row((Cell(label(name)),), section=True)
    for row in group:
        if (row.at or "").endswith(OVERLAPS):
            continue
        cells = [Cell(category(name, row.at or "")), Cell(count_percent(row), (row.id,))]
        if listed:
            cells.append(Cell(patients_list(row.patients), (row.id,)))
        yield Row(tuple(cells), indent=True)


def _measure(name: str, values: dict[str, AnalysisResult], *, listed: bool) -> Row:
    parts = [estimate(values[at]).removesuffix(f" {values[at].unit}") for at in ("median", "min", "max")]
    text = f"{parts[0]} ({parts[1]}\u2013{parts[2]})"
    known = values["median"]
    heading = f"{label(name)}, median (range)" + (f"; n = {known.n}" if known.n != known.N else "")
    cells = [Cell(heading), Cell(text, tuple(values[at].id for at in ("median", "min", "max")))]
    return Row((*cells, Cell("")) if listed else tuple(cells))
