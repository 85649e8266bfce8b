"""Response of each cycle and of each patient, after Schlegel 2014 (Results, Immune response and recovery).

A responding cycle brings marrow blasts below the limit with at least the plan's log reduction; a maintenance cycle
keeps the MRD status reached before; a non-responding cycle brings no reduction, or an increase. Burdens are bounds,
so a class is derived only where the bounds prove it; else the treating team's own assessment stands, and the reason
says so. A cycle that these definitions do not cover (a reduction, but not below the limit) is said to fit no class.
"""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.burden import below
from engager.endpoints.sources import gathered, merged, source
from engager.plan import Response

RESPONDING, NON_RESPONDING, MAINTENANCE, NO_CLASS = "responding", "non-responding", "maintenance", "fits no class"
PRIMARY, SECONDARY, RESPONDER = "primary responder", "secondary responder", "responder"
NON_RESPONDER, KEPT = "non-responder", "remission kept"
_KEYS = ["patient", "cycle"]
_TOLERANCE = 1e-9  # of a log reduction, so that 3 % to 0.03 % is 2 log


def derive_cycle_response(
    cohort: Cohort, cycles: pl.DataFrame, burden: pl.DataFrame, criteria: Response
) -> pl.DataFrame:
    """Return one row a cycle: bounds before and after, log reduction, derived and stated class, the one that counts.

    `class` is null where neither the data nor the team give one; `reason` is in words; `conflict` marks a derived
    class that differs from the stated one; `assessed` is the day of the assessment, where known.
    """
    frame = cycles.select(*_KEYS, exposure_sources="sources")
    for when, roles in {"before": ("before",), "after": ("after", "best")}.items():
        found = _standing(burden, roles, criteria)
        named = found.rename({name: f"{when}_{name}" for name in found.columns if name not in _KEYS})
        frame = frame.join(named, on=_KEYS, how="left", maintain_order="left")
    frame = frame.join(_stated(cohort), on=_KEYS, how="left", maintain_order="left")
    frame = frame.with_columns(_reductions()).with_columns(_derived(criteria))
    frame = frame.with_columns(_final(criteria), assessed=pl.coalesce("after_day", "stated_day"))
    return frame.with_columns(_reason(), merged("before_sources", "after_sources", "stated_sources"))


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


def _standing(burden: pl.DataFrame, roles: tuple[str, ...], criteria: Response) -> pl.DataFrame:
    """Return the burden of each cycle in the roles: the reading that counts, and whether all lie `under` the limit.

    The record's own placing goes before a placing by day, and the last day counts; readings of unknown day stand with
    it. Of readings that stand together MRD counts before blasts, and the positive one before the negative.
    """
    placed = burden.filter(pl.col("role").is_in(roles) & pl.col("cycle").is_not_null())
    placed = placed.filter(pl.col("rank") == pl.col("rank").min().over(_KEYS))
    last = placed.filter((pl.col("day") == pl.col("day").max().over(_KEYS)) | pl.col("day").is_null())
    under = below(criteria.marrow_limit_percent / 100, inclusive=criteria.marrow_limit_inclusive)
    ordered = last.sort(
        pl.col("test") == "mrd", "low", pl.col("high"), descending=[True, True, False], nulls_last=True,
        maintain_order=True,
    )  # fmt: skip
    return ordered.group_by(_KEYS, maintain_order=True).agg(
        pl.col("low", "high", "strict").first(), day=pl.col("day").max(), under=under.all(), sources=gathered()
    )


def _stated(cohort: Cohort) -> pl.DataFrame:
    """Return the class of each cycle as the treating team states it, the last where it states several."""
    stated = cohort["measurements"].filter((pl.col("test") == "cycle_response") & pl.col("cycle").is_not_null())
    return (
        stated.with_columns(source("measurements"))
        .sort("day", "row", nulls_last=False)
        .group_by(_KEYS, maintain_order=True)
        .agg(stated=pl.col("category").drop_nulls().last(), stated_day=pl.col("day").max(), stated_sources=gathered())
    )


def _reductions() -> list[pl.Expr]:
    """Return the bounds of the log10 reduction; the upper one is infinite where the burden after may be 0."""
    return [
        (pl.col("before_low") / pl.col("after_high")).log10().alias("log_reduction_low"),
        (pl.col("before_high") / pl.col("after_low")).log10().alias("log_reduction_high"),
    ]


def _derived(criteria: Response) -> pl.Expr:
    limit, asked = criteria.marrow_limit_percent / 100, criteria.log_reduction - _TOLERANCE
    negative = criteria.mrd_negative_below
    at_limit = pl.col("after_low") > limit if criteria.marrow_limit_inclusive else pl.col("after_low") >= limit
    return (
        pl.when(below(negative, of="before_") & below(negative, of="after_"))
        .then(pl.lit(MAINTENANCE))
        .when("after_under", pl.col("log_reduction_low") >= asked)
        .then(pl.lit(RESPONDING))
        .when(pl.col("after_low") >= pl.col("before_high"))
        .then(pl.lit(NON_RESPONDING))
        .when(at_limit | (pl.col("log_reduction_high") < asked), pl.col("log_reduction_low") > 0)
        .then(pl.lit(NO_CLASS))
        .otherwise(None)
        .alias("derived")
    )


def _final(criteria: Response) -> list[pl.Expr]:
    order = [pl.when(pl.col("derived") != NO_CLASS).then("derived"), pl.col("stated")]
    if criteria.cycle_class == "investigator first":
        order.reverse()
    conflict = (pl.col("derived") != pl.col("stated")).fill_null(value=False)
    return [pl.coalesce(order).alias("class"), conflict.alias("conflict")]


def _reason() -> pl.Expr:
    measured = pl.format("{} before, {} after", _range("before_"), _range("after_"))
    no_before, no_after = pl.col("before_low").is_null(), pl.col("after_low").is_null()
    data = (
        pl.when(no_before & no_after)
        .then(pl.lit("no burden recorded before or after"))
        .when(no_before)
        .then(pl.format("no burden recorded before, {} after", _range("after_")))
        .when(no_after)
        .then(pl.format("{} before, no burden recorded after", _range("before_")))
        .when(pl.col("derived").is_null())
        .then(pl.format("{}: the bounds do not decide", measured))
        .otherwise(pl.format("{}: {}", measured, "derived"))
    )
    by_team = (pl.col("class") != pl.col("derived")).fill_null(pl.col("class").is_not_null())
    team = pl.when(by_team).then(pl.lit("; class as the treating team states it"))
    return pl.concat_str(data, team, ignore_nulls=True).alias("reason")


def _range(of: str) -> pl.Expr:
    """Return a burden in words, as percent of cells."""
    low, high = (
        pl.format("{} %", (pl.col(f"{of}{name}") * 100).round_sig_figs(3).cast(pl.String).str.strip_suffix(".0"))
        for name in ("low", "high")
    )
    return (
        pl.when(pl.col(f"{of}high").is_null())
        .then(pl.lit("below a limit that is not recorded"))
        .when(pl.col(f"{of}low") == pl.col(f"{of}high"))
        .then(low)
        .when(pl.col(f"{of}low") == 0)
        .then(pl.format("{} {}", pl.when(f"{of}strict").then(pl.lit("below")).otherwise(pl.lit("at most")), high))
        .otherwise(pl.format("above {}", low))
    )
