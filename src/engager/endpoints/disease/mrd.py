"""MRD of each cycle and patient: what each assay says, conversion, best response; and M1 marrow.

An answer is never a bare "negative": it is quantifiable, positive but not quantifiable, not detected at a sensitivity
(or at one that is not stated), below a bound, or not assessed. Negative is said against the plan's limit alone.
"""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.disease.burden import (
    NOT_ASSESSED,
    NOT_DETECTED,
    NOT_QUANTIFIABLE,
    QUANTIFIABLE,
    below,
    marrow,
    reaches,
)
from engager.endpoints.disease.placing import place_readings
from engager.endpoints.sources import gathered
from engager.plan import Response

# MRD response by consensus (ASH Education Program, Hematology 2021:718, Table 1, doi:10.1182/hematology.2021000224; so
# the ELN's response criteria, variant 1): complete is MRD-negative at a sensitivity of 0.01 % at least, failure MRD at
# 0.01 % or above, intermediate whatever else was read.
COMPLETE, FAILURE, INTERMEDIATE, OPEN = "complete", "failure", "intermediate", "complete or intermediate"
CATEGORY_LIMIT = 1e-4
_AFTER = pl.col("role").is_in(["after", "best"])
_MRD = pl.col("test") == "mrd"


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


def derive_mrd_cycles(cycles: pl.DataFrame, burden: pl.DataFrame, criteria: Response) -> pl.DataFrame:
    """Return one row a cycle: what each MRD assay said after it (`states`), the category, whether below the limit.

    `negative` is yes, no, or null where no reading decides; `category` is the MRD response by consensus (complete,
    failure, intermediate, or `complete or intermediate` where a bound does not say whether anything was detected),
    null where nothing was read. A cycle without an MRD reading has the state `not assessed`.
    """
    after = burden.filter(_AFTER & _MRD & pl.col("cycle").is_not_null())
    words = pl.format("{}: {}", pl.col("method").cast(pl.String).fill_null("method not stated"), state_words())
    limit = criteria.mrd_negative_below
    told = after.rechunk().with_columns(words=words, kind=_category())
    read = told.group_by("patient", "cycle", maintain_order=True).agg(
        states=pl.col("words").unique().sort().str.join("; "),
        negative=pl.when(reaches(limit).any()).then(False).when(below(limit).any()).then(True),
        category=_worst(),
        sources=gathered(),
    )  # fmt: skip
    frame = cycles.select("patient", "cycle", exposure_sources="sources").join(
        read, on=["patient", "cycle"], how="left", maintain_order="left"
    )
    return frame.with_columns(
        pl.col("states").fill_null(NOT_ASSESSED), sources=pl.coalesce("sources", "exposure_sources")
    ).drop("exposure_sources")


def state_words() -> pl.Expr:
    """Return the state of a reading in words, with the sensitivity or the value: never a bare `negative`."""
    at = pl.format("not detected at sensitivity {}", pl.col("sensitivity").cast(pl.String))
    not_detected = (
        pl.when(pl.col("sensitivity").is_not_null())
        .then(at)
        .when(pl.col("high").is_not_null())
        .then(pl.format("not detected, below {}", pl.col("high").cast(pl.String)))
        .otherwise(pl.lit("not detected, sensitivity not stated"))
    )
    over = pl.when(pl.col("low") == pl.col("high")).then(pl.lit("")).otherwise(pl.lit("above "))
    return (
        pl.when(pl.col("state") == NOT_DETECTED)
        .then(not_detected)
        .when(pl.col("state") == NOT_QUANTIFIABLE)
        .then(pl.lit(NOT_QUANTIFIABLE))
        .when(pl.col("state") == QUANTIFIABLE)
        .then(pl.format("{}{}", over, pl.col("low").cast(pl.String)))
        .when(pl.col("high").is_not_null())
        .then(pl.format("below {}, whether detected not stated", pl.col("high").cast(pl.String)))
        .otherwise(pl.lit("no value that can be read"))
    )


def _category() -> pl.Expr:
    """Return the MRD response of one reading; null where its bounds do not decide."""
    deep = (pl.col("sensitivity") <= CATEGORY_LIMIT).fill_null(value=False)
    negative = pl.col("state") == NOT_DETECTED
    under = below(CATEGORY_LIMIT, inclusive=True)
    return (
        pl.when(negative & (deep | under))
        .then(pl.lit(COMPLETE))
        .when(negative)
        .then(pl.lit(INTERMEDIATE))
        .when(pl.col("state").is_in([NOT_QUANTIFIABLE, QUANTIFIABLE]) & below(CATEGORY_LIMIT))
        .then(pl.lit(INTERMEDIATE))
        .when(reaches(CATEGORY_LIMIT))
        .then(pl.lit(FAILURE))
        .when(below(CATEGORY_LIMIT))
        .then(pl.lit(OPEN))
    )


def _worst() -> pl.Expr:
    """Return the worst category that a reading of a cycle proves, so that no assay hides another's positive one.

    A bound that leaves complete or intermediate open takes nothing from a reading that decides.
    """
    kind = pl.col("kind")
    expression = pl.when((kind == OPEN).any()).then(pl.lit(OPEN)).otherwise(None)
    for name in (COMPLETE, INTERMEDIATE, FAILURE):
        expression = pl.when((kind == name).any()).then(pl.lit(name)).otherwise(expression)
    return expression


def derive_marrow_remission(
    cohort: Cohort, cycles: pl.DataFrame, burden: pl.DataFrame, criteria: Response
) -> pl.DataFrame:
    """Return one row a patient with an M1 marrow after treatment, measured below the limit or stated as such."""
    under = below(criteria.marrow_limit_percent / 100, inclusive=criteria.marrow_limit_inclusive)
    measured = burden.filter(_AFTER & (pl.col("test") == "marrow_blasts") & under)
    statuses = marrow(cohort, (pl.col("test") == "marrow_status") & (pl.col("category") == "M1"))
    stated = place_readings(statuses, cycles).filter(_AFTER)
    rows = pl.concat([measured.select("patient", "source"), stated.select("patient", "source")])
    return rows.group_by("patient", maintain_order=True).agg(gathered())
