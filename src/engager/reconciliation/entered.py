"""The tables of a cohort as they were entered: without the days that were derived from dates or cycles.

A derived day follows the date behind it. Were it compared or kept as if it had been entered, one wrong date of a first
dose would be a disagreement in every row of the patient, and would stay after it was mended.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from engager.cohort import Cohort, study_day
from engager.schema import TABLES
from engager.schema.columns import dated_by


def derived_cells(cohort: Cohort) -> Mapping[str, pl.DataFrame]:
    """Return, for each table, its rows with a column for each day: whether it is what other cells give anyway.

    For `patients` the column is `first_dose_date`, which exposure may give.
    """
    first = cohort["patients"].select("patient", "first_dose_date").unique("patient", keep="first", maintain_order=True)
    starts = cohort["exposure"].group_by("patient", "cycle").agg(cycle_start=pl.col("start_day").min())
    derived = {name: _derived_days(cohort[name], name, first, starts) for name in TABLES if name != "patients"}
    began = cohort["exposure"].group_by("patient").agg(began=pl.col("start_date").min())
    patients = cohort["patients"].join(began, on="patient", how="left", maintain_order="left")
    same = (pl.col("first_dose_date") == pl.col("began")).fill_null(value=False)
    return {"patients": patients.select("row", same.alias("first_dose_date"))} | derived


def _derived_days(table: pl.DataFrame, name: str, first: pl.DataFrame, starts: pl.DataFrame) -> pl.DataFrame:
    joined = table.join(first, on="patient", how="left", maintain_order="left")
    if "cycle_day" in table.columns:
        joined = joined.join(starts, on=["patient", "cycle"], how="left", maintain_order="left")
        from_cycle = pl.col("cycle_start") + pl.col("cycle_day") - 1
    days = {column: date for column, declared in TABLES[name].columns().items() if (date := dated_by(declared))}
    found = []
    for day, date in days.items():
        from_date = study_day(pl.col(date), pl.col("first_dose_date"))
        began = "cycle_day" in table.columns and day in ("day", "start_day")
        given = pl.coalesce(from_date, from_cycle) if began else from_date
        found.append((pl.col(day) == given).fill_null(value=False).alias(day))
    return joined.select("row", *found)
