"""Edit checks of the components of cytokine release syndrome and neurotoxicity (rows of the measurements table)."""

from __future__ import annotations

import polars as pl

from engager.checks.rule import Rule, rows
from engager.cohort import Cohort
from engager.errors import Severity

_TEST, _VALUE = pl.col("test"), pl.col("value")
_FRACTION = _VALUE * pl.when(pl.col("unit") == "%").then(0.01).otherwise(1.0)
_ADULT_SCORE_FROM = 12


def _score_of_the_other_age(cohort: Cohort) -> pl.DataFrame:
    """Return the scores that the age of their patient does not ask for; delay asks for CAPD at any age."""
    measurements = cohort["measurements"]
    delayed = measurements.filter((_TEST == "developmental_delay") & (pl.col("category") == "yes"))["patient"]
    ages = cohort["patients"].select("patient", "age").unique("patient", keep="first")
    scored = measurements.filter(_TEST.is_in(["ice_score", "capd_score"])).join(ages, on="patient", how="left")
    by_ice = (pl.col("age") >= _ADULT_SCORE_FROM) & ~pl.col("patient").is_in(delayed.implode())
    return scored.filter((_TEST == "ice_score") != by_ice).sort("row")


def _oxygen_without_device(cohort: Cohort) -> pl.DataFrame:
    """Return the rows of room air on a day that also has a flow of oxygen."""
    dated = cohort["measurements"].filter(pl.col("day").is_not_null())
    flow = dated.filter((_TEST == "oxygen_flow") & (_VALUE > 0)).select("patient", "day").unique()
    air = dated.filter((_TEST == "oxygen_device") & (pl.col("category") == "none"))
    other = dated.filter((_TEST == "oxygen_device") & (pl.col("category") != "none")).select("patient", "day")
    keys = ["patient", "day"]
    return air.join(flow, on=keys, how="semi").join(other, on=keys, how="anti").sort("row")


RULES = (
    Rule(
        "measurements.temperature_range", Severity.ERROR, "measurements", "value",
        rows("measurements", (_TEST == "temperature") & ~_VALUE.is_between(25, 45)),
        "temperature {value} {unit}", "25 to 45 degrees Celsius", "Is it in Fahrenheit? 100.4 F are 38.0 C",
    ),
    Rule(
        "measurements.ice_range", Severity.ERROR, "measurements", "value",
        rows("measurements", (_TEST == "ice_score") & ~(_VALUE.is_between(0, 10) & (_VALUE % 1 == 0))),
        "ICE score {value}", "a whole number from 0 to 10; 10 is normal",
    ),
    Rule(
        "measurements.capd_range", Severity.ERROR, "measurements", "value",
        rows("measurements", (_TEST == "capd_score") & ~(_VALUE.is_between(0, 32) & (_VALUE % 1 == 0))),
        "CAPD score {value}", "a whole number from 0 to 32; 0 is normal",
    ),
    Rule(
        "measurements.inspired_oxygen_range", Severity.ERROR, "measurements", "value",
        rows("measurements", (_TEST == "inspired_oxygen") & (_FRACTION < 0.2)),
        "inspired oxygen {value} {unit}", "21 % (room air) to 100 %", "A fraction such as 0.4 has the unit 1",
    ),
    Rule(
        "measurements.score_age", Severity.WARNING, "measurements", "test", _score_of_the_other_age,
        "{test} of a patient of age {age}", "ICE from 12 years, CAPD below or with developmental delay",
        "It does not count for ICANS; a delay is recorded as the test developmental_delay",
        absence=(("patients", "age"),),
    ),
    Rule(
        "measurements.oxygen_conflict", Severity.WARNING, "measurements", "value", _oxygen_without_device,
        "no oxygen device on a day with a flow of oxygen", "the device that gave the oxygen",
        "The flow counts as oxygen given",
    ),
)  # fmt: skip
