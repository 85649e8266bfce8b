"""Table 1: baseline characteristics of all patients and of each group, with the patients that small series print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from engager.results import AnalysisResult, Results
from engager.tables.formatting import count_percent, estimate, patients_list
from engager.tables.labels import category, label
from engager.tables.table import Cell, Row, Table

# Beyond this many patients, or beside groups, a list of them in a table cell is no help; the result has them all.
LISTED = 30
# A category that sums up others (`2 or more`) is a result, but no row beside them.
OVERLAPS = " or more"


@dataclass(frozen=True, slots=True)
class _Layout:
    """The groups that have a column each, all patients first, and whether patients are listed in a last one."""

    groups: Sequence[str]
    listed: bool

    def line(self, cells: Sequence[Cell], patients: AnalysisResult | None = None, *, indent: bool = False) -> Row:
        if not self.listed:
            return Row(tuple(cells), indent=indent)
        last = Cell("") if patients is None else Cell(patients_list(patients.patients), (patients.id,))
        return Row((*cells, last), indent=indent)


def baseline_table(results: Results) -> Table:
    """Return the table of baseline characteristics; what the study does not record is named in a note."""
    rows = results.where(analysis="baseline")
    sizes = [row for row in rows if row.name == "patients"]
    layout = _Layout([row.group for row in sizes], listed=len(sizes) == 1 and (sizes[0].n or 0) <= LISTED)
    by_name = [(name, list(group)) for name, group in groupby(rows, key=lambda row: row.name) if name != "patients"]
    absent = [label(name).split(",")[0].lower() for name, group in by_name if group[0].n == 0 and not group[0].at]
    body = [row for name, group in by_name if group[0].n != 0 or group[0].at for row in _rows(name, group, layout)]
    heads = [f"{row.text or 'All patients'} (n = {row.n}), n (%)" for row in sizes]
    return Table(
        name="baseline",
        title="Baseline characteristics",
        columns=("Characteristic", *heads, *(("Patients",) if layout.listed else ())),
        rows=tuple(body),
        notes=(f"Not recorded of any patient: {', '.join(absent)}.",) if absent else (),
        numeric=frozenset(range(1, 1 + len(heads))),
    )


def _rows(name: str, group: list[AnalysisResult], layout: _Layout) -> Iterator[Row]:
    found = {(row.group, row.at): row for row in group}
    if group[0].at == "median":
        yield _measure(name, found, layout)
        return
    yield Row((Cell(label(name)),), section=True)
    for everyone in (row for row in group if row.group == layout.groups[0]):
        at = everyone.at or ""
        if at.endswith(OVERLAPS):
            continue
        cells = [_count(found.get((column, at))) for column in layout.groups]
        yield layout.line([Cell(category(name, at)), *cells], everyone, indent=True)


def _count(row: AnalysisResult | None) -> Cell:
    """Return a count with its percentage; nothing where the characteristic is not told of a group."""
    return Cell("") if row is None else Cell(count_percent(row), (row.id,))


def _measure(name: str, found: Mapping[tuple[str, str | None], AnalysisResult], layout: _Layout) -> Row:
    known = found[layout.groups[0], "median"]
    heading = f"{label(name)}, median (range)" + (f"; n = {known.n}" if known.n != known.N else "")
    return layout.line([Cell(heading), *(_spread(found, group) for group in layout.groups)])


def _spread(found: Mapping[tuple[str, str | None], AnalysisResult], group: str) -> Cell:
    """Return median and range without their unit, which stands in the heading."""
    if (group, "median") not in found:
        return Cell("not recorded")
    values = [found[group, at] for at in ("median", "min", "max")]
    median, low, high = (estimate(replace(value, unit=None)) for value in values)
    joined = " to " if "\u2013" in low + high or " " in low + high else "\u2013"  # bands of ages are words
    return Cell(f"{median} ({low}{joined}{high})", tuple(value.id for value in values))
