"""Transplantation after the first dose: a treatment that comes later, with the day it came."""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.outcome.definitions import EVENT_SOURCES
from engager.endpoints.outcome.time_to_event import matches
from engager.endpoints.sources import gathered, source


def derive_transplantation(cohort: Cohort) -> pl.DataFrame:
    """Return one row a patient transplanted after the first dose: the first day (null: not recorded), sources."""
    later = matches(EVENT_SOURCES["hsct"].where) & ((pl.col("start_day") >= 1) | pl.col("start_day").is_null())
    rows = cohort["therapies"].filter(later).with_columns(source("therapies"))
    return rows.group_by("patient", maintain_order=True).agg(hsct_day=pl.col("start_day").min(), sources=gathered())
