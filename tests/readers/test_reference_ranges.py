"""The study's reference ranges: what is read, and what is refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.readers.study_files import PLAN, plan_of, read, told, write_study

from engager.readers.reference_ranges import read_reference_ranges

WITH_RANGES = PLAN + '[laboratory]\nreference_ranges = "ranges.csv"\n'
HEADING = "test,sex,age_from,age_to,lower_limit,upper_limit,unit\n"


def study(folder: Path, *rows: str, heading: str = HEADING) -> Path:
    """Return a study whose plan names ranges, and the file with these rows."""
    write_study(folder, WITH_RANGES)
    (folder / "ranges.csv").write_text(heading + "".join(f"{row}\n" for row in rows), "utf-8")
    return folder


def test_ranges_are_read_into_the_cohort(tmp_path: Path) -> None:
    """With their rows as a spreadsheet numbers them, and the file among the hashes."""
    cohort, issues = read(study(tmp_path, "Neutrophils,m,0,2,1500,8500,/ul", "alt,,,,,40,U/L"))
    assert [issue for issue in issues if issue.rule == "reference_ranges"] == []
    assert cohort.reference_ranges is not None
    columns = ("row", "test", "sex", "age_to", "lower_limit", "unit", "quantity")
    assert cohort.reference_ranges.select(columns).rows() == [
        (2, "neutrophils", "male", 2.0, 1500.0, "/uL", "count"),
        (3, "alt", None, None, None, "U/L", "activity"),
    ]
    assert "ranges.csv" in cohort.hashes


def test_without_a_name_nothing_is_read(tmp_path: Path) -> None:
    """The plan names the file; one that merely lies there is none."""
    study(tmp_path, "alt,,,,,40,U/L")
    (tmp_path / "study.toml").write_text(PLAN, "utf-8")
    assert read(tmp_path)[0].reference_ranges is None


@pytest.mark.parametrize(
    ("row", "place", "said"),
    [
        ("neutrofils,,0,2,1,8,10*9/L", "test", "Did you mean `neutrophils`?"),
        ("alt,,0,2,5,40,", "unit", "a unit is never assumed"),
        ("alt,,0,2,5,40,spoon", "unit", "a unit engager knows"),
        ("alt,,0,2,5,40,g/L", "unit", "a unit of what the test measures"),
        ("alt,,0,2,,,U/L", "lower_limit", "a limit"),
        ("alt,,0,2,40,5,U/L", "lower_limit", "a lower limit below the upper limit"),
        ("alt,,2,2,5,40,U/L", "age_from", "an age below that in `age_to`"),
        ("alt,,0,2,5,forty,U/L", "upper_limit", "a number"),
        ("alt,boy,0,2,5,40,U/L", "sex", "one of male, female"),
    ],
)
def test_a_bad_row_is_refused_with_its_place(tmp_path: Path, row: str, place: str, said: str) -> None:
    """File, row and column, what was expected."""
    lines = [line for line in told(study(tmp_path, row)) if line.startswith("ranges.csv row 2")]
    assert any(f"column {place}" in line and said in line for line in lines), lines


def test_two_ranges_for_one_age_are_refused(tmp_path: Path) -> None:
    """Ages may touch, not overlap; a range for both sexes overlaps with one for either."""
    rows = ("alt,,0,2,5,40,U/L", "alt,,2,18,5,45,U/L", "alt,,17,,5,50,U/L", "ast,male,,,5,35,U/L", "ast,,10,,5,30,U/L",
            "creatinine,,,,20,60,umol/L", "creatinine,,,,0.2,0.7,mg/dL")  # fmt: skip
    lines = [line for line in told(study(tmp_path, *rows)) if "a second range" in line]
    assert [line.partition(";")[0] for line in lines] == [
        "ranges.csv row 4, column age_from: a second range of alt for ages from 17 on",
        "ranges.csv row 6, column age_from: a second range of ast for ages from 10 on",
    ]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The plan names it: it has to be there."""
    write_study(tmp_path, WITH_RANGES)
    assert any("ranges.csv" in line and "no such file" in line for line in told(tmp_path))


def test_a_file_without_its_columns(tmp_path: Path) -> None:
    """The columns that must be there are named."""
    lines = told(study(tmp_path, "1,2", heading="age_from,lower_limit\n"))
    assert any("ranges.csv" in line and "test" in line for line in lines)


def test_a_name_outside_the_folder_is_refused(tmp_path: Path) -> None:
    """Only a CSV file beside the plan."""
    for name in ("../ranges.csv", "ranges.xlsx", "a\\\\ranges.csv"):
        write_study(tmp_path, PLAN + f'[laboratory]\nreference_ranges = "{name}"\n')
        assert any("the name of a CSV file in the study folder" in line for line in told(tmp_path)), name
    assert read_reference_ranges(tmp_path, plan_of()) == (None, [])
