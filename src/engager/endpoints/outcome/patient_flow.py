"""The way of each patient through the study: treated, response, what followed, state at the last contact."""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.outcome.transplantation import derive_transplantation
from engager.endpoints.sources import gathered, merged, source
from engager.schema.therapies import was_given

NO_RESPONSE_KNOWN = "response not assessed"
NEXT = ("transplant", "maintenance", "other treatment", "no further treatment recorded")
OUTCOMES = ("alive without relapse", "alive after relapse", "died", "not followed")


def derive_patient_flow(cohort: Cohort, subjects: pl.DataFrame, patient_response: pl.DataFrame) -> pl.DataFrame:
    """Return one row a patient: `response`, `next`, `outcome`, sources.

    What followed is a transplant where there was one, else maintenance, else any other treatment after the last
    cycle. The outcome is the state at the last contact, whatever the day of a relapse.
    """
    response = patient_response.select("patient", "response", response_sources="sources")
    frame = subjects.select("patient")
    for part in (response, _next(cohort), _outcome(cohort)):
        frame = frame.join(part, on="patient", how="left", maintain_order="left")
    return frame.select(
        "patient",
        pl.col("response").cast(pl.String).fill_null(NO_RESPONSE_KNOWN),
        pl.col("next").fill_null(NEXT[-1]),
        pl.col("outcome").fill_null(OUTCOMES[-1]),
        merged("response_sources", "next_sources", "outcome_sources"),
    )


def _next(cohort: Cohort) -> pl.DataFrame:
    transplanted = derive_transplantation(cohort).select("patient", "sources", rank=pl.lit(0, pl.Int32))
    after = cohort["therapies"].filter((pl.col("phase") == "after") & was_given() & (pl.col("kind") != "any"))
    others = after.with_columns(source("therapies")).select(
        "patient", sources=pl.concat_list("source"), rank=pl.when(pl.col("kind") == "maintenance").then(1).otherwise(2)
    )
    rows = pl.concat([transplanted, others]).with_columns(first=pl.col("rank").min().over("patient"))
    return rows.filter(pl.col("rank") == pl.col("first")).group_by("patient", maintain_order=True).agg(
        next=pl.col("rank").first().replace_strict([0, 1, 2], NEXT[:3], return_dtype=pl.String),
        next_sources=pl.col("sources").explode().unique(maintain_order=True),
    )  # fmt: skip


def _outcome(cohort: Cohort) -> pl.DataFrame:
    rows = cohort["follow_up"].with_columns(source("follow_up"))
    died, relapsed = pl.col("event") == "death", pl.col("event").is_in(["relapse", "progression"])
    alive_after, alive = OUTCOMES[1], OUTCOMES[0]
    state = pl.when(died.any()).then(pl.lit(OUTCOMES[2])).when(relapsed.any()).then(pl.lit(alive_after))
    seen = (pl.col("event") != "end of treatment").any()
    return rows.group_by("patient", maintain_order=True).agg(
        outcome=state.when(seen).then(pl.lit(alive)).otherwise(pl.lit(OUTCOMES[3])), outcome_sources=gathered()
    )
