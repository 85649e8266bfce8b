"""How many cycles a patient had before the transplant that followed the first dose."""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.sources import merged


def derive_cycles_before_transplant(
    cohort: Cohort, cycles: pl.DataFrame, transplantation: pl.DataFrame
) -> pl.DataFrame:
    """Return one row a patient transplanted after the first dose: `cycles` before it, null where the record cannot say.

    A cycle that began before the day of the transplant counts. Where one of the two days is not recorded, all cycles
    count if the record places every transplant after the last cycle, and else nothing is known.
    """
    phases = cohort["therapies"].filter((pl.col("kind") == "hsct") & (pl.col("phase") != "before"))
    placed = phases.group_by("patient").agg(after=(pl.col("phase") == "after").all())
    patients = transplantation.join(placed, on="patient", how="left", maintain_order="left")
    known = patients.select("patient", "hsct_day", "after", hsct_sources="sources")
    rows = cycles.select("patient", "cycle", "start_day", cycle_sources="sources")
    rows = rows.join(known, on="patient", how="inner", maintain_order="left")
    earlier = pl.col("start_day") < pl.col("hsct_day")
    counted = rows.with_columns(before=pl.when(pl.col("after")).then(pl.lit(value=True)).otherwise(earlier))
    found = counted.group_by("patient", maintain_order=True).agg(
        unknown=pl.col("before").null_count(),
        before=pl.col("before").sum(),
        cycle_sources=pl.col("cycle_sources").explode(),
        hsct_sources=pl.col("hsct_sources").first(),
    )
    return found.select(
        "patient",
        cycles=pl.when(pl.col("unknown") == 0).then("before"),
        sources=merged("cycle_sources", "hsct_sources"),
    )
