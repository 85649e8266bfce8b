"""Edit checks of the follow-up table."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from engager.checks.rule import Rule, rows
from engager.cohort import Cohort
from engager.errors import Severity
from engager.schema import TABLES

_DIED = pl.col("event") == "death"
_PLACES = (("follow_up", "day"), ("follow_up", "date"))
_UNPLACED = pl.col("day").is_null() & pl.col("date").is_null()


def _after_death(table: str, day: str) -> Callable[[Cohort], pl.DataFrame]:
    """Return the finder of the rows of a table that begin later than the patient's death."""

    def find(cohort: Cohort) -> pl.DataFrame:
        died = cohort["follow_up"].filter(_DIED & (pl.col("day") >= 1))
        deaths = died.group_by("patient").agg(death=pl.col("day").min())
        joined = cohort[table].join(deaths, on="patient", how="inner", maintain_order="left")
        later = joined.filter(pl.col(day) > pl.col("death"))
        return later.filter(~_DIED) if table == "follow_up" else later

    return find


def _second_death(cohort: Cohort) -> pl.DataFrame:
    deaths = cohort["follow_up"].filter(_DIED)
    return deaths.filter(pl.col("row") != pl.col("row").min().over("patient"))


RULES = (
    Rule(
        "follow_up.before_first_dose", Severity.ERROR, "follow_up", "day", rows("follow_up", pl.col("day") < 1),
        "{event} on day {day}, before the first dose", "day 1 or later: day 1 is the day of the first dose",
        "Check the day and the date of the first dose", acceptable=False,
    ),
    *(
        Rule(
            f"{table}.after_death", Severity.ERROR, table, day, _after_death(table, day),
            f"day {{{day}}}, after the patient's death on day {{death}}", "nothing after a death",
            "Check both days and the patient",
        )
        for table, schema in TABLES.items()
        for day in ("day", "start_day")
        if day in schema.columns()
    ),
    Rule(
        "follow_up.second_death", Severity.ERROR, "follow_up", "event", _second_death,
        "a second death of patient {patient}", "one death at most", "Take one of the rows away", acceptable=False,
    ),
    Rule(
        "follow_up.death_without_day", Severity.ERROR, "follow_up", "day",
        rows("follow_up", _DIED & _UNPLACED),
        "a death without a day", "a study day, or a date beside a date of the first dose",
        absence=_PLACES, acceptable=False,
    ),
    Rule(
        "follow_up.event_without_day", Severity.WARNING, "follow_up", "day",
        rows("follow_up", _UNPLACED & ~_DIED & (pl.col("event") != "end of treatment")),
        "{event} without a day", "a study day or a date",
        "An endpoint that counts it dates it by the patient's next event, and says so", absence=_PLACES,
    ),
    Rule(
        "follow_up.cause_without_death", Severity.ERROR, "follow_up", "cause",
        rows("follow_up", pl.col("cause").is_not_null() & ~_DIED),
        "a cause of death in a row of event {event}", "a cause in rows of deaths only",
    ),
)  # fmt: skip
