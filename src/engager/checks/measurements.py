"""Edit checks of the measurements table."""

from __future__ import annotations

import polars as pl

from engager.checks.rule import Rule, rows
from engager.cohort import Cohort
from engager.errors import LISTED, Severity
from engager.terms.likeness import did_you_mean
from engager.terms.measurands import measurands
from engager.terms.units import units

_KNOWN = list(measurands())
_NUMBER = pl.col("value").is_not_null()
_FRACTION_TESTS = [name for name, measurand in measurands().items() if "fraction" in measurand.quantities]


def _unknown_test(cohort: Cohort) -> pl.DataFrame:
    """Return the rows of tests that are not known, with a question for the nearest that is."""
    unknown = cohort["measurements"].filter(~pl.col("test").is_in(_KNOWN))
    names = unknown["test"].head(LISTED).unique().to_list()
    questions = [near and f"{near} " for near in (did_you_mean(name, _KNOWN) for name in names)]
    question = pl.col("test").replace_strict(names, questions, default="", return_dtype=pl.String)
    return unknown.with_columns(question=question)


def _unit_quantity(cohort: Cohort) -> pl.DataFrame:
    """Return the rows whose unit measures another quantity than their test."""
    quantity = {code: unit.quantity for code, unit in units().items()}
    permitted = pl.DataFrame(
        [(name, kind) for name, measurand in measurands().items() for kind in measurand.quantities],
        schema={"test": pl.String, "quantity": pl.String},
        orient="row",
    )
    known = cohort["measurements"].filter(
        pl.col("test").is_in(permitted["test"].implode()) & pl.col("unit").is_not_null()
    )
    rows = known.with_columns(quantity=pl.col("unit").replace_strict(quantity, default=None))
    return rows.join(permitted, on=["test", "quantity"], how="anti").sort("row")


RULES = (
    Rule(
        "measurements.percentage", Severity.ERROR, "measurements", "value",
        rows("measurements", (pl.col("unit") == "%") & pl.col("test").is_in(_FRACTION_TESTS)
             & ((pl.col("value") > 100) | (pl.col("value") < 0))),
        "{test} {value} %", "0 to 100 %",
    ),
    Rule(
        "measurements.fraction", Severity.ERROR, "measurements", "value",
        rows("measurements", (pl.col("unit") == "1") & pl.col("test").is_in(_FRACTION_TESTS)
             & ((pl.col("value") > 1) | (pl.col("value") < 0))),
        "{test} {value} as a fraction", "0 to 1", "Did you mean percent (unit %)?",
    ),
    Rule(
        "measurements.negative", Severity.ERROR, "measurements", "value",
        rows("measurements", (pl.col("value") < 0) & ~pl.col("unit").is_in(["%", "1"])),
        "{test} {value}", "a value of 0 or more",
    ),
    Rule(
        "measurements.unit_missing", Severity.ERROR, "measurements", "unit",
        rows("measurements", _NUMBER & pl.col("unit").is_null()),
        "{test} {value} without a unit", "a unit", "A unit is never assumed",
        absence=(("measurements", "unit"),),
    ),
    Rule(
        "measurements.unit_quantity", Severity.ERROR, "measurements", "unit", _unit_quantity,
        "{test} in {unit}, which measures {quantity}", "a unit of what the test measures",
    ),
    Rule(
        "measurements.unknown_test", Severity.WARNING, "measurements", "test",
        _unknown_test,
        "a test `{test}` that engager does not know", "a test of the vocabulary",
        "{question}It is kept and listed, and no analysis uses it",
    ),
    Rule(
        "measurements.mrd_method", Severity.WARNING, "measurements", "method",
        rows("measurements", (pl.col("test") == "mrd") & pl.col("method").is_null()
             & (pl.col("result") != "not assessed")),
        "an MRD value without a method", "flow, pcr, rt-pcr or ngs", "The limit of detection depends on it",
        absence=(("measurements", "method"),),
    ),
    Rule(
        "measurements.empty_value", Severity.WARNING, "measurements", "value",
        rows("measurements", pl.col("result").is_null() & pl.col("value_text").is_null()),
        "{test} without a value", "a value, or `not assessed`", absence=(("measurements", "value"),),
    ),
    Rule(
        "measurements.no_time", Severity.WARNING, "measurements", "day",
        rows("measurements", pl.all_horizontal(pl.col("day", "date", "cycle", "timepoint").is_null())),
        "{test} that nothing places in time", "a day, a date, a cycle or a timepoint",
        "It can be in no analysis",
        absence=tuple(("measurements", column) for column in ("day", "date", "cycle", "timepoint")),
    ),
    Rule(
        "measurements.limit_negative", Severity.ERROR, "measurements", "lower_limit",
        rows("measurements", pl.col("test").is_in(_KNOWN)
             & ((pl.col("lower_limit") < 0) | (pl.col("upper_limit") <= 0))),
        "limits of {test} from {lower_limit} to {upper_limit}", "a lower limit of 0 or more, an upper limit above 0",
    ),
    Rule(
        "measurements.limits", Severity.ERROR, "measurements", "lower_limit",
        rows("measurements", pl.col("lower_limit") > pl.col("upper_limit")),
        "lower limit {lower_limit} above upper limit {upper_limit}", "lower limit below upper limit",
        "Are the two swapped?",
    ),
)  # fmt: skip
