"""Laboratory results: patients are counted once, what is missing is told, and every number leads to its rows."""

from __future__ import annotations

import random

import polars as pl
import pytest
from tests.conftest import Derive
from tests.figures.laboratory_cohort import synthetic_cohort

from engager.analyses.laboratory import analyse_laboratory
from engager.analyses.laboratory_course import DRAWN, analyse_laboratory_course
from engager.cohort import Cohort
from engager.endpoints import Datasets, derive_endpoints
from engager.plan import AnalysisPlan
from engager.results import Results
from engager.tables.laboratory import agreement_table, shift_table, worst_grade_table
from engager.tables.table import Table

PLAN = AnalysisPlan(title="synthetic", data="synthetic")


def results_of(datasets: Datasets, plan: AnalysisPlan = PLAN) -> Results:
    """Return the laboratory results of datasets."""
    return Results([*analyse_laboratory(datasets, plan), *analyse_laboratory_course(datasets, plan)])


@pytest.fixture(scope="module", name="many")
def many_patients() -> Results:
    """Return the results of 40 synthetic patients."""
    return results_of(derive_endpoints(synthetic_cohort(40), PLAN))


def texts(table: Table) -> list[str]:
    """Return the rows of a table as text."""
    return [" | ".join(cell.text for cell in row.cells) for row in table.rows]


def test_every_patient_has_one_worst_grade_or_none(many: Results) -> None:
    """Term by term the grades, the not graded and the not measured are all who were treated."""
    terms = {row.group for row in many.where(analysis="laboratory", name="worst")}
    assert len(terms) == 9
    for term in terms:
        rows = many.where(analysis="laboratory", name="worst", group=term)
        assert sum(row.n or 0 for row in rows) == 40
        assert sorted(patient for row in rows for patient in row.patients) == sorted(str(i) for i in range(1, 41))
        assert {row.N for row in rows} == {40}


def test_the_shift_is_of_all_who_were_measured(many: Results) -> None:
    """Pairs add up to the patients measured, those with both grades to the denominator told."""
    shifts = many.where(analysis="laboratory", name="shift_known")
    assert shifts
    for known in shifts:
        pairs = many.where(analysis="laboratory", name="shift", group=known.group)
        assert sum(row.n or 0 for row in pairs) == known.N
        both = [row for row in pairs if "missing" not in (row.at or "")]
        assert sum(row.n or 0 for row in both) == known.n
        assert all(row.warning for row in pairs if row not in both)


def test_shares_of_a_week_are_one(many: Results) -> None:
    """Week by week the shares of the grades add up to all who have one."""
    shares: dict[tuple[str, str], float] = {}
    for row in many.where(analysis="laboratory_course", name="share"):
        key = row.group, (row.at or "").split(" ")[0]
        shares[key] = shares.get(key, 0.0) + (row.estimate or 0.0)
    assert shares
    assert all(total == pytest.approx(1) for total in shares.values())


def test_few_patients_are_lines_many_are_a_spread(many: Results) -> None:
    """Up to twelve patients a line each; beyond, median and quartiles with their patients."""
    few = results_of(derive_endpoints(synthetic_cohort(DRAWN), PLAN))
    lines = few.where(analysis="laboratory_course", name="neutrophils")
    assert len({row.group for row in lines}) == DRAWN
    spread = many.where(analysis="laboratory_course", name="neutrophils")
    assert {row.group for row in spread} == {"spread"}
    assert all(row.lower is not None and row.estimate is not None and row.upper is not None for row in spread)
    assert all(row.lower <= row.estimate <= row.upper for row in spread)  # type: ignore[operator]


def test_the_order_of_rows_does_not_matter() -> None:
    """Shuffled measurements and events give the same results."""
    cohort, shuffler = synthetic_cohort(8), random.Random(3)  # noqa: S311 - a test
    shuffled = Cohort(
        {name: frame[shuffler.sample(range(frame.height), frame.height)] if name != "patients" else frame
         for name, frame in cohort.tables.items()}
    )  # fmt: skip
    one, other = (results_of(derive_endpoints(each, PLAN)) for each in (cohort, shuffled))
    assert {row.id: (row.n, row.N, row.estimate, row.text) for row in one} == {
        row.id: (row.n, row.N, row.estimate, row.text) for row in other
    }


SMALL = """patient | day | test | value | unit | lower_limit | upper_limit
1 | -1 | platelets | 200 | 10*9/L | 150 | 450
1 | 5 | platelets | 40 | 10*9/L | 150 | 450
2 | -1 | platelets | 100 | 10*9/L | 150 | 450
2 | 5 | platelets | 60 | 10*9/L | 150 | 450
3 | 5 | platelets | 90 | 10*9/L | |
4 | 90 | platelets | 90 | 10*9/L | 150 | 450"""
EXPOSURE = "patient | cycle | start_day | end_day | dose | unit\n" + "\n".join(
    f"{patient} | 1 | 1 | 28 | 15 | ug/m2/d" for patient in "12345"
)
EVENTS = """patient | term | ctcae_version | grade | start_day | end_day
2 | Platelet count decreased | 5.0 | 1 | 5 | 5"""


def test_tables_worked_by_hand(derive: Derive) -> None:
    """Five treated: two with both grades, one whose limits are missing, one measured too late, one never."""
    results = results_of(derive(exposure=EXPOSURE, measurements=SMALL, adverse_events=EVENTS))
    worst = worst_grade_table(results)
    assert worst.title == "Worst laboratory grades on treatment, n (%) of 5 patients"
    assert texts(worst) == [
        "Platelet count decreased | 0 (0) | 0 (0) | 1 (20) | 1 (20) | 0 (0) | 1 (20) | 2 (40) | 1 (20)"
    ]
    assert "Platelet count decreased: lower limit missing, 1 of 3 values" in worst.notes[2]
    assert texts(shift_table(results)) == [
        "Platelet count decreased (2 of 4 with both grades)",
        "0 | 0 | 0 | 0 | 1 | 0 | 0",
        "1 | 0 | 0 | 1 | 0 | 0 | 0",
        "missing | 0 | 0 | 0 | 0 | 0 | 2",
    ]
    missing = results.get("laboratory", "shift", "Platelet count decreased", "missing to missing")
    assert missing is not None
    assert missing.warning == (
        "baseline: no value before the first dose (2); window: lower limit missing (1); "
        "window: no value in the treatment-emergent window (1)"
    )
    listed = texts(agreement_table(results))
    assert listed[1] == "clinician lower | 1 of 1 |  |  | adverse events of terms that a laboratory value grades"
    assert listed[-2:] == [
        (
            "laboratory grade without an event | 1, Platelet count decreased | \u2013 | "
            "3 (below 50 10*9/L, day 5) | derived by CTCAE 5.0; no event of the term then"
        ),
        (
            "clinician lower | 2, Platelet count decreased | 1 (day 5) | 2 (below 75 10*9/L, day 5) | "
            "as recorded, CTCAE 5.0; derived by CTCAE 5.0; values within the days of the event"
        ),
    ]


def test_every_cell_leads_to_a_result(derive: Derive) -> None:
    """A count in a table names the result behind it, and the result its patients and rows."""
    results = results_of(derive(exposure=EXPOSURE, measurements=SMALL, adverse_events=EVENTS))
    for table in (worst_grade_table(results), shift_table(results), agreement_table(results)):
        for row in table.rows:
            for cell in row.cells[1:]:
                if cell.text[:1].isdecimal() and "," not in cell.text.split("(")[0]:
                    assert cell.results
                    assert results.by_id(cell.results[0])
    found = results.get("laboratory", "shift", "Platelet count decreased", "1 to 2")
    assert found is not None
    assert found.patients == ("2",)
    assert found.sources == ("measurements:4", "measurements:5")


def test_without_values_the_tables_say_so(derive: Derive) -> None:
    """Nothing measured that CTCAE grades is told, with what would stand there."""
    results = results_of(derive(exposure=EXPOSURE))
    assert worst_grade_table(results).rows == ()
    assert "no laboratory value that CTCAE grades" in worst_grade_table(results).empty
    assert agreement_table(results).rows == ()
    frame = results.filter(analysis="laboratory")
    assert frame.filter(pl.col("n") > 0).is_empty()
