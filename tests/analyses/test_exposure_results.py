"""The results, tables and methods of exposure: what is counted, what is not known, what the plan sets."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import Derive

from engager.analyses.exposure import analyse_exposure
from engager.endpoints import Datasets
from engager.plan import AnalysisPlan
from engager.report.methods_exposure import exposure_methods
from engager.results import AnalysisResult, Results
from engager.tables.exposure import deviations_table, exposure_table

PLAN = {"regimen": "label-mrd-positive", "group_by": "group"}
TABLES = {
    "patients": "patient | weight | height | group\n1 | 10 | 90 | A\n2 | 10 | 90 | B\n3 | | | B",
    "exposure": """patient | cycle | start_day | end_day | dose | unit | end_reason
    1 | 1 | 1 | 10 | 15 | ug/m2/d | adverse event
    1 | 1 | 18 | 35 | 15 | ug/m2/d | completed
    1 | 2 | 50 | 77 | 15 | ug/m2/d | completed
    2 | 1 | 1 | 2 | 15 | ug/m2/d | adverse event
    3 | 1 | | | 9 | ug/d | """,
}


def plan_of(**keys: Any) -> AnalysisPlan:
    """Return a plan with these keys."""
    return AnalysisPlan.model_validate({"title": "spec", **keys})


@pytest.fixture
def datasets(derive: Derive) -> Datasets:
    """Three patients: interrupted and complete, stopped on day 2, and of unknown days."""
    return derive(PLAN, **TABLES)


@pytest.fixture
def results(datasets: Datasets) -> Results:
    """Their exposure."""
    return Results(analyse_exposure(datasets, plan_of(**PLAN)))


def row(results: Results, name: str, group: str = "all", at: str | None = None) -> AnalysisResult:
    """Return a result that must be there."""
    found = results.get("exposure", name, group, at)
    assert found is not None, (name, group, at)
    return found


def test_cycles_of_all_and_by_group(results: Results) -> None:
    """Four cycles: two completed, one ended early, one of which nothing says how it went, so no share is given."""
    assert (row(results, "cycles").n, row(results, "cycles", "group=A").n, row(results, "cycles", "group=B").n) == (
        4,
        2,
        2,
    )
    completed = row(results, "cycles_completed")
    assert (completed.n, completed.N, completed.estimate, completed.patients) == (2, 4, None, ("1",))
    assert completed.warning == "not known of 1 cycles whether they were completed; no share is given"
    assert row(results, "cycles_completed", "group=A").estimate == 1.0
    assert row(results, "cycles_status_unknown").patients == ("3",)
    assert row(results, "end_reason", at="adverse event").patients == ("2",)


def test_measures_say_of_whom_they_are(results: Results) -> None:
    """56 and 2 days; patient 3 has none, and why is said; nobody's 0 enters."""
    median = row(results, "days_infused", at="median")
    assert (median.estimate, median.n, median.N) == (29.0, 2, 3)
    assert median.warning is not None
    assert median.warning.startswith("not computable for 1 of 3 patients (days of infusion not recorded)")
    assert row(results, "days_infused", at="max").estimate == 56.0
    assert row(results, "cumulative_dose_m2", at="max").estimate == 840.0
    assert row(results, "cumulative_dose", at="max").estimate == pytest.approx(420.0, abs=1e-9)
    assert row(results, "relative_dose", at="min").estimate == pytest.approx(2 / 28, abs=1e-12)
    # 840 in 77 days against 840 in 70.
    assert row(results, "relative_dose_intensity", "group=A", "median").estimate == pytest.approx(70 / 77, abs=1e-12)


def test_interruptions_are_counted_where_they_can_be_known(results: Results) -> None:
    """One of the two patients with days; the third is neither interrupted nor not."""
    found = row(results, "patients_interrupted")
    assert (found.n, found.N, found.patients) == (1, 2, ("1",))
    assert found.warning is not None
    assert found.warning.startswith("not known of 1 of 3 patients")
    assert row(results, "interruptions").n == 1
    assert row(results, "interruption_reason", at="adverse event").n == 1
    assert row(results, "days_interrupted").estimate == 7.0
    assert row(results, "patients_interrupted", "group=B").n == 0


def test_deviations_with_their_rows(results: Results) -> None:
    """Patient 2 was stopped on day 2; the interruption of 7 days is within the rule."""
    found = results.where(analysis="exposure", name="deviation")
    assert [(item.group, item.at, item.text, item.method, item.sources) for item in found] == [
        (
            "patient 2", "cycle 1, cycle shorter", "2 days of infusion (adverse event)", "planned: 28 days",
            ("exposure:5",),
        ),
    ]  # fmt: skip
    assert row(results, "patients_deviating").patients == ("2",)
    assert row(results, "deviations", at="cycle shorter").n == 1


def test_every_cycle_is_listed_with_its_numbers_or_why_not(results: Results) -> None:
    """The status as a word, each number in its unit, and what keeps it from being computed."""
    assert row(results, "cycle", "patient 1", "cycle 1").text == "completed"
    assert row(results, "cycle_days", "patient 1", "cycle 1").estimate == 28.0
    unknown = row(results, "cycle", "patient 3", "cycle 1")
    assert unknown.text is None
    assert unknown.warning == (
        "days of infusion not recorded; weight not recorded, so flat or by body surface is not known; "
        "body surface not known, so no dose per m2"
    )
    assert results.get("exposure", "cycle_days", "patient 3", "cycle 1") is None


def test_the_body_surface_is_told_with_its_formula(results: Results) -> None:
    """Formula and rounding stand in the method; who has none is counted."""
    assert row(results, "body_surface", "patient 1").estimate == 0.5
    assert row(results, "body_surface", "patient 1").method == (
        "Mosteller: 0.0166667 x height^0.5 x weight^0.5 (cm, kg), not rounded"
    )
    known = row(results, "body_surface_known")
    assert (known.n, known.N) == (2, 3)
    assert known.warning == "not computable for 1 of 3 patients: weight and height not recorded"


def test_the_table_of_exposure(results: Results) -> None:
    """A column for all and for each group; what is known of some patients says of how many."""
    table = exposure_table(results)
    assert table.columns == ("Exposure", "All patients (n = 3)", "A (n = 1)", "B (n = 2)")
    shown = {line.cells[0].text: [cell.text for cell in line.cells[1:]] for line in table.rows if len(line.cells) > 1}
    assert shown["Begun"] == ["4", "2", "2"]
    assert shown["Completed, n (%)"] == ["2", "2 (100)", "0"]
    assert shown["Days of infusion"] == ["29 (2\u201356); n = 2", "56 (56\u201356)", "2 (2\u20132); n = 1"]
    assert shown["15 \u00b5g/m\u00b2/day"] == ["2 (67)", "1 (100)", "1 (50)"]
    assert shown["Relative dose, %"][1] == "100.0 (100.0\u2013100.0)"
    assert shown["Patients with an interruption, n (%)"] == ["1 (50)", "1 (100)", "0 (0)"]
    assert any(note.startswith("Days of infusion") for note in table.notes)
    for line in table.rows:
        for cell in line.cells[1:]:
            assert all(results.by_id(name) for name in cell.results)


def test_the_table_of_deviations(results: Results, derive: Derive) -> None:
    """Each with what was found and what was planned; none is a state to be told."""
    table = deviations_table(results)
    assert [[cell.text for cell in line.cells] for line in table.rows] == [
        ["2", "Cycle 1, cycle shorter", "2 days of infusion (adverse event)", "28 days"]
    ]
    kept = derive(PLAN, exposure="patient | cycle | start_day | end_day | dose | unit\n1 | 1 | 1 | 28 | 15 | ug/m2/d")
    empty = deviations_table(Results(analyse_exposure(kept, plan_of(**PLAN))))
    assert (empty.rows, empty.empty) == ((), "none found in what could be compared")


def test_nobody_treated(derive: Derive) -> None:
    """Every measure is not computable, and the table says that nothing is recorded."""
    results = Results(analyse_exposure(derive(PLAN, patients="patient\n1", exposure="patient\n"), plan_of(**PLAN)))
    assert row(results, "cycles").n == 0
    assert row(results, "days_infused", at="median").warning == "no patient treated"
    assert exposure_table(results).rows == ()


def test_without_a_regimen_nothing_is_planned(derive: Derive) -> None:
    """Days and doses are told; what needs a plan says that there is none."""
    results = Results(analyse_exposure(derive(None, **TABLES), plan_of()))
    assert row(results, "days_infused", at="max").estimate == 56.0
    warning = row(results, "relative_dose", at="median").warning
    assert warning is not None
    assert "the plan names no regimen" in warning
    assert results.where(analysis="exposure", name="patients_deviating") == ()


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        ({}, "The plan names no regimen, so nothing is compared with what was planned."),
        ({}, "by the body surface after Mosteller (not rounded)"),
        (
            {"exposure": {"body_surface": "Haycock", "body_surface_decimals": 2}},
            "after Haycock (rounded to 2 decimals)",
        ),
        ({"exposure": {"day_count": "elapsed"}}, "the last not counted"),
        (PLAN, "cycle 1: 15 ug/m2/d (at most 28 ug/d) or, from 45 kg on, 28 ug/d on days 1 to 28, then 14 days off"),
        ({"regimen": "tuebingen-2014"}, "every cycle: 5 or 15 ug/m2/d on days 1 to 28, then 7 to 14 days off"),
        (
            {"regimen": "tuebingen-2014", "exposure": {"dose_tolerance_percent": 10}},
            "A dose within 10 % of the planned",
        ),
        (
            {"regimen": "tuebingen-2014", "exposure": {"days_from_regimen": True}},
            "Of cycles without a recorded day, the days are those of the regimen, unless they were stopped.",
        ),
    ],
)
def test_the_methods_of_the_exposure(plan: dict[str, Any], sentence: str) -> None:
    """Each setting in force has its words."""
    assert sentence in exposure_methods(plan_of(**plan))
