"""Tables of cells: counts by timepoint, B-cell depletion and recovery, the comparison of cycles, the ratio by cycle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engager.results import AnalysisResult, Results
from engager.tables.formatting import (
    bounded_number,
    bounded_range,
    estimate_interval,
    p_value,
    share,
    significant_interval,
)
from engager.tables.labels import label
from engager.tables.table import Cell, Row, Table

_HEADS = {
    "t_cells": "CD3 cells per \u00b5L of blood",
    "blasts, share": "Leukaemic cells of the marrow, %",
    "blasts, marrow leukocytes": "Blasts per \u00b5L, by marrow leukocytes",
    "blasts, blood leukocytes": "Blasts per \u00b5L, by blood leukocytes",
    "ratio, marrow leukocytes": "Ratio, by marrow leukocytes",
    "ratio, blood leukocytes": "Ratio, by blood leukocytes",
    "ratio, as recorded": "Ratio, as recorded",
}
_CLASSES = ("non-responding", "responding", "maintenance")


def cell_count_table(results: Results, group: str = "all") -> Table:
    """Return median, range and patients of each population at each timepoint, a section for each."""
    rows = results.where(analysis="cell_counts", name="median", group=group)
    cells: dict[str, list[str]] = {}
    for row in rows:
        cell, _, at = (row.at or "").partition(", ")
        cells.setdefault(cell, []).append(at)
    body: list[Row] = []
    for cell, points in cells.items():
        body.append(Row((Cell(_population(cell, results)),), section=True))
        body += [_at_timepoint(results, group, f"{cell}, {at}", at) for at in sorted(points, key=_order)]
    notes = ["Median, range and number of patients with a value; `<` and `>` where the values are known as bounds."]
    notes += list(_lost(results))
    return Table(
        name="cell-counts" if group == "all" else f"cell-counts-{group}",
        title="Cell counts by timepoint",
        columns=("Timepoint", "Patients", "Median", "Range"),
        rows=tuple(body),
        notes=tuple(notes),
        numeric=frozenset({1, 2, 3}),
        empty="no cell counts recorded",
    )


def _population(cell: str, results: Results) -> str:
    name, _, compartment = cell.partition(" ")
    unit = "%" if name == "treg_of_cd4" else "per \u00b5L"
    methods = [row.group for row in results.where(analysis="cell_counts", name="method") if row.at == cell]
    told = f" ({'; '.join(methods)})" if methods else ""
    return f"{label(name)}, {compartment}, {unit}{told}"


def _order(at: str) -> tuple[int, int]:
    """Return the place of a timepoint: baseline, the cycles in order, the end of treatment."""
    words = at.split(" ")
    if words[0] == "cycle" and words[1].isdecimal():
        return int(words[1]), ("start", "nadir", "peak", "end").index(words[2])
    return (0, 0) if at == "baseline" else (10_000, 0)


def _at_timepoint(results: Results, group: str, at: str, words: str) -> Row:
    median, low, high = (results.get("cell_counts", name, group, at) for name in ("median", "min", "max"))
    assert median is not None  # noqa: S101 - the timepoints are those of the medians
    found = [row for row in (low, high) if row is not None]
    spread = bounded_range(found)
    return Row(
        (
            Cell(words.capitalize()),
            Cell(f"{median.n} of {median.N}", (median.id,)),
            Cell(bounded_number(median), (median.id,)),
            Cell(spread, tuple(row.id for row in found)),
        ),
        indent=True,
    )


def _lost(results: Results) -> Iterator[str]:
    """Yield how many values could not be computed, by reason."""
    for row in results.where(analysis="cell_counts", name="not_computed"):
        cell, _, compartment = (row.at or "").partition(" ")
        yield f"{label(cell)}, {compartment}: {row.n} of {row.N} values not computed, {row.group}."


def change_table(results: Results) -> Table:
    """Return B-cell depletion, recovery of each population, and the end of treatment against the baseline."""
    body = [_depletion(row) for row in results.where(analysis="b_cell_depletion", name="patients")]
    dated = results.get("b_cell_depletion", "day_median", at="depleted")
    if dated is not None and dated.n:
        low, high = (results.get("b_cell_depletion", f"day_{end}", at="depleted") for end in ("min", "max"))
        spread = bounded_range([row for row in (low, high) if row is not None])
        cells = (Cell("Day of depletion, median (range)"), Cell(f"{dated.n}", (dated.id,)),
                 Cell(f"{bounded_number(dated)} ({spread})", (dated.id,)), Cell(""))  # fmt: skip
        body.append(Row(cells, indent=True))
    body += [_recovery(row) for row in results.where(analysis="cell_counts", name="recovery")]
    body += [_increased(row) for row in results.where(analysis="cell_counts", name="increased")]
    body += [_paired(row, results) for row in results.where(analysis="cell_counts", name="paired_test")]
    return Table(
        name="cell-changes",
        title="Changes of cells under treatment",
        columns=("", "n", "Result", "Remark"),
        rows=tuple(body),
        notes=("Recovery is counted in cycles, the other rows in patients.",),
        empty="no course of cells recorded",
    )


def _depletion(row: AnalysisResult) -> Row:
    words = f"B cells of the blood: {row.at}"
    return Row((Cell(words), Cell(f"{row.n} of {row.N}", (row.id,)), Cell(estimate_interval(row), (row.id,)),
                Cell(row.warning or "")))  # fmt: skip


def _recovery(row: AnalysisResult) -> Row:
    name, _, _ = (row.at or "").partition(" ")
    day = f"median day {bounded_number(row)}" if row.estimate is not None else ""
    return Row((Cell(f"{label(name)}: {row.group}"), Cell(f"{row.n} of {row.N} cycles", (row.id,)),
                Cell(day, (row.id,) if day else ()), Cell("")))  # fmt: skip


def _increased(row: AnalysisResult) -> Row:
    cell, _, compartment = (row.at or "").partition(" ")
    words = f"{label(cell)}, {compartment}: more at the end of treatment than at baseline"
    return Row((Cell(words), Cell(f"{row.n} of {row.N}", (row.id,)), Cell(estimate_interval(row), (row.id,)),
                Cell(row.warning or "")))  # fmt: skip


def _paired(row: AnalysisResult, results: Results) -> Row:
    cell, _, compartment = (row.at or "").partition(" ")
    shift = results.get("cell_counts", "paired_shift", at=row.at)
    parts = [p_value(row)] + (
        [f"shift {estimate_interval(shift)}".replace("/uL", "per \u00b5L")] if shift is not None else []
    )
    shown = (row.id,) if shift is None else (row.id, shift.id)
    words = f"{label(cell)}, {compartment}: end of treatment against baseline"
    return Row((Cell(words), Cell(f"{row.n}", (row.id,)), Cell(", ".join(parts), shown), Cell(row.warning or "")))


def cycle_comparison_table(results: Results) -> Table:
    """Return each measure by class of cycle, and the tests of responding against non-responding cycles."""
    measures = dict.fromkeys(row.group for row in results.where(analysis="cycle_comparison", name="median"))
    body = [line for measure in measures for line in _measure(results, measure)]
    return Table(
        name="cycle-comparison",
        title="Responding against non-responding cycles",
        columns=("Before the cycle, median (range); n", *(name.capitalize() for name in _CLASSES), "Rank test",
                 "By patient"),
        rows=tuple(body),
        notes=(
            ("Rank test: exact Mann-Whitney test of responding against non-responding cycles, as if cycles of one "
            "patient were independent, which they are not. By patient: the clustered rank-sum test of Datta and "
            "Satten, in which each patient counts once."),
            *_remarks(results),
        ),
        numeric=frozenset(range(1, 6)),
        empty="no cycles to compare",
    )  # fmt: skip


def _measure(results: Results, measure: str) -> Iterator[Row]:
    cells = [_summary(results, measure, name) for name in _CLASSES]
    for name in ("rank_test", "clustered_test"):
        row = next(iter(results.where(analysis="cycle_comparison", name=name, group=measure)), None)
        cells.append(Cell("") if row is None else Cell(p_value(row), (row.id,)))
    yield Row((Cell(_HEADS.get(measure, measure)), *cells))


def _summary(results: Results, measure: str, name: str) -> Cell:
    found = [results.get("cycle_comparison", part, measure, name) for part in ("median", "min", "max")]
    rows = [row for row in found if row is not None]
    if len(rows) < 3:
        return Cell(f"none of {rows[0].N}", (rows[0].id,)) if rows else Cell("")
    text = f"{bounded_number(rows[0])} ({bounded_range(rows[1:])}); {rows[0].n}"
    return Cell(text, tuple(row.id for row in rows))


def _remarks(results: Results) -> tuple[str, ...]:
    tests = results.where(analysis="cycle_comparison", name="clustered_test")
    return tuple(dict.fromkeys(f"{row.warning.capitalize()}." for row in tests if row.warning))


def threshold_table(results: Results) -> Table:
    """Return the cuts of the ratio that separate the classes, Youden's cut, and the plan's limit applied."""
    rows = results.where(analysis="ratio_threshold")
    body = [_threshold(row) for row in rows if row.name != "limit" and (row.at != "undecided" or row.N)]
    return Table(
        name="ratio-threshold",
        title="Threshold of the T-cell-to-blast ratio",
        columns=("Ratio", "", "Cycles, n of N", "Result", "Remark"),
        rows=tuple(body),
        notes=("A threshold found on few cycles separates those; it has to be tried on others.",),
        empty="no ratio recorded or computed",
    )


def _threshold(row: AnalysisResult) -> Row:
    words = {
        "separation": "Every cut between separates",
        "youden_cut": "Youden's cut",
        "sensitivity": "Sensitivity of that cut",
        "specificity": "Specificity of that cut",
        "area": "Area under the curve",
        "rule": f"Responding or maintenance, ratio {row.at}",
    }[row.name]
    counts = f"{row.n} of {row.N}" if row.name == "rule" else f"{row.n} of {row.N}, {len(row.patients)} patients"
    shown = share(row) if row.name == "rule" and row.N else estimate_interval(row)
    if row.name == "youden_cut":
        shown = significant_interval(row)
    if row.name == "separation":
        shown = row.text or bounded_number(row)
    if row.name == "rule" and not row.N:
        shown = "no cycle"
    head = _HEADS.get(row.group, row.group)
    return Row((Cell(head), Cell(words), Cell(counts, (row.id,)), Cell(shown, (row.id,)), Cell(row.warning or "")))


def ratio_table(results: Results) -> Table:
    """Return a row a cycle: its class, T cells, share of blasts, and each ratio, or why there is none."""
    rows = results.where(analysis="cycle_measures")
    columns = [name for name in _HEADS if any(row.name == name and row.n is None for row in rows)]
    cycles = dict.fromkeys((row.group, row.at) for row in rows if row.at is not None)
    notes = tuple(f"{_HEADS[row.name]}: {row.warning}." for row in rows if row.n == 0 and row.warning)
    return Table(
        name="cycle-ratios",
        title="T cells, blasts and their ratio before each cycle",
        columns=("Cycle", "Class", *(_HEADS[name] for name in columns)),
        rows=tuple(_cycle(results, group, at, columns) for group, at in sorted(cycles, key=_natural)),
        notes=notes,
        numeric=frozenset(range(2, 2 + len(columns))),
        empty="no ratio recorded or computed",
    )


def _natural(cycle: tuple[str, str | None]) -> tuple[tuple[bool, float, str], ...]:
    """Return a key by which patient 10 stands after patient 9."""
    parts = f"{cycle[0]} {cycle[1]}".split(" ")
    return tuple((part.isdecimal(), float(part) if part.isdecimal() else 0.0, part) for part in parts)


def _cycle(results: Results, group: str, at: str | None, columns: Sequence[str]) -> Row:
    response = results.get("cycle_response", "cycle", group, at)
    known = Cell("") if response is None else Cell(response.text or "no class", (response.id,))
    cells = []
    for name in columns:
        row = results.get("cycle_measures", name, group, at)
        cells.append(Cell("not recorded") if row is None else Cell(_value(row), (row.id,)))
    return Row((Cell(f"{group}, {at}"), known, *cells))


def _value(row: AnalysisResult) -> str:
    if row.estimate is None and row.lower is None and row.upper is None:
        return "not computed"
    return bounded_number(row)
