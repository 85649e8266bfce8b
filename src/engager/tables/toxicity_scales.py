"""The tables of cytokine release syndrome and neurotoxicity: patients by grade and scale, patient by patient."""

from __future__ import annotations

from collections.abc import Iterator

from engager.results import AnalysisResult, Results
from engager.tables.formatting import count_percent, estimate, patients_list
from engager.tables.labels import label
from engager.tables.table import Cell, Row, Table

SYNDROMES = {
    "cytokine_release": "Cytokine release syndrome (CRS)",
    "neurotoxicity": "Neurotoxicity (ICANS)",
}
_STATES = {"none": "None", "cannot be told": "Cannot be told", "not recorded": "Not recorded"}
_GRADES = ("1", "2", "3", "4", "5", *_STATES)
_ASTCT = "ASTCT 2019"
NOTHING = "no component of CRS and none of ICANS was recorded"


def toxicity_scales_table(results: Results) -> Table:
    """Return patients by worst grade, a row a scale: n (%) of all treated, and how many grades are lower bounds."""
    assessed = [row for name in SYNDROMES for row in results.where(analysis=name, name="assessed")]
    known = any(row.n for row in assessed)
    return Table(
        name="toxicity-scales",
        title="Cytokine release syndrome and neurotoxicity by scale",
        columns=("Scale", *(f"Grade {grade}" for grade in _GRADES[:5]), *_STATES.values(), "Grade is a lower bound"),
        rows=tuple(line for row in assessed for line in _syndrome(results, row)) if known else (),
        notes=_notes(results, known=known),
        empty=NOTHING,
        numeric=frozenset(range(1, len(_GRADES) + 2)),
    )


def _syndrome(results: Results, assessed: AnalysisResult) -> Iterator[Row]:
    group = "" if assessed.group == "all" else f", {label(assessed.group)}"
    yield Row(
        (Cell(f"{SYNDROMES[assessed.analysis]}{group}, n (%) of {assessed.N} treated", (assessed.id,)),), section=True
    )
    if not assessed.n:
        yield Row((Cell(f"{assessed.warning}", (assessed.id,)),), indent=True)
    for bound in results.where(analysis=assessed.analysis, name="at_least", group=assessed.group):
        counts = [results.get(bound.analysis, "grade", bound.group, f"{bound.at}: {grade}") for grade in _GRADES]
        cells = [Cell(count_percent(row), (row.id,)) if row else Cell("") for row in counts]
        yield Row((Cell(f"{bound.at}"), *cells, Cell(str(bound.n), (bound.id,))), indent=True)


def _notes(results: Results, *, known: bool) -> tuple[str, ...]:
    """Return how to read the table, and where tremor stands: a grade of it is not looked for in vain."""
    lower = (
        "Worst grade of each patient from the first dose on. A component that is not recorded is never taken as normal:"
        " the grade is then a lower bound, or cannot be told."
    )
    tremor = results.get("neurotoxicity", "not_counted")
    told = [f"{tremor.method[0].upper()}{tremor.method[1:]}. {_recorded(tremor)}"] if tremor else []
    deaths = results.where(analysis="cytokine_release", name="deaths_of_toxicity")
    told += [f"Patients {patients_list(row.patients)}: {row.method}." for row in deaths if row.n]
    return ((lower,) if known else ()) + tuple(told)


def _recorded(tremor: AnalysisResult) -> str:
    if not tremor.n:
        return "None is recorded."
    return f"Recorded as adverse events: {tremor.text} (patients {patients_list(tremor.patients)})."


def toxicity_patients_table(results: Results) -> Table:
    """Return each patient's worst grade by ASTCT 2019 with what decided, its first episode, and the other scales."""
    worst: dict[tuple[str, str], list[AnalysisResult]] = {}
    for row in (row for name in SYNDROMES for row in results.where(analysis=name, name="worst")):
        worst.setdefault((row.analysis, row.group), []).append(row)
    return Table(
        name="toxicity-patients",
        title="Cytokine release syndrome and neurotoxicity of each patient",
        columns=("Patient, syndrome", _ASTCT, "Decided by", "First day", "Length", "Other scales", "What is open"),
        rows=tuple(_patient(results, *key, rows) for key, rows in worst.items()),
        empty=NOTHING,
        numeric=frozenset({3}),
    )


def _patient(results: Results, analysis: str, group: str, worst: list[AnalysisResult]) -> Row:
    first = next((row for row in worst if row.at == _ASTCT), None)
    others = [row for row in worst if row.at != _ASTCT]
    told = dict.fromkeys(row.text for row in others)
    by_grade = [f"{text}: {', '.join(str(row.at) for row in others if row.text == text)}" for text in told]
    onset, length = (results.get(analysis, name, group, _ASTCT) for name in ("onset", "duration"))
    return Row(
        (
            Cell(f"{group.removeprefix('patient ')}, {'CRS' if analysis == 'cytokine_release' else 'ICANS'}"),
            Cell(f"{first.text}", (first.id,)) if first else Cell("not recorded"),
            Cell(first.method if first and first.estimate else ""),
            Cell(estimate(onset), (onset.id,)) if onset else Cell(""),
            Cell(f"{'at least ' if length.warning else ''}{estimate(length)}", (length.id,)) if length else Cell(""),
            Cell("; ".join(by_grade), tuple(row.id for row in others)),
            Cell((first.warning if first else None) or ""),
        )
    )


def toxicity_agreement_table(results: Results) -> Table:
    """Return the syndromes as recorded beside those derived: disagreements first, then the rest."""
    rows = [row for name in SYNDROMES for row in results.where(analysis=name, name="agreement")]
    order = ("differs", "derived only", "recorded without a grade", "recorded only", "agrees")
    return Table(
        name="toxicity-agreement",
        title="Recorded by the clinician, and derived from components",
        columns=("Patient, syndrome", "Verdict", "Recorded; derived"),
        rows=tuple(_verdict(row) for row in sorted(rows, key=lambda row: order.index(row.text or "agrees"))),
        notes=("A derived grade is a proposal: whether another cause explains a sign is the clinician's to say.",),
        empty="neither CRS nor ICANS recorded as an event, and neither derived",
    )


def _verdict(row: AnalysisResult) -> Row:
    who = f"{row.group.removeprefix('patient ')}, {'CRS' if row.analysis == 'cytokine_release' else 'ICANS'}"
    return Row((Cell(who), Cell(row.text or "", (row.id,)), Cell(row.method, (row.id,))))
