"""Laws of the scales of toxicity: on any components, recorded or not."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engager.cohort import Cohort
from engager.endpoints.toxicity.cytokine_release import grade_cytokine_release
from engager.endpoints.toxicity.datasets import derive_toxicity_scales
from engager.endpoints.toxicity.neurotoxicity import grade_neurotoxicity
from engager.schema import TABLES
from engager.terms.codelists import codelist
from engager.terms.measurands import measurands
from engager.terms.toxicity_scales import scales

YES_NO = ("no", "yes")
# Each component from best to worst.
LADDERS: dict[str, dict[str, tuple[Any, ...]]] = {
    "CRS": {
        "temperature": (36.5, 37.9, 38.0, 38.1, 41.0),
        "fever_treatment": YES_NO,
        "hypotension": YES_NO,
        "fluids_for_hypotension": YES_NO,
        "vasopressors": codelist("vasopressors").codes,
        "vasopressor_dose": ("low", "high"),
        "oxygen_device": ("none", "nasal cannula", "mask", "positive pressure", "mechanical ventilation"),
        "oxygen_flow": (0.5, 6.0, 6.1, 15.0),
        "inspired_oxygen": (0.25, 0.39, 0.4, 1.0),
    },
    "ICANS": {
        "ice_score": tuple(float(score) for score in range(10, -1, -1)),
        "capd_score": (0.0, 1.0, 8.0, 9.0, 32.0),
        "unable_to_perform": YES_NO,
        "awakening": codelist("awakening").codes,
        "seizure": codelist("seizure").codes,
        "motor_weakness": codelist("motor_weakness").codes,
        "cerebral_oedema": codelist("cerebral_oedema").codes,
    },
}
GRADE = {"CRS": grade_cytokine_release, "ICANS": grade_neurotoxicity}
SCALES = [(syndrome, scale.name) for syndrome in ("CRS", "ICANS") for scale in scales(syndrome)]


@st.composite
def assessments(draw: st.DrawFn, syndrome: str) -> dict[str, Any]:
    """Return the components of one assessment, each recorded or not; no oxygen flows without a device."""
    day = {name: draw(st.none() | st.sampled_from(ladder)) for name, ladder in LADDERS[syndrome].items()}
    if day.get("oxygen_device") == "none":
        day |= {"oxygen_flow": None, "inspired_oxygen": None}
    if syndrome == "ICANS":
        day |= {"age": draw(st.sampled_from([None, 3.0, 11.9, 12.0, 17.0])), "developmental_delay": draw(
            st.sampled_from([None, "no", "yes"]))}  # fmt: skip
    return day


def bounds(syndrome: str, scale: str, *days: dict[str, Any]) -> list[tuple[int, int]]:
    """Return the lowest and highest grade that each assessment allows."""
    frame = pl.DataFrame(list(days), infer_schema_length=None)
    graded = GRADE[syndrome](frame, scale=scale)
    return graded.select(pl.col("grade").fill_null(0), "at_most").rows()


@pytest.mark.parametrize(("syndrome", "scale"), SCALES)
@given(data=st.data())
def test_a_worse_component_never_lowers_the_grade(syndrome: str, scale: str, data: st.DataObject) -> None:
    """One component worsened, all else equal: neither the grade nor what it may be at most falls."""
    day = data.draw(assessments(syndrome))
    known = [name for name, ladder in LADDERS[syndrome].items() if day[name] is not None and day[name] != ladder[-1]]
    if not known:
        return
    name = data.draw(st.sampled_from(known))
    ladder = LADDERS[syndrome][name]
    worse = data.draw(st.sampled_from(ladder[ladder.index(day[name]) + 1 :]))
    (low, high), (worse_low, worse_high) = bounds(syndrome, scale, day, {**day, name: worse})
    assert worse_low >= low
    assert worse_high >= high


# What another component already says, and a value against it would contradict.
IMPLIED = {
    "fluids_for_hypotension": ("hypotension", ("no",)),
    "vasopressors": ("hypotension", ("no",)),
    "oxygen_flow": ("oxygen_device", ("none",)),
    "inspired_oxygen": ("oxygen_device", ("none",)),
    "unable_to_perform": ("capd_score", LADDERS["ICANS"]["capd_score"]),
}


@pytest.mark.parametrize(("syndrome", "scale"), SCALES)
@given(data=st.data())
def test_what_is_recorded_later_lies_within_the_bounds(syndrome: str, scale: str, data: st.DataObject) -> None:
    """Whatever a missing component turns out to be, the grade is between the two bounds told before."""
    day = data.draw(assessments(syndrome))
    missing = [
        name
        for name in LADDERS[syndrome]
        if day[name] is None and not (name in IMPLIED and day[IMPLIED[name][0]] in IMPLIED[name][1])
    ]
    if not missing:
        return
    name = data.draw(st.sampled_from(missing))
    told = {**day, name: data.draw(st.sampled_from(LADDERS[syndrome][name]))}
    (low, high), (told_low, told_high) = bounds(syndrome, scale, day, told)
    assert low <= told_low <= told_high <= high


@pytest.mark.parametrize(("syndrome", "scale"), SCALES)
@given(data=st.data())
def test_an_open_grade_says_why_and_a_closed_one_what_decided(syndrome: str, scale: str, data: st.DataObject) -> None:
    """A reason stands exactly where the bounds differ; a clause wherever there is a grade; 5 is no component's."""
    days = data.draw(st.lists(assessments(syndrome), min_size=1, max_size=5))
    graded = GRADE[syndrome](pl.DataFrame(days, infer_schema_length=None), scale=scale)
    for row in graded.iter_rows(named=True):
        open_grade = row["at_most"] > (row["grade"] or 0)
        assert (row["reason"] is not None) is open_grade
        assert (row["grade"] is None) is (row["clause"] is None)
        assert (row["grade"] is None) <= open_grade
        assert row["reason"] != ""
        assert 0 <= (row["grade"] or 0) <= row["at_most"] <= 4


def measured(draw: st.DrawFn, patients: list[str]) -> dict[str, Any]:
    """Return one row of the measurements table with a component."""
    ladders = LADDERS["CRS"] | LADDERS["ICANS"]
    test = draw(st.sampled_from(sorted(ladders)))
    value = draw(st.sampled_from(ladders[test]))
    number = measurands()[test].codelist is None
    unit = {"temperature": "Cel", "oxygen_flow": "L/min", "inspired_oxygen": "1"}.get(test, "{score}")
    return {
        "patient": draw(st.sampled_from(patients)), "test": test, "day": draw(st.none() | st.integers(1, 12)),
        "cycle": draw(st.none() | st.integers(1, 2)), "value": value if number else None,
        "unit": unit if number else None, "comparator": "=" if number else None,
        "category": None if number else value, "result": "quantified" if number else "category",
    }  # fmt: skip


@st.composite
def cohorts(draw: st.DrawFn) -> Cohort:
    """Return up to three patients with components on a few days, and events of the syndromes."""
    patients = ["1", "2", "3"][: draw(st.integers(1, 3))]
    measurements = [measured(draw, patients) for _ in range(draw(st.integers(0, 15)))]
    terms = st.sampled_from(["Cytokine release syndrome", "ICANS", "Tremor"])
    event = st.fixed_dictionaries(
        {"patient": st.sampled_from(patients), "term": terms, "grade": st.none() | st.integers(1, 5),
         "start_day": st.none() | st.integers(1, 12)}
    )  # fmt: skip
    rows: dict[str, list[dict[str, Any]]] = {
        "patients": [{"patient": patient, "age": draw(st.sampled_from([None, 4.0, 15.0]))} for patient in patients],
        "measurements": measurements,
        "adverse_events": draw(st.lists(event, max_size=4)),
    }
    return Cohort({name: _frame(name, rows.get(name, [])) for name in TABLES})


def _frame(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    types = {column: declared.dtype for column, declared in TABLES[name].columns().items()}
    return pl.DataFrame([{**dict.fromkeys(types), **row, "row": i} for i, row in enumerate(rows, 2)], schema=types)


@given(cohorts(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(cohort: Cohort, shuffler: random.Random) -> None:
    """Shuffled tables give the same grades, episodes and verdicts."""
    shuffled = Cohort(
        {name: frame[shuffler.sample(range(frame.height), frame.height)] for name, frame in cohort.tables.items()}
    )
    one, other = derive_toxicity_scales(cohort), derive_toxicity_scales(shuffled)
    for name, keys in (("patients", ["patient", "syndrome", "scale"]), ("agreement", ["patient", "syndrome"])):
        left, right = (getattr(datasets, name).sort(keys) for datasets in (one, other))
        assert left.equals(right)


@given(cohorts())
def test_every_grade_names_rows_of_its_patient(cohort: Cohort) -> None:
    """A grade has sources, all of the same patient; who has none recorded has no grade."""
    owner = {
        f"{name}:{row}": patient
        for name in ("measurements", "adverse_events")
        for row, patient in cohort[name].select("row", "patient").iter_rows()
    }
    for row in derive_toxicity_scales(cohort).patients.iter_rows(named=True):
        assert bool(row["sources"]) is (row["status"] != "not recorded")
        assert {owner[address] for address in row["sources"]} <= {row["patient"]}
