"""Laws of adverse events that hold for every record: tried on random ones."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from engager.cohort import Cohort
from engager.endpoints.adverse_events.datasets import AdverseEvents, derive_adverse_events
from engager.plan import AnalysisPlan
from engager.schema import TABLES
from engager.terms.codelists import codelist

DAY = st.none() | st.integers(-10, 80).filter(bool)
PATIENTS = ["A", "B", "C"]
ROW: dict[str, st.SearchStrategy[Any]] = {
    "patient": st.sampled_from(PATIENTS),
    "term": st.sampled_from(["Fever", "Tremor", "felt odd"]),
    "grade": st.none() | st.integers(1, 5),
    "start_day": DAY,
    "end_day": DAY,
    "cycle": st.none() | st.integers(1, 2),
    "timepoint": st.none() | st.sampled_from(codelist("timepoint").codes),
    "pre_existing": st.sampled_from([None, True, False]),
    "outcome": st.none() | st.sampled_from(codelist("outcome").codes),
    "action": st.none() | st.sampled_from(codelist("action").codes),
    "serious": st.sampled_from([None, True, False]),
}
PLAN = AnalysisPlan(title="laws")


def in_order(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row whose last day is not before its first: the checks refuse any other."""
    first, last = row["start_day"], row["end_day"]
    return row | {"end_day": max(first, last)} if first is not None and last is not None else row


RECORD = st.lists(st.fixed_dictionaries(ROW).map(in_order), max_size=12)


def cohort(rows: list[dict[str, Any]]) -> Cohort:
    """Return a cohort of three patients, treated on days 1 to 28, with these adverse events."""
    tables = {name: pl.DataFrame(schema=schema.create_empty().schema) for name, schema in TABLES.items()}
    given_rows: dict[str, list[dict[str, Any]]] = {
        "patients": [{"patient": patient} for patient in PATIENTS],
        "exposure": [{"patient": patient, "cycle": 1, "start_day": 1, "end_day": 28} for patient in PATIENTS],
        "follow_up": [{"patient": patient, "day": 100, "event": "last contact"} for patient in PATIENTS],
        "adverse_events": rows,
    }
    for name, records in given_rows.items():
        schema = tables[name].schema
        numbered = [dict.fromkeys(schema) | {"row": index + 2} | record for index, record in enumerate(records)]
        tables[name] = pl.DataFrame(numbered, schema=schema, orient="row")
    return Cohort(tables)


def derived(rows: list[dict[str, Any]], plan: AnalysisPlan = PLAN) -> AdverseEvents:
    """Return the datasets of a record."""
    return derive_adverse_events(cohort(rows), plan)


def told(frame: pl.DataFrame, *without: str) -> list[str]:
    """Return the rows as sorted text, without what names rows of the file."""
    names = [name for name in frame.columns if name not in ("row", "sources", *without)]
    return sorted(str(row) for row in frame.select(names).rows())


@given(RECORD, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list[dict[str, Any]], shuffler: random.Random) -> None:
    """The same record in another order gives the same events and the same episodes."""
    shuffled = list(rows)
    shuffler.shuffle(shuffled)
    first, second = derived(rows), derived(shuffled)
    assert told(first.events) == told(second.events)
    assert told(first.episodes) == told(second.episodes)


@given(RECORD)
def test_episodes_lose_no_grade_and_no_patient(rows: list[dict[str, Any]]) -> None:
    """At most as many episodes as events, every patient of them, and the highest grade of each term."""
    found = derived(rows)
    counted = found.events.filter("counted")
    assert found.episodes.height <= counted.height
    assert found.episodes["rows"].sum() == counted.height
    keys = ["patient", "term"]
    before, after = (frame.group_by(keys).agg(pl.col("grade_high").max()) for frame in (counted, found.episodes))
    assert told(before) == told(after)


@given(RECORD)
def test_bridging_twice_is_bridging_once(rows: list[dict[str, Any]]) -> None:
    """The episodes entered as a record are the same episodes."""
    events = derived([row | {"outcome": None, "pre_existing": None} for row in rows]).episodes
    ended = events.filter(pl.col("start_day").is_null() | pl.col("end_day").is_not_null())
    again = [
        {"patient": row["patient"], "term": row["term"], "grade": row["grade_high"], "start_day": row["start_day"],
         "end_day": row["end_day"], "cycle": 1} for row in ended.iter_rows(named=True)
    ]  # fmt: skip
    names = ["patient", "term", "grade_high", "start_day", "end_day", "duration"]
    assert told(derived(again).episodes.select(names)) == told(ended.select(names))


@given(RECORD, st.integers(1, 27))
def test_an_event_entered_in_two_adjacent_pieces_is_the_same_event(rows: list[dict[str, Any]], cut: int) -> None:
    """Splitting an event between two days changes no episode and no count of patients."""
    whole = {"patient": "A", "term": "Chills", "grade": 2, "start_day": 1, "end_day": 28}
    pieces = [whole | {"end_day": cut}, whole | {"start_day": cut + 1}]
    first, second = derived([*rows, whole]), derived([*rows, *pieces])
    assert told(first.episodes, "rows") == told(second.episodes, "rows")


@given(RECORD, st.integers(0, 60))
def test_a_wider_window_loses_no_event(rows: list[dict[str, Any]], days: int) -> None:
    """What is treatment-emergent within fewer days is so within more."""
    narrow, wide = (
        derived(rows, AnalysisPlan.model_validate({"title": "w", "safety": {"window_days": window}})).events
        for window in (days, days + 10)
    )
    within = set(narrow.filter(pl.col("emergent") == "yes")["row"])
    assert within <= set(wide.filter(pl.col("emergent") == "yes")["row"])
