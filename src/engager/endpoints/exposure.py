"""Cycles: the stretches of infusion of a cycle as one row."""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.sources import gathered, source


def derive_cycles(cohort: Cohort) -> pl.DataFrame:
    """Return one row a patient and cycle: doses in order, their unit, first and last day, why it ended, sources.

    Patients stand in the order of their table. Days are null where the record gives none. Rows without a cycle are
    left out (the checks warn of them).
    """
    order = cohort["patients"].select("patient").unique(maintain_order=True).with_row_index("order")
    steps = (
        cohort["exposure"]
        .filter(pl.col("patient").is_not_null() & pl.col("cycle").is_not_null())
        .with_columns(source("exposure"))
        .join(order, on="patient", how="left", maintain_order="left")
        .sort("order", "patient", "cycle", "start_day", "step", "row", nulls_last=True, maintain_order=True)
    )
    return steps.group_by("patient", "cycle", maintain_order=True).agg(
        doses=pl.col("dose"),
        unit=pl.col("unit").drop_nulls().first(),
        start_day=pl.col("start_day").min(),
        end_day=pl.col("end_day").max(),
        end_reason=pl.col("end_reason").last(),
        sources=gathered(),
    )
