"""Completeness, issues, accepted exceptions and listings: counted from the tables, told as tables."""

from __future__ import annotations

from tests.conftest import Derive

from engager.analyses.data_quality import analyse_data_quality, analysed_columns, count_issues, list_accepted
from engager.analyses.listings import analyse_listings
from engager.checks import Accepted
from engager.errors import Issue, Place, Severity
from engager.plan import AnalysisPlan
from engager.results import Results
from engager.tables.data_quality import accepted_table, completeness_table, issues_table
from engager.tables.listings import record_table
from engager.tables.table import Table

PLAN = AnalysisPlan(title="spec")
PATIENTS = """
    patient | sex    | age
    1       | female |
    2       | male   | 4
    3       |        | 9
"""
MEASUREMENTS = """
    patient | day | test          | value        | unit
    2       | 29  | marrow_blasts | 2            | %
    1       | 29  | mrd           | not detected |
    1       | -3  | marrow_blasts | 60           | %
"""
THERAPIES = """
    patient | kind         | name       | start_day | end_day | dose | unit
    1       | chemotherapy | cytarabine | 40        | 44      | 70   | mg/m2
    2       | hsct         |            |           |         |      |
"""


def texts(table: Table) -> list[list[str]]:
    """Return the cells of a table as text."""
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_a_column_is_as_complete_as_it_is_filled(derive: Derive) -> None:
    """N of N rows, with the patients whose cell is empty; an answer in words is an answer."""
    results = Results(analyse_data_quality(derive(patients=PATIENTS, measurements=MEASUREMENTS), PLAN))
    age, value = (
        results.get("data_quality", "completeness", *place)
        for place in (("patients", "age"), ("measurements", "value"))
    )
    assert age is not None
    assert value is not None
    assert (age.n, age.N, age.patients, age.sources) == (2, 3, ("1",), ("patients:2",))
    assert (value.n, value.N, value.patients) == (3, 3, ())


def test_the_table_names_columns_that_are_never_filled_in_one_line(derive: Derive) -> None:
    """Else a small study's table would be one of empty columns."""
    results = Results(analyse_data_quality(derive(patients=PATIENTS), PLAN))
    rows = texts(completeness_table(results))
    assert ["Patients, 3 rows"] in rows
    assert ["sex", "2 of 3", "67"] in rows
    assert ["age", "2 of 3", "67"] in rows
    assert any(row[0].startswith("Not recorded in any row: weight, height") for row in rows)
    assert ["Follow up, 0 rows"] in rows


def test_place_and_note_are_no_data() -> None:
    """They are read by people."""
    assert not {"row", "patient", "source", "note", "value_text"} & set(analysed_columns("measurements"))
    assert {"value", "unit", "lod"} <= set(analysed_columns("measurements"))


def issue(severity: Severity, rule: str) -> Issue:
    """Return an issue of a rule."""
    return Issue(severity, rule, Place("patients.csv", row=2, column="age"), "40", "years")


def test_issues_are_counted_by_rule_the_severest_first() -> None:
    """Rules of one severity by name."""
    found = [issue(Severity.NOTE, "a"), issue(Severity.WARNING, "c"), issue(Severity.WARNING, "b")]
    table = issues_table(Results(count_issues([*found, issue(Severity.WARNING, "c")])))
    assert texts(table) == [["b", "warning", "1"], ["c", "warning", "2"], ["a", "note", "1"]]
    assert issues_table(Results([])).rows == ()


def test_an_accepted_exception_says_who_when_and_why() -> None:
    """With its place; none is told as none."""
    each = Accepted(issue(Severity.WARNING, "age.odd"), "P. S.", "2026-11-20", "born before term")
    rows = texts(accepted_table(Results(list_accepted([each]))))
    assert rows == [["patients.csv row 2, column age", "age.odd", "P. S., 2026-11-20: born before term"]]
    assert accepted_table(Results(list_accepted([]))).empty == "no exception was accepted"


def test_records_are_listed_by_patient_and_day(derive: Derive) -> None:
    """In the order of the patients, then of the days; a value as it was entered, with its unit."""
    datasets = derive(patients=PATIENTS, measurements=MEASUREMENTS, therapies=THERAPIES)
    results = Results(analyse_listings(datasets, PLAN))
    assert texts(record_table(results, "measurements")) == [
        ["Patient 1"],
        ["marrow blasts: 60 %", "-3", "\u2013"],
        ["mrd: not detected", "29", "\u2013"],
        ["Patient 2"],
        ["marrow blasts: 2 %", "29", "\u2013"],
    ]
    assert texts(record_table(results, "therapies")) == [
        ["Patient 1"],
        ["cytarabine", "40\u201344", "chemotherapy; after; dose 70 mg/m2"],
        ["Patient 2"],
        ["hsct", "\u2013", "\u2013"],
    ]
    assert record_table(results, "follow_up").rows == ()


def test_a_listing_that_is_cut_says_so(derive: Derive) -> None:
    """The first thousand records, and how many there are."""
    rows = "\n".join(f"1 | {day} | marrow_blasts | 1 | %" for day in range(1, 1102))
    results = Results(analyse_listings(derive(measurements=f"patient | day | test | value | unit\n{rows}"), PLAN))
    table = record_table(results, "measurements")
    assert len(table.rows) == 1001
    assert table.notes == ("The first 1000 of 1101 records; the input has them all.",)


def test_a_plan_without_listings_has_none(derive: Derive) -> None:
    """Nor are their rows among the results."""
    plan = AnalysisPlan(title="spec", contents=("baseline",))
    assert list(analyse_listings(derive(measurements=MEASUREMENTS), plan)) == []
