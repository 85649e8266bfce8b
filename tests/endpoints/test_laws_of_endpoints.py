"""Laws that hold for every cohort: tried on random ones, their frames generated directly."""

from __future__ import annotations

import random
from functools import cached_property
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from engager.cohort import Cohort
from engager.endpoints import Datasets, derive_endpoints
from engager.plan import AnalysisPlan
from engager.schema import TABLES
from engager.terms.codelists import codelist

DAY = st.none() | st.integers(-30, 400).filter(bool)
CYCLE = st.none() | st.integers(1, 3)
PLAN: dict[str, Any] = {
    "title": "laws",
    "endpoints": {"OS": {}, "EFS": {}, "TFS": {"censoring": ("hsct", "last_contact")}},
}


DATASETS = ("subjects", "cycle_response", "patient_response", "mrd_conversion", "marrow_remission", "best_response")
AS_ENTERED = ("best", "unit", "test", "methods")  # of readings that say the same, whichever comes first


def codes(name: str) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(codelist(name).codes)


ROWS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "exposure": {"cycle": CYCLE, "start_day": DAY, "end_day": DAY, "dose": st.just(15.0)},
    "measurements": {
        "day": DAY,
        "cycle": CYCLE,
        "timepoint": codes("timepoint"),
        "test": st.sampled_from(["marrow_blasts", "mrd", "marrow_status", "cycle_response"]),
        "specimen": codes("specimen"),
        "value": st.none() | st.sampled_from([0.0, 1e-6, 1e-4, 0.03, 0.05, 0.7]),
        "unit": st.sampled_from(["1", "%", None]),
        "comparator": st.sampled_from([None, "=", "<", "<=", ">", ">="]),
        "result": codes("result"),
        "category": st.sampled_from([None, "M1", "responding", "non-responding", "maintenance"]),
    },
    "therapies": {
        "kind": st.sampled_from(["hsct", "chemotherapy"]),
        "phase": codes("phase"),
        "start_day": DAY,
        "given": st.sampled_from([None, True, False]),
        "donor": codes("donor"),
    },
    "follow_up": {
        "day": DAY,
        "event": st.sampled_from(codelist("follow_up_event").codes),
        "site": codes("site"),
        "cause": codes("cause"),
    },
}


@st.composite
def cohorts(draw: st.DrawFn) -> Cohort:
    """Return up to five patients with a few rows in each table, however unlikely."""
    patients = [str(i) for i in range(1, draw(st.integers(1, 5)) + 1)]
    tables = {"patients": _frame("patients", [{"patient": patient} for patient in patients])}
    for name, columns in ROWS.items():
        row = st.fixed_dictionaries({"patient": st.sampled_from(patients), **columns})
        tables[name] = _frame(name, draw(st.lists(row, max_size=10)))
    return Cohort(tables | {"adverse_events": _frame("adverse_events", [])})


def _frame(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    types = {column: declared.dtype for column, declared in TABLES[name].columns().items()}
    complete = [{**dict.fromkeys(types), **row, "row": i} for i, row in enumerate(rows, 2)]
    return pl.DataFrame(complete, schema=types)


def derived(cohort: Cohort, **changes: Any) -> Datasets:
    return derive_endpoints(cohort, AnalysisPlan.model_validate({**PLAN, **changes}))


@given(cohorts())
def test_every_cohort_has_every_dataset(cohort: Cohort) -> None:
    """However unlikely the rows, each dataset can be derived, and is the same when it is read again."""
    datasets = derived(cohort)
    names = [name for name, value in vars(Datasets).items() if isinstance(value, cached_property)]
    assert len(names) >= 17
    for name in names:
        assert getattr(datasets, name) is getattr(datasets, name)


@given(cohorts(), st.sampled_from(["inclusive", "elapsed"]))
def test_each_patient_has_one_time_from_zero(cohort: Cohort, duration: str) -> None:
    """One row a patient in every endpoint, time never negative, an event never without a time; warned where lost."""
    for frame in derived(cohort, conventions={"duration": duration}).time_to_event.values():
        assert frame["patient"].to_list() == list(cohort.patients)
        assert frame.filter(pl.col("time") < 0).is_empty()
        lost = frame.filter(pl.col("time").is_null())
        assert not lost["event"].any()
        assert lost["warning"].null_count() == 0


@given(cohorts())
def test_no_event_without_a_row_that_says_so(cohort: Cohort) -> None:
    """Every event and every contact names rows of this patient; a death in overall survival is a row of death."""
    datasets = derived(cohort)
    owner = {
        f"{name}:{row}": patient
        for name, frame in cohort.tables.items()
        for row, patient in frame.select("row", "patient").iter_rows()
    }
    for frame in datasets.time_to_event.values():
        for row in frame.filter(pl.col("time").is_not_null()).iter_rows(named=True):
            assert row["sources"]
            assert {owner[address] for address in row["sources"]} == {row["patient"]}
    deaths = cohort["follow_up"].filter(pl.col("event") == "death")
    died = datasets.time_to_event["OS"].filter("event")["patient"]
    assert set(died) <= set(deaths["patient"])


@given(cohorts(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(cohort: Cohort, shuffler: random.Random) -> None:
    """Shuffled tables give the same times, classes, responses and conversions."""
    shuffled = Cohort(
        {name: frame[shuffler.sample(range(frame.height), frame.height)] for name, frame in cohort.tables.items()}
    )
    one, other = derived(cohort), derived(shuffled)
    pairs = [(one.time_to_event[code], other.time_to_event[code]) for code in one.time_to_event]
    pairs += [(getattr(one, name), getattr(other, name)) for name in DATASETS]
    for left, right in pairs:
        columns = [column for column in left.columns if "sources" not in column and column not in AS_ENTERED]
        keys = [key for key in ("patient", "cycle") if key in columns]
        assert left.select(columns).sort(keys).equals(right.select(columns).sort(keys))


@given(cohorts(), st.integers(1, 300), st.integers(0, 100))
def test_a_later_cutoff_never_turns_an_event_into_censoring(cohort: Cohort, cutoff: int, more: int) -> None:
    """Who has died by a cut-off has died by every later one, on the same day; no time exceeds the cut-off."""
    early = derived(cohort, cutoff=cutoff).time_to_event["OS"]
    late = derived(cohort, cutoff=cutoff + more).time_to_event["OS"]
    assert early.filter(pl.col("time") > cutoff).is_empty()
    died = early.filter("event").select("patient", "time")
    assert died.join(late.filter("event"), on=["patient", "time"], how="semi").equals(died)


@given(cohorts())
def test_burdens_are_fractions_in_order(cohort: Cohort) -> None:
    """A lower bound never lies above its upper one where the value is a fraction; roles and cycles are known."""
    burden = derived(cohort).burden
    assert set(burden["role"]) <= {"before", "after", "best"}
    assert burden.filter(pl.col("low") > pl.col("high")).filter(pl.col("high") != 1.0).is_empty()
