"""When a therapy was given: where the record names no phase, its first day says it."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from engager.cohort import Cohort


def derive_phases(cohort: Cohort) -> Cohort:
    """Return the cohort with the empty phases of dated therapies filled.

    Before day 1 is `before`; on a day of infusion is `during`; earlier than the last recorded infusion is `between`;
    the rest is `after`.
    """
    infusions = cohort["exposure"].filter(pl.col("start_day").is_not_null())
    spans = infusions.select("patient", begin="start_day", end=pl.coalesce("end_day", "start_day")).sort("begin")
    last = spans.group_by("patient").agg(last=pl.col("end").max())
    rows = cohort["therapies"].with_row_index("_order").sort("start_day", nulls_last=True, maintain_order=True)
    rows = rows.join_asof(
        spans, left_on="start_day", right_on="begin", by="patient", strategy="backward", check_sortedness=False
    ).join(last, on="patient", how="left", maintain_order="left")
    day = pl.col("start_day")
    phase = (
        pl.when(day < 1)
        .then(pl.lit("before"))
        .when(day <= pl.col("end"))
        .then(pl.lit("during"))
        .when(day <= pl.col("last"))
        .then(pl.lit("between"))
        .when(day.is_not_null())
        .then(pl.lit("after"))
        .cast(cohort["therapies"].schema["phase"])
    )
    filled = rows.with_columns(phase=pl.coalesce("phase", phase)).sort("_order")
    return replace(cohort, tables={**cohort.tables, "therapies": filled.select(cohort["therapies"].columns)})
