"""The days at risk of adverse events: from the first dose to the end of the window, or of the follow-up before it."""

from __future__ import annotations

import polars as pl

from engager.plan import Conventions


def derive_time_at_risk(windows: pl.DataFrame, conventions: Conventions) -> pl.DataFrame:
    """Return one row a patient: the last day at risk and the days until it, null where the record does not tell.

    Whoever was not followed to the end of the window was at risk to the last day seen; without a day of follow-up
    nobody knows to which.
    """
    seen, end = pl.col("seen_day"), pl.col("window_end")
    last = (
        pl.when(seen <= pl.col("window_least"))
        .then(seen)
        .when(seen.is_not_null() & end.is_not_null())
        .then(pl.min_horizontal(seen, end))
    )
    at_risk = pl.when(last >= 1).then(last)
    return windows.select("patient", last_day=at_risk, days=(at_risk - conventions.day_offset).cast(pl.Int32))
