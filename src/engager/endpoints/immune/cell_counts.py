"""Cell counts by population and compartment, per microlitre, each with the way in which it was come by.

A count stands as it was recorded. A percentage becomes a count where the sample also has a count of the cells that the
percentage is of: the row names them (`gate`), else the plan does. What cannot be computed stays in the dataset, without
a number and with the reason.
"""

from __future__ import annotations

from typing import get_args

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.immune.bounds import bounds, factors, scaled
from engager.endpoints.immune.sampling import place_samples
from engager.endpoints.sources import source
from engager.plan import Immune
from engager.plan.immune import Population

POPULATIONS: tuple[str, ...] = get_args(Population)
TREG_SHARE = "treg_of_cd4"
BLOOD, MARROW = "blood", "bone marrow"
SINGLE_PLATFORM, RECORDED = "single platform", "count as recorded"
# Percentages are turned into counts from the outer gate inward: those of CD3 may need a CD3 count derived before.
_LEVELS = (("leukocytes", "lymphocytes"), ("cd3",), ("cd4",))
_SAMPLE = ["patient", "compartment", "day", "place"]
_COLUMNS = ["row", "patient", "population", "compartment", "cycle", "day", "cycle_day", "time", "timepoint",
            "low", "high", "strict", "unit", "lower_limit", "method", "reason", "rank", "sources"]  # fmt: skip
_NO_TEXT, _NO_NUMBER = pl.lit(None, pl.String), pl.lit(None, pl.Float64)


def derive_cell_counts(cohort: Cohort, cycles: pl.DataFrame, plan: Immune) -> pl.DataFrame:
    """Return one row a value: patient, population, compartment, time, `low`, `high`, `strict`, method or reason.

    Counts are in `/uL`; the share of regulatory T cells among CD4 cells (`treg_of_cd4`) is a fraction. A sample
    without a specimen is taken as of blood. `rank` is 0 for a recorded count and 1 for one from a percentage, which
    gives way to it.
    """
    readings = _placed(place_samples(_readings(cohort), cycles))
    counts = _recorded(readings, plan)
    percentages = readings.filter(pl.col("factor").is_null()).with_columns(gate=_gate(plan), percent=pl.lit(0.01))
    percentages = percentages.with_columns(_fractions())
    shares = [_share_of_cd4(percentages)]
    for gates in _LEVELS:
        inside = percentages.filter(pl.col("gate").is_in(gates))
        if inside.height:
            counts = pl.concat([counts, _times_parent(inside, counts.filter(pl.col("population").is_in(gates)))])
    unstated = percentages.filter(pl.col("gate").is_null())
    reason = "the cells that the percentage is of are not stated (`gate`, or `percent_of` in the plan)"
    shares.append(_share_of_counts(counts))
    lost = unstated.with_columns(
        low=_NO_NUMBER, high=_NO_NUMBER, method=_NO_TEXT, reason=pl.lit(reason), rank=pl.lit(1), unit=pl.lit("/uL"),
        lower_limit=_NO_NUMBER,
    )  # fmt: skip
    frames = [counts, lost, *shares]
    order = ["patient", "population", "compartment", "time", "row"]
    return pl.concat([frame.select(_COLUMNS) for frame in frames]).sort(order, nulls_last=True, maintain_order=True)


def _readings(cohort: Cohort) -> pl.DataFrame:
    """Return the measurements of cells in blood and marrow, with the factor of a count's unit; null: a percentage."""
    rows = cohort["measurements"].filter(
        pl.col("test").is_in(POPULATIONS)
        & (pl.col("result").cast(pl.String) != "not assessed")
        & (pl.col("specimen").is_null() | pl.col("specimen").cast(pl.String).is_in([BLOOD, MARROW]))
    )
    compartment = pl.when(pl.col("specimen").cast(pl.String) == MARROW).then(pl.lit(MARROW)).otherwise(pl.lit(BLOOD))
    return rows.select(
        "row", "patient", "cycle", "day", "cycle_day", "comparator", "result", "value", "lod", "loq", "unit",
        pl.col("timepoint", "method", "gate").cast(pl.String),
        recorded_limit=pl.col("lower_limit"),
        population="test",
        compartment=compartment,
        factor=pl.col("unit").replace_strict(factors("count"), default=None, return_dtype=pl.Float64),
        sources=pl.concat_list(source("measurements")),
    )  # fmt: skip


def _placed(readings: pl.DataFrame) -> pl.DataFrame:
    """Return the readings with `place`, where a sample without a day stands, by which values of one sample meet."""
    words = [pl.col(name).cast(pl.String).fill_null("") for name in ("cycle", "timepoint", "cycle_day")]
    undated = readings.filter(pl.col("day").is_null()).with_columns(place=pl.format("{} {} {}", *words))
    dated = readings.filter(pl.col("day").is_not_null()).with_columns(place=pl.lit(""))
    return pl.concat([dated, undated])


def _recorded(readings: pl.DataFrame, plan: Immune) -> pl.DataFrame:
    single = pl.col("method") == SINGLE_PLATFORM
    limits = pl.col("population").replace_strict(dict(plan.lower_limits), default=None, return_dtype=pl.Float64)
    counted = readings.filter(pl.col("factor").is_not_null())
    return counted.with_columns(
        *bounds(scaled("value"), scaled("lod"), scaled("loq")),
        lower_limit=pl.coalesce(scaled("recorded_limit"), limits),
        unit=pl.lit("/uL"),
        method=pl.when(single).then(pl.lit(SINGLE_PLATFORM)).otherwise(pl.lit(RECORDED)),
        reason=_NO_TEXT,
        rank=pl.lit(0),
    ).select(*_COLUMNS, "place")


def _gate(plan: Immune) -> pl.Expr:
    of_treg, of_all = (pl.lit(name, pl.String) for name in (plan.treg_percent_of, plan.percent_of))
    planned = pl.when(pl.col("population") == "treg").then(of_treg).otherwise(of_all)
    return pl.coalesce("gate", planned)


def _fractions() -> list[pl.Expr]:
    factor = pl.col("unit").replace_strict(factors("fraction"), default=None, return_dtype=pl.Float64)
    value, lod, loq = ((pl.col(name) * factor).round_sig_figs(12) for name in ("value", "lod", "loq"))
    low, high, strict = bounds(value, lod, loq)
    # A fraction ends at 1, so that "more than 90 %" has an upper bound too.
    above = pl.col("comparator").cast(pl.String).is_in([">", ">="])
    return [low, pl.when(above).then(1.0).otherwise(high).alias("high"), strict]


def _parents(counts: pl.DataFrame) -> pl.DataFrame:
    """Return the count of each population in each sample, and whether several differ; the recorded one goes first."""
    keys = [*_SAMPLE, "population"]
    known = counts.filter(pl.col("low").is_not_null())
    best = known.filter(pl.col("rank") == pl.col("rank").min().over(keys))
    found = best.group_by(keys).agg(
        parent_low=pl.col("low").first(), parent_high=pl.col("high").first(), parent_strict=pl.col("strict").first(),
        differ=(pl.col("low").n_unique() > 1) | (pl.col("high").n_unique() > 1),
        parent_sources=pl.col("sources").first(),
    )  # fmt: skip
    return found.rename({"population": "gate"})


def _times_parent(percentages: pl.DataFrame, counts: pl.DataFrame) -> pl.DataFrame:
    """Return percentages as counts, or why not: no count of the gate in the sample, or two that differ."""
    joined = percentages.join(
        _parents(counts), on=[*_SAMPLE, "gate"], how="left", nulls_equal=True, maintain_order="left"
    )
    missing, differ = pl.col("parent_low").is_null(), pl.col("differ").fill_null(value=False)
    reason = (
        pl.when(missing)
        .then(pl.format("no count of {} in the same sample", "gate"))
        .when(differ)
        .then(pl.format("the counts of {} in the same sample differ", "gate"))
    )
    usable = reason.is_null()
    return joined.with_columns(
        low=pl.when(usable).then((pl.col("low") * pl.col("parent_low")).round_sig_figs(12)),
        high=pl.when(usable).then((pl.col("high") * pl.col("parent_high")).round_sig_figs(12)),
        strict=pl.col("strict") | pl.col("parent_strict").fill_null(value=False),
        unit=pl.lit("/uL"),
        lower_limit=_NO_NUMBER,
        method=pl.when(usable).then(pl.format("percentage times {}", "gate")),
        reason=reason,
        rank=pl.lit(1),
        sources=pl.when(usable).then(pl.concat_list("sources", "parent_sources")).otherwise("sources"),
    ).select(*_COLUMNS, "place")


def _share_of_cd4(percentages: pl.DataFrame) -> pl.DataFrame:
    """Return the regulatory T cells that were recorded as a percentage of CD4 cells."""
    shares = percentages.filter((pl.col("population") == "treg") & (pl.col("gate") == "cd4"))
    return shares.with_columns(
        population=pl.lit(TREG_SHARE), unit=pl.lit("1"), method=pl.lit("percentage as recorded"), reason=_NO_TEXT,
        rank=pl.lit(0), lower_limit=_NO_NUMBER,
    )  # fmt: skip


def _share_of_counts(counts: pl.DataFrame) -> pl.DataFrame:
    """Return counts of regulatory T cells over those of CD4 cells of the same sample, where both were recorded."""
    treg = counts.filter((pl.col("population") == "treg") & (pl.col("rank") == 0)).with_columns(gate=pl.lit("cd4"))
    parents = _parents(counts.filter(pl.col("population") == "cd4"))
    joined = treg.join(parents, on=[*_SAMPLE, "gate"], how="inner", nulls_equal=True)
    joined = joined.filter(~pl.col("differ") & (pl.col("parent_low") > 0))
    return joined.with_columns(
        population=pl.lit(TREG_SHARE),
        low=pl.when(pl.col("parent_high").is_not_null())
        .then((pl.col("low") / pl.col("parent_high")).round_sig_figs(12))
        .otherwise(0.0),
        high=(pl.col("high") / pl.col("parent_low")).round_sig_figs(12),
        strict=pl.col("strict") | pl.col("parent_strict"),
        unit=pl.lit("1"),
        method=pl.lit("count over count of cd4"),
        rank=pl.lit(1),
        lower_limit=_NO_NUMBER,
        sources=pl.concat_list("sources", "parent_sources"),
    )
