"""Which column is which: order free, near misses asked about, others kept and reported."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.readers.study_files import FILES, problems, read, told, write_study

from engager.errors import Severity


def test_a_column_that_resembles_a_known_one(tmp_path: Path) -> None:
    """`wieght_kg` is asked about, with the unit that the column has."""
    content = FILES["patients"].replace("weight", "wieght_kg")
    assert told(write_study(tmp_path, patients=content)) == [
        (
            "patients.csv row 1, column wieght_kg: an unknown column `wieght_kg`; expected a column of the table "
            "`patients`; `weight` is not in the file. Did you mean `weight` (in kg)? If not, give it a name "
            "that is less "
            "like it"
        )
    ]


def test_a_missing_column(tmp_path: Path) -> None:
    """A required column is missed once; that its cells are empty is not told again."""
    assert told(write_study(tmp_path, follow_up="patient,day\n1,400\n2,90\n")) == [
        (
            "follow_up.csv row 1, column event: no column `event`; expected `event`: what happened, or was known. "
            "The file has: patient, day"
        )
    ]


@pytest.mark.parametrize("table", list(FILES))
def test_a_table_without_patients(tmp_path: Path, table: str) -> None:
    """Without the column of patients one thing is told, not one for each row and table."""
    content = FILES[table].replace("patient", "number", 1)
    (issue,) = problems(write_study(tmp_path, **{table: content}))
    assert (issue.rule, issue.place.file) == ("columns.missing", f"{table}.csv")


@pytest.mark.parametrize("heading", ["Weight", "weight_kg", "Weight (kg)", "WEIGHT [kg]", " weight "])
def test_a_heading_may_name_its_unit(tmp_path: Path, heading: str) -> None:
    """The column's own unit in a heading is understood."""
    cohort, issues = read(write_study(tmp_path, patients=FILES["patients"].replace("weight", heading)))
    assert issues == []
    assert cohort["patients"]["weight"].to_list() == [16.5, 31.0]


@pytest.mark.parametrize("heading", ["weight (lb)", "weight_lb", "weight (g)"])
def test_another_unit_in_a_heading_is_refused(tmp_path: Path, heading: str) -> None:
    """Pounds are never read as kilograms."""
    (issue,) = problems(write_study(tmp_path, patients=FILES["patients"].replace("weight", heading)))
    assert issue.rule == "columns.near_miss"
    assert "`weight` (in kg)" in issue.advice


def test_two_headings_for_one_column(tmp_path: Path) -> None:
    """`weight` and `Weight (kg)` side by side are one too many."""
    content = "patient,weight,Weight (kg)\n1,16,17\n2,31,32\n"
    (issue,) = problems(write_study(tmp_path, patients=content))
    assert issue.found == "`Weight (kg)` beside `weight`, both the same column"


def test_extra_columns_are_kept_and_reported(tmp_path: Path) -> None:
    """A column that the data model does not know is a note, and its cells are kept beside their rows."""
    content = "row,patient,Schuhgröße,age\n7,1,25,4\n8,2,31,9\n"
    cohort, issues = read(write_study(tmp_path, patients=content))
    assert [(issue.severity, issue.place.column) for issue in issues] == [
        (Severity.NOTE, "row"),
        (Severity.NOTE, "Schuhgröße"),
    ]
    assert cohort.extras["patients"].rows() == [(2, "7", "25"), (3, "8", "31")]


def test_the_order_of_columns_is_free(tmp_path: Path) -> None:
    """Columns turned round give the same cohort, and places in it stay right."""
    turned = "\n".join(",".join(reversed(line.split(","))) for line in FILES["exposure"].splitlines())
    cohort, issues = read(write_study(tmp_path / "a", exposure=turned))
    assert issues == []
    assert cohort["exposure"].equals(read(write_study(tmp_path / "b"))[0]["exposure"])


@pytest.mark.parametrize(("heading", "column"), [("Geschlecht", "sex"), ("Alter", "age"), ("Gewicht [kg]", "weight")])
def test_a_german_heading_is_asked_about(tmp_path: Path, heading: str, column: str) -> None:
    """It is never taken over unseen, and never passed by as a column of the study's own."""
    content = FILES["patients"].replace(column, heading, 1)
    (issue,) = problems(write_study(tmp_path, patients=content))
    assert (issue.rule, issue.place.column) == ("columns.near_miss", heading)
    assert issue.advice.startswith(f"Did you mean `{column}`")


def test_a_german_heading_beside_the_english_one_is_the_studys_own(tmp_path: Path) -> None:
    """Where the column is there, the other is kept and left alone."""
    assert told(write_study(tmp_path, patients="patient,age,Alter\n1,4,4\n2,9,9\n")) == []
