"""The engine of time-to-event endpoints: definitions and cohort in, one row a patient out.

Time is counted in days from the first dose. With `duration = "inclusive"` (CDISC ADaM: date - start + 1) the time of
an event is its study day, so that a death on the day of the first dose has time 1; with `elapsed` it is one less.
"An event on day 0" of the literature is no study day: it is time 0, before everything else.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.definitions import EVENT_SOURCES, TimeToEvent
from engager.endpoints.sources import gathered, source
from engager.plan import AnalysisPlan, EventName

_COLUMNS = {"patient": pl.String, "time": pl.Float64, "what": pl.String, "source": pl.String, "rank": pl.Int32}


def derive_time_to_event(
    cohort: Cohort, definition: TimeToEvent, non_response: pl.DataFrame, plan: AnalysisPlan
) -> pl.DataFrame:
    """Return one row a patient: time in days, event (true or false), what happened, warning, sources.

    An event that is known to have happened on an unknown day is dated by the patient's next event, with a warning;
    where there is none, time is null: the patient cannot enter the analysis, and the warning says so. A patient
    without event and without follow-up has no time either.
    """
    events = _gather(cohort, definition.events, definition, non_response, plan)
    contacts = _gather(cohort, definition.censoring, definition, non_response, plan)
    frame = cohort["patients"].select("patient").unique(maintain_order=True)
    frame = frame.join(_first(events), on="patient", how="left", maintain_order="left")
    frame = frame.join(_last(contacts), on="patient", how="left", maintain_order="left")
    frame = frame.with_columns(pl.col("undated").fill_null(""), happened=pl.col("event_time").is_not_null())
    unknown = ~pl.col("happened") & (pl.col("undated") != "")
    time = pl.when(pl.col("happened")).then("event_time").when(~unknown).then("contact_time")
    return frame.select(
        "patient",
        pl.lit(definition.code).alias("endpoint"),
        time.alias("time"),
        pl.col("happened").alias("event"),
        pl.when(pl.col("happened")).then("event_what").otherwise("contact_what").alias("what"),
        _warning(unknown),
        pl.when(pl.col("happened")).then("event_sources").otherwise("contact_sources").alias("sources"),
    )


def _gather(
    cohort: Cohort,
    names: tuple[EventName, ...],
    definition: TimeToEvent,
    non_response: pl.DataFrame,
    plan: AnalysisPlan,
) -> pl.DataFrame:
    """Return every row of the sources named: patient, time (null: day unknown), what happened, its source."""
    offset = 0 if plan.conventions.duration == "inclusive" else 1
    frames = [pl.DataFrame(schema=_COLUMNS)]
    for rank, name in enumerate(names):
        found = EVENT_SOURCES[name]
        rank_column = pl.lit(rank, dtype=pl.Int32).alias("rank")
        if found.table == "non_response":
            day = pl.lit(0.0) if definition.non_response_at == "time 0" else pl.col("day").cast(pl.Float64) - offset
            rows = non_response.with_columns(time=day, what=pl.lit(found.words))
        else:
            rows = cohort[found.table].filter(_matches(found.where)).with_columns(source(found.table))
            rows = rows.with_columns(time=pl.col(found.day).cast(pl.Float64) - offset, what=pl.lit(found.words))
        frames.append(rows.with_columns(rank_column).select(list(_COLUMNS)))
    return pl.concat(frames)


def _matches(where: Mapping[str, tuple[str | None, ...]]) -> pl.Expr:
    return pl.all_horizontal(
        pl.col(column).cast(pl.String).is_in([value for value in values if value is not None])
        | (pl.col(column).is_null() if None in values else pl.lit(value=False))
        for column, values in where.items()
    ).fill_null(value=False)


def _first(events: pl.DataFrame) -> pl.DataFrame:
    """Return each patient's first dated event, and in words the events of unknown day."""
    ordered = events.sort("patient", "time", "rank", nulls_last=True, maintain_order=True)
    dated = pl.col("time").is_not_null()
    return ordered.group_by("patient", maintain_order=True).agg(
        event_time=pl.col("time").filter(dated).first(),
        event_what=pl.col("what").filter(dated).first(),
        event_sources=pl.col("source").filter(
            (dated & (pl.col("time") == pl.col("time").filter(dated).first())) | ~dated
        ).drop_nulls().unique(maintain_order=True),
        undated=pl.col("what").filter(~dated).unique(maintain_order=True).str.join(" and "),
    )  # fmt: skip


def _last(contacts: pl.DataFrame) -> pl.DataFrame:
    dated = contacts.filter(pl.col("time").is_not_null()).sort("patient", "time", maintain_order=True)
    latest = dated.filter(pl.col("time") == pl.col("time").max().over("patient"))
    return latest.group_by("patient", maintain_order=True).agg(
        contact_time=pl.col("time").first(),
        contact_what=pl.col("what").first(),
        contact_sources=gathered().alias("contact_sources"),
    )


def _warning(unknown: pl.Expr) -> pl.Expr:
    late = pl.format("{} on an unknown day: the event is counted at the next one, {}, an upper bound", "undated",
                     "event_what")  # fmt: skip
    lost = pl.format("{} on an unknown day and nothing later to date it by: not in the analysis", "undated")
    return (
        pl.when(unknown)
        .then(lost)
        .when((pl.col("undated") != "") & (pl.col("event_time") > 0))
        .then(late)
        .when(~pl.col("happened") & pl.col("contact_time").is_null())
        .then(pl.lit("no event and no follow-up: not in the analysis"))
        .alias("warning")
    )
