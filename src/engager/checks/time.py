"""Edit checks of time in every table: ends before starts, days against dates, events before the first dose."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from engager.checks.rule import Rule, rows
from engager.cohort import Cohort, study_day
from engager.errors import Severity
from engager.schema import TABLES
from engager.schema.columns import dated_by

_WITH_END = [name for name, schema in TABLES.items() if "end_day" in schema.columns()]
_DATED = [
    (name, day, date)
    for name, schema in TABLES.items()
    for day, column in schema.columns().items()
    if (date := dated_by(column)) is not None
]


def _disagree(table: str, day: str, date: str) -> Callable[[Cohort], pl.DataFrame]:
    def find(cohort: Cohort) -> pl.DataFrame:
        first = cohort["patients"].select("patient", "first_dose_date").unique("patient", keep="first")
        joined = cohort[table].join(first, on="patient", how="left", maintain_order="left")
        derived = study_day(pl.col(date), pl.col("first_dose_date"))
        return joined.with_columns(derived=derived).filter(pl.col("derived") != pl.col(day))

    return find


def _undated(table: str, day: str, date: str) -> Callable[[Cohort], pl.DataFrame]:
    return rows(table, pl.col(date).is_not_null() & pl.col(day).is_null())


RULES = (
    *(
        Rule(
            f"{table}.end_before_start", Severity.ERROR, table, "end_day",
            rows(table, (pl.col("end_day") < pl.col("start_day")) | (pl.col("end_date") < pl.col("start_date"))),
            "an end (day {end_day}, date {end_date}) before the start (day {start_day}, date {start_date})",
            "an end on the day of the start or later", "Are the two swapped?", acceptable=False,
        )
        for table in _WITH_END
    ),
    *(
        Rule(
            f"{table}.{day}_against_{date}", Severity.ERROR, table, day, _disagree(table, day, date),
            f"{day} {{{day}}} beside {date} {{{date}}}, which is day {{derived}}",
            "a day and a date that agree (day 1 is the date of the first dose)", "Leave one of the two empty",
        )
        for table, day, date in _DATED
    ),
    *(
        Rule(
            f"{table}.{date}_without_day_1", Severity.ERROR, table, date, _undated(table, day, date),
            f"{date} {{{date}}} of a patient whose first dose has no date", "`first_dose_date` in the table patients",
            "Enter it there, or enter study days", absence=(("patients", "first_dose_date"), (table, day)),
        )
        for table, day, date in _DATED
        if table != "exposure"
    ),
)  # fmt: skip
