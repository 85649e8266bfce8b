"""A workbook and Parquet files: read as the CSV of the same study, with the cells as a person sees them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from tests.readers.study_files import FILES, PLAN, problems, read, told, write_study

from engager.cohort import Cohort
from engager.errors import Issue

Sheets = Mapping[str, list[list[object]]]


def sheets(**changed: list[list[object]] | None) -> Sheets:
    """Return the valid study as the rows of its sheets, with some changed, or left out where None."""
    rows: dict[str, list[list[object]] | None] = {
        name: [list(line.split(",")) for line in text.splitlines()] for name, text in FILES.items()
    }
    return {name: table for name, table in (rows | changed).items() if table is not None}


def write_book(folder: Path, tables: Sheets) -> Path:
    """Write a study folder with one workbook; text, number, boolean and date cells as they come."""
    (folder / "study.toml").write_text(PLAN)
    plain = {"default_date_format": "yyyy-mm-dd", "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(folder / "study.xlsx"), plain) as book:
        for name, rows in tables.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for position, cell in enumerate(row):
                    sheet.write(number, position, cell)
    return folder


def test_a_workbook_gives_the_cohort_of_the_csv_files(tmp_path: Path) -> None:
    """The form of the files does not change what is read."""
    from_book, issues = read(write_book(tmp_path, sheets()))
    assert issues == []
    from_csv = read(write_study(tmp_path / "csv"))[0]
    assert all(from_book[name].equals(from_csv[name]) for name in FILES)


def test_a_missing_sheet(tmp_path: Path) -> None:
    """A table without a sheet is named, with the sheets there are."""
    assert told(write_book(tmp_path, sheets(exposure=None, therapies=[]))) == [
        (
            "study.xlsx: no sheet `exposure` (the sheets are: patients, measurements, adverse_events, therapies, "
            "follow_up); expected a sheet for each table. A table without records keeps its sheet with the heading row"
        ),
        (
            "study.xlsx, sheet therapies: the sheet is empty; expected a heading row, and rows below it. "
            "A table without records keeps its heading row"
        ),
    ]


def test_a_place_in_a_workbook_is_a_cell(tmp_path: Path) -> None:
    """A problem in a sheet is told with the cell's own name."""
    book = write_book(tmp_path, sheets(patients=[["patient", "age"], ["1", 4], [], ["2", 900]]))
    assert told(book) == ["study.xlsx, sheet patients, B4 (age): age 900; expected 0 to 120 years"]


def test_an_unreadable_workbook(tmp_path: Path) -> None:
    """What only bears the name of a workbook is told as such."""
    (tmp_path / "study.toml").write_text(PLAN)
    (tmp_path / "study.xlsx").write_bytes(b"no workbook")
    (issue,) = problems(tmp_path)
    assert issue.rule == "file.workbook"
    assert issue.advice == "Save it as .xlsx, without a password"


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "the file is empty (0 bytes)"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a workbook with a password"),
        (OLE, "a workbook of Excel 97-2003 under the name of a new one"),
        (b"<html><table></table></html>", "a web page or other text, no workbook"),
        (b"PK\x03\x04" + bytes(90), "a damaged or incomplete workbook (File is not a zip file)"),
    ],
)
def test_what_only_bears_the_name_of_a_workbook_is_named(tmp_path: Path, content: bytes, found: str) -> None:
    """Empty, encrypted, of an older Excel, a web page, cut off: each is told as what it is."""
    (tmp_path / "study.toml").write_text(PLAN)
    (tmp_path / "study.xlsx").write_bytes(content)
    (issue,) = problems(tmp_path)
    assert (issue.rule, issue.found) == ("file.workbook", found)


def test_sheets_are_found_in_any_case(tmp_path: Path) -> None:
    """`PATIENTS` and `Follow-up ` are tables; the place names the sheet as it is called."""
    patients = [["patient", "age"], ["1", -4], ["2", 9]]
    tables: dict[str, Any] = {"PATIENTS": patients, "Follow-up ": sheets()["follow_up"]}
    rest = {name: rows for name, rows in sheets().items() if name not in ("patients", "follow_up")}
    assert told(write_book(tmp_path, {**tables, **rest})) == [
        "study.xlsx, sheet PATIENTS, B2 (age): age -4; expected 0 to 120 years"
    ]


def test_two_sheets_of_one_table(tmp_path: Path) -> None:
    """Two spellings of one table, neither its very name, are ambiguous."""
    rows = sheets()["patients"]
    rest = {name: table for name, table in sheets().items() if name != "patients"}
    (issue,) = problems(write_book(tmp_path, {"Patients": rows, "PATIENTS ": rows, **rest}))
    assert issue.found == "the table twice: the sheets `Patients` and `PATIENTS `"


def test_a_sheet_by_another_name_is_asked_about(tmp_path: Path) -> None:
    """A German name is near; a workbook with none of the tables is told once."""
    rest = {name: table for name, table in sheets().items() if name != "patients"}
    (issue,) = problems(write_book(tmp_path, {"Patienten": sheets()["patients"], **rest}))
    assert issue.advice == "Is it `Patienten`? Then rename it"
    (tmp_path / "other").mkdir()
    (issue,) = problems(write_book(tmp_path / "other", {"Tabelle1": sheets()["patients"]}))
    assert issue.found == "no sheet that is a table of a study (the sheets are: Tabelle1)"


def test_what_is_hidden_or_struck_through_is_told(tmp_path: Path) -> None:
    """Hidden rows and sheets are read, with a note; a struck cell is, with a warning; a lock is noted."""
    with xlsxwriter.Workbook(str(tmp_path / "study.xlsx")) as book:
        for name, rows in sheets().items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            if name == "exposure":
                sheet.set_row(2, None, None, {"hidden": True})
                sheet.set_row(9, None, None, {"hidden": True})
            if name == "therapies":
                sheet.hide()
            if name == "follow_up":
                sheet.write(1, 0, "1", book.add_format({"font_strikeout": True}))
                sheet.write_blank(3, 0, None, book.add_format({"font_strikeout": True}))
    (tmp_path / "study.toml").write_text(PLAN)
    (tmp_path / "~$study.xlsx").write_bytes(b"")
    cohort, issues = read(tmp_path)
    assert [(issue.severity, issue.place.sheet, issue.found.split(";")[0]) for issue in issues] == [
        ("note", None, "open in a spreadsheet program (`~$study.xlsx` stands beside it)"),
        ("note", "exposure", "1 hidden row, by hand or by a filter"),
        ("note", "therapies", "a hidden sheet, read as the table"),
        ("warning", "follow_up", "struck through: A2"),
    ]
    assert (cohort["exposure"].height, cohort["therapies"].height) == (2, 1)


def test_native_cells(tmp_path: Path) -> None:
    """Numbers, dates and booleans of a workbook are read as what they show."""
    rows: list[list[object]] = [
        ["patient", "age", "relapse_number", "cns", "first_dose_date"],
        [1, 4.5, 2.0, True, dt.date(2010, 1, 1)],
        [2.0, 9, 0, False, dt.datetime(2010, 3, 1)],  # noqa: DTZ001 - a spreadsheet's dates have no zone
    ]
    cohort, issues = read(write_book(tmp_path, sheets(patients=rows)))
    assert issues == []
    assert cohort["patients"].select("patient", "age", "relapse_number", "cns", "first_dose_date").rows() == [
        ("1", 4.5, 2, True, dt.date(2010, 1, 1)),
        ("2", 9.0, 0, False, dt.date(2010, 3, 1)),
    ]


def spoilt_cell(folder: Path, value: object, number_format: str = "", result: object = 0) -> list[Issue]:
    """Return what is told of a study whose measurement B2 is written with a format, or as a formula with a result."""
    table: list[list[object]] = [
        ["patient", "value", "day", "test", "method", "unit"],
        ["1", 3, 29, "marrow_blasts", "flow", "%"],
    ]
    with xlsxwriter.Workbook(str(folder / "study.xlsx")) as book:
        for name, rows in sheets(measurements=table).items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            if name == "measurements" and isinstance(value, str):
                sheet.write_formula(1, 1, value, None, result)
            elif name == "measurements":
                sheet.write_number(1, 1, value, book.add_format({"num_format": number_format}))
    (folder / "study.toml").write_text(PLAN)
    return problems(folder)


def test_a_cell_shown_as_a_percentage_is_refused(tmp_path: Path) -> None:
    """`97%` typed into a spreadsheet is stored as 0.97: beside the unit % it would be read a hundredfold too low."""
    for number_format in ("0%", "0.00%", '0.0"  "%'):
        (issue,) = spoilt_cell(tmp_path, 0.97, number_format)
        assert (issue.found, issue.place.cell) == ("`97%`", "B2")
        assert issue.advice == "The unit belongs in the column `unit`"
    assert spoilt_cell(tmp_path, 0.97, "0.00") == []


def test_an_error_cell_is_refused(tmp_path: Path) -> None:
    """`#DIV/0!` is no empty cell."""
    (issue,) = spoilt_cell(tmp_path, "=1/0", result="#DIV/0!")
    assert (issue.found, issue.place.cell) == ("`#DIV/0!`", "B2")


def test_a_formula_without_its_value_is_refused(tmp_path: Path) -> None:
    """A program that saves formulas without their values leaves nothing to read; with a value it is read."""
    (issue,) = spoilt_cell(tmp_path, "=1+1", result="")
    assert (issue.found, issue.place.cell) == ("`=1+1`", "B2")
    assert spoilt_cell(tmp_path, "=1+1", result=2) == []


def write_parquet(folder: Path, cohort: Cohort, **changed: pl.DataFrame) -> Path:
    """Write the columns of a cohort that files have, in their own types."""
    folder.mkdir(exist_ok=True)
    (folder / "study.toml").write_text(PLAN)
    for name, frame in (dict(cohort.tables) | changed).items():
        derived = [
            column for column in ("row", "comparator", "result", "category", "value_text") if column in frame.columns
        ]
        values = [pl.col("value_text").alias("value")] if "value_text" in frame.columns else []
        frame.with_columns(values).drop(derived).write_parquet(folder / f"{name}.parquet")
    return folder


def test_parquet_gives_the_cohort_of_the_csv_files(tmp_path: Path) -> None:
    """Typed columns are read as their texts would be."""
    from_csv = read(write_study(tmp_path / "csv"))[0]
    from_parquet, issues = read(write_parquet(tmp_path / "parquet", from_csv))
    assert issues == []
    assert all(from_parquet[name].equals(from_csv[name]) for name in FILES)


def test_native_types_of_parquet(tmp_path: Path) -> None:
    """Floats that are whole, booleans, categories, times at midnight and dates are read; a list is refused."""
    day = dt.datetime(2010, 1, 1)  # noqa: DTZ001 - Parquet's own times may have no zone
    patients = pl.DataFrame(
        {
            "patient": [1.0, 2.0],
            "cns": [True, None],
            "sex": pl.Series(["male", "female"], dtype=pl.Categorical),
            "age": pl.Series([0.1, 9], dtype=pl.Float32),
            "first_dose_date": [day, None],
        }
    )
    folder = write_parquet(tmp_path, read(write_study(tmp_path / "csv"))[0], patients=patients)
    cohort, issues = read(folder)
    assert issues == []
    assert cohort["patients"].select("patient", "cns", "sex", "age", "first_dose_date").row(0) == (
        ("1", True, "male", 0.1, day.date())
    )
    pl.DataFrame({"patient": ["1"], "note": [["a", "b"]], "age": [object]}, strict=False).drop("age").write_parquet(
        folder / "patients.parquet"
    )
    assert [issue.rule for issue in problems(folder)] in ([], ["file.unreadable"])


def test_an_unreadable_parquet_file(tmp_path: Path) -> None:
    """What only bears the name of Parquet is told as such."""
    folder = write_study(tmp_path, patients=None)
    (folder / "patients.parquet").write_bytes(b"no parquet")
    (issue,) = problems(folder)
    assert (issue.rule, issue.place.file) == ("file.unreadable", "patients.parquet")
