"""Laboratory values of a cohort: baseline, window, limits by age and sex, units, worst grades, clinician beside."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.conftest import CohortOf, Derive, Shows

from engager.endpoints.laboratory.datasets import LaboratoryDatasets, derive_laboratory
from engager.plan import AnalysisPlan
from engager.readers.reference_ranges import read_reference_ranges

DOSED = "patient | cycle | start_day | end_day | dose | unit\n"


def dosed(*patients: str) -> str:
    """Return exposure of 28 days from day 1."""
    return DOSED + "\n".join(f"{patient} | 1 | 1 | 28 | 15 | ug/m2/d" for patient in patients)


BASELINES = """patient | day | cycle | timepoint | test | value | unit | note
last | -10 | | | platelets | 10 | 10*9/L | an earlier one
last | -3 | | | platelets | 20 | 10*9/L | the last before
last | 2 | | | platelets | 30 | 10*9/L | after the first dose
day1 | -1 | | | platelets | 10 | 10*9/L |
day1 | 1 | | | platelets | 20 | 10*9/L | the day of the first dose
twice | -2 | | | platelets | 10 | 10*9/L |
twice | -2 | | | platelets | 20 | 10*9/L | entered last
words | -1 | | | platelets | 10 | 10*9/L |
words | | | baseline | platelets | 20 | 10*9/L | before the first dose, by its words
start | | | baseline | platelets | 10 | 10*9/L |
start | | 1 | start of cycle | platelets | 20 | 10*9/L | at the first dose itself
second | -1 | | | platelets | 20 | 10*9/L |
second | | 2 | start of cycle | platelets | 30 | 10*9/L | a later cycle
bound | -9 | | | platelets | 20 | 10*9/L |
bound | -1 | | | platelets | <10 | 10*9/L | no number
later | 2 | | | platelets | 30 | 10*9/L | no baseline"""


def test_the_baseline_is_the_last_number_before_the_first_dose(derive: Derive, shows: Shows) -> None:
    """By day, then by the record's words; a bound is no baseline, a later value none either."""
    values = derive(measurements=BASELINES).laboratory.values
    shows(
        values.filter(pl.col("is_baseline") | (pl.col("patient") == "later")),
        """patient | value | baseline | phase
        last | 20 | 20 | before
        day1 | 20 | 20 | before
        twice | 20 | 20 | before
        words | 20 | 20 | before
        start | 20 | 20 | before
        second | 20 | 20 | before
        bound | 20 | 20 | before
        later | 30 |  | treatment""",
    )


def test_day_1_is_treatment_where_the_plan_says_so(derive: Derive) -> None:
    """Then the day before is the baseline, and day 1 may be the worst."""
    values = derive({"laboratory": {"day_1": "treatment"}}, measurements=BASELINES).laboratory.values
    day_1 = values.filter(pl.col("patient") == "day1")
    assert day_1["phase"].to_list() == ["before", "treatment"]
    assert day_1["baseline"].to_list() == [10, 10]


WINDOW = """patient | day | cycle | timepoint | test | value | unit
1 | 28 | | | platelets | 60 | 10*9/L
1 | 58 | | | platelets | 40 | 10*9/L
1 | 59 | | | platelets | 5 | 10*9/L
1 | | 1 | end of cycle | platelets | 70 | 10*9/L
1 | | | after treatment | platelets | 71 | 10*9/L
1 | | | | platelets | 3 | 10*9/L
2 | 400 | | | platelets | 5 | 10*9/L"""


def test_the_window_ends_30_days_after_the_last_dose(derive: Derive, shows: Shows) -> None:
    """Day 58 counts, day 59 does not; without the end of the last infusion nothing is too late; no place is none."""
    exposure = dosed("1") + "\n2 | 1 | 1 | | 15 | ug/m2/d"
    shows(
        derive(exposure=exposure, measurements=WINDOW).laboratory.values,
        """patient | day | phase
        1 | 28 | treatment
        1 | 58 | treatment
        1 | 59 | later
        1 |  | treatment
        1 |  | treatment
        1 |  | not placed
        2 | 400 | treatment""",
    )
    left_out = derive({"safety": {"unplaced": "leave out"}}, exposure=exposure, measurements=WINDOW).laboratory
    assert left_out.values["phase"].to_list()[4:] == ["not placed"] * 3
    shorter = derive({"safety": {"window_days": 29}}, exposure=exposure, measurements=WINDOW).laboratory
    assert shorter.worst["worst"].to_list() == [2, 4]


def test_worst_grades(derive: Derive, shows: Shows) -> None:
    """Both directions apart, first day of the worst, what has no grade counted; a missing limit is never grade 0."""
    measurements = """patient | day | test | value | unit | lower_limit | upper_limit
    1 | -1 | calcium | 2.3 | mmol/L | 2.1 | 2.6
    1 | 5 | calcium | 1.7 | mmol/L | 2.1 | 2.6
    1 | 6 | calcium | 1.6 | mmol/L | 2.1 | 2.6
    1 | 9 | calcium | 3 | mmol/L | 2.1 | 2.6
    2 | -1 | platelets | 140 | 10*9/L | |
    2 | 8 | platelets | 100 | 10*9/L | |
    3 | -1 | platelets | 140 | 10*9/L | 150 | 450
    3 | 8 | platelets | 100 | 10*9/L | | 450
    3 | 9 | platelets | 60 | 10*9/L | | 450"""
    shows(
        derive(exposure=dosed("1", "2", "3"), measurements=measurements).laboratory.worst.sort("patient", "term"),
        """patient | term | direction | baseline | worst | worst_day | graded | not_graded | worst_reason
        1 | Hypercalcemia | high | 0 | 2 | 9 | 3 | 0 |
        1 | Hypocalcemia | low | 0 | 3 | 5 | 3 | 0 |
        2 | Platelet count decreased | low |  |  |  | 0 | 1 | lower limit missing
        3 | Platelet count decreased | low | 1 | 2 | 9 | 1 | 1 | """,
    )  # fmt: skip


def test_the_baseline_is_converted(derive: Derive, shows: Shows) -> None:
    """In the unit of the row where both measure one quantity; otherwise there is none to compare with."""
    measurements = """patient | day | test | value | unit | lower_limit | upper_limit
    1 | -1 | neutrophils | 2000 | /uL | |
    1 | 5 | neutrophils | 0.4 | 10*9/L | 1.5 | 7
    2 | -1 | creatinine | 0.5 | mg/dL | 0.3 | 0.7
    2 | 5 | creatinine | 90 | umol/L | 30 | 60"""
    values = derive(exposure=dosed("1", "2"), measurements=measurements).laboratory.values
    shows(
        values,
        """patient | day | baseline | unit
        1 | -1 | 2000 | /uL
        1 | 5 | 2 | 10*9/L
        2 | -1 | 0.5 | mg/dL
        2 | 5 |  | umol/L""",
    )


def test_marrow_and_fluid_are_no_laboratory_values(derive: Derive) -> None:
    """Leukocytes of the cerebrospinal fluid are not leukopenia."""
    measurements = """patient | day | test | specimen | value | unit
    1 | 5 | leukocytes | csf | 1 | /uL
    1 | 5 | leukocytes | blood | 900 | /uL"""
    assert derive(exposure=dosed("1"), measurements=measurements).laboratory.values["value"].to_list() == [900]


RANGES = """test,sex,age_from,age_to,lower_limit,upper_limit,unit
neutrophils,,0,2,1.6,8.5,10*9/L
neutrophils,,2,18,1.8,8.0,10*9/L
haemoglobin,male,12,18,13,16,g/dL
haemoglobin,female,12,18,12,16,g/dL
platelets,,,,150,450,10*9/L
"""


def ranged(cohort_of: CohortOf, folder: Path, **tables: str) -> LaboratoryDatasets:
    """Return the laboratory datasets of tables, with the study's reference ranges."""
    plan = AnalysisPlan.model_validate({"title": "spec", "laboratory": {"reference_ranges": "ranges.csv"}})
    (folder / "ranges.csv").write_text(RANGES, "utf-8")
    ranges, issues = read_reference_ranges(folder, plan)
    assert issues == []
    return derive_laboratory(replace(cohort_of(**tables), reference_ranges=ranges), plan)


def test_limits_come_from_the_studys_ranges(cohort_of: CohortOf, tmp_path: Path, shows: Shows) -> None:
    """By age from the first to below the last, by sex, in the row's unit; the row's own limit wins."""
    patients = """patient | sex | age
    1 | male | 1.99
    2 | male | 2
    3 | male | 17.9
    4 | male | 18
    5 | female | 12
    6 | | 12
    7 | male | """
    rows = [
        *(f"{patient} | 5 | neutrophils | 1.7 | 10*9/L | |" for patient in (1, 2, 3, 4, 7)),
        "3 | 5 | haemoglobin | 125 | g/L | |", "5 | 5 | haemoglobin | 125 | g/L | |",
        "6 | 5 | haemoglobin | 125 | g/L | |", "7 | 5 | platelets | 140000 | /uL | |",
        "2 | 6 | neutrophils | 1600 | /uL | 1650 | ", "2 | 7 | neutrophils | 30 | % | |",
    ]  # fmt: skip
    heading = "patient | day | test | value | unit | lower_limit | upper_limit\n"
    found = ranged(cohort_of, tmp_path, patients=patients, exposure=dosed("1"), measurements=heading + "\n".join(rows))
    low = found.grades.filter(pl.col("direction") == "low").with_columns(
        ranged=pl.col("sources").list.eval(pl.element().filter(pl.element().str.starts_with("reference"))).list.first()
    )
    shows(
        low.sort("row"),
        """patient | test | lower_limit | upper_limit | grade | ranged
        1 | neutrophils | 1.6 | 8.5 | 0 | reference_ranges:2
        2 | neutrophils | 1.8 | 8 | 1 | reference_ranges:3
        3 | neutrophils | 1.8 | 8 | 1 | reference_ranges:3
        4 | neutrophils |  |  |  |
        7 | neutrophils |  |  |  |
        3 | haemoglobin | 130 | 160 | 1 | reference_ranges:4
        5 | haemoglobin | 120 | 160 | 0 | reference_ranges:5
        6 | haemoglobin |  |  |  |
        7 | platelets | 150000 | 450000 | 1 | reference_ranges:6
        2 | neutrophils | 1650 | 8000 | 1 | reference_ranges:3
        2 | neutrophils |  |  |  | """,
    )  # fmt: skip


AGREEMENT_VALUES = """patient | day | cycle | timepoint | test | value | unit | lower_limit | upper_limit
1 | 5 | | | neutrophils | 0.8 | 10*9/L | 1.5 | 7
1 | 9 | | | neutrophils | 0.4 | 10*9/L | 1.5 | 7
2 | 5 | | | neutrophils | 0.8 | 10*9/L | 1.5 | 7
3 | 5 | | | neutrophils | 0.8 | 10*9/L | 1.5 | 7
4 | 5 | | | neutrophils | 0.8 | 10*9/L | 1.5 | 7
5 | | 1 | during cycle | neutrophils | 0.8 | 10*9/L | 1.5 | 7
6 | 30 | | | neutrophils | 0.8 | 10*9/L | 1.5 | 7
7 | 5 | | | platelets | 20 | 10*9/L | 150 | 450
8 | 5 | | | platelets | 60 | 10*9/L | 150 | 450
9 | 8 | | | neutrophils | 0.3 | 10*9/L | 1.5 | 7"""
AGREEMENT_EVENTS = """patient | term | ctcae_version | grade | grade_as_reported | start_day | end_day | cycle
1 | Neutrophil count decreased | 5.0 | 3 | | 5 | 8 |
2 | Neutrophil count decreased | 5.0 | 2 | | 5 | 5 |
3 | neutrophil count decreased | | 4 | | 4 | |
4 | Neutrophil count decreased | 5.0 | | I/II | 1 | 9 |
5 | Neutrophil count decreased | 5.0 | 3 | | | | 1
6 | Neutrophil count decreased | 5.0 | 3 | | 1 | 29 |
9 | Neutrophil count decreased | 6.0 | 3 | | 8 | 8 |
9 | Headache | 5.0 | 1 | | 8 | 8 |"""


def test_clinician_and_laboratory_side_by_side(derive: Derive, shows: Shows) -> None:
    """Agreements, differences both ways, either alone; values from grade 3 only, by the version of each event."""
    found = derive(
        exposure=dosed(*"123456789"), measurements=AGREEMENT_VALUES, adverse_events=AGREEMENT_EVENTS
    ).laboratory  # fmt: skip
    shows(
        found.agreement,
        """patient | version | clinician_grade | reported_grade | laboratory_grade | laboratory_day | matched_by | class
        1 | 5.0 | 3 |  | 3 | 5 | days | agree
        2 | 5.0 | 2 |  | 3 | 5 | days | clinician lower
        3 | 5.0 | 4 |  | 3 | 5 | days | clinician higher
        4 | 5.0 |  | I/II | 3 | 5 | days | no grade by the clinician
        5 | 5.0 | 3 |  | 3 |  | cycle | agree
        6 | 5.0 | 3 |  |  |  | days | event without a laboratory grade
        9 | 6.0 | 3 |  | 3 | 8 | days | agree
        1 | 5.0 |  |  | 4 | 9 |  | laboratory grade without an event
        6 | 5.0 |  |  | 3 | 30 |  | laboratory grade without an event
        7 | 5.0 |  |  | 4 | 5 |  | laboratory grade without an event""",
    )
    sources = found.agreement.filter(pl.col("patient") == "2")["sources"].to_list()
    assert sources == [["adverse_events:3", "measurements:4"]]


def test_nothing_is_overwritten(derive: Derive) -> None:
    """The events stand as they were recorded, whatever the laboratory says."""
    datasets = derive(exposure=dosed("2"), measurements=AGREEMENT_VALUES, adverse_events=AGREEMENT_EVENTS)
    assert datasets.cohort["adverse_events"]["grade"].to_list() == [3, 2, 4, None, 3, 3, 3, 1]


SERIES = """patient | day | test | value | unit | lower_limit | upper_limit
1 | 5 | neutrophils | 0.8 | 10*9/L | 2 | 7
2 | 5 | neutrophils | 0.3 | 10*9/L | 2 | 7
3 | 5 | neutrophils | 0.05 | 10*9/L | 2 | 7
4 | 5 | neutrophils | 1.8 | 10*9/L | 2 | 7
1 | 5 | platelets | 40 | 10*9/L | 150 | 450
2 | 5 | platelets | 20 | 10*9/L | 150 | 450
3 | 5 | platelets | 8 | 10*9/L | 150 | 450"""


@pytest.mark.parametrize(
    ("version", "neutrophils", "platelets"),
    [("4.03", [3, 4, 4, 1], [3, 4, 4]), ("5.0", [3, 4, 4, 1], [3, 4, 4]), ("6.0", [2, 3, 4, 0], [3, 3, 4])],
)
def test_one_data_set_by_three_versions(
    derive: Derive, version: str, neutrophils: list[int], platelets: list[int]
) -> None:
    """Four of seven worst grades are lower by 6.0 than by 4.03 and 5.0; nothing about the patients has changed."""
    plan: dict[str, Any] = {"safety": {"ctcae_version": version}}
    worst = derive(plan, exposure=dosed(*"1234"), measurements=SERIES).laboratory.worst.sort("patient")
    by_term = {term: rows["worst"].to_list() for (term,), rows in worst.group_by("term")}
    assert by_term["Neutrophil count decreased"] == neutrophils
    assert by_term["Thrombocytopenia" if version == "6.0" else "Platelet count decreased"] == platelets
    assert set(worst["version"]) == {version}
