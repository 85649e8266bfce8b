"""Edit checks: small declared rules, one file a table; `RULES` lists them all."""

from __future__ import annotations

import datetime as dt

import polars as pl

from engager.checks import columns, exposure, follow_up, measurements, patients, time
from engager.checks.rule import Rule, rows
from engager.cohort import Cohort
from engager.errors import Issue, Severity
from engager.plan import AnalysisPlan

RULES: tuple[Rule, ...] = (
    *columns.RULES,
    *patients.RULES,
    *exposure.RULES,
    *measurements.RULES,
    *follow_up.RULES,
    *time.RULES,
)


def check_cohort(cohort: Cohort, plan: AnalysisPlan) -> list[Issue]:
    """Return every issue of a cohort's values, in the order of tables and rows within a severity."""
    issues = [issue for rule in (*RULES, *_cutoff_rules(plan)) for issue in rule.issues(cohort)]
    return sorted([*issues, *patients.none_issues(cohort, plan.cutoff)], key=Issue.urgency)


def _cutoff_rules(plan: AnalysisPlan) -> tuple[Rule, ...]:
    """Return the rule against patients to whom a calendar cut-off cannot be applied."""
    if not isinstance(plan.cutoff, dt.date):
        return ()
    rule = Rule(
        "patients.cutoff_without_date", Severity.ERROR, "patients", "first_dose_date",
        rows("patients", pl.col("first_dose_date").is_null()),
        f"patient {{patient}} has no date of the first dose, and the cut-off is the date {plan.cutoff}",
        "a date of the first dose", "Enter it, or give the cut-off as a study day",
        absence=(("patients", "first_dose_date"), ("exposure", "start_date")),
    )  # fmt: skip
    return (rule,)
