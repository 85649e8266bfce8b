"""The engine of time-to-event endpoints: definitions and cohort in, one row a patient out.

Time is counted in days from the first dose. With `duration = "inclusive"` (CDISC ADaM: date - start + 1) the time of
an event is its study day, so that a death on the day of the first dose has time 1; with `elapsed` it is one less.
"An event on day 0" of the literature is no study day: it is time 0, before everything else. What happened before the
first dose is history, neither event nor contact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.outcome.definitions import EVENT_SOURCES, TimeToEvent
from engager.endpoints.sources import gathered, source
from engager.plan import AnalysisPlan, EventName

_COLUMNS = {"patient": pl.String, "time": pl.Float64, "what": pl.String, "source": pl.String, "rank": pl.Int32}
_DATED = pl.col("time").is_not_null()


def derive_time_to_event(
    cohort: Cohort, definition: TimeToEvent, non_response: pl.DataFrame, plan: AnalysisPlan
) -> pl.DataFrame:
    """Return one row a patient: time in days, event (false without a time), what happened, warning, sources.

    An event that is known to have happened on an unknown day is dated by the patient's next event, with a warning;
    where there is none, time is null: the patient cannot enter the analysis, and the warning says so. The same holds
    for a transplant of unknown day that should end the observation. A patient without event and without follow-up has
    no time either.
    """
    ending = {name for name in definition.censoring if EVENT_SOURCES[name].ends}
    contacting = [name for name in definition.censoring if name not in ending]
    frame = cohort["patients"].select("patient").unique(maintain_order=True)
    for derived in (
        _first(_gather(cohort, definition.events, definition, non_response, plan), "event"),
        _first(_gather(cohort, ending, definition, non_response, plan), "stop"),
        _last(_gather(cohort, contacting, definition, non_response, plan)),
    ):
        frame = frame.join(derived, on="patient", how="left", maintain_order="left")
    return frame.with_columns(pl.col("event_undated", "stop_undated").fill_null("")).with_columns(_outcome()).select(
        "patient",
        pl.lit(definition.code).alias("endpoint"),
        _ended("time", none=None).alias("time"),
        (pl.col("ends_by") == "event").fill_null(value=False).alias("event"),
        _ended("what", none=None).alias("what"),
        _warning(),
        _ended("sources", none="event_sources").alias("sources"),
    )  # fmt: skip


def _gather(
    cohort: Cohort,
    names: Iterable[EventName],
    definition: TimeToEvent,
    non_response: pl.DataFrame,
    plan: AnalysisPlan,
) -> pl.DataFrame:
    """Return every row of the sources named: patient, time (null: day unknown), what happened, its source."""
    offset = plan.conventions.day_offset
    frames = [pl.DataFrame(schema=_COLUMNS)]
    for rank, name in enumerate(names):
        found = EVENT_SOURCES[name]
        if found.table == "non_response":
            rows = non_response
        else:
            rows = cohort[found.table].filter(matches(found.where)).with_columns(source(found.table))
        rows = rows.filter((pl.col(found.day) >= 1) | pl.col(found.day).is_null())
        at_zero = name == "non_response" and definition.non_response_at == "time 0"
        time = pl.lit(0.0) if at_zero else pl.col(found.day).cast(pl.Float64) - offset
        named = rows.with_columns(time=time, what=pl.lit(found.words), rank=pl.lit(rank, dtype=pl.Int32))
        frames.append(named.select(list(_COLUMNS)))
    return pl.concat(frames)


def matches(where: Mapping[str, tuple[str | None, ...]]) -> pl.Expr:
    """Return whether a row has, in each column, one of the values of an event source."""
    return pl.all_horizontal(
        pl.col(column).cast(pl.String).is_in([value for value in values if value is not None])
        | (pl.col(column).is_null() if None in values else pl.lit(value=False))
        for column, values in where.items()
    ).fill_null(value=False)


def _first(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return each patient's first dated row, and in words what is of unknown day.

    A death of unknown day is left out of these words where something is dated: nothing comes after a death.
    """
    ordered = rows.sort("patient", "time", "rank", nulls_last=True, maintain_order=True)
    first = pl.col("time").min()
    lost = pl.col("what").filter(~_DATED & ((pl.col("what") != "death") | first.is_null()))
    return ordered.group_by("patient", maintain_order=True).agg(
        first.alias(f"{name}_time"),
        pl.col("what").filter(_DATED).first().alias(f"{name}_what"),
        gathered(pl.col("source").filter(~_DATED | (pl.col("time") == first))).alias(f"{name}_sources"),
        lost.unique(maintain_order=True).str.join(" and ").alias(f"{name}_undated"),
    )


def _last(contacts: pl.DataFrame) -> pl.DataFrame:
    dated = contacts.filter(_DATED).sort("patient", "time", "rank", maintain_order=True)
    latest = dated.filter(pl.col("time") == pl.col("time").max().over("patient"))
    return latest.group_by("patient", maintain_order=True).agg(
        contact_time=pl.col("time").first(), contact_what=pl.col("what").first(), contact_sources=gathered()
    )


def _outcome() -> pl.Expr:
    """Return what ends each patient's time: event, stop, contact; null where that cannot be known.

    An event and a stop on one day are an event. An event at time 0 comes before everything of unknown day.
    """
    event, stop = pl.col("event_time"), pl.col("stop_time")
    counts = event.is_not_null() & (stop.is_null() | (event <= stop)) & ((event == 0) | (pl.col("stop_undated") == ""))
    unknown = (pl.col("event_undated") != "") | (pl.col("stop_undated") != "")
    return (
        pl.when(counts)
        .then(pl.lit("event"))
        .when(unknown)
        .then(None)
        .when(stop.is_not_null())
        .then(pl.lit("stop"))
        .when(pl.col("contact_time").is_not_null())
        .then(pl.lit("contact"))
        .alias("ends_by")
    )


def _ended(column: str, *, none: str | None) -> pl.Expr:
    chosen = pl.when(pl.col("ends_by") == "event").then(f"event_{column}")
    for name in ("stop", "contact"):
        chosen = chosen.when(pl.col("ends_by") == name).then(f"{name}_{column}")  # type: ignore[assignment]
    return chosen.otherwise(pl.col(none) if none else None)


def _warning() -> pl.Expr:
    unknown = pl.concat_str(
        [pl.when(pl.col(name) != "").then(name) for name in ("event_undated", "stop_undated")],
        separator=" and ",
        ignore_nulls=True,
    )
    late = pl.format(
        "{} on an unknown day: counted at the next event, {}, an upper bound", "event_undated", "event_what"
    )
    return (
        pl.when((pl.col("ends_by") == "event") & (pl.col("event_undated") != "") & (pl.col("event_time") > 0))
        .then(late)
        .when(pl.col("ends_by").is_not_null())
        .then(None)
        .when(unknown != "")
        .then(pl.format("{} on an unknown day, and no event to date it by: not in the analysis", unknown))
        .otherwise(pl.lit("no event and no follow-up: not in the analysis"))
        .alias("warning")
    )
