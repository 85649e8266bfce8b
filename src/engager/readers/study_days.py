"""Study days from dates: day 1 is the day of the first dose, day -1 the day before; there is no day 0."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from engager.cohort import study_day
from engager.schema import TABLES
from engager.schema.columns import dated_by


def place_in_time(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Return the tables with each study day that can be derived from a date, or from the day within a cycle.

    A patient's first dose is `first_dose_date`, or else the earliest start date of exposure. A day that is given
    stays; whether it agrees with its date is for the checks to say.
    """
    started = tables["exposure"].group_by("patient").agg(first_start=pl.col("start_date").min())
    patients = tables["patients"].join(started, on="patient", how="left", maintain_order="left")
    patients = patients.with_columns(pl.coalesce("first_dose_date", "first_start").alias("first_dose_date"))
    first = patients.select("patient", "first_dose_date").unique("patient", keep="first", maintain_order=True)
    placed = {name: _days_from_dates(frame, name, first) for name, frame in tables.items()}
    placed["patients"] = patients.drop("first_start")
    starts = placed["exposure"].group_by("patient", "cycle").agg(cycle_start=pl.col("start_day").min())
    return {name: _days_from_cycles(frame, starts) for name, frame in placed.items()}


def _days_from_dates(frame: pl.DataFrame, name: str, first: pl.DataFrame) -> pl.DataFrame:
    if name == "patients":
        return frame
    days = {column: dated_by(declared) for column, declared in TABLES[name].columns().items()}
    derived = [
        pl.coalesce(day, study_day(pl.col(date), pl.col("first_dose_date"))).alias(day)
        for day, date in days.items()
        if date is not None
    ]
    joined = frame.join(first, on="patient", how="left", maintain_order="left")
    return joined.with_columns(derived).select(frame.columns)


def _days_from_cycles(frame: pl.DataFrame, starts: pl.DataFrame) -> pl.DataFrame:
    """Fill a day from the day within a cycle whose first day is known."""
    if "cycle_day" not in frame.columns:
        return frame
    day = "day" if "day" in frame.columns else "start_day"
    joined = frame.join(starts, on=["patient", "cycle"], how="left", maintain_order="left")
    offset = pl.col("cycle_start") + pl.col("cycle_day") - 1
    return joined.with_columns(pl.coalesce(day, offset).cast(pl.Int32).alias(day)).select(frame.columns)
