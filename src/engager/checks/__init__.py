"""Edit checks: small declared rules, one file a table; `RULES` lists them all."""

from __future__ import annotations

import datetime as dt

import polars as pl

from engager.checks import exposure, follow_up, measurements, patients, time
from engager.checks.columns import column_issues
from engager.checks.rule import Rule
from engager.cohort import Cohort
from engager.errors import Issue, Severity
from engager.plan import AnalysisPlan

RULES: tuple[Rule, ...] = (*patients.RULES, *exposure.RULES, *measurements.RULES, *follow_up.RULES, *time.RULES)


def check_cohort(cohort: Cohort, plan: AnalysisPlan) -> list[Issue]:
    """Return every issue of a cohort's values, in the order of tables and rows within a severity."""
    issues = [*column_issues(cohort)]
    for rule in RULES:
        issues += rule.issues(cohort)
    issues += _cutoff_issues(cohort, plan)
    return sorted(
        issues, key=lambda issue: (list(Severity).index(issue.severity), issue.place.file, issue.place.row or 0)
    )


def _cutoff_issues(cohort: Cohort, plan: AnalysisPlan) -> list[Issue]:
    """Return an issue for each patient to whom a calendar cut-off cannot be applied."""
    if not isinstance(plan.cutoff, dt.date):
        return []
    rule = Rule(
        "patients.cutoff_without_date", Severity.ERROR, "patients", "first_dose_date",
        lambda cohort: cohort["patients"].filter(pl.col("first_dose_date").is_null()),
        f"patient {{patient}} has no date of the first dose, and the cut-off is the date {plan.cutoff}",
        "a date of the first dose", "Enter it, or give the cut-off as a study day",
    )  # fmt: skip
    return list(rule.issues(cohort))
