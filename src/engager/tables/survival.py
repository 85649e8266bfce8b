"""The table of survival: events, medians, landmarks and follow-up of each endpoint and population."""

from __future__ import annotations

from engager.results import AnalysisResult, Results
from engager.tables.formatting import estimate_interval
from engager.tables.table import Cell, Row, Table


def survival_table(results: Results, endpoints: dict[str, str]) -> Table:
    """Return a section for each endpoint (code to label), a row for each number, a column for each population."""
    groups = _groups(results, endpoints)
    body: list[Row] = []
    for code, name in endpoints.items():
        body.append(Row((Cell(f"{name} ({code})"),), section=True))
        body += _endpoint(results, code, list(groups))
    return Table(
        name="survival",
        title="Survival",
        columns=("", *groups.values()),
        rows=tuple(body) if groups else (),
        notes=_notes(results, endpoints),
        numeric=frozenset(range(1, len(groups) + 1)),
        empty="no patient with a follow-up",
    )


def _groups(results: Results, endpoints: dict[str, str]) -> dict[str, str]:
    """Return the populations that have a curve, with their labels."""
    curves = [row for code in endpoints for row in results.where(analysis=code, name="curve")]
    return {row.group: row.text or row.group for row in curves}


def _endpoint(results: Results, code: str, groups: list[str]) -> list[Row]:
    rows = [_row("Patients, events", [_events(results, code, group) for group in groups])]
    causes = dict.fromkeys(row.at for row in results.where(analysis=code, name="deaths_by_cause"))
    for cause in causes:
        cells = [_deaths(results.get(code, "deaths_by_cause", group, cause)) for group in groups]
        rows.append(_row(f"Deaths, {cause}", cells))
    numbers: list[tuple[str, str, str | None]] = [("Median", "median", None)]
    landmarks = dict.fromkeys(row.at for row in results.where(analysis=code, name="survival"))
    numbers += [(f"At {at} days", "survival", at) for at in landmarks]
    numbers += [
        ("After the last event", "final_survival", None),
        ("Follow-up, reverse Kaplan-Meier", "follow_up", None),
    ]
    for words, name, at in numbers:
        rows.append(_row(words, [_number(results.get(code, name, group, at)) for group in groups]))
    return rows


def _row(words: str, cells: list[Cell]) -> Row:
    return Row((Cell(words), *cells), indent=True)


def _events(results: Results, code: str, group: str) -> Cell:
    patients, events = (results.get(code, name, group) for name in ("patients", "events"))
    if patients is None or events is None:
        return Cell("")
    return Cell(f"{patients.n}, {events.n}", (patients.id, events.id))


def _deaths(row: AnalysisResult | None) -> Cell:
    return Cell("0") if row is None else Cell(str(row.n), (row.id,))


def _number(row: AnalysisResult | None) -> Cell:
    return Cell("") if row is None else Cell(estimate_interval(row), (row.id,))


def _notes(results: Results, endpoints: dict[str, str]) -> tuple[str, ...]:
    notes = []
    for code in endpoints:
        told = [row for row in results.where(analysis=code, name="time") if row.warning]
        notes += [f"{code}, {row.group}: {row.warning}." for row in told[:10]]
    medians = [results.get(code, "median") for code in endpoints]
    methods = dict.fromkeys(row.method for row in medians if row is not None)
    return (*notes, *(f"{method}." for method in methods))
