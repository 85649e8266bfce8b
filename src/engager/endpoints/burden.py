"""Leukaemic burden: marrow blasts and MRD as bounds on one fraction of cells, placed before and after each cycle.

A value `<x` lies between 0 and x, `>x` between x and 1; `not detected` lies below the assay's limit of detection and
`positive, not quantifiable` below its limit of quantification, where these are given. A measured 0 is `not detected`;
blasts are counted in whole percent, so that none seen is below 1 %. What a source does not give stays unknown
(null): a bound is never invented.
"""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.placing import place_readings
from engager.endpoints.sources import source
from engager.terms.units import units

TESTS = ("marrow_blasts", "mrd")
COUNTED_FROM = 0.01
_DIGITS = 12  # significant digits of a bound, so that 57 % and 0.57 are one number


def derive_burden(cohort: Cohort, cycles: pl.DataFrame) -> pl.DataFrame:
    """Return one row a marrow reading and role: patient, cycle, role (`before`, `after`, `best`), bounds, source.

    The fraction lies within `low` and `high`; `strict` says that it is smaller than `high`. A reading of blood or
    cerebrospinal fluid is no burden of the marrow; one without a specimen is taken as of the marrow. `rank` orders the
    readings of a cycle, see `placing`.
    """
    readings = (
        marrow(cohort)
        .filter(pl.col("test").is_in(TESTS) & (pl.col("result") != "not assessed"))
        .with_columns(factor=pl.col("unit").replace_strict(_fractions(), default=None, return_dtype=pl.Float64))
        .with_columns(none=(pl.col("result") == "not detected") | (pl.col("value") == 0) & _comparator("="))
        .with_columns(low=_low(), high=_high(), strict=_strict())
    )
    columns = ["patient", "cycle", "role", "rank", "day", "test", "method", "value_text", "unit",
               "low", "high", "strict", "source"]  # fmt: skip
    return place_readings(readings, cycles).select(columns).sort("patient", "cycle", "day", maintain_order=True)


def marrow(cohort: Cohort) -> pl.DataFrame:
    """Return the measurements of the marrow, and of no named specimen, with their sources."""
    specimen = pl.col("specimen").is_null() | (pl.col("specimen") == "bone marrow")
    return cohort["measurements"].filter(specimen).with_columns(source("measurements"))


def below(limit: float, *, inclusive: bool = False, of: str = "") -> pl.Expr:
    """Return whether a burden is proven below a limit (or at it, if inclusive); `of` is the columns' prefix."""
    return (pl.col(f"{of}high") < limit) | (
        (pl.col(f"{of}high") == limit) & (pl.col(f"{of}strict") | pl.lit(value=inclusive))
    )


def _fractions() -> dict[str, float]:
    return {code: unit.factor for code, unit in units().items() if unit.quantity == "fraction"}


def _comparator(*signs: str) -> pl.Expr:
    return pl.col("comparator").is_in(signs)


def _fraction(column: str) -> pl.Expr:
    return (pl.col(column) * pl.col("factor")).round_sig_figs(_DIGITS)


def _low() -> pl.Expr:
    return pl.when(_comparator("=", ">", ">=")).then(_fraction("value")).otherwise(0.0)


def _high() -> pl.Expr:
    counted = pl.when((pl.col("test") == "marrow_blasts") & (pl.col("value") == 0)).then(COUNTED_FROM)
    return (
        pl.when("none")
        .then(pl.coalesce(_fraction("lod"), counted))
        .when(_comparator("=", "<", "<="))
        .then(_fraction("value"))
        .when(_comparator(">", ">="))
        .then(1.0)
        .otherwise(_fraction("loq"))
    )


def _strict() -> pl.Expr:
    return pl.col("none") | _comparator("<").fill_null(value=False) | (
        pl.col("result") == "positive, not quantifiable"
    )  # fmt: skip
