"""Table of efficacy outcomes: k of n for all patients and each group, the denominator named in the row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engager.results import AnalysisResult, Results
from engager.tables.formatting import interval, share
from engager.tables.table import Cell, Row, Table

_DENOMINATORS = (", of all patients", ", of patients ")


def efficacy_table(results: Results) -> Table:
    """Return one row an outcome of the plan; an outcome that nobody could have in any group is left out."""
    rows = results.where(analysis="efficacy")
    groups = list(dict.fromkeys(row.group for row in rows))
    outcomes: dict[str, list[AnalysisResult]] = {}
    for row in rows:
        outcomes.setdefault(row.at or "", []).append(row)
    return Table(
        name="efficacy",
        title="Efficacy outcomes",
        columns=("Outcome", "Out of", *(_head(group) for group in groups)),
        rows=tuple(_row(name, found) for name, found in outcomes.items() if any(row.N for row in found)),
        notes=tuple(_notes(outcomes)),
        numeric=frozenset(range(2, 2 + len(groups))),
        empty="no outcome to count",
    )


def _notes(outcomes: Mapping[str, list[AnalysisResult]]) -> Iterator[str]:
    """Yield of whom an outcome is not known, of all patients."""
    for name, found in outcomes.items():
        first = (found[0].warning or "").split("; ")[0]
        if first.endswith("not evaluable for it"):
            yield f"{name}: {first}."


def _head(group: str) -> str:
    return "All patients, n of N (%, CI)" if group == "all" else f"{group.partition('=')[2]}, n of N (%, CI)"


def _row(name: str, found: list[AnalysisResult]) -> Row:
    return Row((Cell(name), Cell(_out_of(found[0])), *(Cell(_count(row), (row.id,)) for row in found)))


def _out_of(row: AnalysisResult) -> str:
    """Return the denominator that the method of an outcome names last."""
    words = row.method.split("; ")[0]
    return "patients" + words.rpartition(_DENOMINATORS[1].rstrip())[2] if _DENOMINATORS[1] in words else "all patients"


def _count(row: AnalysisResult) -> str:
    if not row.N:
        return "nobody to count"
    return f"{row.n} of {row.N} ({share(row)}, {interval(row)})"
