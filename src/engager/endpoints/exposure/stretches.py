"""Stretches of infusion: their length, the pause before each, and their dose in both units.

A stretch runs from its first to its last day. Counted inclusively the last day is a whole one; counted as elapsed
time it is not. Where one stretch ends on the day the next begins, that day belongs to the next.
"""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.sources import source
from engager.plan import Exposure
from engager.terms.units import units

_NEEDED = ["patient", "cycle", "row", "source", "start_day", "end_day", "dose", "unit", "end_reason"]
_RATE = {"dose rate per body surface": "ug/m2/d", "dose rate": "ug/d"}


def ordered_stretches(cohort: Cohort) -> pl.DataFrame:
    """Return the rows of exposure that name patient and cycle, with `source`, as they followed each other.

    Patients stand in the order of their table, stretches in the order of days, or of steps where no day is known.
    """
    order = cohort["patients"].select("patient").unique(maintain_order=True).with_row_index("order")
    return (
        cohort["exposure"]
        .filter(pl.col("patient").is_not_null() & pl.col("cycle").is_not_null())
        .rechunk()  # text of a frame whose first chunk a filter has emptied makes Polars 2.1 panic
        .with_columns(source("exposure"))
        .join(order, on="patient", how="left", maintain_order="left")
        .sort("order", "patient", "cycle", "start_day", "step", "row", nulls_last=True, maintain_order=True)
    )


def derive_stretches(cohort: Cohort, body_surface: pl.DataFrame, settings: Exposure) -> pl.DataFrame:
    """Return one row a stretch: days of infusion, pause before it, its place in the cycle, dose rates and doses.

    `days` is null where the first or last day is not recorded. `gap` counts the days without infusion since the
    stretch before it in the same cycle; `paused` marks a stretch after an interruption, of known length or not.
    `from_day` and `to_day` are its days of infusion, counted from 1 within the cycle. `rate_m2` (ug/m2/d), `rate_ug`
    (ug/d), `dose_m2` (ug/m2) and `dose_ug` (ug) are null where they would need a body surface that is not known.
    """
    rows = ordered_stretches(cohort).select(_NEEDED)
    rows = rows.with_columns(same=_same("patient", "cycle"), next=_next_start())
    rows = rows.with_columns(position=_running(pl.ones(pl.len(), dtype=pl.Int64)), days=_days(settings))
    rows = rows.with_columns(gap=_gap(settings)).with_columns(paused=_paused())
    known = body_surface.select("patient", "weight", "body_surface")
    rows = rows.join(known, on="patient", how="left", maintain_order="left").with_columns(_rates())
    rows = rows.with_columns(dose_m2=pl.col("days") * pl.col("rate_m2"), dose_ug=pl.col("days") * pl.col("rate_ug"))
    return with_places(rows)


def with_places(rows: pl.DataFrame) -> pl.DataFrame:
    """Return stretches with `from_day` and `to_day`, null from the first stretch of a cycle that has no length on."""
    lost = _running(pl.col("days").is_null().cast(pl.Int64)) > 0
    to_day = pl.when(~lost).then(_running(pl.col("days").fill_null(0.0)))
    return rows.with_columns(to_day=to_day).with_columns(from_day=pl.col("to_day") - pl.col("days") + 1)


def _running(value: pl.Expr) -> pl.Expr:
    """Return the sum of a value from the first stretch of the cycle on: a running sum less what it was before it.

    Rows of a cycle stand together, so that no row has to be looked up by patient and cycle.
    """
    total = value.cum_sum()
    before = pl.when(~pl.col("same")).then(total - value).forward_fill()
    return total - before


def _same(*keys: str) -> pl.Expr:
    """Return whether a row belongs to the same patient and cycle as the one before it."""
    alike = [pl.col(key) == pl.col(key).shift(1) for key in keys]
    return pl.all_horizontal(alike).fill_null(value=False)


def _next_start() -> pl.Expr:
    """Return the first day of the patient's next stretch."""
    same = (pl.col("patient") == pl.col("patient").shift(-1)).fill_null(value=False)
    return pl.when(same).then(pl.col("start_day").shift(-1))


def _days(settings: Exposure) -> pl.Expr:
    length = pl.col("end_day") - pl.col("start_day") + settings.last_day_counts
    if settings.day_count == "inclusive":
        shared = (pl.col("next") == pl.col("end_day")) & (pl.col("next") > pl.col("start_day"))
        length = length - shared.fill_null(value=False).cast(pl.Int32)
    return length.cast(pl.Float64)


def _gap(settings: Exposure) -> pl.Expr:
    since = pl.col("start_day") - pl.col("end_day").shift(1) - settings.last_day_counts
    return pl.when("same").then(since.clip(lower_bound=0)).cast(pl.Int32)


def _paused() -> pl.Expr:
    """Return whether an interruption lies before a stretch: days without infusion, or the record's own word."""
    word = pl.col("end_reason").shift(1).cast(pl.String).is_in(["interruption", "adverse event"])
    unknown = pl.col("gap").is_null() & word.fill_null(value=False)
    return pl.col("same") & ((pl.col("gap") > 0).fill_null(value=False) | unknown)


def _rates() -> list[pl.Expr]:
    """Return the dose rate by body surface and flat, in micrograms; one from the other by the body surface."""
    rated = {code: unit for code, unit in units().items() if unit.quantity in _RATE}
    factors = {code: unit.factor for code, unit in rated.items()}
    kinds = {code: _RATE[unit.quantity] for code, unit in rated.items()}
    dose = pl.col("dose") * pl.col("unit").replace_strict(factors, default=None, return_dtype=pl.Float64)
    kind = pl.col("unit").replace_strict(kinds, default=None, return_dtype=pl.String)
    by_surface, flat, area = kind == "ug/m2/d", kind == "ug/d", pl.col("body_surface")
    return [
        kind.alias("kind"),
        pl.when(by_surface).then(dose).when(flat).then(dose / area).alias("rate_m2"),
        pl.when(flat).then(dose).when(by_surface).then(dose * area).alias("rate_ug"),
    ]
