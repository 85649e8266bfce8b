"""Days from the last transplant, and from the end of immunosuppression, to the first dose."""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.elapsed import elapsed
from engager.endpoints.sources import source
from engager.schema.therapies import was_given

HSCT, IMMUNOSUPPRESSION = "from transplant", "off immunosuppression"


def derive_intervals(cohort: Cohort) -> pl.DataFrame:
    """Return one row a patient with such a therapy before: `interval`, `days`, or why there are none (`reason`).

    The day of the first dose is day 1, so that a transplant on day -30 lies 30 days before it. Where one of several
    transplants has no day, which was the last is not known; immunosuppression without a last day may have gone on.
    """
    rows = cohort["therapies"].filter(was_given()).with_columns(source("therapies"))
    # Immunosuppression that began before the first dose and ended after it did not end before it.
    begun = (pl.col("phase").cast(pl.String) == "before") | (pl.col("start_day") < 1)
    before = rows.filter(begun.fill_null(value=False))
    kinds = {HSCT: ("hsct", "start_day"), IMMUNOSUPPRESSION: ("immunosuppression", "end_day")}
    frames = []
    for name, (kind, day) in kinds.items():
        chosen = before.filter(pl.col("kind").cast(pl.String) == kind)
        frames.append(
            chosen.group_by("patient", maintain_order=True).agg(
                interval=pl.lit(name),
                last=pl.when(pl.col(day).null_count() == 0).then(pl.col(day).max()),
                sources=pl.col("source"),
            )
        )
    found = pl.concat(frames).with_columns(reason=_reason())
    days = pl.when(pl.col("reason").is_null()).then(-elapsed(pl.col("last").cast(pl.Int32)))
    return found.select("patient", "interval", "reason", "sources", days=days)


def _reason() -> pl.Expr:
    return (
        pl.when(pl.col("last").is_null())
        .then(pl.lit("day not recorded"))
        .when(pl.col("last") >= 1)
        .then(pl.lit("not ended before the first dose"))
    )
