"""Edit checks of the patients table, and of every table's patients."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from engager.checks.rule import Rule
from engager.cohort import Cohort
from engager.errors import Severity
from engager.schema import TABLES


def _unknown(table: str) -> Callable[[Cohort], pl.DataFrame]:
    def find(cohort: Cohort) -> pl.DataFrame:
        rows = cohort[table].filter(pl.col("patient").is_not_null())
        return rows.join(cohort["patients"], on="patient", how="anti").sort("row")

    return find


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
            "Add the patient there, or correct the pseudonym",
        )
        for table in TABLES
        if table != "patients"
    ),
    Rule(
        "patients.no_exposure", Severity.WARNING, "patients", "patient", _without("exposure"),
        "patient {patient} has no row in exposure", "at least one infusion of each patient treated",
    ),
    Rule(
        "patients.no_follow_up", Severity.WARNING, "patients", "patient", _without("follow_up"),
        "patient {patient} has no row in follow_up", "a death or a last contact of each patient",
        "Without one the patient counts in no survival analysis",
    ),
)  # fmt: skip
