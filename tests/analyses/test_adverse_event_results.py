"""Patients with adverse events, events, and rates: counted by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pytest
from tests.conftest import Derive

from engager.analyses.adverse_events import analyse_adverse_events
from engager.plan import AnalysisPlan
from engager.report.methods_safety import safety_methods
from engager.results import AnalysisResult, Results

PATIENTS = "patient | sex\n1 | male\n2 | male\n3 | female\n4 | female\n5 | female"
EXPOSURE = "patient | cycle | start_day | end_day\n" + "\n".join(f"{patient} | 1 | 1 | 28" for patient in range(1, 6))
FOLLOW_UP = "patient | day | event\n" + "\n".join(f"{patient} | 300 | last contact" for patient in range(1, 6))
RECORD = """patient | term | grade | start_day | end_day | serious | related | action
1 | Fever | 1 | 1 | 2 | no | related | none
1 | Fever | 3 | 3 | 4 | yes | related | interrupted
1 | Fever | 2 | 20 | 21 | no | related | none
1 | Tremor | 2 | 5 | 5 | no | not related | none
2 | Fever | 2 | 4 | 6 | no | possibly related | none
3 | Seizure | | 7 | 7 | yes | unknown | discontinued
4 | Tremor | 1 | -3 | -1 | no | not related |"""
TREATED = {"patients": PATIENTS, "exposure": EXPOSURE, "follow_up": FOLLOW_UP}


def results(derive: Derive, record: str = RECORD, plan: Mapping[str, Any] | None = None, **tables: str) -> Results:
    """Return the results of a record of adverse events."""
    settings = {"title": "spec", **(plan or {})}
    datasets = derive(plan=settings, **TREATED | {"adverse_events": record} | tables)
    return Results(analyse_adverse_events(datasets, AnalysisPlan.model_validate(settings)))


def row(found: Results, name: str, at: str | None = None, group: str = "all") -> AnalysisResult:
    """Return a row that must be there."""
    result = found.get("adverse_events", name, group, at)
    assert result is not None, (name, group, at)
    return result


@pytest.mark.parametrize(
    ("name", "at", "patients"),
    [
        ("any", None, "123"),
        ("any_by_grade", "grade 1-2", "2"),
        ("any_by_grade", "grade 3-4", "1"),
        ("any_by_grade", "grade 5", ""),
        ("any_by_grade", "grade not recorded", "3"),
        ("severe", None, "1"),
        ("term", "Fever", "12"),
        ("term_by_grade", "Fever, grade 3-4", "1"),
        ("term_by_grade", "Fever, grade 1-2", "2"),
        ("term", "Tremor", "1"),
        ("soc", "Nervous system disorders", "13"),
        ("soc_by_grade", "Nervous system disorders, grade 1-2", "1"),
        ("soc_by_grade", "Nervous system disorders, grade not recorded", "3"),
        ("serious", None, "13"),
        ("related", None, "12"),
        ("interrupted", None, "1"),
        ("discontinued", None, "3"),
        ("fatal", None, ""),
    ],
)
def test_a_patient_counts_once_at_the_worst_grade(derive: Derive, name: str, at: str | None, patients: str) -> None:
    """Out of all five treated, with or without events; patient 4 had the tremor before the first dose."""
    found = row(results(derive), name, at)
    assert (found.patients, found.n, found.N) == (tuple(patients), len(patients), 5)
    assert found.estimate == len(patients) / 5


def test_events_are_counted_apart(derive: Derive) -> None:
    """Fever of patient 1: two adjoining rows are one event, the third another; patients are not events."""
    found = results(derive)
    assert row(found, "events").n == 5
    assert row(found, "events_by_term", "Fever").n == 3
    assert row(found, "events_by_term_and_grade", "Fever, grade 3-4").n == 1
    assert row(found, "events_by_soc", "Nervous system disorders").n == 2
    assert {result.unit for result in found if result.name.startswith("events")} == {"{events}"}


def test_what_is_not_recorded_is_not_no(derive: Derive) -> None:
    """Patient 3's relation is unknown: said so. Where nothing is recorded of any event, there is no number."""
    found = results(derive)
    assert row(found, "related").warning is not None
    assert "not recorded of 1 of 6 events" in (row(found, "related").warning or "")
    bare = results(derive, "patient | term | start_day\n1 | Fever | 3")
    for name in ("serious", "related", "interrupted", "discontinued", "fatal"):
        assert (row(bare, name).n, row(bare, name).estimate) == (None, None)
        assert row(bare, name).warning == "not recorded of any event"


def test_groups_add_up_to_all(derive: Derive) -> None:
    """Patients and events of the groups of the plan sum to those of all, in every row."""
    found = results(derive, plan={"group_by": "sex"})
    names = ("any", "any_by_grade", "soc", "soc_by_grade", "term", "term_by_grade", "events", "events_by_term")
    for name in names:
        for of_all in found.where(name=name, group="all"):
            parts = [row(found, name, of_all.at, f"sex={sex}") for sex in ("male", "female")]
            assert sum(part.n or 0 for part in parts) == of_all.n
            assert set().union(*(part.patients for part in parts)) == set(of_all.patients)
    assert [row(found, "any", None, f"sex={sex}").N for sex in ("male", "female")] == [2, 3]


def test_a_group_without_events_has_zeros_of_its_own_number(derive: Derive) -> None:
    """Nobody of three: 0 of 3, with an interval."""
    found = results(derive, "patient | term | grade | start_day\n1 | Fever | 2 | 3", plan={"group_by": "sex"})
    nobody = row(found, "term", "Fever", "sex=female")
    assert (nobody.n, nobody.N, nobody.estimate) == (0, 3, 0.0)
    assert nobody.upper == pytest.approx(1 - 0.025 ** (1 / 3), abs=1e-12)


def test_bands_are_those_of_the_plan(derive: Derive) -> None:
    """A grade told as III/IV lies within >=3, and between the bands 1-3 and 4-5."""
    record = "patient | term | grade_as_reported | start_day\n1 | Fever | III/IV | 3"
    wide = results(derive, record, plan={"safety": {"grade_bands": ["1-2", ">=3"]}})
    assert row(wide, "term_by_grade", "Fever, grade >=3").n == 1
    between = results(derive, record, plan={"safety": {"grade_bands": ["1-3", "4-5"]}})
    assert row(between, "term_by_grade", "Fever, grade 1-3").n == 0
    assert row(between, "term_by_grade", "Fever, grade in more than one band").n == 1


def test_terms_stand_in_the_order_that_the_plan_asks_for(derive: Derive) -> None:
    """By falling number of patients within falling classes, or by the alphabet."""
    by_frequency = [result.at for result in results(derive).where(name="term", group="all")]
    assert by_frequency == ["Fever", "Seizure", "Tremor"]
    record = RECORD + "\n5 | Tremor | 1 | 9 | 9 | no | related | none\n2 | Tremor | 1 | 9 | 9 | no | related | none"
    by_frequency = [result.at for result in results(derive, record).where(name="term", group="all")]
    assert by_frequency == ["Tremor", "Seizure", "Fever"]
    plan = {"safety": {"sort": "alphabet"}}
    assert [result.at for result in results(derive, record, plan).where(name="term", group="all")] == [
        "Fever", "Seizure", "Tremor",
    ]  # fmt: skip


def test_rates_are_for_the_time_at_risk(derive: Derive) -> None:
    """Five patients at risk to day 58. First fever on days 1 and 4: 2 in 1 + 4 + 3 x 58 days; 3 events in 5 x 58."""
    plan = {"safety": {"rate_per": "day"}}
    found = results(derive, plan=plan)
    first, events = row(found, "incidence_rate", "Fever"), row(found, "event_rate", "Fever")
    assert first.estimate == pytest.approx(100 * 2 / (1 + 4 + 3 * 58), rel=1e-12)
    assert events.estimate == pytest.approx(100 * 3 / (5 * 58), rel=1e-12)
    assert (first.n, events.n, first.unit) == (2, 3, "{per 100 patient-days}")
    # No event in t units of time: the upper limit of the exact interval is -log(0.025) / t.
    monthly = row(results(derive, plan={"safety": {"rate_per": "month"}}), "event_rate", "Fever")
    assert monthly.estimate == pytest.approx((events.estimate or 0) * 365.25 / 12, rel=1e-12)


def test_the_interval_of_a_rate_is_exact(derive: Derive) -> None:
    """One event: the lower limit is -log(0.975) per time at risk."""
    found = results(
        derive, "patient | term | start_day | end_day\n1 | Fever | 3 | 4", plan={"safety": {"rate_per": "day"}}
    )
    assert row(found, "event_rate", "Fever").lower == pytest.approx(-math.log(0.975) / (5 * 58) * 100, rel=1e-12)


def test_a_rate_without_days_is_not_estimable(derive: Derive) -> None:
    """An event on an unknown day, or an infusion without an end: how many patients lack the days is said."""
    undated = results(derive, "patient | term | cycle\n1 | Fever | 1")
    assert row(undated, "incidence_rate", "Fever").estimate is None
    assert row(undated, "incidence_rate", "Fever").warning == (
        "not estimable: the days at risk of 1 of 5 patients are not known"
    )
    assert row(undated, "event_rate", "Fever").estimate is not None
    unended = results(derive, exposure="patient | cycle | start_day\n" + "\n".join(f"{i} | 1 | 1" for i in range(1, 6)))
    assert row(unended, "event_rate").estimate is None


def test_onset_and_duration(derive: Derive) -> None:
    """First fever on days 1 and 4; its events last 4, 2 and 3 days."""
    found = results(derive)
    onset, lasting = row(found, "first_onset", "Fever"), row(found, "duration", "Fever")
    assert (onset.estimate, onset.lower, onset.upper, onset.n) == (2.5, 1, 4, 2)
    assert (lasting.estimate, lasting.lower, lasting.upper, lasting.n) == (3, 2, 4, 3)


def test_the_listing_tells_what_counts_and_why(derive: Derive) -> None:
    """Every record stands in it, with its own row as source."""
    found = results(derive)
    listed = found.where(name="event")
    assert len(listed) == 7
    assert row(found, "event_emergent", "1", "patient 4").text == "no"
    assert row(found, "event_grade", "1", "patient 3").text is None
    assert row(found, "event", "2", "patient 1").sources == ("adverse_events:3",)


def test_a_study_without_adverse_events_has_zeros(derive: Derive) -> None:
    """Nobody of five had an event that is recorded; no term has a row."""
    found = results(derive, "patient | term")
    assert (row(found, "any").n, row(found, "any").N) == (0, 5)
    assert row(found, "serious").n == 0
    assert found.where(name="term") == ()


def test_record_words_cannot_collide_with_a_band(derive: Derive) -> None:
    """A term entered as `Odd, grade 3-4` beside `Odd`: two rows, and no clash of addresses."""
    found = results(derive, "patient | term | grade | start_day\n1 | Odd | 3 | 2\n2 | Odd, grade 3-4 | 1 | 2")
    assert row(found, "term_by_grade", "Odd, grade 3-4").patients == ("1",)
    assert row(found, "term", "Odd, grade 3-4").patients == ("2",)


def test_methods_tell_the_rules_in_force() -> None:
    """The window, what is not known, bridging, bands; nothing where the report has no such section."""
    rules = {"window_days": 14, "unplaced": "leave out", "bridging_days": 3, "grade_bands": ["1-2", ">=3"]}
    plan = AnalysisPlan.model_validate({"title": "m", "safety": rules})
    (told,) = safety_methods(plan)
    for words in ("day 14 after the last", "are left out", "up to 3 days after", "1-2, >=3", "5.0 where it names none"):
        assert words in told
    assert list(safety_methods(plan.model_copy(update={"contents": ("survival",)}))) == []
