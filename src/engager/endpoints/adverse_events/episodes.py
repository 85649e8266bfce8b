"""Rows of one adverse event joined into episodes: what overlaps, or follows within the plan's days, is one event."""

from __future__ import annotations

import polars as pl

from engager.endpoints.elapsed import elapsed
from engager.endpoints.sources import merged_rows
from engager.plan import AnalysisPlan

_KEYS = ["patient", "term"]
_FOR_EVER = 2**30
_UNENDED = ("not resolved", "resolving")


def ongoing() -> pl.Expr:
    """Return whether an event is recorded as not ended: no last day, and an outcome that says so."""
    unended = pl.col("outcome").cast(pl.String).is_in(_UNENDED).fill_null(value=False)
    return pl.col("end_day").is_null() & unended


def derive_episodes(events: pl.DataFrame, plan: AnalysisPlan) -> pl.DataFrame:
    """Return one row an episode: highest grade, first and last day, whether it goes on, duration, sources.

    An event without a last day reaches over its first day alone, or on and on where its outcome says that it has not
    ended. An event without a first day is an episode of its own. The last day of an episode is known only where that
    of each of its rows is. `duration` is in days, counted as the plan's `duration` says.
    """
    begin = elapsed(pl.col("start_day"))
    until = pl.when(ongoing()).then(_FOR_EVER).otherwise(pl.max_horizontal(begin, elapsed(pl.col("end_day"))))
    rows = events.with_row_index("order").with_columns(begin=begin, until=until, ongoing=ongoing())
    rows = rows.sort(*_KEYS, "begin", "row", nulls_last=True)
    reached = pl.col("until").cum_max().shift(1).over(_KEYS)
    apart = (pl.col("begin") - reached > plan.safety.bridging_days).fill_null(value=True)
    rows = rows.with_columns(apart.cum_sum().over(_KEYS).alias("episode"))
    span = elapsed(pl.col("end_day")) - elapsed(pl.col("start_day")) + 1 - plan.conventions.day_offset
    return (
        rows.group_by(*_KEYS, "episode", maintain_order=True)
        .agg(*_joined())
        .with_columns(duration=span)
        .sort("order")
        .drop("order", "episode")
    )


def _joined() -> list[pl.Expr]:
    """Return what rows of one episode become."""
    ends = pl.col("end_day").is_not_null().all()
    said = [pl.col(name).any(ignore_nulls=False) for name in ("serious", "is_related", "discontinued", "interrupted")]
    return [
        pl.col("soc").first(),
        pl.col("grade_low").max(),
        pl.col("grade_high").max(),
        pl.col("start_day").min(),
        pl.when(ends).then(pl.col("end_day").max()).alias("end_day"),
        pl.col("ongoing").any(),
        pl.col("fatal").any(),
        *said,
        pl.len().alias("rows"),
        pl.col("order").min(),
        merged_rows(),
    ]
