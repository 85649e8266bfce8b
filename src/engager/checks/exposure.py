"""Edit checks of the exposure table."""

from __future__ import annotations

import polars as pl

from engager.checks.rule import Rule, rows
from engager.cohort import Cohort
from engager.errors import Severity
from engager.terms.units import units

# The usual dose rates of blinatumomab span 5-30 ug/m2/d and 9-112 ug/d; a value beyond these bounds is no dose of it.
_PLAUSIBLE = {"dose rate per body surface": (0.5, 100.0), "dose rate": (0.5, 200.0)}
_DOSE_UNITS = [code for code, unit in units().items() if unit.quantity in _PLAUSIBLE]


def _factor() -> pl.Expr:
    factors = {code: unit.factor for code, unit in units().items()}
    return pl.col("unit").replace_strict(factors, default=None, return_dtype=pl.Float64)


def _bound(index: int) -> pl.Expr:
    bounds = {code: _PLAUSIBLE[units()[code].quantity][index] for code in _DOSE_UNITS}
    return pl.col("unit").replace_strict(bounds, default=None, return_dtype=pl.Float64)


def _rate() -> pl.Expr:
    """Return the dose rate in micrograms."""
    return pl.col("dose") * _factor()


def _overlapping(cohort: Cohort) -> pl.DataFrame:
    """Return the stretches that begin while another of the patient runs; to end one on the day of the next is fine."""
    dated = cohort["exposure"].filter(pl.col("patient").is_not_null() & pl.col("start_day").is_not_null())
    last = pl.coalesce("end_day", "start_day")
    rows = dated.sort("patient", "start_day", last, "row").with_columns(
        until=last.cum_max().shift(1).over("patient"), begun=pl.col("start_day").shift(1).over("patient")
    )
    beside = (pl.col("start_day") < pl.col("until")) | (pl.col("start_day") == pl.col("begun"))
    return rows.filter(beside.fill_null(value=False)).sort("row")


def _out_of_order(cohort: Cohort) -> pl.DataFrame:
    """Return the first stretch of each cycle that begins before the cycle numbered lower."""
    dated = (
        cohort["exposure"].drop_nulls(["patient", "cycle", "start_day"]).sort("patient", "cycle", "start_day", "row")
    )
    first = dated.unique(["patient", "cycle"], keep="first", maintain_order=True)
    rows = first.with_columns(
        before=pl.col("cycle").shift(1).over("patient"), day_before=pl.col("start_day").shift(1).over("patient")
    )
    return rows.filter((pl.col("start_day") < pl.col("day_before")).fill_null(value=False)).sort("row")


RULES = (
    Rule(
        "exposure.overlap", Severity.ERROR, "exposure", "start_day", _overlapping,
        "an infusion from day {start_day} beside one that runs from day {begun} on, to day {until}",
        "one infusion at a time", "Where the dose changes, one stretch ends and the next begins; is a row there twice?",
        absence=(("exposure", "start_day"), ("exposure", "end_day")),
    ),
    Rule(
        "exposure.cycle_order", Severity.WARNING, "exposure", "cycle", _out_of_order,
        "cycle {cycle} begins on day {start_day}, cycle {before} on day {day_before}", "cycles numbered as they follow",
        "Check the numbers of the cycles and the days",
    ),
    Rule(
        "exposure.dose_thousandfold", Severity.ERROR, "exposure", "dose", rows("exposure", _rate() > _bound(1)),
        "dose {dose} {unit}", "5 to 30 ug/m2/d, or 9 to 112 ug/d, as such drugs are given",
        "Did you mean ug (micrograms)?",
    ),
    Rule(
        "exposure.dose_low", Severity.ERROR, "exposure", "dose",
        rows("exposure", (_rate() < _bound(0)) & (pl.col("dose") >= 0)),
        "dose {dose} {unit}", "5 to 30 ug/m2/d, or 9 to 112 ug/d, as such drugs are given",
        "A pause is a gap between two rows, not a row with dose 0",
    ),
    Rule(
        "exposure.unit_missing", Severity.ERROR, "exposure", "unit",
        rows("exposure", pl.col("dose").is_not_null() & pl.col("unit").is_null()),
        "dose {dose} without a unit", "a unit: ug/m2/d or ug/d", "A unit is never assumed",
        absence=(("exposure", "unit"),),
    ),
    Rule(
        "exposure.unit_no_dose_rate", Severity.ERROR, "exposure", "unit",
        rows("exposure", pl.col("unit").is_not_null() & ~pl.col("unit").is_in(_DOSE_UNITS)),
        "unit {unit}", "a dose rate: ug/m2/d or ug/d",
    ),
    Rule(
        "exposure.before_first_dose", Severity.ERROR, "exposure", "start_day",
        rows("exposure", pl.col("start_day") < 1),
        "an infusion that starts on day {start_day}", "day 1 or later: day 1 is the day of the first dose",
    ),
    Rule(
        "exposure.no_cycle", Severity.WARNING, "exposure", "cycle",
        rows("exposure", pl.col("cycle").is_null()),
        "an infusion without a cycle", "the number of its cycle", "It is left out of the count of cycles",
        absence=(("exposure", "cycle"),),
    ),
)  # fmt: skip
