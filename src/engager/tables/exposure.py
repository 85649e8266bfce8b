"""Tables of exposure: by group, and the departures from the regimen patient by patient."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engager.results import AnalysisResult, Results
from engager.tables.formatting import count_percent, estimate, hundredfold, rounded
from engager.tables.labels import label, unit
from engager.tables.table import Cell, Row, Table

ANALYSIS = "exposure"
SPREADS = (
    "cycles_per_patient",
    "cycles_before_transplant",
    "days_infused",
    "cumulative_dose_m2",
    "cumulative_dose",
    "relative_dose",
    "relative_dose_intensity",
)
STATUSES = ("cycles_completed", "cycles_ended_early", "cycles_ongoing", "cycles_status_unknown")
CHANGES = (
    "cycles_escalated", "cycles_with_increase", "cycles_with_reduction", "interruptions", "patients_interrupted",
)  # fmt: skip
NOT_COMPUTABLE, NOT_KNOWN = "not computable", "not known"


def exposure_table(results: Results) -> Table:
    """Return cycles, days, doses, interruptions and dose intensity, a column for all patients and for each group."""
    groups = [row.group for row in results.where(analysis=ANALYSIS, name="cycles") if "=" in row.group]
    groups = ["all", *groups]
    heads = (f"{_group(name)} (n = {_patients(results, name)})" for name in groups)
    return Table(
        name="exposure",
        title="Exposure",
        columns=("Exposure", *heads),
        rows=tuple(_rows(results, groups)),
        notes=_notes(results),
        numeric=frozenset(range(1, len(groups) + 1)),
        empty="no infusion recorded",
    )


def _group(name: str) -> str:
    return "All patients" if name == "all" else name.partition("=")[2]


def _patients(results: Results, group: str) -> int:
    treated = results.get(ANALYSIS, "patients_treated", group)
    return (treated.N or 0) if treated is not None else 0


def _rows(results: Results, groups: Sequence[str]) -> Iterator[Row]:
    if not any(row.n for row in results.where(analysis=ANALYSIS, name="cycles")):
        return
    yield Row((Cell("Cycles"),), section=True)
    yield _line(results, groups, "cycles", "Begun", indent=True)
    yield from _lines(results, groups, STATUSES)
    yield from _section(results, groups, "initial_dose", "Initial dose, n (%)")
    yield Row((Cell("Dose and time, median (range)"),), section=True)
    yield from (_spread(results, groups, name) for name in SPREADS if results.where(analysis=ANALYSIS, name=name))
    yield Row((Cell("Changes"),), section=True)
    yield from _lines(results, groups, CHANGES)
    yield from _section(results, groups, "interruption_reason", "Reason of an interruption, interruptions")
    yield from _section(results, groups, "end_reason", "Why a cycle ended, cycles (%)")
    for row in _lines(results, groups, ("patients_deviating",)):
        yield Row(row.cells)


def _lines(results: Results, groups: Sequence[str], names: Sequence[str]) -> Iterator[Row]:
    """Yield a line for each name that has a result."""
    for name in names:
        if results.where(analysis=ANALYSIS, name=name):
            yield _line(results, groups, name, label(name), indent=True)


def _section(results: Results, groups: Sequence[str], name: str, title: str) -> Iterator[Row]:
    places = dict.fromkeys(row.at for row in results.where(analysis=ANALYSIS, name=name) if row.group in groups)
    if places:
        yield Row((Cell(title),), section=True)
    for at in places:
        yield _line(results, groups, name, _printed(at or ""), at=at, indent=True)


def _printed(at: str) -> str:
    """Return a category as it is printed, a dose with its unit's own signs."""
    number, _, code = at.partition(" ")
    return f"{number} {unit(code)}" if code.startswith("ug/") else at.capitalize()


def _line(
    results: Results, groups: Sequence[str], name: str, words: str, at: str | None = None, *, indent: bool = False
) -> Row:
    cells = [Cell(words)]
    for group in groups:
        row = results.get(ANALYSIS, name, group, at)
        nothing = "0" if at is not None else NOT_KNOWN
        cells.append(Cell(nothing) if row is None else Cell(_counted(row), (row.id,)))
    return Row(tuple(cells), indent=indent)


def _counted(row: AnalysisResult) -> str:
    if row.unit == "1" and row.N == 0:
        return NOT_KNOWN
    return count_percent(row) if row.unit == "1" and row.estimate is not None else str(row.n or 0)


def _spread(results: Results, groups: Sequence[str], name: str) -> Row:
    cells = [Cell(label(name))]
    for group in groups:
        rows = {at: results.get(ANALYSIS, name, group, at) for at in ("median", "min", "max")}
        known = {at: row for at, row in rows.items() if row is not None}
        cells.append(Cell(_range(known) if known else "none", tuple(row.id for row in known.values())))
    return Row(tuple(cells), indent=True)


def _range(rows: dict[str, AnalysisResult]) -> str:
    """Return `28 (2\u201356); n = 8`: the number of patients where it is not that of all."""
    if len(rows) < 3:
        return NOT_COMPUTABLE
    middle, low, high = (_number(rows[at]) for at in ("median", "min", "max"))
    some = rows["median"]
    return f"{middle} ({low}\u2013{high})" + (f"; n = {some.n}" if some.n != some.N else "")


def _number(row: AnalysisResult) -> str:
    if row.unit == "1" and row.estimate is not None:
        return rounded(hundredfold(row.estimate), 1)
    return estimate(row).removesuffix(f" {row.unit}").removesuffix(" days").removesuffix(" day")


def _notes(results: Results) -> tuple[str, ...]:
    """Return what cannot be computed and why, each reason once."""
    medians = [results.get(ANALYSIS, name, "all", "median") for name in SPREADS]
    lost = {row.name: row.warning for row in medians if row is not None and row.warning and row.n != row.N}
    reasons: dict[str, list[str]] = {}
    for name, warning in lost.items():
        reasons.setdefault(warning.partition("; fewer than")[0], []).append(label(name))
    told = results.get(ANALYSIS, "patients_interrupted")
    if told is not None and told.warning and told.warning.startswith("not known"):
        reasons.setdefault(told.warning.partition("; fewer than")[0], []).append("Interruptions")
    return tuple(f"{'; '.join(names)}: {reason}." for reason, names in reasons.items())


def deviations_table(results: Results) -> Table:
    """Return the departures from the regimen, one row each; a regimen that was kept is said to be."""
    rows = [_deviation(row) for row in results.where(analysis=ANALYSIS, name="deviation")]
    more = results.get(ANALYSIS, "deviations_unlisted")
    notes = ["A deviation is a finding, not an error: treatment departs from a regimen for reasons."]
    notes += [f"{more.n} more are not listed."] if more is not None else []
    return Table(
        name="deviations",
        title="Departures from the regimen",
        columns=("Patient", "Departure", "Found", "Planned"),
        rows=tuple(rows),
        notes=tuple(notes),
        empty="none found in what could be compared",
    )


def _deviation(row: AnalysisResult) -> Row:
    planned = row.method.removeprefix("planned: ")
    found = Cell(row.text or "", (row.id,))
    return Row((Cell(row.patients[0]), Cell((row.at or "").capitalize()), found, Cell(planned, (row.id,))))
