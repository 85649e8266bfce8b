"""Baseline characteristics by group, findings of one cell, therapies, and what other tables tell, as tiny tables."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from tests.conftest import Derive

from engager.analyses.baseline import analyse_baseline
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult, Results

BY_GROUP = {"group_by": "group"}
Analysed = Callable[..., Results]
Told = list[tuple[str, str | None, int | None, int | None]]


@pytest.fixture
def analysed(derive: Derive) -> Analysed:
    """Return a function from tables in text to the baseline results."""

    def run(plan: dict[str, Any] | None = None, **tables: str) -> Results:
        settings = AnalysisPlan.model_validate({"title": "spec", **(plan or {})})
        return Results(analyse_baseline(derive(plan, **tables), settings))

    return run


def told(results: Results, name: str) -> Told:
    """Return group, category, n and N of each result of a characteristic."""
    return [(row.group, row.at, row.n, row.N) for row in results.where(analysis="baseline", name=name)]


def only(results: Results, name: str, at: str, group: str = "all") -> AnalysisResult:
    """Return the result of a category."""
    found = results.get("baseline", name, group, at)
    assert found is not None
    return found


PATIENTS = """patient | group | sex | age
1 | a | male | 4
2 | a | male | 8
3 | b | female |
4 | b |  | """


def test_each_group_has_a_row_for_each_category_that_anybody_has(analysed: Analysed) -> None:
    """No man in group b is 0 of 2, not nothing; who is not recorded is told in each group."""
    results = analysed(BY_GROUP, patients=PATIENTS)
    assert told(results, "sex") == [
        ("all", "male", 2, 4), ("all", "female", 1, 4), ("all", "not recorded", 1, 4),
        ("group=a", "male", 2, 2), ("group=a", "female", 0, 2), ("group=a", "not recorded", 0, 2),
        ("group=b", "male", 0, 2), ("group=b", "female", 1, 2), ("group=b", "not recorded", 1, 2),
    ]  # fmt: skip
    assert only(results, "sex", "female", "group=b").sources == ("patients:4",)
    assert told(results, "patients") == [("all", None, 4, 4), ("group=a", None, 2, 4), ("group=b", None, 2, 4)]


def test_the_characteristic_that_makes_the_groups_is_told_of_all_alone(analysed: Analysed) -> None:
    """Within a group it would say that everybody belongs to it."""
    results = analysed(BY_GROUP, patients=PATIENTS)
    assert told(results, "group") == [("all", "a", 2, 4), ("all", "b", 2, 4)]


def test_a_measure_that_a_group_lacks(analysed: Analysed) -> None:
    """Ages 4 and 8 in group a, none in group b, which is said."""
    results = analysed(BY_GROUP, patients=PATIENTS)
    medians = {row.group: row.estimate for row in results.where(analysis="baseline", name="age", at="median")}
    assert medians == {"all": 6.0, "group=a": 6.0}
    lacking = results.get("baseline", "age", "group=b")
    assert lacking is not None
    assert lacking.warning == "not recorded of any patient"


def test_without_groups_there_is_one_population(analysed: Analysed) -> None:
    """And what nobody has is told once."""
    results = analysed(patients=PATIENTS)
    assert {row.group for row in results} == {"all"}
    assert told(results, "weight") == [("all", None, 0, 4)]


def test_findings_between_semicolons_are_counted_each(analysed: Analysed) -> None:
    """A patient with two findings counts for both, with one twice for it once."""
    results = analysed(patients="patient | genetics\n1 | X; Y\n2 | Y\n3 | X;X\n4 | ")
    assert told(results, "genetics") == [
        ("all", "X", 2, 4), ("all", "Y", 2, 4), ("all", "not recorded", 1, 4)
    ]  # fmt: skip
    assert only(results, "genetics", "Y").patients == ("1", "2")


def test_therapies_before_are_counted_each(analysed: Analysed) -> None:
    """By patient, not by course; transplants aside; `none` where the record says so and names nothing."""
    results = analysed(
        patients="patient\n1\n2\n3\n4",
        therapies="""patient | kind | name | phase | given
        1 | chemotherapy | cytarabine | before |
        1 | chemotherapy | cytarabine | before |
        1 | steroid | | before |
        2 | any | | before | no
        3 | hsct | | before |
        3 | chemotherapy | cytarabine | after |
        1 | targeted | nilotinib | before | no""",
    )
    assert told(results, "prior_therapy") == [
        ("all", "cytarabine", 1, 4), ("all", "none", 1, 4), ("all", "steroid", 1, 4), ("all", "not recorded", 2, 4),
    ]  # fmt: skip
    assert only(results, "prior_therapy", "cytarabine").sources == ("therapies:2", "therapies:3")
    assert only(results, "prior_therapy", "none").patients == ("2",)


BEFORE = {
    "patients": "patient\n1\n2\n3\n4\n5",
    "exposure": """patient | cycle | start_day
    1 | 1 | 1
    1 | 1 | 8
    1 | 2 | 43
    2 | 1 | 1
    3 | 1 | 1
    4 | 1 | 1""",
    "measurements": """patient | cycle | timepoint | test | value | unit | lod
    1 | 1 | start of cycle | mrd | 1e-4 | 1 |
    1 | 1 | start of cycle | marrow_status | M1 | |
    2 | 1 | start of cycle | mrd | not detected | 1 | 1e-4
    2 | 1 | end of cycle | mrd | 0.5 | 1 |
    2 | 1 | end of cycle | marrow_status | M3 | |
    3 | 1 | start of cycle | mrd | <1e-3 | 1 |
    4 | 1 | start of cycle | mrd | not detected | 1 | """,
}


def test_mrd_before_treatment(analysed: Analysed) -> None:
    """At the limit is positive; not detected at it is below; a bound above it, or without a limit, does not say."""
    results = analysed(**BEFORE)
    assert told(results, "mrd_before") == [
        ("all", "below 0.0001", 1, 5), ("all", "positive", 1, 5), ("all", "not recorded", 3, 5)
    ]  # fmt: skip
    assert only(results, "mrd_before", "positive").sources == ("measurements:2",)
    assert "positive at 0.0001 or above" in only(results, "mrd_before", "positive").method


def test_marrow_and_cycles(analysed: Analysed) -> None:
    """The status as stated before the first cycle, not after; cycles begun, whatever their steps."""
    results = analysed(**BEFORE)
    assert told(results, "marrow_before") == [("all", "M1", 1, 5), ("all", "not recorded", 4, 5)]
    assert told(results, "cycles_given") == [("all", "1", 3, 5), ("all", "2", 1, 5), ("all", "not recorded", 1, 5)]
    assert only(results, "cycles_given", "2").sources == ("exposure:2", "exposure:3", "exposure:4")


def test_a_study_without_such_rows_lacks_nothing(analysed: Analysed) -> None:
    """They are told of where recorded."""
    results = analysed(patients=PATIENTS)
    assert {row.name for row in results}.isdisjoint({"mrd_before", "marrow_before", "cycles_given"})


def test_the_order_of_patients_does_not_matter(analysed: Analysed) -> None:
    """The same numbers and patients from rows in another order."""
    lines = PATIENTS.splitlines()
    random.Random(5).shuffle(tail := lines[1:])  # noqa: S311 - no secret
    shuffled = analysed(BY_GROUP, patients="\n".join([lines[0], *tail]))
    first = analysed(BY_GROUP, patients=PATIENTS)
    assert {(row.id, row.n, row.N, row.estimate, frozenset(row.patients)) for row in first} == {
        (row.id, row.n, row.N, row.estimate, frozenset(row.patients)) for row in shuffled
    }
