"""Leukaemic burden: marrow blasts and MRD as bounds on one fraction of cells, placed before and after each cycle.

A value `<x` lies between 0 and x, `>x` between x and 1; `not detected` lies below the assay's limit of detection and
`positive, not quantifiable` below its limit of quantification, where these are given. What a source does not give
stays unknown (null): a bound is never invented.
"""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.sources import source
from engager.terms.units import units

TESTS = ("marrow_blasts", "mrd")


def derive_burden(cohort: Cohort, cycles: pl.DataFrame) -> pl.DataFrame:
    """Return one row a reading: patient, cycle, role (`before`, `after`, `best`), bounds `low` and `high`, source."""
    readings = (
        cohort["measurements"]
        .filter(pl.col("test").is_in(TESTS) & pl.col("result").is_not_null() & (pl.col("result") != "not assessed"))
        .with_columns(source("measurements"), factor=pl.col("unit").replace_strict(_fractions(), default=None))
        .with_columns(low=_low(), high=_high())
    )
    dated = readings.filter(pl.col("day").is_not_null() & pl.col("timepoint").is_null())
    placed = readings.join(dated.select("row"), on="row", how="anti").with_columns(role=_role())
    columns = ["patient", "cycle", "role", "day", "test", "method", "value_text", "unit", "low", "high", "source"]
    return pl.concat([placed.select(columns), _by_day(dated, cycles).select(columns)]).sort("patient", "cycle", "day")


def _fractions() -> dict[str, float]:
    return {code: unit.factor for code, unit in units().items() if unit.quantity == "fraction"}


def _low() -> pl.Expr:
    at_least = pl.col("comparator").is_in(["=", ">", ">="])
    return pl.when(at_least).then(pl.col("value") * pl.col("factor")).otherwise(0.0)


def _high() -> pl.Expr:
    return (
        pl.when(pl.col("comparator").is_in(["=", "<", "<="]))
        .then(pl.col("value") * pl.col("factor"))
        .when(pl.col("comparator").is_in([">", ">="]))
        .then(1.0)
        .when(pl.col("result") == "not detected")
        .then(pl.col("lod") * pl.col("factor"))
        .otherwise(pl.col("loq") * pl.col("factor"))
    )


def _role() -> pl.Expr:
    """Return what a timepoint says; a reading of a cycle without one stands in none of the roles."""
    return pl.col("timepoint").replace_strict(
        {"baseline": "before", "start of cycle": "before", "end of cycle": "after", "best response": "best"},
        default=None,
        return_dtype=pl.String,
    )


def _by_day(dated: pl.DataFrame, cycles: pl.DataFrame) -> pl.DataFrame:
    """Place dated readings: after the cycle last begun before them, and before the next cycle begun on their day."""
    starts = (
        cycles.filter(pl.col("start_day").is_not_null())
        .select("patient", begun=pl.col("cycle"), begin=pl.col("start_day"))
        .sort("begin")
    )
    asof = {"left_on": "day", "right_on": "begin", "by": "patient", "check_sortedness": False}
    rows = dated.sort("day")
    after = rows.join_asof(starts, strategy="backward", allow_exact_matches=False, **asof)  # type: ignore[arg-type]
    before = rows.join_asof(starts, strategy="forward", **asof)  # type: ignore[arg-type]
    roles = [
        frame.filter(pl.col("begun").is_not_null()).with_columns(role=pl.lit(role), cycle=pl.col("begun"))
        for frame, role in ((after, "after"), (before, "before"))
    ]
    return pl.concat(roles)
