"""Edit checks of the follow-up table."""

from __future__ import annotations

import polars as pl

from engager.checks.rule import Rule, rows
from engager.cohort import Cohort
from engager.errors import Severity

_DIED = pl.col("event") == "death"


def _after_death(cohort: Cohort) -> pl.DataFrame:
    """Return the rows of a patient, of any kind, later than the death."""
    follow_up = cohort["follow_up"]
    deaths = follow_up.filter(_DIED & pl.col("day").is_not_null()).group_by("patient").agg(death=pl.col("day").min())
    joined = follow_up.join(deaths, on="patient", how="inner", maintain_order="left")
    return joined.filter(~_DIED & (pl.col("day") > pl.col("death")))


def _second_death(cohort: Cohort) -> pl.DataFrame:
    deaths = cohort["follow_up"].filter(_DIED)
    return deaths.filter(pl.col("row") != pl.col("row").min().over("patient"))


RULES = (
    Rule(
        "follow_up.death_before_first_dose", Severity.ERROR, "follow_up", "day",
        rows("follow_up", _DIED & (pl.col("day") < 1)),
        "a death on day {day}", "day 1 or later: day 1 is the day of the first dose",
        "Check the date of the first dose",
    ),
    Rule(
        "follow_up.after_death", Severity.ERROR, "follow_up", "day", _after_death,
        "{event} on day {day}, after the death on day {death}", "nothing after a death",
    ),
    Rule(
        "follow_up.second_death", Severity.ERROR, "follow_up", "event", _second_death,
        "a second death of patient {patient}", "one death at most",
    ),
    Rule(
        "follow_up.death_without_day", Severity.ERROR, "follow_up", "day",
        rows("follow_up", _DIED & pl.col("day").is_null()),
        "a death without a day", "a study day, or a date beside a date of the first dose",
    ),
    Rule(
        "follow_up.event_without_day", Severity.WARNING, "follow_up", "day",
        rows("follow_up", pl.col("day").is_null() & ~_DIED & (pl.col("event") != "end of treatment")),
        "{event} without a day", "a study day or a date",
        "An endpoint that counts it dates it by the patient's next event, and says so",
    ),
    Rule(
        "follow_up.cause_without_death", Severity.ERROR, "follow_up", "cause",
        rows("follow_up", pl.col("cause").is_not_null() & ~_DIED),
        "a cause of death in a row of event {event}", "a cause in rows of deaths only",
    ),
)  # fmt: skip
