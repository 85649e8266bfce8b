"""Disease outside the bone marrow: recorded before treatment, cleared, and relapsed to."""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.sources import gathered, source

OUTSIDE_SITES = ("bone marrow + cns", "bone marrow + extramedullary", "cns", "extramedullary")
_REMISSION = ("in remission", "in molecular remission")


def derive_extramedullary(cohort: Cohort) -> pl.DataFrame:
    """Return one row a patient: disease outside the marrow `outside_before`, `cleared_day`, the first relapse outside.

    `cleared_day` is the first day after the first dose on which a disease assessment found remission. A relapse is
    placed by its day (`outside_day`), else by its cycle (`outside_cycle`). Nothing recorded is told as none recorded:
    the criterion is disease that is known of.
    """
    patients = cohort["patients"].with_columns(source("patients"))
    site = pl.col("relapse_site").cast(pl.String).is_in(OUTSIDE_SITES)
    before = patients.select(
        "patient",
        outside_before=(pl.col("cns") | site.fill_null(value=False)).fill_null(value=False),
        source=pl.col("source"),
    )
    frame = before.join(_cleared(cohort), on="patient", how="left", maintain_order="left")
    frame = frame.join(_relapsed(cohort), on="patient", how="left", maintain_order="left")
    involved = pl.when("outside_before").then(pl.concat_list("source")).otherwise(pl.lit([], pl.List(pl.String)))
    empty = pl.lit([], pl.List(pl.String))
    known = [pl.coalesce(column, empty) for column in ("relapse_sources", "cleared_sources")]
    return frame.select(
        "patient", "outside_before", "cleared_day", "outside_day", "outside_cycle",
        outside_sources=pl.concat_list(involved, *known).list.unique(maintain_order=True),
    )  # fmt: skip


def _cleared(cohort: Cohort) -> pl.DataFrame:
    assessed = pl.col("event") == "disease assessment"
    rows = cohort["follow_up"].filter(assessed & pl.col("status").is_in(_REMISSION) & (pl.col("day") >= 1))
    named = rows.rechunk().with_columns(source("follow_up"))
    return named.group_by("patient", maintain_order=True).agg(
        cleared_day=pl.col("day").min(), cleared_sources=gathered()
    )


def _relapsed(cohort: Cohort) -> pl.DataFrame:
    later = (pl.col("day") >= 1) | pl.col("day").is_null()
    outside = (pl.col("event") == "relapse") & pl.col("site").cast(pl.String).is_in(OUTSIDE_SITES)
    rows = cohort["follow_up"].filter(outside & later).rechunk().with_columns(source("follow_up"))
    undated = pl.col("cycle").filter(pl.col("day").is_null()).min()
    return rows.group_by("patient", maintain_order=True).agg(
        outside_day=pl.col("day").min(), outside_cycle=undated, relapse_sources=gathered()
    )
