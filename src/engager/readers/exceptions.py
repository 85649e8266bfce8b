"""The accepted exceptions of a study, beside its data in `exceptions.csv`: which row may stand as it is, and why."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl

from engager.errors import LISTED, InputError, Issue, Place, Severity
from engager.readers.csv_folder import read_csv
from engager.schema import TABLES
from engager.terms.likeness import did_you_mean

EXCEPTIONS_FILE = "exceptions.csv"
COLUMNS = ("rule", "table", "row", "patient", "column", "value", "who", "when", "why")
_NEEDED = ("rule", "table", "who", "when", "why")
_WILD = r"[*?%]|^(?i:all|any|alle)$"


def read_exceptions(folder: Path) -> tuple[pl.DataFrame | None, list[Issue]]:
    """Return the accepted exceptions as text, `at` the row of the file and `row` a number, and the file's issues.

    None stands for a study without exceptions, or with some that cannot be used.
    """
    path = folder / EXCEPTIONS_FILE
    if not path.is_file():
        return None, []
    try:
        raw = read_csv(path, "exceptions")
    except InputError as error:
        return None, list(error.issues)
    if missing := [column for column in COLUMNS if column not in raw.headings]:
        expected = "the columns " + ", ".join(COLUMNS)
        return None, [_issue(1, column, f"no column `{column}`", expected) for column in missing]
    table = raw.frame.select(raw.rows.alias("at"), *COLUMNS)
    issues = [issue for line in table.head(100 * LISTED).iter_rows(named=True) for issue in _wrong(line)][:LISTED]
    if issues:
        return None, [*raw.issues, *issues]
    return table.with_columns(pl.col("row").cast(pl.UInt32)), list(raw.issues)


def _wrong(line: dict[str, str | int | None]) -> list[Issue]:
    """Return what keeps an exception from being read: an empty cell, a wildcard, a table or a date that is none."""
    at = int(line["at"] or 0)
    cells = {name: str(line[name]) for name in COLUMNS if line[name] is not None}
    issues = [_issue(at, name, "an empty cell", _MEANT[name]) for name in _NEEDED if name not in cells]
    wild = {name: text for name, text in cells.items() if name in ("rule", "table", "row", "patient", "column")
            and pl.Series([text]).str.contains(_WILD)[0]}  # fmt: skip
    if wild:
        return [*issues, *(_issue(at, name, f"`{text}`", "one row of one rule",
                                  "An exception is accepted row by row; a rule that never fits is told to its makers")
                           for name, text in wild.items())]  # fmt: skip
    if "row" not in cells and "patient" not in cells:
        issues.append(_issue(at, "row", "neither row nor patient", "the row of the table, or the patient"))
    if "row" in cells and not (cells["row"].isdecimal() and 1 < int(cells["row"]) < 2**32):
        issues.append(_issue(at, "row", f"`{cells['row']}`", "the row's number in its file, from 2 on"))
    if "table" in cells and cells["table"] not in TABLES:
        near = did_you_mean(cells["table"], TABLES)
        issues.append(_issue(at, "table", f"`{cells['table']}`", "one of " + ", ".join(TABLES), near))
    if "when" in cells and not _is_date(cells["when"]):
        issues.append(_issue(at, "when", f"`{cells['when']}`", _MEANT["when"]))
    return issues


_MEANT = {
    "rule": "the name of a rule, as the checks tell it with --json",
    "table": "the table that the rule looks at",
    "who": "who accepted it",
    "when": "the date on which it was accepted, as 2026-01-31",
    "why": "why the row may stand as it is",
}


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _issue(row: int, column: str, found: str, expected: str, advice: str = "") -> Issue:
    place = Place(EXCEPTIONS_FILE, None, row, column)
    return Issue(Severity.ERROR, "exceptions.unreadable", place, found, expected, advice, structural=True)
