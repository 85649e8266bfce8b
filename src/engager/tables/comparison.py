"""The tables of comparisons: tests between groups, relapse against non-relapse mortality, transplantation."""

from __future__ import annotations

from engager.results import AnalysisResult, Results
from engager.tables.formatting import estimate, estimate_interval, p_value
from engager.tables.labels import label
from engager.tables.table import Cell, Row, Table

TESTS = {"log_rank": "Log-rank test", "gray_test": "Gray's test", "mantel_byar": "Mantel-Byar test"}


def comparison_table(results: Results) -> Table:
    """Return every test between groups with its p-value, or the reason why there is none, and the hazard ratios."""
    rows = [_test(row) for row in results if row.name in ("log_rank", "gray_test")]
    rows += [_ratio(row) for row in results if row.name == "hazard_ratio"]
    return Table(
        name="comparisons",
        title="Groups compared",
        columns=("Outcome", "Groups", "Method", "Result", "Remark"),
        rows=tuple(rows),
        empty="no groups to compare: the plan has no `group_by`",
    )


def _test(row: AnalysisResult) -> Row:
    outcome = row.at or row.analysis
    method = TESTS[row.name] + (f", {row.text}" if row.text else "")
    cells = (outcome, label(row.group), method, p_value(row), row.warning or "")
    return Row(tuple(Cell(text, (row.id,) if i == 3 else ()) for i, text in enumerate(cells)))


def _ratio(row: AnalysisResult) -> Row:
    cells = (row.analysis, row.at or "", "Hazard ratio, Cox", estimate_interval(row), row.warning or "")
    return Row(tuple(Cell(text, (row.id,) if i == 3 else ()) for i, text in enumerate(cells)))


def competing_risks_table(results: Results) -> Table:
    """Return, for each cause and population, patients with it and its cumulative incidence at the landmarks."""
    events = results.where(analysis="competing_risks", name="events")
    days = list(dict.fromkeys(row.at for row in results.where(analysis="competing_risks", name="incidence")))
    body = []
    for row in events:
        at = [results.get("competing_risks", "incidence", row.group, day) for day in days]
        cells = [Cell("" if value is None else estimate_interval(value), (value.id,) if value else ()) for value in at]
        body.append(Row((Cell(row.text or row.group), Cell(f"{row.n} of {row.N}", (row.id,)), *cells)))
    return Table(
        name="competing-risks",
        title="Cumulative incidence of relapse and of non-relapse mortality",
        columns=("Cause, population", "Patients", *(f"At {day} days" for day in days)),
        rows=tuple(body),
        notes=("The two causes compete: a patient who dies without relapse can have none later.",),
        numeric=frozenset(range(1, len(days) + 2)),
        empty="no relapse and no death recorded",
    )


def transplantation_table(results: Results) -> Table:
    """Return who was transplanted after the first dose, and survival by it from the landmark on."""
    rows = results.where(analysis="transplantation")
    return Table(
        name="transplantation",
        title="Transplantation after the first dose",
        columns=("", "Patients", "Result", "Remark"),
        rows=tuple(_transplantation(row) for row in rows),
        notes=("Nobody counts as transplanted before the transplant: it took surviving until then.",),
        empty="no transplant recorded",
    )


def _transplantation(row: AnalysisResult) -> Row:
    words = {
        "transplanted": "Transplanted",
        "day_unknown": "Of these, on a day that is not recorded",
        "landmark_median": f"Median overall survival after the landmark, {row.group}",
        "mantel_byar": "Mantel-Byar test, overall survival",
    }[row.name]
    counts = f"{row.n} of {row.N}" if row.n is not None else f"{row.N}"
    shown = p_value(row) if row.unit == "{p}" else estimate_interval(row) if row.level else estimate(row)
    return Row((Cell(words), Cell(counts, (row.id,)), Cell(shown, (row.id,)), Cell(row.warning or "")))
