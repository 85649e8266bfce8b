"""Tables of response: patients by response, and cycles by class."""

from __future__ import annotations

from engager.results import AnalysisResult, Results
from engager.tables.formatting import NOT_SHOWN, interval, patients_list, rounded, share
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
        notes=_notes(results),
        numeric=frozenset({1, 2}),
        empty="no response recorded",
    )


def _notes(results: Results) -> tuple[str, ...]:
    """Return what must be known of the conversions counted: assays not compared, a gate on CD19."""
    row = results.get("response", "mrd_conversion")
    parts = (row.warning or "").split("; ") if row is not None else []
    doubts = [part for part in parts if part and not part.startswith("fewer than")]
    return (f"MRD conversion: {'; '.join(doubts)}.",) if doubts else ()


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
    """Return the cycles by class, then each cycle with its class, log reduction, MRD after it, and the reason."""
    classes = [
        Row((Cell(f"{row.at}"), Cell(f"{row.n} of {row.N} cycles", (row.id,)), Cell(""), Cell(""), Cell(row.method)))
        for row in results.where(analysis="cycle_response", name="class")
    ]
    cycles = [_cycle(row, results) for row in results.where(analysis="cycle_response", name="cycle")]
    heading = [Row((Cell("Each cycle"),), section=True)] if cycles else []
    return Table(
        name="cycles",
        title="Response of each cycle",
        columns=("Cycle", "Class", "Reduction", "MRD after", "Reason"),
        rows=(*classes, *heading, *cycles) if cycles else (),
        notes=(
            "Cycles of one patient are not independent of each other.",
            "A reduction is told as a bound where a reading is one.",
        ),
        empty="no cycle recorded",
    )


def _cycle(row: AnalysisResult, results: Results) -> Row:
    reduction = results.get("cycle_response", "log_reduction", row.group, row.at)
    mrd = results.get("mrd", "state", row.group, row.at)
    cells = (
        Cell(f"{row.group}, {row.at}"),
        Cell(row.text or "no class", (row.id,)),
        Cell("") if reduction is None else Cell(log_reduction(reduction), (reduction.id,)),
        Cell("") if mrd is None else Cell(mrd.text or "", (mrd.id,)),
        Cell(_reason(row)),
    )
    return Row(cells, indent=True)


def log_reduction(row: AnalysisResult) -> str:
    """Return a log reduction as a value or a bound, a dash where there is none.

    Examples:
        >>> log_reduction(AnalysisResult(analysis="a", name="b", lower=1.8451))
        'at least 1.85 log'
    """
    if row.estimate is not None:
        return f"{rounded(row.estimate, 2)} log"
    if row.lower is None:
        return NOT_SHOWN if row.upper is None else f"at most {rounded(row.upper, 2)} log"
    if row.upper is None:
        return f"at least {rounded(row.lower, 2)} log"
    return f"{rounded(row.lower, 2)} to {rounded(row.upper, 2)} log"


def _reason(row: AnalysisResult) -> str:
    return f"{row.method} ({row.warning})" if row.warning else row.method
