"""Relapse against death without relapse, and transplants that come later: worked by hand."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from engager.analyses import analyse
from engager.pipeline.examples import example
from engager.pipeline.study import open_study
from engager.plan import AnalysisPlan
from engager.results import Results
from engager.statistics import gray_test, log_rank, mantel_byar

PLAN: dict[str, Any] = {"endpoints": {"OS": {}, "EFS": {"events": ["death", "marrow_relapse", "non_response"]}}}
FOLLOW_UP = """
    patient | day | event        | site
    1       | 100 | death        |
    2       | 50  | relapse      | bone marrow
    2       | 80  | death        |
    3       | 200 | last contact |
    4       |     | relapse      | bone marrow
    4       | 90  | death        |
    5       | 60  | relapse      | cns
    5       | 70  | death        |
"""
RESPONSE = """
    patient | cycle | timepoint    | test           | method       | value
    1       | 1     | end of cycle | cycle_response | investigator | responding
    6       | 1     | end of cycle | cycle_response | investigator | non-responding
"""
EXPOSURE = """
    patient | cycle
    1       | 1
    6       | 1
"""


def _results(datasets: Any, **plan: Any) -> Results:
    return analyse(datasets, AnalysisPlan.model_validate({"title": "spec", **PLAN, **plan}))


def test_the_first_event_decides_the_cause(derive: Any, shows: Any) -> None:
    """Death without relapse is cause 2; relapse before death, non-response at time 0 and an undated relapse are 1.

    The relapse outside the marrow is no event of this plan's EFS, but who had one did not die without relapse.
    """
    datasets = derive(PLAN, follow_up=FOLLOW_UP, measurements=RESPONSE, exposure=EXPOSURE)
    shows(
        datasets.competing_risks.sort("patient"),
        """
        patient | time | cause | what
        1       | 100  | 2     | death
        2       | 50   | 1     | relapse
        3       | 200  | 0     | last contact
        4       | 90   | 1     | death
        5       | 60   | 1     | extramedullary relapse
        6       | 0    | 1     | non-response
        """,
    )


def test_a_death_on_the_day_of_the_relapse_is_not_without_relapse(derive: Any, shows: Any) -> None:
    """Both on day 80: the relapse came first, whatever order the plan names its events in."""
    follow_up = "patient | day | event | site\n1 | 80 | relapse | bone marrow\n1 | 80 | death |\n2 | 81 | death |"
    datasets = derive(PLAN, follow_up=follow_up)
    shows(
        datasets.competing_risks.sort("patient"),
        """
        patient | time | cause | what
        1       | 80   | 1     | relapse
        2       | 81   | 2     | death
        """,
    )


def test_a_plan_without_event_free_survival_has_no_competing_risks(derive: Any) -> None:
    """The causes are parts of the event-free endpoint; without one there is nothing to part."""
    datasets = derive({"endpoints": {"OS": {}}}, follow_up=FOLLOW_UP)
    assert datasets.competing_risks is None


def test_incidences_are_those_of_aalen_and_johansen(derive: Any) -> None:
    """Six patients, causes 1 at time 0, 50, 60 and 90, 2 at 100, nobody left but one: sums of 1/6."""
    results = _results(derive(PLAN, follow_up=FOLLOW_UP, measurements=RESPONSE, exposure=EXPOSURE))
    relapse = results.get("competing_risks", "incidence", "Relapse or non-response, all", at="100")
    death = results.get("competing_risks", "incidence", "Non-relapse mortality, all", at="100")
    assert relapse is not None
    assert death is not None
    assert relapse.estimate == pytest.approx(4 / 6, rel=1e-12)
    assert death.estimate == pytest.approx(1 / 6, rel=1e-12)
    assert set(relapse.patients) == {"2", "4", "5", "6"}


def test_a_transplant_is_one_after_the_first_dose_on_its_first_day(derive: Any, shows: Any) -> None:
    """Earlier transplants, and those stated not to have been given, are none; an unknown day stays unknown."""
    therapies = """
        patient | kind | phase  | start_day | given
        1       | hsct | before |           |
        2       | hsct | after  | 90        |
        2       | hsct | after  | 60        |
        3       | hsct | after  |           |
        4       | hsct | after  | 40        | no
    """
    datasets = derive(PLAN, therapies=therapies, follow_up=FOLLOW_UP)
    shows(
        datasets.transplantation,
        """
        patient | hsct_day
        2       | 60
        3       |
        """,
    )


def test_transplants_of_unknown_day_are_counted_among_the_transplanted(derive: Any) -> None:
    """Two of five patients were transplanted, one of these two on a day that is not recorded."""
    therapies = """
        patient | kind | phase | start_day
        2       | hsct | after | 60
        3       | hsct | after |
    """
    results = _results(derive(PLAN, therapies=therapies, follow_up=FOLLOW_UP))
    rows = [results.get("transplantation", name) for name in ("transplanted", "day_unknown")]
    assert [(row.n, row.N) for row in rows if row is not None] == [(2, 5), (1, 2)]


def _two_groups(n: int) -> dict[str, str]:
    """Return 2n patients of two groups: a dies on days 10, 20, ...; b relapses first and lives longer."""
    patients = ["patient | group"] + [f"{g}{i} | {g}" for g in "ab" for i in range(1, n + 1)]
    rows = ["patient | day | event | site"]
    for i in range(1, n + 1):
        rows += [f"a{i} | {10 * i} | death |", f"b{i} | {15 * i} | relapse | bone marrow", f"b{i} | {30 * i} | death |"]
    therapies = ["patient | kind | phase | start_day"] + [f"b{i} | hsct | after | {i}" for i in range(1, n + 1)]
    return {"patients": "\n".join(patients), "follow_up": "\n".join(rows), "therapies": "\n".join(therapies)}


def test_groups_of_ten_are_tested_and_the_tests_are_those_of_the_statistics(derive: Any) -> None:
    """Log-rank, Gray's and Mantel-Byar's p-values equal those of the functions on the same times."""
    results = _results(derive({**PLAN, "group_by": "group"}, **_two_groups(10)), group_by="group")
    died = [10 * i for i in range(1, 11)], [30 * i for i in range(1, 11)]
    labels = ["a"] * 10 + ["b"] * 10
    expected = log_rank([*died[0], *died[1]], [1] * 20, labels).test.p_value
    assert _p(results, "OS", "log_rank", "group") == pytest.approx(expected, rel=1e-12)
    gray = gray_test([*died[0], *[15 * i for i in range(1, 11)]], [2] * 10 + [1] * 10, labels)
    assert _p(results, "competing_risks", "gray_test", "group", "Relapse or non-response") == pytest.approx(
        gray.tests[1].p_value, rel=1e-12
    )
    switches = [float("nan")] * 10 + [float(i) for i in range(1, 11)]
    expected = mantel_byar([*died[0], *died[1]], [1] * 20, switches).test.p_value
    assert _p(results, "transplantation", "mantel_byar", "all") == pytest.approx(expected, rel=1e-12)


def _p(results: Results, analysis: str, name: str, group: str, at: str | None = None) -> float:
    row = results.get(analysis, name, group, at)
    assert row is not None
    assert row.estimate is not None
    return row.estimate


def test_below_ten_nothing_is_tested_unless_the_plan_asks(derive: Any) -> None:
    """Nine in a group: no p-value and the reason; with `tests_below_ten` a p-value and a warning."""
    datasets = derive({**PLAN, "group_by": "group"}, **_two_groups(9))
    row = _results(datasets, group_by="group").get("OS", "log_rank", "group")
    assert row is not None
    assert row.estimate is None
    assert "fewer than 10 patients" in (row.warning or "")
    asked = _results(datasets, group_by="group", tests_below_ten=True).get("OS", "log_rank", "group")
    assert asked is not None
    assert asked.estimate is not None
    assert "as the plan asks" in (asked.warning or "")


def test_hazard_ratios_are_told_against_the_first_group(derive: Any) -> None:
    """Group b lives three times as long: its hazard ratio against a is below 1 with an upper limit."""
    results = _results(derive({**PLAN, "group_by": "group"}, **_two_groups(10)), group_by="group")
    row = results.get("OS", "hazard_ratio", "group", "b against a")
    assert row is not None
    assert row.estimate is not None
    assert row.lower is not None
    assert row.upper is not None
    assert row.lower < row.estimate < row.upper
    assert row.estimate < 1


def test_a_landmark_counts_from_the_landmark_those_still_there(derive: Any) -> None:
    """At day 100 only b4 to b10 live on; all were transplanted by then, median 210 - 100 = 110 days."""
    results = _results(derive(PLAN, **_two_groups(10)))
    row = results.get("transplantation", "landmark_median", "transplanted by day 100")
    assert row is not None
    assert (row.N, row.n, row.estimate) == (7, 7, 110.0)
    assert results.get("transplantation", "landmark_median", "not transplanted by day 100") is None


def test_subgroups_tell_responders_among_their_own_patients(derive: Any) -> None:
    """Each category tells k of its own n, all patients first."""
    patients = "patient | sex\n1 | male\n2 | female\n3 | female"
    stated = """
        patient | cycle | timepoint    | test           | method       | value
        1       | 1     | end of cycle | cycle_response | investigator | responding
        2       | 1     | end of cycle | cycle_response | investigator | responding
        3       | 1     | end of cycle | cycle_response | investigator | non-responding
    """
    exposure = "patient | cycle\n1 | 1\n2 | 1\n3 | 1"
    results = _results(derive(PLAN, patients=patients, measurements=stated, exposure=exposure), subgroups=["sex"])
    rows = results.where(analysis="subgroups")
    assert [(row.group, row.at, row.n, row.N) for row in rows] == [
        ("all", None, 2, 3),
        ("sex", "female", 1, 2),
        ("sex", "male", 1, 1),
    ]


def test_a_study_without_a_death_is_analysed_all_the_same(derive: Any) -> None:
    """Ten and ten patients, nobody died: no p-value, no hazard ratio, and no failure."""
    patients = ["patient | group"] + [f"{g}{i} | {g}" for g in "ab" for i in range(10)]
    rows = ["patient | day | event"] + [f"{g}{i} | 100 | last contact" for g in "ab" for i in range(10)]
    datasets = derive({**PLAN, "group_by": "group"}, patients="\n".join(patients), follow_up="\n".join(rows))
    results = _results(datasets, group_by="group")
    row = results.get("OS", "log_rank", "group")
    assert row is not None
    assert (row.estimate, row.warning) == (None, "not estimable: no event to compare")
    assert results.where(analysis="OS", name="hazard_ratio") == ()


def test_one_group_alone_is_told_as_such(derive: Any) -> None:
    """With a single group there is nothing to ask for, whatever its size."""
    datasets = derive({**PLAN, "group_by": "group"}, patients="patient | group\n1 | a\n3 | a", follow_up="""
        patient | day | event
        1       | 10  | death
        3       | 20  | death
    """)  # fmt: skip
    row = _results(datasets, group_by="group", tests_below_ten=True).get("OS", "log_rank", "group")
    assert row is not None
    assert row.warning == "not tested: fewer than two groups"


def test_a_transplant_before_the_first_dose_is_history(derive: Any, shows: Any) -> None:
    """A row that says `after` with a day before day 1 is no later treatment, as in the endpoints."""
    therapies = "patient | kind | phase | start_day\n1 | hsct | after | -5\n2 | hsct | after | 60"
    datasets = derive(PLAN, therapies=therapies, follow_up=FOLLOW_UP)
    shows(datasets.transplantation, "patient | hsct_day\n2 | 60")


def test_a_plan_without_endpoints_is_reported(tmp_path: Path) -> None:
    """A plan may ask for no endpoint at all; the report has the other sections."""
    study = tmp_path / "study"
    shutil.copytree(example("tuebingen-2014"), study)
    (study / "study.toml").write_text('title = "No endpoints"\nendpoints = {}\n', "utf-8")
    document = open_study(study).document
    assert "response" in {section.anchor for section in document.sections}
    assert "survival" not in {section.anchor for section in document.sections}
