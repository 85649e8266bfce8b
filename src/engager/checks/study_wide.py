"""Edit checks against the rest of the study: a unit, a limit or a date that is unlike all others."""

from __future__ import annotations

import polars as pl

from engager.checks.rule import Rule, rows
from engager.checks.samples import in_reference_unit, quantity
from engager.cohort import Cohort
from engager.errors import Severity

_APART = 300.0  # ratio of the medians of a test in two units: units that are right differ by far less
_FEW = 5  # values of a unit from which its median says something; the unit that is judged may have fewer
_YEARS_APART = 20
_GROWN = ("alp", "creatinine", "haemoglobin")  # whose limits change much with age
_SPREAD = 8.0  # years between the youngest and the oldest patient from which one limit for all is odd
_NUMBER = (pl.col("value") > 0) & (pl.col("comparator") == "=")


def _unit_apart(cohort: Cohort) -> pl.DataFrame:
    """Return the values in a unit in which the test is three hundred times what it is in its usual unit."""
    exact = cohort["measurements"].filter(_NUMBER).with_columns(base=in_reference_unit(), kind=quantity())
    medians = exact.drop_nulls(["base", "kind"]).group_by("test", "kind", "unit").agg(
        middle=pl.col("base").median(), n=pl.len()
    )  # fmt: skip
    usual = medians.sort("n", "unit", descending=[True, False]).unique(["test", "kind"], keep="first")
    usual = usual.filter(pl.col("n") >= _FEW).select("test", "kind", usual="unit", usual_middle="middle")
    other = medians.join(usual, on=["test", "kind"], how="inner").filter(pl.col("unit") != pl.col("usual"))
    ratio = pl.col("middle") / pl.col("usual_middle")
    odd = other.with_columns(ratio=pl.max_horizontal(ratio, 1 / ratio).round(0)).filter(pl.col("ratio") >= _APART)
    return exact.join(odd.select("test", "unit", "usual", "ratio"), on=["test", "unit"], how="inner").sort("row")


def _far_from_limits(cohort: Cohort) -> pl.DataFrame:
    """Return the values a hundred times beyond their own reference limits, of tests that do not leap so."""
    steady = ["haemoglobin", "platelets", "creatinine", "calcium", "sodium", "potassium", "albumin", "magnesium",
              "phosphate", "fibrinogen", "uric_acid"]  # fmt: skip
    limited = cohort["measurements"].filter(_NUMBER & pl.col("test").is_in(steady) & (pl.col("upper_limit") > 0))
    ratio = pl.col("value") / pl.col("upper_limit")
    return limited.filter((ratio > 100) | (ratio < 0.002))


def _one_limit(cohort: Cohort) -> pl.DataFrame:
    """Return the first row of each age-dependent test whose limits are the same for small children and adolescents."""
    ages = cohort["patients"].select("patient", "age").unique("patient", keep="first").drop_nulls()
    limited = cohort["measurements"].filter(pl.col("test").is_in(_GROWN) & pl.col("upper_limit").is_not_null())
    beside = limited.join(ages, on="patient", how="inner").sort("row")
    by_test = beside.group_by("test", "unit").agg(
        pl.col("row", "upper_limit").first(),
        limits=pl.col("upper_limit").n_unique(),
        youngest=pl.col("age").min(),
        oldest=pl.col("age").max(),
        patients=pl.col("patient").n_unique(),
    )
    children = (pl.col("youngest") < 10) & (pl.col("oldest") - pl.col("youngest") >= _SPREAD)
    return by_test.filter((pl.col("limits") == 1) & children & (pl.col("patients") >= _FEW)).sort("row")


def _other_decade(cohort: Cohort) -> pl.DataFrame:
    """Return the patients first treated more than twenty years before or after the middle of the others."""
    dated = cohort["patients"].drop_nulls("first_dose_date")
    if dated.height < 3:
        return dated.clear().with_columns(years=pl.lit(0.0))
    day = pl.col("first_dose_date").cast(pl.Int32)
    years = ((day - day.median()) / 365.25).round(1)
    return dated.with_columns(years=years.abs()).filter(pl.col("years") > _YEARS_APART).sort("row")


RULES = (
    Rule(
        "measurements.unit_apart", Severity.WARNING, "measurements", "unit", _unit_apart,
        "{test} {value} {unit}: such values are {ratio} times apart from those in {usual}",
        "values of one order in any unit", "Is it the unit of the other rows?",
    ),
    Rule(
        "measurements.far_from_limits", Severity.WARNING, "measurements", "value", _far_from_limits,
        "{test} {value} {unit}, upper limit {upper_limit}", "a value of the order of its limits",
        "Are the limits in another unit? `unit` is that of value and limits",
    ),
    Rule(
        "measurements.limits_equal", Severity.ERROR, "measurements", "upper_limit",
        rows("measurements", pl.col("lower_limit") == pl.col("upper_limit")),
        "lower limit {lower_limit} and upper limit {upper_limit}", "a lower limit below the upper", "Correct one",
    ),
    Rule(
        "measurements.one_limit_for_all", Severity.WARNING, "measurements", "upper_limit", _one_limit,
        "the upper limit of {test} is {upper_limit} {unit} for all of {patients} patients of {youngest} to {oldest} "
        "years", "limits by age",
        "Ask the laboratory for its limits by age: they decide grades (`reference_ranges` of the plan)",
    ),
    Rule(
        "patients.first_dose_far", Severity.WARNING, "patients", "first_dose_date", _other_decade,
        "first dose {first_dose_date}, {years} years from the middle of the study", "a date within twenty years of it",
        "Is the year mistyped?",
    ),
    Rule(
        "patients.first_dose_early", Severity.ERROR, "patients", "first_dose_date",
        rows("patients", pl.col("first_dose_date").dt.year() < 2000),
        "first dose {first_dose_date}", "a date from 2000 on: no T-cell engager of this kind was given before",
        "Is the year mistyped, or is it the date of birth?",
    ),
)  # fmt: skip
