"""The course of a cell population within each cycle: baseline, nadir, peak, fold of baseline, recovery, depletion.

The baseline of a cycle is the value at its start (see `sampling.derive_starts`); nadir and peak are of what was
measured after its first day, until the next cycle begins. Values known as bounds give bounds: the nadir lies between
the least lower and the least upper bound. Its day is the first on which it was reached; where every value may be 0
there is no day of a peak.
"""

from __future__ import annotations

import polars as pl

from engager.endpoints.immune.cell_counts import BLOOD, TREG_SHARE
from engager.endpoints.immune.sampling import counted, derive_begins
from engager.plan import Immune

KEYS = ["patient", "population", "compartment", "cycle"]
RECOVERED, NOT_RECOVERED, NOT_FALLEN = "recovered", "not recovered", "not fallen"
DEPLETED, DEPLETED_BEFORE, NOT_DEPLETED = "depleted", "depleted before", "not depleted"
_LATER = ("during cycle", "end of cycle")


def derive_cell_courses(counts: pl.DataFrame, starts: pl.DataFrame, plan: Immune) -> pl.DataFrame:
    """Return one row a patient, population, compartment and cycle with the values of the course, as bounds.

    `starts` is the value at the start of each cycle, by `sampling.derive_starts`. Days are days of the cycle.
    `recovery` is in words with `recovered_day`: the first day after the nadir at the plan's share of the baseline, or
    its lower limit, or above; null where baseline, limit or bounds do not decide. `depletion` tells of CD19 cells of
    blood alone.
    """
    known = counts.filter(pl.col("low").is_not_null() & (pl.col("population") != TREG_SHARE))
    starts = starts.filter(pl.col("population") != TREG_SHARE)
    starts = starts.rename({name: f"start_{name}" for name in ("low", "high", "strict", "sources")})
    within = _within(known).join(starts, on=KEYS, how="left", maintain_order="left")
    extremes = within.group_by(KEYS, maintain_order=True).agg(*_extremes(), sources=pl.col("sources").explode())
    course = starts.join(extremes, on=KEYS, how="full", coalesce=True).sort(KEYS)
    course = course.with_columns(*_folds(), sources=_all_sources())
    course = course.join(_recovery(within, extremes, plan), on=KEYS, how="left", maintain_order="left")
    return course.join(_depletion(within, course, plan), on=KEYS, how="left", maintain_order="left")


def _within(known: pl.DataFrame) -> pl.DataFrame:
    """Return what was measured within cycles after their first day, by day; a word stands in for an unknown day."""
    later = (pl.col("cycle_day") > 1) | (pl.col("cycle_day").is_null() & pl.col("timepoint").is_in(_LATER))
    best = pl.col("rank") == pl.col("rank").min().over(*KEYS, "cycle_day", "timepoint")
    rows = known.filter(pl.col("cycle").is_not_null() & later).filter(best)
    return rows.sort(*KEYS, "cycle_day", "low", "high", nulls_last=True)


def _extremes() -> list[pl.Expr]:
    low, high, day = pl.col("low"), pl.col("high"), pl.col("cycle_day")
    ceiling = high.fill_null(float("inf"))
    # What the record calls the end of the cycle closes it; else the last day; a value of unknown day last of all.
    closes = pl.when(pl.col("timepoint") == "end of cycle").then(2).when(day.is_not_null()).then(1).otherwise(0)
    return [
        pl.len().alias("values"),
        low.min().alias("nadir_low"),
        high.min().alias("nadir_high"),
        day.filter(ceiling == ceiling.min()).first().alias("nadir_day"),
        low.max().alias("peak_low"),
        pl.when(high.null_count() == 0).then(high.max()).alias("peak_high"),
        day.filter((low == low.max()) & (low.max() > 0)).first().alias("peak_day"),
        low.sort_by(closes, maintain_order=True).last().alias("end_low"),
        high.sort_by(closes, maintain_order=True).last().alias("end_high"),
        pl.col("strict").any().alias("strict"),
    ]


def _folds() -> list[pl.Expr]:
    """Return nadir and peak as shares of the baseline; a baseline that may be 0 bounds no share from above."""
    start_low, start_high = pl.col("start_low"), pl.col("start_high")
    folds = []
    for name in ("nadir", "peak"):
        low = pl.when(start_high > 0).then(pl.col(f"{name}_low") / start_high)
        high = pl.when(start_low > 0).then(pl.col(f"{name}_high") / start_low)
        folds += [low.alias(f"{name}_fold_low"), high.alias(f"{name}_fold_high")]
    return folds


def _all_sources() -> pl.Expr:
    empty = pl.lit([], dtype=pl.List(pl.String))
    lists = [pl.coalesce(pl.col(name), empty) for name in ("start_sources", "sources")]
    return pl.concat_list(lists).list.unique(maintain_order=True)


def _recovery(within: pl.DataFrame, extremes: pl.DataFrame, plan: Immune) -> pl.DataFrame:
    """Return the state of recovery and its day, by the bounds that prove it."""
    if plan.recovery == "baseline":
        limits = [(pl.col(f"start_{end}") * plan.recovery_fraction).alias(f"goal_{end}") for end in ("low", "high")]
    else:
        limits = [pl.col("lower_limit").max().over(KEYS).alias(f"goal_{end}") for end in ("low", "high")]
    rows = within.join(extremes.select(*KEYS, "nadir_day"), on=KEYS, how="left", maintain_order="left")
    rows = rows.with_columns(limits)
    day = pl.col("cycle_day")
    back = day.filter((day > pl.col("nadir_day")) & (pl.col("low") >= pl.col("goal_high"))).min()
    found = rows.group_by(KEYS, maintain_order=True).agg(
        back.alias("recovered_day"),
        fallen=(pl.col("high") < pl.col("goal_low")).any(ignore_nulls=False),
        reaches=(pl.col("low") >= pl.col("goal_high")).all(ignore_nulls=False),
        unsure=(
            (day > pl.col("nadir_day")) & ~(pl.col("high") < pl.col("goal_low")).fill_null(value=False)
        ).any(),
        goal=pl.col("goal_high").first(),
    )  # fmt: skip
    state = (
        pl.when(pl.col("goal").is_null())
        .then(None)
        .when("reaches")
        .then(pl.lit(NOT_FALLEN))
        .when(pl.col("fallen") & pl.col("recovered_day").is_not_null())
        .then(pl.lit(RECOVERED))
        .when(pl.col("fallen") & ~pl.col("unsure"))
        .then(pl.lit(NOT_RECOVERED))
    )
    named = found.with_columns(recovery=state)
    day = pl.when(pl.col("recovery") == RECOVERED).then("recovered_day").alias("recovered_day")
    return named.select(*KEYS, "recovery", day)


def _depletion(within: pl.DataFrame, course: pl.DataFrame, plan: Immune) -> pl.DataFrame:
    """Return whether, and on which day of the cycle first, CD19 cells of blood were below the plan's limit."""
    limit = plan.b_cells_depleted_below
    b_cells = (pl.col("population") == "cd19") & (pl.col("compartment") == BLOOD)
    rows = within.filter(b_cells).with_columns(gone=_below(limit, "")).filter("gone")
    first = rows.group_by(KEYS).agg(depleted_day=pl.col("cycle_day").min(), gone=pl.col("gone").any())
    cells = course.filter(b_cells).join(first, on=KEYS, how="left", maintain_order="left")
    # Kept above the limit only if every value proves it; values that straddle it decide nothing.
    kept = pl.col("nadir_low") >= limit
    state = (
        pl.when(_below(limit, "start_"))
        .then(pl.lit(DEPLETED_BEFORE))
        .when("gone")
        .then(pl.lit(DEPLETED))
        .when(kept)
        .then(pl.lit(NOT_DEPLETED))
    )
    named = cells.with_columns(depletion=state)
    day = pl.when(pl.col("depletion") == DEPLETED).then("depleted_day").alias("depleted_day")
    return named.select(*KEYS, "depletion", day)


def _below(limit: float, of: str) -> pl.Expr:
    high = pl.col(f"{of}high")
    return (high < limit) | ((high == limit) & pl.col(f"{of}strict") & (pl.col(f"{of}low") < limit))


def derive_b_cell_depletion(courses: pl.DataFrame, cycles: pl.DataFrame) -> pl.DataFrame:
    """Return one row a patient with CD19 cells of blood measured: `state`, `day` of the study, sources.

    The state is null where the bounds decide nothing; the day is null where it was before the first dose, where it is
    not known, and where there was none.
    """
    begins = derive_begins(cycles).select("patient", "cycle", "begin")
    rows = courses.filter((pl.col("population") == "cd19") & (pl.col("compartment") == BLOOD))
    rows = rows.join(begins, on=["patient", "cycle"], how="left", maintain_order="left").sort("patient", "cycle")
    state = pl.col("depletion")
    gone = state.is_in([DEPLETED, DEPLETED_BEFORE])
    day = counted(pl.col("begin") + pl.col("depleted_day") - 1)
    found = rows.with_columns(day=day).group_by("patient", maintain_order=True).agg(
        first=state.first(),
        ever=gone.any(),
        kept=(state == NOT_DEPLETED).all(ignore_nulls=False),
        # A cycle before that decides nothing may have been the one: then the day is not known.
        day=pl.when(state.first().is_not_null()).then(pl.col("day").filter(gone).first()),
        sources=pl.col("sources").explode().unique(maintain_order=True),
    )  # fmt: skip
    named = (
        pl.when(pl.col("first") == DEPLETED_BEFORE)
        .then(pl.lit(DEPLETED_BEFORE))
        .when("ever")
        .then(pl.lit(DEPLETED))
        .when("kept")
        .then(pl.lit(NOT_DEPLETED))
    )
    named_rows = found.with_columns(state=named)
    when = pl.when(pl.col("state") == DEPLETED).then("day").alias("day")
    return named_rows.select("patient", "state", when, "sources")
