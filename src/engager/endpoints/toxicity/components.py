"""Assessments of a syndrome: the components recorded of a patient on one day, the worst of each."""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.sources import gathered, source
from engager.terms.codelists import codelist
from engager.terms.measurands import measurands
from engager.terms.toxicity_scales import Component, Syndrome, components
from engager.terms.units import units

# What places an assessment: its day alone, or the record's words where there is none.
PLACE = ("patient", "day", "cycle", "cycle_day", "timepoint")
_DIGITS = 12  # significant digits of a converted number, so that 40 % and 0.4 are one


def derive_assessments(cohort: Cohort, syndrome: Syndrome) -> pl.DataFrame:
    """Return one row a patient and day (or place in the course) with a component of the syndrome, and its sources.

    A component has the worst value of the day; numbers are in the reference unit of their quantity, answers the code
    of their list. Bounds (`<38`) and `not assessed` say nothing of a boundary and count as not recorded. `treated` is
    false of the time before the first dose. Rows stand in the order of patients, days and places.
    """
    wanted = {test: part for test, part in components(syndrome).items() if not part.derived}
    order = cohort["patients"].select("patient").unique(maintain_order=True).with_row_index("order")
    rows = (
        cohort["measurements"]
        .filter(pl.col("test").is_in(list(wanted)))
        .filter((pl.col("comparator") == "=") & pl.col("value").is_not_null() | pl.col("category").is_not_null())
        .with_columns(source("measurements"), number=_number())
        .with_columns(_where_no_day(name) for name in PLACE[2:])
        .sort("row")
    )
    spread = rows.with_columns(map(_value, wanted.values()))
    days = spread.group_by(PLACE, maintain_order=True).agg(*map(_worst, wanted.values()), gathered())
    placed = days.with_columns(map(_code, filter(_is_coded, wanted.values()))).join(
        order, on="patient", how="left", maintain_order="left"
    )
    before = (pl.col("day") < 1).fill_null(value=False) | (pl.col("timepoint") == "baseline").fill_null(value=False)
    return (
        placed.sort("order", *PLACE, nulls_last=True).drop("order").with_columns(treated=~before, when=_when())
    )  # fmt: skip


def _where_no_day(name: str) -> pl.Expr:
    return pl.when(pl.col("day").is_null()).then(name).alias(name)


def _number() -> pl.Expr:
    """Return the value in the reference unit of what its test measures, null in any other quantity."""
    factors = {code: unit.factor for code, unit in units().items()}
    quantities = {code: unit.quantity for code, unit in units().items()}
    measured = {name: list(test.quantities) for name, test in measurands().items() if test.quantities}
    fits = pl.col("test").replace_strict(
        {name: kinds[0] for name, kinds in measured.items()}, default=None, return_dtype=pl.String
    ) == pl.col("unit").replace_strict(quantities, default=None, return_dtype=pl.String)
    factor = pl.col("unit").replace_strict(factors, default=None, return_dtype=pl.Float64)
    return pl.when(fits).then((pl.col("value") * factor).round_sig_figs(_DIGITS))


def _is_coded(part: Component) -> bool:
    return part.codelist is not None


def _value(part: Component) -> pl.Expr:
    """Return the number of a test, or the rank of its answer: codes stand from least to worst."""
    if part.codelist is None:
        answer = pl.col("number")
    else:
        ranks = {code: float(rank) for rank, code in enumerate(codelist(part.codelist).codes)}
        answer = pl.col("category").replace_strict(ranks, default=None, return_dtype=pl.Float64)
    return pl.when(pl.col("test") == part.test).then(answer).alias(part.test)


def _worst(part: Component) -> pl.Expr:
    return pl.col(part.test).min() if part.worst == "lowest" else pl.col(part.test).max()


def _code(part: Component) -> pl.Expr:
    """Return the code of a rank."""
    assert part.codelist is not None  # noqa: S101 - asked of coded components alone
    codes = {float(rank): code for rank, code in enumerate(codelist(part.codelist).codes)}
    return pl.col(part.test).replace_strict(codes, default=None, return_dtype=pl.String)


def _when() -> pl.Expr:
    """Return in words where an assessment stands."""
    cycle = pl.concat_str(
        pl.format("cycle {}", "cycle"),
        pl.format("day {} of it", "cycle_day"),
        pl.col("timepoint").cast(pl.String),
        separator=", ",
        ignore_nulls=True,
    )
    dated = pl.format("day {}", "day")
    return pl.when(pl.col("day").is_not_null()).then(dated).when(cycle != "").then(cycle).otherwise(pl.lit("no day"))
