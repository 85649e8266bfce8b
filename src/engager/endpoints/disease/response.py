"""Response of each cycle and of each patient, after Schlegel 2014 (Results, Immune response and recovery).

A responding cycle brings marrow blasts below the limit with at least the plan's log reduction; a maintenance cycle
keeps the MRD status reached before; a non-responding cycle brings no reduction, or an increase. Burdens are bounds,
so a class is derived only where the bounds prove it; else the treating team's own assessment stands, and the reason
says so. A cycle that these definitions do not cover (a reduction, but not below the limit) is said to fit no class.

A cycle without a reading before it is a maintenance cycle where the reading that closed the previous cycle, and its
own, are MRD-negative; no other class is derived from the previous cycle, since blasts may have risen in between.
"""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.disease.assessment import KEYS, derive_assessments
from engager.endpoints.disease.burden import below, reaches
from engager.endpoints.disease.cycle_reason import NO_CLASS, cycle_reason
from engager.endpoints.disease.log_reduction import log_reduction
from engager.endpoints.sources import gathered, merged, source
from engager.plan import Response

RESPONDING, NON_RESPONDING, MAINTENANCE = "responding", "non-responding", "maintenance"
PRIMARY, SECONDARY, RESPONDER = "primary responder", "secondary responder", "responder"
NON_RESPONDER, KEPT = "non-responder", "remission kept"
_TOLERANCE = 1e-9  # of a log reduction, so that 3 % to 0.03 % is 2 log
_PREVIOUS = ("low", "high", "strict", "sources")


def derive_cycle_response(
    cohort: Cohort, cycles: pl.DataFrame, burden: pl.DataFrame, criteria: Response
) -> pl.DataFrame:
    """Return one row a cycle: bounds before and after, log reduction, derived and stated class, the one that counts.

    `class` is null where neither the data nor the team give one; `reason` is in words; `conflict` marks a derived
    class that differs from the stated one; `assessed` is the day of the assessment, where known; `refused` that MRD
    before and after is of two assays that the plan does not let be compared.
    """
    frame = derive_assessments(cycles, burden, criteria).with_columns(_previous())
    frame = frame.join(_best_elsewhere(burden), on="patient", how="left", maintain_order="left")
    frame = frame.join(_stated(cohort), on=KEYS, how="left", maintain_order="left")
    frame = frame.with_columns(log_reduction()).with_columns(_derived(criteria))
    frame = frame.with_columns(_final(criteria), assessed=pl.coalesce("after_day", "stated_day"))
    used = pl.when("carried").then("previous_sources").otherwise("before_sources")
    frame = frame.with_columns(cycle_reason(criteria), before_sources=used)
    return frame.with_columns(merged("before_sources", "after_sources", "stated_sources"))


def derive_patient_response(cycle_response: pl.DataFrame) -> pl.DataFrame:
    """Return one row a patient with a classed cycle: the response, the cycle that decided, the last day assessed.

    A primary responder responds in the first cycle, a secondary responder in a later one, a non-responder in none.
    Who responded after a cycle without a class is a `responder`, no more; who had maintenance cycles alone never had
    a response to show: `remission kept`.
    """
    name = pl.col("class")
    first_responding = pl.col("cycle").filter(name == RESPONDING).min()
    patients = cycle_response.group_by("patient", maintain_order=True).agg(
        first_cycle=pl.col("cycle").min(),
        responding_cycle=first_responding,
        unclear=(name.is_null() & (pl.col("cycle") < first_responding)).any(),
        failed=(name == NON_RESPONDING).any(),
        kept=(name == MAINTENANCE).any(),
        assessed=pl.col("assessed").max(),
        sources=pl.concat_list(merged("sources", "exposure_sources")).explode().unique(maintain_order=True),
    )
    response = (
        pl.when(pl.col("responding_cycle") == pl.col("first_cycle"))
        .then(pl.lit(PRIMARY))
        .when(pl.col("responding_cycle").is_not_null())
        .then(pl.when("unclear").then(pl.lit(RESPONDER)).otherwise(pl.lit(SECONDARY)))
        .when("failed")
        .then(pl.lit(NON_RESPONDER))
        .when("kept")
        .then(pl.lit(KEPT))
    )
    named = patients.with_columns(response=response).filter(pl.col("response").is_not_null())
    return named.select("patient", "response", "responding_cycle", "assessed", "sources")


def _previous() -> list[pl.Expr]:
    """Return the reading that closed the cycle before this one, `previous_`; cycles stand in order, by patient."""
    same = pl.col("patient") == pl.col("patient").shift(1)
    follows = same & (pl.col("cycle") - pl.col("cycle").shift(1) == 1)
    return [pl.when(follows).then(pl.col(f"after_{name}").shift(1)).alias(f"previous_{name}") for name in _PREVIOUS]


def _best_elsewhere(burden: pl.DataFrame) -> pl.DataFrame:
    """Return the best response of a patient of which the record names no cycle: it tells of all, and closes none."""
    unplaced = burden.filter((pl.col("role") == "best") & pl.col("cycle").is_null())
    deepest = unplaced.sort("high", "low", nulls_last=True).unique("patient", keep="first", maintain_order=True)
    return deepest.select("patient", best_low="low", best_high="high", best_strict="strict")


def _stated(cohort: Cohort) -> pl.DataFrame:
    """Return the class of each cycle as the treating team states it, the last where it states several."""
    stated = cohort["measurements"].filter((pl.col("test") == "cycle_response") & pl.col("cycle").is_not_null())
    return (
        stated.with_columns(source("measurements"))
        .sort("day", "row", nulls_last=False)
        .group_by(KEYS, maintain_order=True)
        .agg(stated=pl.col("category").drop_nulls().last(), stated_day=pl.col("day").max(), stated_sources=gathered())
    )


def _derived(criteria: Response) -> list[pl.Expr]:
    """Return the derived class, and whether it rests on the reading of the previous cycle (`carried`)."""
    limit, asked = criteria.marrow_limit_percent / 100, criteria.log_reduction - _TOLERANCE
    negative = criteria.mrd_negative_below
    at_limit = reaches(limit, above=criteria.marrow_limit_inclusive, of="after_")
    kept = below(negative, of="before_") & below(negative, of="after_")
    carried = pl.col("before_low").is_null() & below(negative, of="previous_") & below(negative, of="after_")
    compared = ~pl.col("refused")
    derived = (
        pl.when(kept | carried)
        .then(pl.lit(MAINTENANCE))
        .when("after_under", pl.col("log_reduction_low") >= asked)
        .then(pl.lit(RESPONDING))
        .when(compared, pl.col("after_low") >= pl.col("before_high"))
        .then(pl.lit(NON_RESPONDING))
        .when(at_limit | (pl.col("log_reduction_high") < asked), pl.col("log_reduction_low") > 0)
        .then(pl.lit(NO_CLASS))
        .otherwise(None)
    )
    return [derived.alias("derived"), carried.fill_null(value=False).alias("carried")]


def _final(criteria: Response) -> list[pl.Expr]:
    order = [pl.when(pl.col("derived") != NO_CLASS).then("derived"), pl.col("stated")]
    if criteria.cycle_class == "investigator first":
        order.reverse()
    conflict = (pl.col("derived") != pl.col("stated")).fill_null(value=False)
    return [pl.coalesce(order).alias("class"), conflict.alias("conflict")]
