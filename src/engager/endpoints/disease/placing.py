"""Where marrow readings stand in the course: before a cycle, after it, or as the best response.

The record's own words (`timepoint`) come first. A reading that has a day alone is placed by the days of the cycles:
before the cycle that begins next, on its day or later; after the cycle begun last, up to `ASSESSED_WITHIN` days after
its infusion ended. What is later tells of the follow-up, not of the cycle.
"""

from __future__ import annotations

import polars as pl

# Where the last day of a cycle's infusion is not recorded, it is that of the schedule: 28 days of infusion.
INFUSION_DAYS = 28
# Days after the infusion within which a marrow still assesses the cycle.
ASSESSED_WITHIN = 30

_ROLES = {
    "baseline": "before",
    "start of cycle": "before",
    "end of cycle": "after",
    "after treatment": "after",
    "best response": "best",
}
_CYCLE_NAMED = ("start of cycle", "end of cycle")


def place_readings(readings: pl.DataFrame, cycles: pl.DataFrame) -> pl.DataFrame:
    """Return the readings that stand somewhere, with `role` (`before`, `after`, `best`), `cycle` and `rank`.

    A reading between two cycles stands twice: after the one and before the other. `rank` orders readings of one
    cycle: 0 placed by the record's words, 1 by its day, 2 the best response where no other reading closes a cycle.
    """
    role = pl.col("timepoint").replace_strict(_ROLES, default=None, return_dtype=pl.String)
    # Said of a cycle that is not named, or of the time after treatment on a known day: the day says more.
    vague = (pl.col("timepoint").is_in(_CYCLE_NAMED) & pl.col("cycle").is_null()) | (
        (pl.col("timepoint") == "after treatment") & pl.col("day").is_not_null()
    )
    stated = readings.filter(role.is_not_null() & ~vague).with_columns(
        role=role,
        rank=pl.when(role == "best").then(2).otherwise(0),
        cycle=pl.when(pl.col("timepoint") == "baseline").then(1).otherwise("cycle").cast(pl.Int32),
    )
    dated = readings.filter((pl.col("timepoint").is_null() | vague) & pl.col("day").is_not_null())
    return pl.concat([stated, *(frame.select(stated.columns) for frame in _by_day(dated, _spans(cycles)))])


def _spans(cycles: pl.DataFrame) -> pl.DataFrame:
    """Return the cycles that days can place: first day, last day that assesses it, whether the next has no day.

    The first cycle begins on day 1, by the definition of study days; a cycle after one without a day places nothing.
    """
    first = pl.col("cycle") == pl.col("cycle").min().over("patient")
    begin = pl.coalesce("start_day", pl.when(first).then(1)).cast(pl.Int32)
    ordered = cycles.sort("patient", "cycle").with_columns(begin=begin)
    spans = ordered.with_columns(
        until=pl.coalesce("end_day", pl.col("begin") + INFUSION_DAYS - 1) + ASSESSED_WITHIN,
        lost=pl.col("begin").is_null().cum_max().over("patient"),
        unclear=pl.col("begin").shift(-1).is_null().over("patient") & (pl.col("cycle").shift(-1).over("patient") > 0),
    )
    return spans.filter(~pl.col("lost")).select("patient", "begin", "until", "unclear", begun="cycle").sort("begin")


def _by_day(dated: pl.DataFrame, spans: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    rows = dated.sort("day")
    begun = rows.join_asof(
        spans, left_on="day", right_on="begin", by="patient", strategy="backward", allow_exact_matches=False,
        check_sortedness=False,
    )  # fmt: skip
    coming = rows.join_asof(
        spans, left_on="day", right_on="begin", by="patient", strategy="forward", check_sortedness=False
    )
    same = pl.col("cycle") == pl.col("begun")
    # A reading that names its cycle belongs to that one; one that names none may lie in a cycle of unknown days.
    fits = same.fill_null(~pl.col("unclear").fill_null(value=False))
    after = begun.filter((pl.col("day") <= pl.col("until")) & fits).with_columns(role=pl.lit("after"))
    before = coming.filter(pl.col("begun").is_not_null()).with_columns(role=pl.lit("before"))
    return tuple(frame.with_columns(cycle="begun", rank=pl.lit(1)) for frame in (after, before))  # type: ignore[return-value]
