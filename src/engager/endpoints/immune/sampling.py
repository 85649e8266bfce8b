"""When a sample was taken: its study day, its cycle and its day within the cycle, each completed from the others.

A sample that names its cycle belongs to it. One that has a day alone belongs to the cycle begun last, on its first day
or later, however long ago; before the first cycle it belongs to none. `time` counts days from the first dose without
the gap that study days have at 0: day 1 is time 0, day -1 is time -1.
"""

from __future__ import annotations

import polars as pl

from engager.endpoints.elapsed import elapsed


def counted(time: pl.Expr) -> pl.Expr:
    """Return the day of a time as days are counted, without a day 0: the inverse of `elapsed`."""
    return time + (time >= 0).cast(pl.Int32)


def derive_begins(cycles: pl.DataFrame) -> pl.DataFrame:
    """Return the cycles with `begin`, the time of their first day; the first cycle begins on day 1 by definition.

    `unclear` marks a cycle whose successor has no day: what follows on a day alone may belong to either.
    """
    first = pl.col("cycle") == pl.col("cycle").min().over("patient")
    begin = elapsed(pl.coalesce("start_day", pl.when(first).then(1)).cast(pl.Int32))
    ordered = cycles.select("patient", "cycle", "start_day").sort("patient", "cycle").with_columns(begin=begin)
    successor = pl.col("cycle").shift(-1).over("patient").is_not_null()
    unclear = successor & pl.col("begin").shift(-1).over("patient").is_null()
    return ordered.select("patient", "cycle", "begin", unclear=unclear)


def place_samples(samples: pl.DataFrame, cycles: pl.DataFrame) -> pl.DataFrame:
    """Return the samples with `cycle`, `day`, `cycle_day` and `time` filled where one follows from the others."""
    begins = derive_begins(cycles)
    named = samples.filter(pl.col("cycle").is_not_null())
    named = named.join(begins.drop("unclear"), on=["patient", "cycle"], how="left", maintain_order="left")
    bare = samples.filter(pl.col("cycle").is_null())
    return pl.concat([_of_cycle(named), _of_day(bare, begins)]).sort("row")


def _of_cycle(named: pl.DataFrame) -> pl.DataFrame:
    since = pl.col("cycle_day") - (pl.col("cycle_day") > 0).cast(pl.Int32)
    placed = named.with_columns(time=pl.coalesce(elapsed(pl.col("day")), pl.col("begin") + since))
    placed = placed.with_columns(
        day=pl.coalesce("day", counted(pl.col("time"))),
        cycle_day=pl.coalesce("cycle_day", counted(pl.col("time") - pl.col("begin"))),
    )
    return placed.drop("begin")


def _of_day(bare: pl.DataFrame, begins: pl.DataFrame) -> pl.DataFrame:
    """Return the samples without a cycle: that begun last where they have a day, none where that is not sure."""
    known = begins.filter(pl.col("begin").is_not_null()).rename({"cycle": "begun"}).sort("begin")
    timed = bare.with_columns(time=elapsed(pl.col("day"))).sort("time", nulls_last=True)
    found = timed.filter(pl.col("time").is_not_null()).join_asof(
        known, left_on="time", right_on="begin", by="patient", strategy="backward", check_sortedness=False
    )
    sure = ~pl.col("unclear").fill_null(value=False)
    found = found.with_columns(
        cycle=pl.when(sure).then("begun"),
        cycle_day=pl.when(sure).then(counted(pl.col("time") - pl.col("begin"))),
    )
    columns = timed.columns
    return pl.concat([found.select(columns), timed.filter(pl.col("time").is_null())])


def derive_starts(values: pl.DataFrame, cycles: pl.DataFrame, keys: list[str], within: int) -> pl.DataFrame:
    """Return the value at the start of each cycle by patient, cycle and `keys`: `low`, `high`, `strict`, `sources`.

    A value that the record itself places at the start of the cycle (`start of cycle`; `baseline` for the first) goes
    before one that its day places: the last on the cycle's first day or up to `within` days before it. Several values
    of one day count as their mean. `values` is one row a value, with `time`, `cycle` and `timepoint`.
    """
    order = ["patient", *keys]
    point = pl.col("timepoint").cast(pl.String)
    worded = values.filter((point == "baseline") | ((point == "start of cycle") & pl.col("cycle").is_not_null()))
    point_cycle = pl.when(point == "baseline").then(1).otherwise("cycle").cast(pl.Int32)
    stated = daily_means(worded.with_columns(cycle=point_cycle), [*order, "cycle"])
    dated = daily_means(values.filter(pl.col("time").is_not_null()), [*order, "time"]).sort("time")
    begins = derive_begins(cycles).filter(pl.col("begin").is_not_null())
    wanted = values.select(order).unique().join(begins, on="patient", how="inner").sort("begin")
    found = wanted.join_asof(
        dated, left_on="begin", right_on="time", by=order, strategy="backward", tolerance=within,
        check_sortedness=False,
    ).filter(pl.col("low").is_not_null())  # fmt: skip
    columns = [*order, "cycle", "low", "high", "strict", "sources"]
    rest = found.join(stated, on=[*order, "cycle"], how="anti").select(columns)
    return pl.concat([stated.select(columns), rest]).sort(*order, "cycle")


def daily_means(values: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Return the mean of the values of each key, as bounds; no upper bound where one of them has none.

    Where a count that was recorded as such stands beside one from a percentage, only the former counts.
    """
    if "rank" in values.columns:
        values = values.filter(pl.col("rank") == pl.col("rank").min().over(keys))
    columns = [*keys, "low", "high", "strict", "sources"]
    several = pl.struct(keys).is_duplicated()
    # Nearly every value is the only one of its day, and grouping costs a hundred times as much as leaving it.
    alone, together = values.filter(~several).select(columns), values.filter(several)
    ordered = together.sort(*keys, "low", "high", nulls_last=True)
    mean = pl.col("low").mean().round_sig_figs(12)
    high = pl.when(pl.col("high").null_count() == 0).then(pl.col("high").mean().round_sig_figs(12))
    means = ordered.group_by(keys, maintain_order=True).agg(
        low=mean, high=high, strict=pl.col("strict").any(), sources=pl.col("sources").explode().unique().sort()
    )  # fmt: skip
    return pl.concat([alone, means])
