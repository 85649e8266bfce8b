"""Files that cannot be read: each told by name and row, with what was found, what was expected and what to do."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.readers.study_files import FILES, PLAN, problems, read, told, write_study

DIRECT = "The missing cells at its end are read as empty"


def test_the_valid_study_has_no_problem(tmp_path: Path) -> None:
    """The study that the other tests spoil is told nothing of."""
    assert told(write_study(tmp_path)) == []


def test_a_missing_table(tmp_path: Path) -> None:
    """A table without a file is named, with the files there are; the others are checked in the same run."""
    folder = write_study(tmp_path, exposure=None, patients=FILES["patients"].replace(",4,", ",-4,"))
    (folder / "exposures.csv").write_text(FILES["exposure"])
    missing, age = problems(folder)
    assert str(missing) == (
        "exposure.csv: no such file, nor exposure.parquet, nor a workbook (the folder has: adverse_events.csv, "
        "exposures.csv, follow_up.csv, measurements.csv, patients.csv, study.toml, therapies.csv); expected a file for "
        "each table, or one workbook (.xlsx). Is it `exposures.csv`?"
    )
    assert missing.structural
    assert str(age) == "patients.csv row 2, column age: age -4; expected 0 to 120 years"


def test_an_empty_folder(tmp_path: Path) -> None:
    """A folder with nothing in it lacks the plan and its tables, said once, with the way to make them."""
    plan, tables = problems(tmp_path)
    assert (plan.rule, tables.rule) == ("plan.missing", "file.missing_table")
    assert tables.found == "no table (the folder has: nothing)"
    assert tables.advice == "`engager new DIR` makes such a workbook, to be filled"


def test_the_file_of_a_statistics_program(tmp_path: Path) -> None:
    """An SPSS file is not read; the message names it, the program and what to save it as."""
    (tmp_path / "study.toml").write_text(PLAN)
    (tmp_path / "Cohort.sav").write_bytes(b"$FL2@(#) SPSS DATA FILE")
    (issue,) = problems(tmp_path)
    assert issue.found == "no table (the folder has: Cohort.sav, study.toml)"
    assert issue.advice.startswith("Save Cohort.sav as .xlsx or CSV from SPSS.")


def test_the_case_of_a_file_name_does_not_matter(tmp_path: Path) -> None:
    """`Patients.CSV` is the table patients; a table under another ending is asked about."""
    folder = write_study(tmp_path)
    (folder / "patients.csv").rename(folder / "Patients.CSV")
    (folder / "exposure.csv").rename(folder / "exposure.txt")
    (issue,) = problems(folder)
    assert (issue.place.file, issue.advice) == ("exposure.csv", "Is it `exposure.txt`? Save it as CSV")


def test_the_separator_that_excel_declares(tmp_path: Path) -> None:
    """A first line `sep=;` is no row, and rows are numbered without it, as Excel shows them."""
    content = "sep=;\r\n" + FILES["patients"].replace(",", ";").replace("4;16.5", "-4;16.5")
    assert told(write_study(tmp_path, patients=content)) == [
        "patients.csv row 2, column age: age -4; expected 0 to 120 years"
    ]


def test_a_title_above_a_csv_table(tmp_path: Path) -> None:
    """Told once and not row by row."""
    content = "Cohort of 2010\n" + FILES["therapies"] + "1,before,hsct,a\n"
    assert told(write_study(tmp_path, therapies=content)) == [
        (
            "therapies.csv row 1: 1 cell in row 1, more in every row below (4 in row 2); expected the headings in row "
            "1. Delete what stands above the headings"
        )
    ]


def test_headings_in_a_later_row(tmp_path: Path) -> None:
    """Group headings above the headings are told as such, not column by column."""
    content = "Master data,,,\n" + FILES["therapies"]
    assert told(write_study(tmp_path, therapies=content)) == [
        (
            "therapies.csv: the headings in row 2; expected the headings in row 1. Delete row 1 (a title, merged "
            "cells, a row of groups): one row of headings, in row 1"
        )
    ]


def test_text_in_utf_16(tmp_path: Path) -> None:
    """What a spreadsheet calls Unicode text is named as what it is."""
    (issue,) = problems(write_study(tmp_path, therapies=FILES["therapies"].encode("utf-16")))
    assert issue.found == "text in UTF-16, as a spreadsheet's `Unicode text` is"
    assert issue.advice == "In a spreadsheet program: save as `CSV UTF-8`"


@pytest.mark.parametrize("content", [b"", b"\n \r\n\t\n", b"\xef\xbb\xbf"])
def test_an_empty_file(tmp_path: Path, content: bytes) -> None:
    """A file without text is told as empty: a table without records keeps its heading."""
    assert told(write_study(tmp_path, therapies=content)) == [
        (
            "therapies.csv: the file is empty; expected a heading row, and rows below it. "
            "A table without records keeps its heading row"
        )
    ]


@pytest.mark.parametrize("content", [b"PK\x03\x04 a zip", b"patient\0\0\x01,a\n"])
def test_a_binary_file_named_csv(tmp_path: Path, content: bytes) -> None:
    """A workbook renamed is no CSV text."""
    (issue,) = problems(write_study(tmp_path, therapies=content))
    assert str(issue) == (
        "therapies.csv: binary data, no text; expected a CSV text file in UTF-8. A workbook is read as .xlsx. "
        "In a spreadsheet program: save as `CSV UTF-8`"
    )


@pytest.mark.parametrize("rows_before", [0, 30_000])
def test_a_byte_that_is_no_utf8(tmp_path: Path, rows_before: int) -> None:
    """Windows text is told with its row, however late it comes."""
    content = (
        b"patient,phase,kind,name\n" + b"1,before,hsct,a\n" * rows_before + "1,before,hsct,Köln\n".encode("cp1252")
    )
    (issue,) = problems(write_study(tmp_path, therapies=content))
    assert issue.place.row == rows_before + 2
    assert issue.found == "a byte that is no UTF-8 (0xF6, as in Windows or Latin-1 text)"


def test_a_german_spreadsheet_csv(tmp_path: Path) -> None:
    """Semicolons, decimal commas, dates with points, a byte order mark and CRLF are read."""
    content = "\ufeffpatient;sex;age;weight;first_dose_date\r\n1;m;4;16,5;01.01.2010\r\n2;f;9;31;01.03.2010\r\n"
    cohort, issues = read(write_study(tmp_path, patients=content))
    assert issues == []
    assert cohort["patients"]["weight"].to_list() == [16.5, 31.0]
    assert str(cohort["patients"]["first_dose_date"][1]) == "2010-03-01"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_line_endings_and_separators(tmp_path: Path, separator: str, ending: str) -> None:
    """Every common line ending and separator gives the same cohort."""
    content = FILES["patients"].replace(",", separator).replace("\n", ending)
    cohort, issues = read(write_study(tmp_path / "a", patients=content))
    assert issues == []
    assert cohort["patients"].equals(read(write_study(tmp_path / "b"))[0]["patients"])


def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path: Path) -> None:
    """A blank line is a row, a line break within quotation marks is none."""
    content = 'patient,age,note\n1,4,"two\nlines"\n\n2,-1,"say ""x"", y"\n,,\n3,-2,\n'
    follow_up = "patient,day,event\n1,1,death\n2,1,death\n3,1,death\n"
    folder = write_study(tmp_path, patients=content, follow_up=follow_up)
    assert [(i.place.row, i.found) for i in problems(folder) if i.rule == "patients.age_range"] == [
        (4, "age -1"),
        (6, "age -2"),
    ]
    assert read(folder)[0]["patients"]["note"].to_list() == ["two\nlines", 'say "x", y', None]


def test_a_line_break_in_the_heading(tmp_path: Path) -> None:
    """A heading may run over two lines, as a spreadsheet lets it."""
    content = 'patient,"first\ndose date",age\n1,2010-01-01,4\n2,2010-03-01,9\n'
    assert told(write_study(tmp_path, patients=content)) == []


def test_wide_rows_are_errors(tmp_path: Path) -> None:
    """A row with more cells than the heading is told by its number; empty cells beyond it are let go."""
    content = FILES["therapies"] + "1,before,hsct,a,b,c\n1,before,hsct,a,,\n1,before,hsct,a,b\n"
    assert told(write_study(tmp_path, therapies=content)) == [
        f"therapies.csv row {row}: {cells} cells; expected 4 cells, as the heading has. "
        "Put a text that holds the separator between quotation marks"
        for row, cells in ((3, 6), (5, 5))
    ]


def test_narrow_rows_are_warnings(tmp_path: Path) -> None:
    """A row with fewer cells is read, as Excel saves such rows, and told: a separator may have been lost."""
    assert told(write_study(tmp_path, therapies=FILES["therapies"] + "1,before,hsct\n")) == [
        f"therapies.csv row 3: 3 cells; expected 4 cells, as the heading has. {DIRECT}"
    ]


def test_a_wide_row_does_not_make_up_for_a_narrow_one(tmp_path: Path) -> None:
    """As many separators as a regular file has do not make it one."""
    content = FILES["therapies"] + "1,before,hsct\n1,before,hsct,a,b\n"
    rules = [(issue.rule, issue.place.row) for issue in problems(write_study(tmp_path, therapies=content))]
    assert rules == [("file.narrow_row", 3), ("file.wide_row", 4)]


def test_a_quotation_mark_that_is_not_closed(tmp_path: Path) -> None:
    """It would swallow the rest of the file, so it is told with the row it begins in."""
    content = FILES["therapies"] + '1,before,hsct,"open\n1,before,hsct,b\n'
    (issue,) = problems(write_study(tmp_path, therapies=content))
    assert (issue.rule, issue.place.row) == ("file.quotes", 3)
    assert issue.advice == "Close the mark, or double it inside a text"


def test_headings_repeated_and_empty(tmp_path: Path) -> None:
    """Two columns of one name and cells without a heading are told together."""
    content = "patient,phase,kind,name,name,\n1,before,hsct,a,b,c\n"
    assert [issue.found for issue in problems(write_study(tmp_path, therapies=content))] == [
        "cells in column F without a heading",
        "the heading `name` 2 times",
    ]


def test_several_columns_without_a_heading_are_told_once(tmp_path: Path) -> None:
    """One message with the letters of the columns."""
    content = "patient,phase,kind,name,,\n1,before,hsct,a,b,c\n"
    assert [issue.found for issue in problems(write_study(tmp_path, therapies=content))] == [
        "cells in columns E, F without a heading"
    ]


def test_blank_columns_and_rows_are_let_go(tmp_path: Path) -> None:
    """What a spreadsheet leaves at the right and at the end of a file holds nothing."""
    content = "patient,phase,,kind,name,,\n1,before,,hsct,a,,\n,,,,,,\n,,,,,,\n"
    cohort, issues = read(write_study(tmp_path, therapies=content))
    assert issues == []
    assert cohort["therapies"].height == 1


def test_a_blank_first_row(tmp_path: Path) -> None:
    """The headings stand in row 1."""
    assert told(write_study(tmp_path, therapies=",,\n" + FILES["therapies"])) == [
        "therapies.csv: nothing in row 1; expected the headings in row 1. Take blank rows away"
    ]


def test_a_table_with_only_its_heading(tmp_path: Path) -> None:
    """No records are no problem."""
    cohort, issues = read(write_study(tmp_path, adverse_events="patient,term\n"))
    assert issues == []
    assert cohort["adverse_events"].height == 0


def test_the_same_table_in_two_forms(tmp_path: Path) -> None:
    """A table as CSV and as Parquet, or beside a workbook, is ambiguous."""
    folder = write_study(tmp_path)
    read(folder)[0]["patients"].write_parquet(folder / "patients.parquet")
    assert [issue.found for issue in problems(folder)] == ["the table twice: patients.csv, patients.parquet"]
    (folder / "study.xlsx").write_bytes(b"")
    (issue,) = problems(folder)
    assert issue.found.startswith("the tables more than once: study.xlsx, patients.csv, patients.parquet")
    assert issue.advice == "Move the others away"


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file that opens and does not read")
@pytest.mark.parametrize("name", ["therapies.csv", "study.toml"])
def test_a_file_that_the_system_refuses(tmp_path: Path, name: str) -> None:
    """What cannot be opened is told as such, not as a fault of engager."""
    folder = write_study(tmp_path)
    (folder / name).unlink()
    (folder / name).symlink_to("/proc/self/mem")
    (issue,) = problems(folder)
    assert issue.place.file == name
    assert issue.found.startswith("the file cannot be opened (")


def test_problems_of_all_files_in_one_run(tmp_path: Path) -> None:
    """The plan, a broken file, a missing column, an unreadable cell and a range are told together, each once."""
    folder = write_study(
        tmp_path,
        plan='title = "A study"\nlandmark = [100]\n',
        patients="patient,wieght_kg,age\n1,16,4\n2,31,900\n",
        exposure="patient,cycle,start_day,dose,unit\n1,1,one,5,ug/m2/d\n3,1,1,15,spoons\n",
        therapies="patient,phase,name\n1,before,a\n",
        adverse_events=b"\0",
    )
    (folder / "published.csv").write_text("place,value\n")
    assert [str(issue).split(";")[0] for issue in problems(folder) if "published" not in issue.rule] == [
        "study.toml key landmark: unknown key `landmark`",
        "adverse_events.csv: binary data, no text",
        "patients.csv row 1, column wieght_kg: an unknown column `wieght_kg`",
        "exposure.csv row 2, column start_day: `one`",
        "exposure.csv row 3, column unit: `spoons`",
        "therapies.csv row 1, column kind: no column `kind`",
        "exposure.csv row 3, column patient: patient 3, who is not in the table patients",
        "patients.csv row 3, column age: age 900",
        "patients.csv row 3, column patient: patient 2 has no row in exposure",
    ]
    assert sum(issue.rule == "published" for issue in problems(folder)) == 9
