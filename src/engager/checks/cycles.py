"""Edit checks of cycles: numbers that skip, days that are not of their cycle, timepoints that contradict the day."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from engager.checks.rule import Rule
from engager.cohort import Cohort
from engager.errors import Severity
from engager.schema import TABLES

_WITH_CYCLE = [name for name, schema in TABLES.items() if "cycle" in schema.columns() and name != "exposure"]
_WITH_CYCLE_DAY = [name for name, schema in TABLES.items() if "cycle_day" in schema.columns()]
_LONGEST = 60  # days: a cycle of infusion is of 28, and a stretch longer than twice that has a slip in a day


def _day(table: str) -> str:
    return "day" if "day" in TABLES[table].columns() else "start_day"


def _spans(cohort: Cohort) -> pl.DataFrame:
    """Return the first day of each cycle and the last on which an infusion of it is known to have run."""
    known = cohort["exposure"].drop_nulls(["patient", "cycle"])
    return known.group_by("patient", "cycle").agg(
        cycle_start=pl.col("start_day").min(), cycle_end=pl.max_horizontal("start_day", "end_day").max()
    )


def _skipped(cohort: Cohort) -> pl.DataFrame:
    """Return the first row of each cycle whose number does not follow the one before (1 for the first)."""
    known = cohort["exposure"].drop_nulls(["patient", "cycle"]).sort("patient", "cycle", "row")
    first = known.unique(["patient", "cycle"], keep="first", maintain_order=True)
    before = pl.col("cycle").shift(1).over("patient").fill_null(0)
    return first.with_columns(before=before).filter(pl.col("cycle") > pl.col("before") + 1).sort("row")


def _not_in_exposure(table: str) -> Callable[[Cohort], pl.DataFrame]:
    """Return the finder of rows of a cycle that the patient was not given, of patients with cycles at all."""

    def find(cohort: Cohort) -> pl.DataFrame:
        given = cohort["exposure"].drop_nulls(["patient", "cycle"])
        treated = given.group_by("patient").agg(cycles=pl.col("cycle").max())
        stated = cohort[table].drop_nulls(["patient", "cycle"]).join(treated, on="patient", how="inner")
        return stated.join(given, on=["patient", "cycle"], how="anti").sort("row")

    return find


def _other_day(table: str) -> Callable[[Cohort], pl.DataFrame]:
    """Return the finder of rows whose day is not the one that the day within the cycle names."""

    def find(cohort: Cohort) -> pl.DataFrame:
        rows = cohort[table].drop_nulls(["patient", "cycle", "cycle_day", _day(table)])
        beside = rows.join(_spans(cohort), on=["patient", "cycle"], how="inner")
        derived = pl.col("cycle_start") + pl.col("cycle_day") - 1
        return beside.with_columns(derived=derived).filter(pl.col(_day(table)) != pl.col("derived")).sort("row")

    return find


def _timepoint(timepoint: str, wrong: pl.Expr) -> Callable[[Cohort], pl.DataFrame]:
    """Return the finder of measurements of a timepoint whose day, beside the days of the cycle, is wrong."""

    def find(cohort: Cohort) -> pl.DataFrame:
        stated = cohort["measurements"].filter((pl.col("timepoint") == timepoint) & pl.col("day").is_not_null())
        return stated.join(_spans(cohort), on=["patient", "cycle"], how="left").filter(wrong).sort("row")

    return find


def _steps_twice(cohort: Cohort) -> pl.DataFrame:
    known = cohort["exposure"].drop_nulls(["patient", "cycle", "step"])
    return known.filter(pl.struct("patient", "cycle", "step").is_duplicated()).sort("row")


def _long(cohort: Cohort) -> pl.DataFrame:
    days = pl.col("end_day") - pl.col("start_day") + 1
    return cohort["exposure"].with_columns(days=days).filter(pl.col("days") > _LONGEST)


def _late_start(cohort: Cohort) -> pl.DataFrame:
    """Return the first infusion of each patient whose days are all known and none of which is day 1."""
    dated = cohort["exposure"].drop_nulls("patient").sort("patient", "start_day", "row", nulls_last=True)
    first = dated.filter(pl.col("start_day").is_not_null().all().over("patient")).unique(
        "patient", keep="first", maintain_order=True
    )
    forward = (pl.col("end_day") >= pl.col("start_day")).fill_null(value=True)
    return first.filter((pl.col("start_day") > 1) & forward).sort("row")


RULES = (
    Rule(
        "exposure.cycle_skipped", Severity.WARNING, "exposure", "cycle", _skipped,
        "cycle {cycle} after cycle {before}", "cycles numbered 1, 2, 3",
        "Is a cycle missing, or the number wrong? A cycle given elsewhere is entered, with what is known of it",
        absence=(("exposure", "cycle"),),
    ),
    Rule(
        "exposure.step_twice", Severity.WARNING, "exposure", "step", _steps_twice,
        "step {step} of cycle {cycle} of patient {patient} more than once", "steps numbered 1, 2, 3 within a cycle",
        "Is a row there twice?",
    ),
    Rule(
        "exposure.stretch_long", Severity.WARNING, "exposure", "end_day", _long,
        "an infusion of {days} days, from day {start_day} to day {end_day}", f"{_LONGEST} days at most, 28 as a rule",
        "Is it one row for several cycles, or is a digit of a day wrong?",
    ),
    Rule(
        "exposure.first_after_day_1", Severity.WARNING, "exposure", "start_day", _late_start,
        "the first infusion of patient {patient} from day {start_day}", "day 1: the day of the first dose",
        "Is the first stretch missing, or are days counted from another event?",
    ),
    *(
        Rule(
            f"{table}.cycle_not_given", Severity.WARNING, table, "cycle", _not_in_exposure(table),
            "cycle {cycle} of patient {patient}, who was given {cycles} by the table exposure",
            "a cycle of the table exposure", "Enter the infusion, or correct the cycle",
            absence=(("exposure", "cycle"), ("exposure", "patient")),
        )
        for table in _WITH_CYCLE
    ),
    *(
        Rule(
            f"{table}.cycle_day_against_day", Severity.WARNING, table, "cycle_day", _other_day(table),
            f"day {{cycle_day}} of cycle {{cycle}}, which is day {{derived}}, beside {_day(table)} {{{_day(table)}}}",
            "two days that agree (day 1 of a cycle is the first of its infusion)", "Leave one of the two empty",
        )
        for table in _WITH_CYCLE_DAY
    ),
    Rule(
        "measurements.baseline_later", Severity.WARNING, "measurements", "timepoint",
        _timepoint("baseline", pl.col("day") > 1),
        "{test} at the timepoint baseline on day {day}", "a day before the first dose, or day 1",
        "Correct the day or the timepoint",
    ),
    Rule(
        "measurements.start_of_cycle_later", Severity.WARNING, "measurements", "timepoint",
        _timepoint("start of cycle", pl.col("day") > pl.col("cycle_start") + 1),
        "{test} at the start of cycle {cycle} on day {day}, which began on day {cycle_start}",
        "a day before the cycle, or its first", "Correct the day, the cycle or the timepoint",
    ),
    Rule(
        "measurements.end_of_cycle_earlier", Severity.WARNING, "measurements", "timepoint",
        _timepoint("end of cycle", pl.col("day") <= pl.col("cycle_start")),
        "{test} at the end of cycle {cycle} on day {day}, which began on day {cycle_start}", "a day after its start",
        "Correct the day, the cycle or the timepoint",
    ),
    Rule(
        "measurements.during_cycle_outside", Severity.WARNING, "measurements", "timepoint",
        _timepoint("during cycle", ~pl.col("day").is_between("cycle_start", pl.col("cycle_end") + 42)),
        "{test} during cycle {cycle} on day {day}, whose infusion ran from day {cycle_start} to {cycle_end}",
        "a day of the cycle", "Correct the day, the cycle or the timepoint",
    ),
    Rule(
        "measurements.after_treatment_earlier", Severity.WARNING, "measurements", "timepoint",
        _timepoint("after treatment", pl.col("day") < 1),
        "{test} at the timepoint after treatment on day {day}", "a day after the first dose",
        "Correct the day or the timepoint",
    ),
)  # fmt: skip
