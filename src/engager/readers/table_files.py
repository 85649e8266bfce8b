"""Which files of a study folder hold its tables, whatever the case of their names, and what was found instead."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path

from engager.errors import Issue, Place, Severity
from engager.readers.raw import unreadable
from engager.schema import TABLES

SUFFIXES = (".csv", ".parquet")
"""The ends of the names of files that hold one table each."""

_STATISTICS = {
    ".sav": "SPSS",
    ".zsav": "SPSS",
    ".por": "SPSS",
    ".sas7bdat": "SAS",
    ".xpt": "SAS",
    ".dta": "Stata",
    ".rds": "R",
    ".rdata": "R",
    ".jasp": "JASP",
    ".pzfx": "Prism",
    ".mdb": "Access",
    ".accdb": "Access",
    ".txt": "the program it is of",
    ".tsv": "the program it is of",
}


def workbooks(folder: Path) -> list[Path]:
    """Return the workbooks of a folder that may hold tables: no marked copies, no locks of a spreadsheet program."""
    books = (path for path in sorted(folder.iterdir()) if path.suffix.lower() == ".xlsx")
    return [
        path
        for path in books
        if not path.name.startswith(("~$", ".")) and not path.name.lower().endswith(".checked.xlsx")
    ]


def table_files(folder: Path) -> Mapping[str, Sequence[Path]]:
    """Return the files of each table, one as it should be."""
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and path.suffix.lower() in SUFFIXES]
    return {name: [path for path in files if path.stem.lower() == name] for name in TABLES}


def opened_elsewhere(book: Path) -> list[Issue]:
    """Return a note where a spreadsheet program has a workbook open: what is read is what was saved last."""
    locks = [book.with_name(f"~${book.name}"), book.with_name(f".~lock.{book.name}#")]
    lock = next((path for path in locks if path.exists()), None)
    if lock is None:
        return []
    found = f"open in a spreadsheet program (`{lock.name}` stands beside it)"
    advice = "Save and close it before you trust what is told here"
    expected = "a workbook that is closed: what is read is what was saved last"
    return [Issue(Severity.NOTE, "file.open", Place(book.name), found, expected, advice)]


def no_table(folder: Path) -> Issue:
    """Return the issue of a folder that holds none of the tables."""
    expected = f"one workbook (.xlsx) with the sheets {', '.join(TABLES)}; or a CSV or Parquet file for each of these"
    of_programs = [path for path in _files(folder) if path.suffix.lower() in _STATISTICS]
    advice = "`engager new DIR` makes such a workbook, to be filled"
    if of_programs:
        programs = ", ".join(dict.fromkeys(_STATISTICS[path.suffix.lower()] for path in of_programs))
        advice = f"Save {', '.join(path.name for path in of_programs)} as .xlsx or CSV from {programs}. {advice}"
    return unreadable(folder, "missing_table", f"no table (the folder has: {_names(folder)})", expected, advice)


def missing_table(folder: Path, name: str) -> Issue:
    """Return the issue of a table without a file, while others have one."""
    present = {path.name.lower(): path for path in _files(folder)}
    same = [path.name for path in present.values() if path.stem.lower() == name]
    near = difflib.get_close_matches(f"{name}.csv", present, n=1, cutoff=0.8)
    likely = same[0] if same else present[near[0]].name if near else None
    advice = f"Is it `{likely}`?" if likely else "A table without records keeps its heading row"
    if likely and Path(likely).suffix.lower() not in SUFFIXES:
        advice += " Save it as CSV"
    found = f"no such file, nor {name}.parquet, nor a workbook (the folder has: {_names(folder)})"
    place, expected = Place(f"{name}.csv"), "a file for each table, or one workbook (.xlsx)"
    return Issue(Severity.ERROR, "file.missing_table", place, found, expected, advice, structural=True)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def _names(folder: Path) -> str:
    return ", ".join(path.name for path in _files(folder)) or "nothing"
