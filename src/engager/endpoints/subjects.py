"""The subject-level dataset: one row a patient, with what the other tables say of the time before treatment."""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.sources import gathered, merged, source
from engager.schema.therapies import was_given

# Donors in the order in which papers list them, so that the same transplants make the same text.
DONORS = ("matched sibling", "matched unrelated", "mismatched unrelated", "cord blood", "haploidentical",
          "donor not stated")  # fmt: skip


def derive_subjects(cohort: Cohort) -> pl.DataFrame:
    """Return the patients with prior transplants (`1 x matched sibling, ...`, their count) and prior therapy.

    Both are `none` where the record states so, null where it says nothing. Drugs are named once, in the order of the
    alphabet, so that the same drugs make the same text.
    """
    frame = cohort["patients"].with_columns(patient_sources=pl.concat_list(source("patients")))
    before = cohort["therapies"].filter(pl.col("phase") == "before").with_columns(source("therapies"))
    for derived in (_transplants(before), _therapies(before)):
        frame = frame.join(derived, on="patient", how="left", maintain_order="left")
    return frame.with_columns(merged("patient_sources", "hsct_sources", "therapy_sources"))


def _transplants(before: pl.DataFrame) -> pl.DataFrame:
    rows = before.filter(pl.col("kind") == "hsct").with_columns(
        donor=pl.col("donor").cast(pl.String).fill_null("donor not stated").cast(pl.Enum(DONORS)), given=was_given()
    )
    donors = rows.group_by("patient", "donor").agg(count=pl.col("given").sum(), sources=pl.col("source"))
    some = pl.col("count") > 0
    text = pl.format("{} x {}", "count", "donor").filter(some).str.join(", ")
    return donors.sort("patient", "donor").group_by("patient", maintain_order=True).agg(
        prior_hsct=pl.when(some.any()).then(text).otherwise(pl.lit("none")),
        prior_hsct_count=pl.col("count").sum(),
        hsct_sources=pl.col("sources").explode(),
    )  # fmt: skip


def _therapies(before: pl.DataFrame) -> pl.DataFrame:
    rows = before.filter(pl.col("kind") != "hsct")
    names = pl.coalesce("name", pl.col("kind").cast(pl.String)).filter(was_given()).unique().sort().str.join(", ")
    return rows.group_by("patient", maintain_order=True).agg(
        prior_therapy=pl.when(was_given().any()).then(names).otherwise(pl.lit("none")), therapy_sources=gathered()
    )
