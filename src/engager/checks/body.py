"""Edit checks of age, weight and height: against each other, against growth, over time."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import polars as pl

from engager.checks.rule import Rule, rows
from engager.cohort import Cohort
from engager.errors import Severity
from engager.terms.body_surface import FORMULAS

# Age in years: lightest and heaviest in kg, shortest and tallest in cm. About half the 3rd and twice the 97th centile
# of weight, and a fifth beyond those of height, of `terms.growth`, rounded outwards: what lies beyond is nearly always
# a slip (months for years, pounds, the two columns swapped), and else is accepted as an exception. Ages may be
# completed years, so that the upper bounds leave room for the children of nearly a year more.
_GROWTH = {
    0: (1, 20, 36, 95),
    1: (3.5, 28, 55, 106),
    2: (5, 32, 64, 116),
    5: (7, 52, 80, 145),
    10: (11, 110, 100, 185),
    15: (18, 190, 115, 225),
    18: (20, 300, 115, 240),
}
_AGE = pl.col("age")
_METRES = pl.col("height") / 100
_INDEX = pl.col("weight") / _METRES**2
_AREA = pl.lit(FORMULAS["Mosteller"].constant) * (pl.col("height") * pl.col("weight")).sqrt()
_GROWING_UNTIL = 14  # days within which weight does not change by a third


def _at_age(position: int) -> pl.Expr:
    """Return a bound of growth at the patient's age, in a straight line between the ages of the table."""
    ages = list(_GROWTH)
    bound = pl.lit(float(_GROWTH[ages[-1]][position]))
    for first, last in reversed(list(pairwise(ages))):
        low, high = _GROWTH[first][position], _GROWTH[last][position]
        line = low + (_AGE - first) * (high - low) / (last - first)
        bound = pl.when(last > _AGE).then(line).otherwise(bound)
    return bound


def _of_age(column: str, low: int, high: int) -> Callable[[Cohort], pl.DataFrame]:
    outside = (pl.col(column) < _at_age(low)) | (pl.col(column) > _at_age(high))
    return rows("patients", outside & _AGE.is_between(0, 120))


def _index(cohort: Cohort) -> pl.DataFrame:
    return cohort["patients"].with_columns(index=_INDEX.round(1)).filter((_INDEX < 8) | (_INDEX > 60))


def _area(cohort: Cohort) -> pl.DataFrame:
    return cohort["patients"].with_columns(area=_AREA.round(2)).filter((_AREA < 0.15) | (_AREA > 3.0))


def _measured(cohort: Cohort, test: str, unit: str) -> pl.DataFrame:
    wanted = (pl.col("test") == test) & (pl.col("unit") == unit) & (pl.col("value") > 0) & pl.col("day").is_not_null()
    return cohort["measurements"].filter(wanted & pl.col("patient").is_not_null())


def _shrinking(cohort: Cohort) -> pl.DataFrame:
    """Return the heights more than 3 cm below one measured earlier."""
    heights = _measured(cohort, "height", "cm").sort("patient", "day", "value", "row")
    tallest = heights.with_columns(before=pl.col("value").cum_max().shift(1).over("patient"))
    return tallest.filter(pl.col("value") < pl.col("before") - 3).sort("row")


def _leaping(cohort: Cohort) -> pl.DataFrame:
    """Return the weights that differ by more than a third from the one before, two weeks earlier at most."""
    weights = _measured(cohort, "weight", "kg").sort("patient", "day", "value", "row")
    before = weights.with_columns(
        before=pl.col("value").shift(1).over("patient"), day_before=pl.col("day").shift(1).over("patient")
    )
    near = pl.col("day") - pl.col("day_before") <= _GROWING_UNTIL
    ratio = pl.col("value") / pl.col("before")
    return before.filter(near & ((ratio > 4 / 3) | (ratio < 3 / 4))).sort("row")


def _against_patient(test: str, unit: str, room: float) -> Callable[[Cohort], pl.DataFrame]:
    """Return the finder of values within a week of the first dose that differ from the patients table."""

    def find(cohort: Cohort) -> pl.DataFrame:
        near = _measured(cohort, test, unit).filter(pl.col("day").is_between(-7, 8))
        stated = cohort["patients"].select("patient", stated=test).unique("patient", keep="first")
        both = near.join(stated, on="patient", how="inner").filter(pl.col("stated") > 0)
        ratio = pl.col("value") / pl.col("stated")
        return both.filter((ratio > 1 + room) | (ratio < 1 / (1 + room))).sort("row")

    return find


RULES = (
    Rule(
        "patients.weight_for_age", Severity.WARNING, "patients", "weight", _of_age("weight", 0, 1),
        "weight {weight} kg at the age of {age} years", "a weight of that age",
        "Is the age in months, the weight in pounds or grams, or are weight and height swapped?",
    ),
    Rule(
        "patients.height_for_age", Severity.WARNING, "patients", "height", _of_age("height", 2, 3),
        "height {height} cm at the age of {age} years", "a height of that age",
        "Is the age in months, the height in inches, or are weight and height swapped?",
    ),
    Rule(
        "patients.body_mass_index", Severity.WARNING, "patients", "weight", _index,
        "weight {weight} kg and height {height} cm: body mass index {index} kg/m2", "8 to 60 kg/m2",
        "Is one of the two of another day, or are they swapped?",
    ),
    Rule(
        "patients.body_surface", Severity.WARNING, "patients", "weight", _area,
        "weight {weight} kg and height {height} cm: body surface {area} m2 (Mosteller)", "0.15 to 3 m2",
        "Doses by body surface are counted with it",
    ),
    Rule(
        "measurements.height_falling", Severity.WARNING, "measurements", "value", _shrinking,
        "height {value} cm on day {day}, {before} cm before", "a height that does not fall",
        "Is it another patient's, or a vertebral fracture? Then accept it as an exception",
    ),
    Rule(
        "measurements.weight_leaping", Severity.WARNING, "measurements", "value", _leaping,
        "weight {value} kg on day {day}, {before} kg on day {day_before}",
        "a change of less than a third within two weeks", "Is it another patient's, or in another unit?",
    ),
    Rule(
        "measurements.weight_against_patient", Severity.WARNING, "measurements", "value",
        _against_patient("weight", "kg", 0.2),
        "weight {value} kg on day {day}, {stated} kg in the table patients", "about the weight at the first dose",
        "Correct one of the two: doses by body surface are counted with it",
    ),
    Rule(
        "measurements.height_against_patient", Severity.WARNING, "measurements", "value",
        _against_patient("height", "cm", 0.06),
        "height {value} cm on day {day}, {stated} cm in the table patients", "about the height at the first dose",
        "Correct one of the two: doses by body surface are counted with it",
    ),
)  # fmt: skip
