"""Tables of the disease: MRD conversion by cycle, marrow status, remission, relapse by definition."""

from __future__ import annotations

from collections.abc import Iterator

from engager.results import AnalysisResult, Results
from engager.tables.formatting import interval, patients_list, rounded, share
from engager.tables.table import Cell, Row, Table

_COLUMNS = ("Outcome", "n of N", "% (CI)", "Patients")


def mrd_table(results: Results) -> Table:
    """Return conversion first after each cycle and by it, then the cycles of each MRD category."""
    first = results.where(analysis="mrd", name="converted_first")
    categories = [row for row in results.where(analysis="mrd", name="category") if row.N]
    return Table(
        name="mrd",
        title="MRD by cycle",
        columns=_COLUMNS,
        rows=(*_conversion(first, results), *_categories(categories)),
        notes=tuple(dict.fromkeys(_note(row) for row in first if row.warning and "earlier" in row.warning)),
        numeric=frozenset({1, 2}),
        empty="no MRD conversion and no MRD reading after a cycle recorded",
    )


def _note(row: AnalysisResult) -> str:
    return f"First negative after {row.at}: {(row.warning or '').split('; ')[0]}."


def _conversion(first: tuple[AnalysisResult, ...], results: Results) -> Iterator[Row]:
    if first:
        yield Row((Cell("MRD from positive to negative, of those positive before treatment"),), section=True)
    for row in first:
        known = row.at != "cycle not recorded"
        yield _share(f"first after {row.at}" if known else f"after treatment, {row.at}", row)
        then = results.get("mrd", "converted_by", at=row.at)
        if then is not None and then.n != row.n:
            yield _share(f"after {row.at} or earlier", then)


def _categories(rows: list[AnalysisResult]) -> Iterator[Row]:
    if rows:
        yield Row((Cell("MRD response by consensus, cycles with a reading that decides"),), section=True)
    for row in rows:
        cells = (
            Cell(row.at or ""),
            Cell(f"{row.n} of {row.N}", (row.id,)),
            Cell(share(row), (row.id,)),
            Cell(patients_list(row.patients) or "none", (row.id,)),
        )
        yield Row(cells, indent=True)


def _share(name: str, row: AnalysisResult) -> Row:
    cells = (
        Cell(name),
        Cell(f"{row.n} of {row.N}", (row.id,)),
        Cell(f"{share(row)} ({interval(row)})" if row.N else "", (row.id,)),
        Cell(patients_list(row.patients) or "none", (row.id,)),
    )
    return Row(cells, indent=True)


def remission_table(results: Results) -> Table:
    """Return the marrow status before and after each cycle, and the best remission reached by the patients."""
    best = results.where(analysis="remission", name="best")
    conflicts = results.where(analysis="marrow_status", name="disagreement")
    return Table(
        name="remission",
        title="Marrow and remission",
        columns=_COLUMNS,
        rows=(*_status(results), *_best(best)),
        notes=(*_reasons(results), *(_conflict(row) for row in conflicts)),
        numeric=frozenset({1, 2}),
        empty="no marrow recorded",
    )


def _status(results: Results) -> Iterator[Row]:
    rows = [row for name in ("M1", "M2", "M3") for row in results.where(analysis="marrow_status", name=name)]
    for group in dict.fromkeys(row.group for row in rows):
        for time in ("before", "after"):
            here = [row for row in rows if row.group == group and row.at == time]
            if here:
                yield Row((Cell(f"Marrow {time} {group}"),), section=True)
            yield from (_share(row.name, row) for row in here)


def _best(best: tuple[AnalysisResult, ...]) -> Iterator[Row]:
    if any(row.n for row in best):
        yield Row((Cell("Best remission after treatment, of all patients"),), section=True)
        yield from (_share(row.at or "", row) for row in best)


def _reasons(results: Results) -> Iterator[str]:
    """Yield why patients are not evaluable, a reason each with its patients."""
    found: dict[str, list[str]] = {}
    for row in results.where(analysis="remission", name="patient"):
        if row.text == "not evaluable":
            found.setdefault(row.method, []).extend(row.patients)
    for reason, patients in found.items():
        yield f"Not evaluable, {reason}: patients {patients_list(tuple(dict.fromkeys(patients)))}."


def _conflict(row: AnalysisResult) -> str:
    return f"{row.group.capitalize()}, {row.at}: {row.text} by the blasts measured, {row.warning}."


def relapse_table(results: Results) -> Table:
    """Return the relapses by each definition, derived and recorded, then those in which the two differ."""
    rows: list[Row] = []
    for definition in dict.fromkeys(row.at for row in results.where(analysis="relapse")):
        counts = [row for row in results.where(analysis="relapse", at=definition) if row.name != "patient"]
        rows.append(Row((Cell(f"By {definition}: {counts[0].method.split('; of all patients')[0]}"),), section=True))
        rows += [_share(row.name, row) for row in counts]
        rows += [_relapse(row) for row in results.where(analysis="relapse", name="patient", at=definition)]
    return Table(
        name="relapse",
        title="Relapse by definition, derived beside recorded",
        columns=_COLUMNS,
        rows=tuple(rows) if any(row.n for row in results.where(analysis="relapse") if row.name != "patient") else (),
        notes=("Derived from marrows of a known day. Survival endpoints use the recorded relapses.",),
        numeric=frozenset({1, 2}),
        empty="no relapse recorded, and none derived from the marrows measured",
    )


def _relapse(row: AnalysisResult) -> Row:
    day = "no day" if row.estimate is None else f"day {rounded(row.estimate, 0)}"
    words = "; ".join(filter(None, (row.method, row.warning)))
    cells = (Cell(f"{row.group}: {row.text}"), Cell(day, (row.id,)), Cell(""), Cell(words, (row.id,)))
    return Row(cells, indent=True)
