"""Rows of a study written by name, and the rules that its cohort breaks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.conftest import CohortOf

from engager.checks import check_cohort, rules_in_force
from engager.errors import Issue
from engager.plan import AnalysisPlan

Row = tuple[str, dict[str, object]]


def p(patient: object = 1, **cells: object) -> Row:
    """Return a row of patients."""
    return "patients", {"patient": patient, **cells}


def e(start_day: object = 1, end_day: object = 28, patient: object = 1, **cells: object) -> Row:
    """Return a stretch of infusion: 15 ug/m2/d in cycle 1, if nothing else is said."""
    usual = {"cycle": 1, "dose": 15, "unit": "ug/m2/d"}
    return "exposure", {"patient": patient, "start_day": start_day, "end_day": end_day, **usual, **cells}


def m(test: str, value: object, unit: str = "", day: object = 29, patient: object = 1, **cells: object) -> Row:
    """Return a measurement."""
    return "measurements", {"patient": patient, "day": day, "test": test, "value": value, "unit": unit, **cells}


def a(term: str = "Fever", start_day: object = 3, patient: object = 1, **cells: object) -> Row:
    """Return an adverse event."""
    return "adverse_events", {"patient": patient, "term": term, "start_day": start_day, **cells}


def t(kind: str, patient: object = 1, **cells: object) -> Row:
    """Return another treatment."""
    return "therapies", {"patient": patient, "kind": kind, **cells}


def f(event: str, day: object = 400, patient: object = 1, **cells: object) -> Row:
    """Return a row of follow-up."""
    return "follow_up", {"patient": patient, "day": day, "event": event, **cells}


def tables(rows: Iterable[Row]) -> dict[str, str]:
    """Return rows as tables in text; a column is there if a row of its table has it."""
    by_table: dict[str, list[dict[str, object]]] = {}
    for table, cells in rows:
        by_table.setdefault(table, []).append(cells)
    texts = {}
    for table, lines in by_table.items():
        columns = list(dict.fromkeys(name for line in lines for name in line))
        grid = [columns, *([str(line.get(name, "")) for name in columns] for line in lines)]
        texts[table] = "\n".join(" | ".join(cells) for cells in grid)
    return texts


def issues(cohort_of: CohortOf, rows: Iterable[Row], **plan: Any) -> list[Issue]:
    """Return the issues of a study of these rows."""
    return check_cohort(cohort_of(**tables(rows)), AnalysisPlan.model_validate({"title": "spec", **plan}))


def breaks(cohort_of: CohortOf, rule: str, rows: Iterable[Row], **plan: Any) -> bool:
    """Return whether a study of these rows breaks a rule; the rule is that of the register, tried alone."""
    settings = AnalysisPlan.model_validate({"title": "spec", **plan})
    named = [each for each in rules_in_force(settings) if each.name == rule]
    assert len(named) <= 1
    cohort = cohort_of(**tables(rows))
    return any(issue.rule == rule for each in named for issue in each.issues(cohort))
