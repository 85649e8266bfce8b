"""Edit checks: small declared rules, one file a topic; `RULES` lists those of every study."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from engager.checks import (
    adverse_events,
    body,
    cells,
    columns,
    cycles,
    doses,
    duplicates,
    exposure,
    follow_up,
    history,
    marrow,
    measurements,
    mrd,
    patients,
    plausible,
    study_rules,
    study_wide,
    therapies,
    time,
    toxicity_scales,
)
from engager.checks.exceptions import Accepted, accept, unknown_rules
from engager.checks.rule import Rule, rows
from engager.cohort import Cohort
from engager.errors import LISTED, Issue, Severity
from engager.plan import AnalysisPlan

__all__ = ["RULES", "Accepted", "Checked", "Rule", "check_accepting", "check_batches", "check_cohort", "rules_in_force"]

RULES: tuple[Rule, ...] = (
    *columns.RULES,
    *patients.RULES,
    *body.RULES,
    *exposure.RULES,
    *cycles.RULES,
    *doses.RULES,
    *measurements.RULES,
    *plausible.RULES,
    *cells.RULES,
    *mrd.RULES,
    *marrow.RULES,
    *study_wide.RULES,
    *adverse_events.RULES,
    *toxicity_scales.RULES,
    *therapies.RULES,
    *follow_up.RULES,
    *history.RULES,
    *time.RULES,
    *duplicates.RULES,
)


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checks found: the issues that stand, and those that the study has accepted."""

    issues: Sequence[Issue]
    accepted: Sequence[Accepted]


def rules_in_force(plan: AnalysisPlan) -> tuple[Rule, ...]:
    """Return the rules of every study and those of the plan: its regimen, drug, limits and cut-off, and its own."""
    of_plan = (*_cutoff_rules(plan), *mrd.gate_rules(plan), *marrow.status_rules(plan), *doses.regimen_rules(plan))
    return (*RULES, *of_plan, *study_rules.study_rules(plan))


def check_cohort(cohort: Cohort, plan: AnalysisPlan) -> list[Issue]:
    """Return every issue of a cohort's values, in the order of tables and rows within a severity."""
    return list(check_accepting(cohort, plan).issues)


def check_accepting(
    cohort: Cohort,
    plan: AnalysisPlan,
    exceptions: pl.DataFrame | None = None,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Checked:
    """Return what is wrong with a cohort's values but for the accepted exceptions, errors first.

    `exceptions` are those of `exceptions.csv`; `progress` is called with the rules done and the rules in all.
    """
    rules = rules_in_force(plan)
    issues: list[Issue] = list(unknown_rules(exceptions, rules)) if exceptions is not None else []
    accepted: list[Accepted] = []
    for done, rule in enumerate(rules):
        progress(done, len(rules))
        bad = rule.offending(cohort)
        mine = None if exceptions is None else exceptions.filter(pl.col("rule") == rule.name)
        if mine is not None and mine.height:
            bad, taken, told = accept(rule, cohort, bad, mine)
            accepted += taken
            issues += told
        issues += rule.told(cohort, bad)
    issues = sorted([*issues, *patients.none_issues(cohort, plan.cutoff)], key=Issue.urgency)
    return Checked(issues, sorted(accepted, key=lambda each: each.issue.urgency()))


def check_batches(batches: Iterable[Cohort], plan: AnalysisPlan) -> list[Issue]:
    """Return what is wrong with a registry that comes in batches of patients, errors first, in the memory of a batch.

    The rows of a patient stand in one batch. What is compared with the rest of the study (a unit unlike the others) is
    compared within its batch.
    """
    rules = rules_in_force(plan)
    told: dict[str, list[Issue]] = {rule.name: [] for rule in rules}
    more = dict.fromkeys(told, 0)
    cohort = None
    for cohort in batches:
        for rule in rules:
            bad = rule.offending(cohort)
            listed = bad.head(LISTED - len(told[rule.name]))
            told[rule.name] += [rule.issue(cohort, values) for values in listed.iter_rows(named=True)]
            more[rule.name] += bad.height - listed.height
    counts = [] if cohort is None else [rule.more(cohort, more[rule.name]) for rule in rules if more[rule.name]]
    return sorted([*(issue for issues in told.values() for issue in issues), *counts], key=Issue.urgency)


def _cutoff_rules(plan: AnalysisPlan) -> tuple[Rule, ...]:
    """Return the rule against patients to whom a calendar cut-off cannot be applied."""
    if not isinstance(plan.cutoff, dt.date):
        return ()
    rule = Rule(
        "patients.cutoff_without_date", Severity.ERROR, "patients", "first_dose_date",
        rows("patients", pl.col("first_dose_date").is_null()),
        f"patient {{patient}} has no date of the first dose, and the cut-off is the date {plan.cutoff}",
        "a date of the first dose", "Enter it, or give the cut-off as a study day",
        absence=(("patients", "first_dose_date"), ("exposure", "start_date")), acceptable=False,
    )  # fmt: skip
    return (rule,)
