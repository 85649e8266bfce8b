"""Leukaemic burden: marrow blasts and MRD as bounds on one fraction of cells, placed before and after each cycle.

A value `<x` lies between 0 and x, `>x` between x and 1; `not detected` lies below the assay's limit of detection and
`positive, not quantifiable` below its limit of quantification, where these are given. A measured 0 is `not detected`;
blasts are counted in whole percent, so that none seen is below 1 %. What a source does not give stays unknown
(null): a bound is never invented. Where the plan states the sensitivity of a method, it stands for a limit of
detection that the row does not give.
"""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.disease.placing import place_readings
from engager.endpoints.sources import source
from engager.plan import Response
from engager.terms.units import units

TESTS = ("marrow_blasts", "mrd")
COUNTED_FROM = 0.01
QUANTIFIABLE, NOT_QUANTIFIABLE = "quantifiable", "positive, not quantifiable"
NOT_DETECTED, BELOW_BOUND, NOT_ASSESSED = "not detected", "below a bound", "not assessed"
STATES = (QUANTIFIABLE, NOT_QUANTIFIABLE, NOT_DETECTED, BELOW_BOUND, NOT_ASSESSED)
_DIGITS = 12  # significant digits of a bound, so that 57 % and 0.57 are one number
_COLUMNS = ("patient", "cycle", "role", "rank", "day", "test", "method", "target", "value_text", "unit", "state",
            "sensitivity", "low", "high", "strict", "source")  # fmt: skip


def read_marrow(cohort: Cohort, criteria: Response) -> pl.DataFrame:
    """Return the readings of blasts and MRD of the marrow, with bounds, state, sensitivity and source.

    The fraction lies within `low` and `high`; `strict` says that it is smaller than `high`, `over` that it is larger
    than `low`. `state` is one of `STATES`: `below a bound` is a `<x` of which the source does not say whether anything
    was detected. `sensitivity` is the limit of detection in force, of the row or of the plan. A reading of blood or
    cerebrospinal fluid is no burden of the marrow; one without a specimen is taken as of the marrow.
    """
    wanted = pl.col("test").is_in(TESTS) & (pl.col("result") != NOT_ASSESSED)
    return (
        marrow(cohort, wanted)
        .with_columns(factor=pl.col("unit").replace_strict(_fractions(), default=None, return_dtype=pl.Float64))
        .with_columns(sensitivity=_sensitivity(criteria), loq=_fraction("loq"), value=_fraction("value"))
        .with_columns(
            none=_none(), beneath=_comparator("=") & (pl.col("value") > 0) & (pl.col("value") < pl.col("loq"))
        )
        .with_columns(low=_low(), high=_high(), strict=_strict(), state=_state())
        .with_columns(over=_comparator(">").fill_null(value=False))
    )


def derive_burden(readings: pl.DataFrame, cycles: pl.DataFrame) -> pl.DataFrame:
    """Return one row a reading of the marrow and role: those of `read_marrow` placed before and after each cycle.

    `role` is `before`, `after` or `best`; `rank` orders the readings of a cycle, see `placing`. Before a cycle the
    last day alone counts. Readings that stand nowhere, as those of follow-up, are left out.
    """
    placed = last_before(place_readings(readings, cycles))
    return placed.select(_COLUMNS).sort("patient", "cycle", "day", maintain_order=True)


def marrow(cohort: Cohort, wanted: pl.Expr) -> pl.DataFrame:
    """Return the measurements wanted of the marrow, and of no named specimen, with their sources."""
    specimen = pl.col("specimen").is_null() | (pl.col("specimen") == "bone marrow")
    return cohort["measurements"].filter(wanted & specimen).rechunk().with_columns(source("measurements"))


def last_before(placed: pl.DataFrame) -> pl.DataFrame:
    """Return readings without those before a cycle that an earlier place or a later day outdates.

    The record's own placing goes before a placing by day, and the last day counts; readings of unknown day stand with
    it. So a marrow of months ago is no burden before a cycle where a later one is known.
    """
    keys = ["patient", "cycle"]
    before = placed.filter(pl.col("role") == "before")
    return pl.concat([latest(before, keys), placed.filter(pl.col("role") != "before")])


def latest(placed: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Return the readings of the best place, and of those the ones of the last day or of none, within `keys`."""
    first = placed.group_by(keys).agg(pl.col("rank").min())
    kept = placed.join(first, on=[*keys, "rank"], how="semi", nulls_equal=True, maintain_order="left")
    last = kept.group_by(keys).agg(last=pl.col("day").max())
    dated = kept.join(last, on=keys, how="left", nulls_equal=True, maintain_order="left")
    return dated.filter((pl.col("day") == pl.col("last")) | pl.col("day").is_null()).drop("last")


def below(limit: float, *, inclusive: bool = False, of: str = "") -> pl.Expr:
    """Return whether a burden is proven below a limit (or at it, if inclusive); `of` is the columns' prefix."""
    return (pl.col(f"{of}high") < limit) | (
        (pl.col(f"{of}high") == limit) & (pl.col(f"{of}strict") | pl.lit(value=inclusive))
    )


def reaches(limit: float, *, above: bool = False, of: str = "") -> pl.Expr:
    """Return whether a burden is proven at a limit or more, or above it."""
    low = pl.col(f"{of}low")
    return low > limit if above else low >= limit


def _fractions() -> dict[str, float]:
    return {code: unit.factor for code, unit in units().items() if unit.quantity == "fraction"}


def _comparator(*signs: str) -> pl.Expr:
    return pl.col("comparator").is_in(signs)


def _fraction(column: str) -> pl.Expr:
    return (pl.col(column) * pl.col("factor")).round_sig_figs(_DIGITS)


def _sensitivity(criteria: Response) -> pl.Expr:
    """Return the row's limit of detection, else the one that the plan states for the method of an MRD reading."""
    stated = criteria.mrd.sensitivity
    if not stated:
        return _fraction("lod")
    planned = pl.col("method").cast(pl.String).replace_strict(stated, default=None, return_dtype=pl.Float64)
    return pl.coalesce(_fraction("lod"), pl.when(pl.col("test") == "mrd").then(planned))


def _none() -> pl.Expr:
    """Return whether nothing was detected: said so, counted 0, or below a bound that is the limit of detection."""
    said = pl.col("result") == NOT_DETECTED
    at_limit = _comparator("<", "<=") & (pl.col("value") <= _fraction("lod"))
    return (said | ((pl.col("value") == 0) & _comparator("="))).fill_null(value=False) | at_limit.fill_null(value=False)


def _low() -> pl.Expr:
    exact = _comparator("=", ">", ">=") & ~pl.col("beneath").fill_null(value=False)
    return pl.when(exact).then("value").otherwise(0.0)


def _high() -> pl.Expr:
    counted = pl.when((pl.col("test") == "marrow_blasts") & (pl.col("value") == 0)).then(COUNTED_FROM)
    bound = pl.when(_comparator("<", "<=")).then("value")
    return (
        pl.when("none")
        .then(pl.coalesce(bound, "sensitivity", counted))
        .when("beneath")
        .then("loq")
        .when(_comparator("=", "<", "<="))
        .then("value")
        .when(_comparator(">", ">="))
        .then(1.0)
        .otherwise("loq")
    )


def _strict() -> pl.Expr:
    said = pl.col("none") & ~_comparator("<=").fill_null(value=False)
    return said | _comparator("<").fill_null(value=False) | _below_quantification()


def _below_quantification() -> pl.Expr:
    return ((pl.col("result") == NOT_QUANTIFIABLE) | pl.col("beneath")).fill_null(value=False)


def _state() -> pl.Expr:
    kind = pl.Enum(STATES)
    return (
        pl.when("none")
        .then(pl.lit(NOT_DETECTED, kind))
        .when(_below_quantification())
        .then(pl.lit(NOT_QUANTIFIABLE, kind))
        .when(_comparator("<", "<="))
        .then(pl.lit(BELOW_BOUND, kind))
        .when(_comparator("=", ">", ">="))
        .then(pl.lit(QUANTIFIABLE, kind))
    )
