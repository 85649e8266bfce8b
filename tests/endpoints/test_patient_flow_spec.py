"""The way of each patient: response, what followed, state at the last contact."""

from __future__ import annotations

from tests.conftest import Derive, Shows

from engager.analyses.patient_flow import analyse_patient_flow
from engager.plan import AnalysisPlan

MEASUREMENTS = """
    patient | cycle | timepoint      | test          | value | unit
    1       | 1     | start of cycle | marrow_blasts | 80    | %
    1       | 1     | end of cycle   | marrow_blasts | <0.5  | %
    2       | 1     | start of cycle | marrow_blasts | 80    | %
    2       | 1     | end of cycle   | marrow_blasts | 90    | %
    3       | 1     | start of cycle | marrow_blasts | 80    | %
    3       | 1     | end of cycle   | marrow_blasts | <0.5  | %
"""
EXPOSURE = """
    patient | cycle | dose | unit
    1       | 1     | 15   | ug/m2/d
    2       | 1     | 15   | ug/m2/d
    3       | 1     | 15   | ug/m2/d
    4       | 1     | 15   | ug/m2/d
"""
THERAPIES = """
    patient | phase  | kind         | given | start_day
    1       | before | hsct         |       | -100
    1       | after  | maintenance  |       | 50
    1       | after  | hsct         |       | 60
    2       | after  | chemotherapy |       | 40
    3       | after  | maintenance  |       |
    4       | after  | hsct         | no    |
"""
FOLLOW_UP = """
    patient | day | event
    1       | 300 | relapse
    1       | 400 | last contact
    2       | 90  | death
    3       | 500 | last contact
"""


def test_each_patient_takes_one_way(derive: Derive, shows: Shows) -> None:
    """A transplant goes before maintenance; one before the first dose or not given does not count."""
    datasets = derive(measurements=MEASUREMENTS, exposure=EXPOSURE, therapies=THERAPIES, follow_up=FOLLOW_UP)
    shows(
        datasets.patient_flow,
        """
        patient | response              | next                          | outcome
        1       | primary responder     | transplant                    | alive after relapse
        2       | non-responder         | other treatment               | died
        3       | primary responder     | maintenance                   | alive without relapse
        4       | response not assessed | no further treatment recorded | not followed
        """,
    )


def test_the_boxes_of_a_step_add_up_to_the_step_before(derive: Derive) -> None:
    """Every count is out of the box it comes from, and the parts are the whole."""
    datasets = derive(measurements=MEASUREMENTS, exposure=EXPOSURE, therapies=THERAPIES, follow_up=FOLLOW_UP)
    rows = list(analyse_patient_flow(datasets, AnalysisPlan(title="spec")))
    counts = {tuple((row.at or "").split(" > ")) if row.at else (): row.n for row in rows}
    for way, n in counts.items():
        parts = [m for other, m in counts.items() if m and len(other) == len(way) + 1 and other[: len(way)] == way]
        assert sum(parts) == n or len(way) == 3
    assert counts[()] == 4
    assert counts["primary responder", "transplant", "alive after relapse"] == 1


def test_the_end_of_treatment_is_no_contact(derive: Derive) -> None:
    """It tells nothing of the state of the patient."""
    exposure = "patient | cycle | dose | unit\n1 | 1 | 15 | ug/m2/d"
    datasets = derive(exposure=exposure, follow_up="patient | day | event\n1 | 30 | end of treatment")
    assert datasets.patient_flow["outcome"].to_list() == ["not followed"]
