"""A table from a CSV file: UTF-8, separated by comma, semicolon or tab, whichever the heading uses."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl

from engager.errors import Issue
from engager.readers.raw import RawTable, repeated_headings, unreadable, with_rows

SEPARATORS = (",", ";", "\t")


def read_csv(path: Path, name: str) -> RawTable | list[Issue]:
    """Return the cells of a CSV file as text, or the issues that keep it from being read."""
    heading = _heading(path)
    if isinstance(heading, Issue):
        return [heading]
    separator = max(SEPARATORS, key=heading.count)
    columns = [column.strip() for column in next(csv.reader([heading], delimiter=separator), [])]
    if twice := repeated_headings(columns):
        found = f"headings repeated or empty: {', '.join(twice)}"
        return [unreadable(path, "headings", found, "every column to have a heading of its own")]
    try:
        frame = pl.read_csv(
            path,
            separator=separator,
            has_header=False,
            skip_rows=1,
            new_columns=columns,
            infer_schema=False,
            schema=dict.fromkeys(columns, pl.String),
        )
    except pl.exceptions.NoDataError:
        frame = pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    except (pl.exceptions.ComputeError, pl.exceptions.PolarsError) as error:
        return _explain(path, separator, len(columns), error)
    return RawTable(name, path, None, with_rows(frame))


def _heading(path: Path) -> str | Issue:
    """Return the first line, or the issue of a file that is empty or no text."""
    with path.open("rb") as file:
        start = file.read(65536)
    if not start.strip():
        return unreadable(
            path,
            "empty",
            "the file is empty",
            "a heading row, and rows below it",
            "A table without records keeps its heading row",
        )
    if b"\0" in start or start[:2] == b"PK":
        return unreadable(
            path,
            "binary",
            "binary data, no text",
            "a CSV text file in UTF-8",
            "A workbook is read as .xlsx; export a sheet as `CSV UTF-8` otherwise",
        )
    try:
        return start.split(b"\n", 1)[0].decode("utf-8-sig").rstrip("\r")
    except UnicodeDecodeError as error:
        return unreadable(
            path,
            "encoding",
            f"bytes that are no UTF-8 at position {error.start}",
            "text in UTF-8",
            "Save the file as `CSV UTF-8`",
        )


def _explain(path: Path, separator: str, width: int, error: Exception) -> list[Issue]:
    """Return what is wrong with a file that could not be parsed, line by line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            wide = [
                (number, len(cells))
                for number, cells in enumerate(csv.reader(file, delimiter=separator), 1)
                if len(cells) > width
            ]
    except UnicodeDecodeError as decoding:
        return [
            unreadable(
                path,
                "encoding",
                f"bytes that are no UTF-8 ({decoding.reason})",
                "text in UTF-8",
                "Save the file as `CSV UTF-8`",
            )
        ]
    except csv.Error as parsing:
        return [unreadable(path, "unreadable", str(parsing), "a CSV text file")]
    if not wide:
        return [unreadable(path, "unreadable", str(error).split("\n", 1)[0], "a CSV text file")]
    rows = "; ".join(f"row {number} has {cells}" for number, cells in wide[:20])
    return [
        unreadable(
            path,
            "ragged",
            f"rows with more cells than the heading's {width}: {rows}",
            f"{width} cells in each row",
            "Put a text that holds the separator in quotation marks",
        )
    ]
