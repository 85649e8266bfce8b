"""Relapse against death without relapse: two causes that compete, whatever the plan's event-free endpoint counts."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.outcome.definitions import EVENT_SOURCES, TimeToEvent
from engager.endpoints.outcome.time_to_event import derive_time_to_event
from engager.plan import AnalysisPlan, EventName

# Who had one of these did not die without relapse, even where the plan's event-free endpoint leaves it out.
RELAPSE: tuple[EventName, ...] = ("marrow_relapse", "extramedullary_relapse", "progression")
# The events of an event-free endpoint that are not leukaemia coming back or staying.
NON_RELAPSE: tuple[EventName, ...] = ("death", "second_malignancy")
CAUSES = {1: "Relapse or non-response", 2: "Non-relapse mortality"}


def causes_of(event_free: TimeToEvent) -> tuple[tuple[EventName, ...], tuple[EventName, ...]]:
    """Return the events that are relapse or non-response, and those that are death (or another disease) without.

    Examples:
        >>> causes_of(TimeToEvent("EFS", "", events=("death", "marrow_relapse", "non_response")))
        (('marrow_relapse', 'extramedullary_relapse', 'progression', 'non_response'), ('death',))
    """
    more = tuple(name for name in event_free.events if name not in (*RELAPSE, *NON_RELAPSE))
    others = tuple(name for name in NON_RELAPSE if name == "death" or name in event_free.events)
    return (*RELAPSE, *more), others


def derive_competing_risks(
    cohort: Cohort, event_free: TimeToEvent, non_response: pl.DataFrame, plan: AnalysisPlan
) -> pl.DataFrame:
    """Return one row a patient: time in days, cause (0 none, 1 relapse or non-response, 2 death without), sources.

    The events are those of the plan's event-free endpoint, relapse of any site, progression and death in any case. A
    relapse of unknown day before a death is a relapse, counted on the day of the death, with the engine's warning.
    """
    relapse, others = causes_of(event_free)
    # The order decides on one day: a death then is one after the relapse.
    definition = replace(event_free, code="CR", label="Competing risks", events=(*relapse, *others))
    frame = derive_time_to_event(cohort, definition, non_response, plan)
    other = [EVENT_SOURCES[name].words for name in NON_RELAPSE]
    without = pl.col("what").is_in(other) & pl.col("warning").is_null()
    cause = pl.when(~pl.col("event")).then(0).when(without).then(2).otherwise(1)
    return frame.select("patient", "time", cause.cast(pl.Int8).alias("cause"), "what", "warning", "sources")
