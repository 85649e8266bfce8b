"""Best response, MRD conversion and marrow remission of each patient."""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.burden import below, marrow
from engager.endpoints.placing import place_readings
from engager.endpoints.sources import gathered, merged
from engager.plan import Response

_AFTER = pl.col("role").is_in(["after", "best"])


def derive_best_response(burden: pl.DataFrame, criteria: Response) -> pl.DataFrame:
    """Return one row a patient: the deepest reading after treatment, as entered, with its test, methods and sources.

    The deepest reading has the lowest upper bound, then the lowest lower one; methods that gave the same one stand
    together. A reading without an upper bound (not detected by an assay of unknown limit) comes after those that are
    proven MRD-negative and before all others.
    """
    after = burden.filter(_AFTER).with_columns(depth=pl.col("high").fill_null(criteria.mrd_negative_below))
    lowest = after.filter(pl.col("depth") == pl.col("depth").min().over("patient"))
    deepest = lowest.filter(pl.col("low") == pl.col("low").min().over("patient"))
    return deepest.sort(pl.col("high").is_null(), maintain_order=True).group_by("patient", maintain_order=True).agg(
        best=pl.col("value_text").first(),
        unit=pl.col("unit").first(),
        test=pl.col("test").first(),
        methods=pl.col("method").cast(pl.String).drop_nulls().unique(maintain_order=True).str.join(", "),
        high=pl.col("high").first(),
        sources=gathered(),
    )  # fmt: skip


def derive_mrd_conversion(burden: pl.DataFrame, criteria: Response) -> pl.DataFrame:
    """Return one row a patient with a positive burden before the first cycle: `converted`, yes, no or not assessed.

    Converted: an assessment after treatment with an MRD reading below the plan's limit and none at it or above.
    Not assessed: no reading after treatment decides.
    """
    limit = criteria.mrd_negative_below
    reaches = pl.col("low") >= limit
    first = burden.filter((pl.col("role") == "before") & (pl.col("cycle") == 1) & reaches)
    baseline = first.group_by("patient", maintain_order=True).agg(baseline_sources=gathered())
    mrd = pl.col("test") == "mrd"
    assessments = burden.filter(_AFTER).group_by("patient", "cycle", "day", maintain_order=True).agg(
        negative=(mrd & below(limit)).any() & ~(mrd & reaches).any(), positive=reaches.any(), source=pl.col("source")
    )  # fmt: skip
    outcome = assessments.explode("source").group_by("patient", maintain_order=True).agg(
        pl.col("negative", "positive").any(), after_sources=gathered()
    )  # fmt: skip
    joined = baseline.join(outcome, on="patient", how="left", maintain_order="left")
    converted = (
        pl.when("negative").then(pl.lit("yes")).when("positive").then(pl.lit("no")).otherwise(pl.lit("not assessed"))
    )
    return joined.select("patient", merged("baseline_sources", "after_sources"), converted=converted)


def derive_marrow_remission(
    cohort: Cohort, cycles: pl.DataFrame, burden: pl.DataFrame, criteria: Response
) -> pl.DataFrame:
    """Return one row a patient with an M1 marrow after treatment, measured below the limit or stated as such."""
    under = below(criteria.marrow_limit_percent / 100, inclusive=criteria.marrow_limit_inclusive)
    measured = burden.filter(_AFTER & (pl.col("test") == "marrow_blasts") & under)
    statuses = marrow(cohort).filter((pl.col("test") == "marrow_status") & (pl.col("category") == "M1"))
    stated = place_readings(statuses, cycles).filter(_AFTER)
    rows = pl.concat([measured.select("patient", "source"), stated.select("patient", "source")])
    return rows.group_by("patient", maintain_order=True).agg(gathered())
