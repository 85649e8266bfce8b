"""Limits of normal of each measurement: those of its own row, or else of the study's reference ranges."""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.terms.codelists import codelist
from engager.terms.units import units

# Ages that no patient has: before every range, after every range, and of a patient whose age is not known.
_FIRST, _LAST, _UNKNOWN = -2.0, 1e9, -1.0
_NO_SEX = "unknown"


def with_limits(rows: pl.DataFrame, cohort: Cohort) -> pl.DataFrame:
    """Return measurements with the patients' `age` at the first dose, and limits filled from the reference ranges.

    A range holds from its first age to below its last. It fills a limit that the row does not have, in the row's
    unit; `range_source` names it where it did. A patient of unknown age or sex has the ranges of every age or sex.
    """
    known = cohort["patients"].select("patient", "sex", "age").unique("patient", keep="first", maintain_order=True)
    rows = rows.join(known, on="patient", how="left", maintain_order="left")
    if cohort.reference_ranges is None:
        return rows.drop("sex").with_columns(range_source=pl.lit(None, pl.String))
    quantity = {code: entry.quantity for code, entry in units().items()}
    factor = {code: entry.factor for code, entry in units().items()}
    rows = rows.with_columns(
        sex=pl.col("sex").cast(pl.String).fill_null(_NO_SEX),
        at_age=pl.col("age").fill_null(_UNKNOWN),
        quantity=pl.col("unit").replace_strict(quantity, default=None, return_dtype=pl.String),
        factor=pl.col("unit").replace_strict(factor, default=None, return_dtype=pl.Float64),
    ).with_row_index("_order")
    found = rows.sort("at_age").join_asof(
        _spans(cohort.reference_ranges), left_on="at_age", right_on="age_from", by=["test", "quantity", "sex"],
        strategy="backward", check_sortedness=False,
    )  # fmt: skip
    holds = pl.col("at_age") < pl.col("age_to")
    unknown_age = (pl.col("at_age") == _UNKNOWN) & (pl.col("age_to") < _LAST)
    usable = holds & ~unknown_age
    filled = {}
    for name in ("lower_limit", "upper_limit"):
        ranged = pl.when(usable).then(pl.col(f"range_{name}") / pl.col("factor"))
        filled[name] = pl.coalesce(name, ranged)
    used = pl.any_horizontal(
        (pl.col(name).is_null() & pl.col(f"range_{name}").is_not_null()) for name in ("lower_limit", "upper_limit")
    )
    return (
        found.with_columns(**filled, range_source=pl.when(usable & used).then("range_source"))
        .sort("_order")
        .drop("_order", "sex", "at_age", "quantity", "factor", "age_from", "age_to", "range_lower_limit",
              "range_upper_limit")
    )  # fmt: skip


def _spans(ranges: pl.DataFrame) -> pl.DataFrame:
    """Return the ranges in reference units, one row a sex, in the order of ages."""
    factor = {code: entry.factor for code, entry in units().items()}
    factors = pl.col("unit").replace_strict(factor, default=None, return_dtype=pl.Float64)
    every = pl.lit([*codelist("sex").codes, _NO_SEX])
    sexes = pl.when(pl.col("sex").is_null()).then(every).otherwise(pl.concat_list(pl.col("sex").cast(pl.String)))
    return (
        ranges.select(
            "test",
            "quantity",
            sex=sexes,
            age_from=pl.col("age_from").fill_null(_FIRST),
            age_to=pl.col("age_to").fill_null(_LAST),
            range_lower_limit=pl.col("lower_limit") * factors,
            range_upper_limit=pl.col("upper_limit") * factors,
            range_source=pl.format("reference_ranges:{}", "row"),
        )
        .explode("sex")
        .sort("age_from")
    )
