"""The marked copy: the study's own cells in their places, coloured and commented, and a list to copy from."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zipfile import ZipFile

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from tests.readers.study_files import FILES, write_study

from engager.errors import InputError, OutputError
from engager.pipeline.examination import examine_study

BAD = FILES["patients"].replace(",4,", ",-4,")


def cells(path: Path, sheet: str) -> list[list[object]]:
    """Return the cells of a sheet."""
    return [list(row) for row in CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python()]


def part(path: Path, name: str) -> str:
    """Return a part of a workbook's archive as text."""
    with ZipFile(path) as book:
        return book.read(name).decode()


def as_workbook(folder: Path, tables: dict[str, str], **changed: object) -> Path:
    """Write tables as sheets of `study.xlsx`, with a sheet of the user's own first; return the folder."""
    folder.mkdir(exist_ok=True)
    (folder / "study.toml").write_text('title = "A study"\n', "utf-8")
    with xlsxwriter.Workbook(str(folder / "study.xlsx")) as book:
        book.add_worksheet("my notes").write_string(0, 0, "=1+1")
        for name, text in tables.items():
            page = book.add_worksheet(name)
            for row, line in enumerate(text.splitlines()):
                for column, cell in enumerate(line.split(",")):
                    page.write(row, column, float(cell) if cell.replace(".", "").isdecimal() else cell)
        for place, value in changed.items():
            day = book.add_format({"num_format": "dd/mm/yyyy"})
            book.get_worksheet_by_name("patients").write_datetime(place, value, day)
    return folder


def test_a_study_of_csv_files(tmp_path: Path) -> None:
    """Each table is a sheet with the texts of its file; the cell has a colour and says what is wrong."""
    study = write_study(tmp_path / "study", patients=BAD)
    target = tmp_path / "marked.xlsx"
    examine_study(study, target)
    assert CalamineWorkbook.from_path(str(target)).sheet_names == [*FILES, "issues"]
    assert cells(target, "patients") == [line.split(",") for line in BAD.splitlines()]
    comment = part(target, "xl/comments1.xml")
    assert '<comment ref="C2"' in comment
    assert "error: age -4; expected 0 to 120 years" in comment
    assert "FFF8B4B4" in part(target, "xl/styles.xml")
    head, line = cells(target, "issues")
    told = dict(zip(head, line, strict=True))
    shown = ("severity", "rule", "table", "row", "patient", "column", "value", "cell")
    assert {name: told[name] for name in shown} == {
        "severity": "error", "rule": "patients.age_range", "table": "patients", "row": 2, "patient": "1",
        "column": "age", "value": "-4", "cell": "C2",
    }  # fmt: skip


def test_a_workbook_keeps_its_sheets_and_values(tmp_path: Path) -> None:
    """Sheets in their order, also those that are no table; a number is one, a date is one, a text never a formula."""
    study = as_workbook(tmp_path / "study", {**FILES, "patients": BAD}, E3=dt.datetime(2010, 3, 1))  # noqa: DTZ001
    target = study / "study.checked.xlsx"
    examine_study(study, target)
    assert CalamineWorkbook.from_path(str(target)).sheet_names == ["my notes", *FILES, "issues"]
    assert cells(target, "my notes") == [["=1+1"]]
    original, copy = cells(study / "study.xlsx", "patients"), cells(target, "patients")
    assert copy == original
    assert copy[2][4] == dt.date(2010, 3, 1)
    assert "age -4" in part(target, "xl/comments1.xml")
    assert cells(target, "issues")[1][8:10] == ["patients", "C2"]
    assert [str(issue.place) for issue in examine_study(study).issues] == ["study.xlsx, sheet patients, C2 (age)"]


def test_accepted_exceptions_are_green_and_listed_last(tmp_path: Path) -> None:
    """With who, when and why."""
    study = write_study(tmp_path / "study", patients=BAD)
    line = "patients.age_range,patients,2,1,age,-4,ME,2026-01-31,born later\n"
    (study / "exceptions.csv").write_text(f"rule,table,row,patient,column,value,who,when,why\n{line}", "utf-8")
    examine_study(study, tmp_path / "marked.xlsx")
    assert "accepted by ME on 2026-01-31: born later" in part(tmp_path / "marked.xlsx", "xl/comments1.xml")
    told = cells(tmp_path / "marked.xlsx", "issues")[1]
    assert (told[0], told[-3:]) == ("accepted", ["ME", "2026-01-31", "born later"])
    assert told[1:7] == ["patients.age_range", "patients", 2, "1", "age", "-4"]


def test_what_cannot_be_used_is_marked_all_the_same(tmp_path: Path) -> None:
    """A study with a column missing is refused, after its copy was written."""
    study = write_study(tmp_path / "study", patients=BAD, follow_up="patient,day\n1,90\n")
    with pytest.raises(InputError):
        examine_study(study, tmp_path / "marked.xlsx")
    rules = [line[1] for line in cells(tmp_path / "marked.xlsx", "issues")[1:]]
    assert {"patients.age_range"} < set(rules)


def test_the_same_study_gives_the_same_bytes(tmp_path: Path) -> None:
    """A marked copy carries no time of its own."""
    study = write_study(tmp_path / "study", patients=BAD)
    examine_study(study, tmp_path / "one.xlsx")
    examine_study(study, tmp_path / "two.xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


@pytest.mark.parametrize("name", ["marked.csv", "study/study.xlsx", "study/marked.xlsx"])
def test_where_no_marked_copy_may_stand(tmp_path: Path, name: str) -> None:
    """Not under another kind of name, and not where it would be read as the study's tables."""
    study = write_study(tmp_path / "study", patients=BAD)
    with pytest.raises(OutputError):
        examine_study(study, tmp_path / name)
    assert not (tmp_path / name).exists()
