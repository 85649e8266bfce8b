"""Values of one sample side by side: what several rules about cells, marrow and blood compare."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import polars as pl

from engager.cohort import Cohort
from engager.terms.units import units

WHEN = ("patient", "at_day", "at_cycle", "at_timepoint")


def placed(frame: pl.DataFrame) -> pl.DataFrame:
    """Return rows with the time of their sample: the day, or else cycle and timepoint; those without are left out."""
    dated = pl.col("day").is_not_null()
    named = pl.col("timepoint").is_not_null()
    return frame.filter(pl.col("patient").is_not_null() & (dated | named)).with_columns(
        at_day=pl.col("day"),
        at_cycle=pl.when(~dated).then("cycle"),
        at_timepoint=pl.when(~dated).then(pl.col("timepoint").cast(pl.String)),
    )


def in_reference_unit() -> pl.Expr:
    """Return the value in the reference unit of its quantity, null where it is no exact number or its unit unknown."""
    factors = {code: unit.factor for code, unit in units().items()}
    factor = pl.col("unit").replace_strict(factors, default=None, return_dtype=pl.Float64)
    return pl.when(pl.col("comparator") == "=").then(pl.col("value") * factor)


def quantity() -> pl.Expr:
    """Return the quantity that the unit of a row measures, null where the unit is unknown."""
    kinds = {code: unit.quantity for code, unit in units().items()}
    return pl.col("unit").replace_strict(kinds, default=None, return_dtype=pl.String)


def side_by_side(cohort: Cohort, tests: Sequence[str], kind: str, more: Sequence[str] = ()) -> pl.DataFrame:
    """Return the samples that have exact values of every one of some tests, of one quantity, in its reference unit.

    `TEST` is the greatest value of a test in the sample, `TEST_least` its least and `TEST_row` the row of that: a
    rule that compares the least of one with the greatest of another is right whichever of several belong together.
    """
    on = [*WHEN, *more]
    rows = placed(cohort["measurements"].filter(pl.col("test").is_in(tests)))
    exact = rows.with_columns(base=in_reference_unit(), kind=quantity()).filter(
        (pl.col("kind") == kind) & pl.col("base").is_not_null()
    )
    if exact["test"].n_unique() < len(tests):  # most studies lack most tests
        return _nothing(exact, tests, on)
    frames = [_values(exact.filter(pl.col("test") == test), test, on) for test in tests]
    return reduce(lambda one, two: one.join(two, on=on, how="inner", nulls_equal=True), frames)


def _nothing(exact: pl.DataFrame, tests: Sequence[str], on: Sequence[str]) -> pl.DataFrame:
    """Return the samples of a study in which the tests do not stand side by side: none."""
    columns: dict[str, pl.DataType] = {name: exact.schema[name] for name in on}
    for test in tests:
        columns |= {test: pl.Float64(), f"{test}_least": pl.Float64(), f"{test}_row": exact.schema["row"]}
    return pl.DataFrame(schema=columns)


def _values(exact: pl.DataFrame, test: str, on: Sequence[str]) -> pl.DataFrame:
    """Return the least and the greatest value of a test in each sample, with the row of the least."""
    lone = exact.filter(~pl.struct(on).is_duplicated()) if exact.height else exact
    several = exact.join(lone, on="row", how="anti") if lone.height < exact.height else exact.clear()
    of_several = several.group_by(on).agg(
        pl.col("base").max().alias(test),
        pl.col("base").min().alias(f"{test}_least"),
        pl.col("row").get(pl.col("base").arg_min()).alias(f"{test}_row"),
    )
    of_one = lone.select(*on, pl.col("base").alias(test), pl.col("base").alias(f"{test}_least"),
                         pl.col("row").alias(f"{test}_row"))  # fmt: skip
    return pl.concat([of_one, of_several.select(of_one.columns)])
