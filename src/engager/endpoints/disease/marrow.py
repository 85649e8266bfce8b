"""Marrow status, M1 to M3, before and after each cycle: derived from blasts, with the stated one beside it.

M1 lies below the plan's limit (5 %; at or below it where the plan includes the limit), M3 at 25 % or above, M2 between.
Blasts are bounds: `>20 %` proves neither M2 nor M3. MRD is no count of blasts and gives no status.
"""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.disease.burden import below, latest, marrow, reaches
from engager.endpoints.disease.placing import place_readings
from engager.endpoints.sources import merged
from engager.plan import Response

STATUSES = ("M1", "M2", "M3")
_KEYS = ["patient", "cycle", "time"]
_TIME = pl.when(pl.col("role") == "before").then(pl.lit("before")).otherwise(pl.lit("after")).alias("time")


def derive_marrow_status(
    cohort: Cohort, cycles: pl.DataFrame, burden: pl.DataFrame, criteria: Response
) -> pl.DataFrame:
    """Return one row a cycle and `time` (before, after) with a marrow: `derived`, `stated`, `status`, `conflict`, day.

    `status` is the derived one, else the stated; `conflict` marks two that differ. `cycle` is null for a best response
    whose cycle is not recorded. The worst of readings that stand together counts.
    """
    measured, stated = _measured(burden, criteria), _stated(cohort, cycles)
    both = measured.join(stated, on=_KEYS, how="full", coalesce=True, nulls_equal=True)
    return both.select(
        *_KEYS,
        "derived",
        "stated",
        "low",
        "high",
        status=pl.coalesce("derived", "stated"),
        conflict=(pl.col("derived") != pl.col("stated")).fill_null(value=False),
        day=pl.coalesce("day", "stated_day"),
        sources=merged("sources", "stated_sources"),
    ).sort(*_KEYS, descending=[False, False, True], nulls_last=True)


def _measured(burden: pl.DataFrame, criteria: Response) -> pl.DataFrame:
    blasts = burden.filter(pl.col("test") == "marrow_blasts").with_columns(_TIME)
    counting = latest(blasts, _KEYS).sort("low", "high", descending=True, nulls_last=True, maintain_order=True)
    worst = counting.group_by(_KEYS, maintain_order=True).agg(
        pl.col("low", "high", "strict").first(), day=pl.col("day").max(), sources=pl.col("source")
    )
    return worst.with_columns(derived=marrow_status(criteria))


def marrow_status(criteria: Response) -> pl.Expr:
    """Return M1, M2 or M3 of blasts with the bounds low, high and strict; null where they do not decide."""
    inclusive = criteria.marrow_limit_inclusive
    limit, upper = criteria.marrow_limit_percent / 100, criteria.m3_from_percent / 100
    return (
        pl.when(below(limit, inclusive=inclusive))
        .then(pl.lit("M1"))
        .when(reaches(upper))
        .then(pl.lit("M3"))
        .when(reaches(limit, above=inclusive) & below(upper))
        .then(pl.lit("M2"))
    )


def _stated(cohort: Cohort, cycles: pl.DataFrame) -> pl.DataFrame:
    rows = marrow(cohort, (pl.col("test") == "marrow_status") & pl.col("category").is_in(STATUSES))
    placed = latest(place_readings(rows, cycles).with_columns(_TIME), _KEYS)
    return placed.group_by(_KEYS, maintain_order=True).agg(
        stated=pl.col("category").max(), stated_day=pl.col("day").max(), stated_sources=pl.col("source")
    )
