"""Edit checks of the patients table, and of every table's patients."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import polars as pl

from engager.checks.rule import Rule
from engager.cohort import Cohort
from engager.errors import Issue, Severity
from engager.schema import TABLES


def _bare(column: str) -> pl.Expr:
    """Return a pseudonym without what is easily written two ways: case, leading zeros, spaces and marks, `.0`."""
    bare = pl.col(column).str.to_lowercase().str.replace(r"\.0$", "")
    return bare.str.replace_all(r"[^\pL\pN]", "").str.replace_all(r"(^|\pL)0+([1-9])", "$1$2")


def _unknown(table: str) -> Callable[[Cohort], pl.DataFrame]:
    def find(cohort: Cohort) -> pl.DataFrame:
        rows = cohort[table].filter(pl.col("patient").is_not_null())
        unknown = rows.join(cohort["patients"], on="patient", how="anti")
        like = cohort["patients"].select(alike=_bare("patient"), like="patient").unique("alike", keep="first")
        known = unknown.with_columns(alike=_bare("patient")).join(like, on="alike", how="left").sort("row")
        question = pl.format("Did you mean `{}`?", "like")
        return known.with_columns(question=question.fill_null("Add the patient there, or correct the pseudonym"))

    return find


def none_issues(cohort: Cohort, cutoff: int | dt.date | None) -> list[Issue]:
    """Return the issue of a cohort of which nothing could be said: without a patient, or with none at the cut-off."""
    if ("patients", "patient") in cohort.unread.columns or cohort.cut(cutoff)["patients"].height:
        return []
    place = cohort.place("patients")
    if not cohort["patients"].height:
        found, expected, advice = "no patient", "a row for each patient", "Fill the table patients"
    else:
        found, expected = f"no patient treated by the cut-off {cutoff}", "a cut-off after the first dose of a patient"
        advice = "Check the cut-off and the dates of the first dose"
    return [Issue(Severity.ERROR, "patients.none", place, found, expected, advice)]


def _without(table: str) -> Callable[[Cohort], pl.DataFrame]:
    def find(cohort: Cohort) -> pl.DataFrame:
        patients = cohort["patients"].filter(pl.col("patient").is_not_null())
        return patients.join(cohort[table], on="patient", how="anti").sort("row")

    return find


RULES = (
    *(
        Rule(
            f"{table}.unknown_patient", Severity.ERROR, table, "patient", _unknown(table),
            "patient {patient}, who is not in the table patients", "a patient of the table patients",
            "{question}", absence=(("patients", "patient"),), acceptable=False,
        )
        for table in TABLES
        if table != "patients"
    ),
    Rule(
        "patients.no_exposure", Severity.WARNING, "patients", "patient", _without("exposure"),
        "patient {patient} has no row in exposure", "at least one infusion of each patient treated",
        absence=(("exposure", "patient"),),
    ),
    Rule(
        "patients.no_follow_up", Severity.WARNING, "patients", "patient", _without("follow_up"),
        "patient {patient} has no row in follow_up", "a death or a last contact of each patient",
        "Without one the patient counts in no survival analysis", absence=(("follow_up", "patient"),),
    ),
)  # fmt: skip
