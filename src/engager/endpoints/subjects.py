"""The subject-level dataset: one row a patient, with what the other tables say of the time before treatment."""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.sources import gathered, merged, source


def derive_subjects(cohort: Cohort) -> pl.DataFrame:
    """Return the patients with prior transplants (`1 x matched sibling, ...`, their count) and prior therapy.

    `prior_therapy` is `none` where the record states so, the drugs in order where it names some, else null.
    """
    patients = cohort["patients"].with_columns(patient_sources=pl.concat_list(source("patients")))
    before = cohort["therapies"].filter(pl.col("phase") == "before").with_columns(source("therapies"))
    frame = patients
    for derived in (_transplants(before), _therapies(before)):
        frame = frame.join(derived, on="patient", how="left", maintain_order="left")
    return frame.with_columns(merged("patient_sources", "hsct_sources", "therapy_sources"))


def _transplants(before: pl.DataFrame) -> pl.DataFrame:
    given = before.filter((pl.col("kind") == "hsct") & pl.col("given").fill_null(value=True))
    donors = (
        given.sort("patient", "block", "row", nulls_last=True, maintain_order=True)
        .with_columns(donor=pl.col("donor").cast(pl.String).fill_null("donor not stated"))
        .group_by("patient", "donor", maintain_order=True)
        .agg(count=pl.len(), sources=pl.col("source"))
    )
    return donors.group_by("patient", maintain_order=True).agg(
        prior_hsct=pl.format("{} x {}", "count", "donor").str.join(", "),
        prior_hsct_count=pl.col("count").sum(),
        hsct_sources=pl.col("sources").explode(),
    )


def _therapies(before: pl.DataFrame) -> pl.DataFrame:
    rows = before.filter(pl.col("kind") != "hsct").sort("patient", "block", "row", nulls_last=True, maintain_order=True)
    given = pl.col("given").fill_null(value=True)
    return rows.group_by("patient", maintain_order=True).agg(
        prior_therapy=pl.when(given.any())
        .then(pl.col("name").filter(given).drop_nulls().unique(maintain_order=True).str.join(", "))
        .otherwise(pl.lit("none")),
        therapy_sources=gathered().alias("therapy_sources"),
    )
