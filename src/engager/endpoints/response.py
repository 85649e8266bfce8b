"""Response of each cycle and of each patient, after Schlegel 2014 (Results, Immune response and recovery).

A responding cycle brings marrow blasts below the limit with at least the plan's log reduction; a maintenance cycle
keeps the MRD status reached before; a non-responding cycle brings no reduction, or an increase. Burdens are bounds,
so a class is derived only where the bounds prove it; else the treating team's own assessment stands, and the reason
says so. A cycle that these definitions do not cover (a reduction, but not below the limit) is said to fit no class.
"""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.sources import gathered, merged, source
from engager.plan import Response

RESPONDING, NON_RESPONDING, MAINTENANCE, NO_CLASS = "responding", "non-responding", "maintenance", "fits no class"


def derive_cycle_response(
    cohort: Cohort, cycles: pl.DataFrame, burden: pl.DataFrame, criteria: Response
) -> pl.DataFrame:
    """Return one row a cycle: bounds before and after, log reduction, derived and stated class, the one that counts.

    `class` is null where neither the data nor the team give one; `reason` is in words; `conflict` marks a derived
    class that differs from the stated one.
    """
    frame = cycles.select("patient", "cycle", exposure_sources="sources")
    frame = _join(frame, _before(burden), "before")
    frame = _join(frame, _after(burden), "after")
    frame = frame.join(_stated(cohort), on=["patient", "cycle"], how="left", maintain_order="left")
    frame = frame.with_columns(_reductions()).with_columns(_derived(criteria))
    return frame.with_columns(*_final(criteria), merged("before_sources", "after_sources", "stated_sources"))


def derive_patient_response(cycle_response: pl.DataFrame) -> pl.DataFrame:
    """Return one row a patient with a classed cycle: primary, secondary or non-responder, and the cycle that decided.

    A primary responder responds in the first cycle, a secondary responder in a later one.
    """
    classed = cycle_response.filter(pl.col("class").is_not_null()).sort("patient", "cycle", maintain_order=True)
    responding = pl.col("class") == RESPONDING
    patients = classed.group_by("patient", maintain_order=True).agg(
        first_cycle=pl.col("cycle").min(),
        responding_cycle=pl.col("cycle").filter(responding).min(),
        sources=pl.concat_list(merged("sources", "exposure_sources")).explode().unique(maintain_order=True),
    )
    response = (
        pl.when(pl.col("responding_cycle").is_null())
        .then(pl.lit("non-responder"))
        .when(pl.col("responding_cycle") == pl.col("first_cycle"))
        .then(pl.lit("primary responder"))
        .otherwise(pl.lit("secondary responder"))
    )
    return patients.with_columns(response=response)


def _before(burden: pl.DataFrame) -> pl.DataFrame:
    """Return the burden before each cycle: the last reading before it, the highest where several stand together."""
    rows = burden.filter(pl.col("role") == "before").with_columns(cycle=pl.col("cycle").fill_null(1))
    latest = rows.filter((pl.col("day") == pl.col("day").max().over("patient", "cycle")) | pl.col("day").is_null())
    ordered = latest.sort("low", descending=True, nulls_last=True, maintain_order=True)
    return ordered.group_by("patient", "cycle", maintain_order=True).agg(
        low=pl.col("low").first(), high=pl.col("high").first(), sources=gathered()
    )


def _after(burden: pl.DataFrame) -> pl.DataFrame:
    """Return the burden after each cycle: its last reading, the deepest where several stand together."""
    rows = burden.filter(pl.col("role").is_in(["after", "best"]) & pl.col("cycle").is_not_null())
    latest = rows.filter((pl.col("day") == pl.col("day").max().over("patient", "cycle")) | pl.col("day").is_null())
    ordered = latest.sort("high", nulls_last=True, maintain_order=True)
    return ordered.group_by("patient", "cycle", maintain_order=True).agg(
        low=pl.col("low").first(), high=pl.col("high").first(), sources=gathered()
    )


def _stated(cohort: Cohort) -> pl.DataFrame:
    """Return the class of each cycle as the treating team states it."""
    stated = cohort["measurements"].filter((pl.col("test") == "cycle_response") & pl.col("cycle").is_not_null())
    return (
        stated.with_columns(source("measurements"))
        .group_by("patient", "cycle", maintain_order=True)
        .agg(stated=pl.col("category").drop_nulls().last(), stated_sources=gathered())
    )


def _join(frame: pl.DataFrame, burden: pl.DataFrame, when: str) -> pl.DataFrame:
    named = burden.rename({"low": f"{when}_low", "high": f"{when}_high", "sources": f"{when}_sources"})
    return frame.join(named, on=["patient", "cycle"], how="left", maintain_order="left")


def _reductions() -> list[pl.Expr]:
    """Return the bounds of the log10 reduction; the upper one is infinite where the burden after may be 0."""
    return [
        (pl.col("before_low") / pl.col("after_high")).log10().alias("log_reduction_low"),
        (pl.col("before_high") / pl.col("after_low")).log10().alias("log_reduction_high"),
    ]


def _derived(criteria: Response) -> pl.Expr:
    limit = criteria.marrow_limit_percent / 100
    below = pl.col("after_high") <= limit if criteria.marrow_limit_inclusive else pl.col("after_high") < limit
    negative_before = pl.col("before_high") <= criteria.mrd_negative_below
    negative_after = pl.col("after_high") <= criteria.mrd_negative_below
    enough = pl.col("log_reduction_low") >= criteria.log_reduction
    cannot = (pl.col("after_low") >= limit) | (pl.col("log_reduction_high") < criteria.log_reduction)
    return (
        pl.when(negative_before & negative_after)
        .then(pl.lit(MAINTENANCE))
        .when(below & enough)
        .then(pl.lit(RESPONDING))
        .when(pl.col("after_low") >= pl.col("before_high"))
        .then(pl.lit(NON_RESPONDING))
        .when(cannot & (pl.col("log_reduction_low") > 0))
        .then(pl.lit(NO_CLASS))
        .otherwise(None)
        .alias("derived")
    )


def _final(criteria: Response) -> list[pl.Expr]:
    usable = pl.when(pl.col("derived") != NO_CLASS).then(pl.col("derived"))
    order = [usable, pl.col("stated")]
    if criteria.cycle_class == "investigator first":
        order.reverse()
    chosen = pl.coalesce(*order)
    conflict = (pl.col("derived") != pl.col("stated")).fill_null(value=False)
    return [chosen.alias("class"), conflict.alias("conflict"), _reason().alias("reason")]


def _reason() -> pl.Expr:
    before = _range("before_low", "before_high")
    after = _range("after_low", "after_high")
    measured = pl.format("{} before, {} after", before, after)
    missing = (
        pl.when(pl.col("before_low").is_null() & pl.col("after_low").is_null())
        .then(pl.lit("no burden recorded before or after"))
        .when(pl.col("before_low").is_null())
        .then(pl.lit("no burden recorded before"))
        .when(pl.col("after_low").is_null())
        .then(pl.lit("no burden recorded after"))
        .otherwise(pl.format("{}: the bounds do not decide", measured))
    )
    stated = pl.when(pl.col("stated").is_not_null()).then(pl.lit("; class as the treating team states it"))
    return (
        pl.when(pl.col("derived").is_not_null())
        .then(pl.format("{}: {}", measured, "derived"))
        .otherwise(pl.concat_str(missing, stated, ignore_nulls=True))
    )


def _range(low: str, high: str) -> pl.Expr:
    """Return a burden in words, as percent of cells."""
    percent = [(pl.col(name) * 100).round_sig_figs(3).cast(pl.String) for name in (low, high)]
    return (
        pl.when(pl.col(high).is_null())
        .then(pl.lit("positive, below an unknown limit"))
        .when(pl.col(low) == pl.col(high))
        .then(pl.format("{} %", percent[0]))
        .when(pl.col(low) == 0)
        .then(pl.format("below {} %", percent[1]))
        .otherwise(pl.format("above {} %", percent[0]))
    )
