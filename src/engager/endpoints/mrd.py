"""Best response, MRD conversion and marrow remission of each patient."""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.sources import gathered, merged, source
from engager.plan import Response


def derive_best_response(burden: pl.DataFrame) -> pl.DataFrame:
    """Return one row a patient: the deepest reading after treatment, as entered, with its test, methods and sources.

    The deepest reading has the lowest upper bound, then the lowest lower one; methods that gave the same one stand
    together.
    """
    after = burden.filter(pl.col("role").is_in(["after", "best"]))
    lowest = after.filter(pl.col("high") == pl.col("high").min().over("patient"))
    deepest = lowest.filter(pl.col("low") == pl.col("low").min().over("patient"))
    return deepest.group_by("patient", maintain_order=True).agg(
        best=pl.col("value_text").first(),
        unit=pl.col("unit").first(),
        test=pl.col("test").first(),
        methods=pl.col("method").cast(pl.String).drop_nulls().unique(maintain_order=True).str.join(", "),
        high=pl.col("high").first(),
        sources=gathered(),
    )


def derive_mrd_conversion(burden: pl.DataFrame, criteria: Response) -> pl.DataFrame:
    """Return one row a patient with a positive burden before treatment: `converted` is yes, no or not assessed.

    Converted: an MRD reading after treatment below the plan's limit. Not assessed: no reading after treatment decides.
    """
    limit = criteria.mrd_negative_below
    positive = burden.filter((pl.col("role") == "before") & (pl.col("low") >= limit))
    baseline = positive.group_by("patient", maintain_order=True).agg(baseline_sources=gathered())
    after = burden.filter(pl.col("role").is_in(["after", "best"]))
    negative = (pl.col("test") == "mrd") & (pl.col("high") <= limit)
    outcome = after.group_by("patient", maintain_order=True).agg(
        negative=negative.any(), positive=(pl.col("low") >= limit).any(), after_sources=gathered()
    )
    joined = baseline.join(outcome, on="patient", how="left", maintain_order="left")
    converted = (
        pl.when(pl.col("negative"))
        .then(pl.lit("yes"))
        .when(pl.col("positive"))
        .then(pl.lit("no"))
        .otherwise(pl.lit("not assessed"))
    )
    return joined.select("patient", merged("baseline_sources", "after_sources"), converted=converted)


def derive_marrow_remission(cohort: Cohort, burden: pl.DataFrame, criteria: Response) -> pl.DataFrame:
    """Return one row a patient with an M1 marrow after treatment, measured below the limit or stated as such."""
    limit = criteria.marrow_limit_percent / 100
    high = pl.col("high")
    below = high <= limit if criteria.marrow_limit_inclusive else (high < limit)
    measured = burden.filter(pl.col("role").is_in(["after", "best"]) & (pl.col("test") == "marrow_blasts") & below)
    stated = (
        cohort["measurements"]
        .filter((pl.col("test") == "marrow_status") & (pl.col("category") == "M1"))
        .filter(pl.col("timepoint").is_in(["end of cycle", "best response", "after treatment"]) | (pl.col("day") > 1))
        .with_columns(source("measurements"))
    )
    rows = pl.concat([measured.select("patient", "source"), stated.select("patient", "source")])
    return rows.group_by("patient", maintain_order=True).agg(gathered())
