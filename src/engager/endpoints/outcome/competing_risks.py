"""Relapse against death without relapse: the event-free endpoint of the plan, its events parted into two causes."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.outcome.definitions import EVENT_SOURCES, TimeToEvent
from engager.endpoints.outcome.time_to_event import derive_time_to_event
from engager.plan import AnalysisPlan, EventName

# The events of an event-free endpoint that are not leukaemia coming back or staying.
NON_RELAPSE: tuple[EventName, ...] = ("death", "second_malignancy")
CAUSES = {1: "Relapse or non-response", 2: "Non-relapse mortality"}


def derive_competing_risks(
    cohort: Cohort, event_free: TimeToEvent, non_response: pl.DataFrame, plan: AnalysisPlan
) -> pl.DataFrame:
    """Return one row a patient: time in days, cause (0 none, 1 relapse or non-response, 2 death without), sources.

    The events are those of the plan's event-free endpoint, and death in any case. A relapse of unknown day before a
    death is a relapse, counted on the day of the death, with the engine's warning.
    """
    events = event_free.events if "death" in event_free.events else (*event_free.events, "death")
    definition = replace(event_free, code="CR", label="Competing risks", events=events)
    frame = derive_time_to_event(cohort, definition, non_response, plan)
    other = [EVENT_SOURCES[name].words for name in NON_RELAPSE]
    without = pl.col("what").is_in(other) & pl.col("warning").is_null()
    cause = pl.when(~pl.col("event")).then(0).when(without).then(2).otherwise(1)
    return frame.select("patient", "time", cause.cast(pl.Int8).alias("cause"), "what", "warning", "sources")
