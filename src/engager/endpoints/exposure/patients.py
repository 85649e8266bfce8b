"""The exposure of each patient over all cycles."""

from __future__ import annotations

import polars as pl

from engager.endpoints.exposure.cycles import COMPLETED, ENDED_EARLY, ONGOING
from engager.plan import Exposure


def derive_patient_exposure(cycles: pl.DataFrame, settings: Exposure) -> pl.DataFrame:
    """Return one row a patient treated: cycles started and completed, days, doses, relative dose and dose intensity.

    A total over cycles is null where one cycle's part is. The dose intensity is dose over time from the first day of
    the first cycle to the last of the last one, pauses between cycles included; a planned pause counts as it was
    where it lies within the regimen's least and most, else as the nearer of the two.
    """
    rows = cycles.with_columns(_planned_off())
    totals = [_total(name) for name in ("days", "dose_ug", "dose_m2", "planned_days", "planned_ug", "planned_m2")]
    first_day, last_day = pl.col("start_day").min(), pl.col("end_day").max()
    known = pl.col("interruptions").null_count() == 0
    pauses = pl.when(pl.col("planned_off").null_count() <= 1).then(pl.col("planned_off").sum())
    patients = rows.group_by("patient", maintain_order=True).agg(
        *totals,
        cycles=pl.len(),
        completed=(pl.col("status") == COMPLETED).sum(),
        ended_early=(pl.col("status") == ENDED_EARLY).sum(),
        ongoing=(pl.col("status") == ONGOING).sum(),
        status_unknown=pl.col("status").is_null().sum(),
        first_cycle=pl.col("cycle").min(),
        interruptions=pl.when(known | (pl.col("interruptions") > 0).any()).then(pl.col("interruptions").sum()),
        restarts=pl.when(known | (pl.col("restarts") > 0).any()).then(pl.col("restarts").sum()),
        reasons=pl.col("reasons").explode(empty_as_null=False),
        increases=pl.col("increases").sum(),
        reductions=pl.col("reductions").sum(),
        escalations=pl.col("escalated").sum(),
        first_dose=pl.col("doses").list.first().first(),
        unit=pl.col("unit").first(),
        span=pl.when(pl.col("end_day").null_count() == 0).then(last_day - first_day + settings.last_day_counts),
        off=pauses,
        assumed=pl.col("assumed").any(),
        why=pl.col("why").explode(empty_as_null=False).unique(maintain_order=True),
        sources=pl.col("sources").explode().unique(maintain_order=True),
    )
    relative = pl.coalesce(pl.col("dose_m2") / pl.col("planned_m2"), pl.col("dose_ug") / pl.col("planned_ug"))
    timed = (pl.col("planned_days") + pl.col("off")) / pl.col("span")
    return patients.with_columns(relative_dose=relative).with_columns(
        relative_dose_intensity=pl.when(pl.col("span") > 0).then(pl.col("relative_dose") * timed)
    )


def _planned_off() -> pl.Expr:
    """Return the planned pause before a cycle, null before the first; as it was where the regimen names none."""
    same = (pl.col("patient") == pl.col("patient").shift(1)).fill_null(value=False)
    least, most = pl.col("least_days_off").shift(1), pl.col("most_days_off").shift(1)
    planned = pl.when(least.is_null()).then("days_off").otherwise(pl.col("days_off").clip(least, most))
    return pl.when(same & pl.col("days_off").is_not_null()).then(planned).alias("planned_off")


def _total(name: str) -> pl.Expr:
    return pl.when(pl.col(name).null_count() == 0).then(pl.col(name).sum()).alias(name)
