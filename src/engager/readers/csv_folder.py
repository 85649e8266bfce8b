"""A table from a CSV file: UTF-8, separated by comma, semicolon or tab, whichever the heading uses."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from itertools import count, islice, zip_longest
from pathlib import Path
from typing import TextIO

import polars as pl

from engager.errors import LISTED, InputError, Issue, Place, Severity
from engager.readers.raw import MOST_HEADINGS, RawTable, cannot_open, no_heading, raw_table, too_wide, unreadable

SEPARATORS = (",", ";", "\t")
_AS_UTF8 = "In a spreadsheet program: save as `CSV UTF-8`"
_CHUNK = 50_000
# A first line that tells Excel the separator; Excel does not count it as a row.
_DECLARED = re.compile(rb'\A"?sep=[,;\t]"?\r?\n')


def read_csv(path: Path, name: str) -> RawTable:
    """Return the cells of a CSV file as text; raises InputError where it cannot be read."""
    content = _content(path)
    separator, headings = _heading(path, content)
    plain = _read_plain(content, separator, len(headings))
    cells, issues = (plain, []) if plain is not None else _read_any(path, content, separator, len(headings))
    return raw_table(name, path, headings, cells, issues=issues)


def _content(path: Path) -> bytes:
    """Return the bytes of a file; raises InputError where they cannot be had, or are no text in UTF-8."""
    try:
        content = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise InputError(cannot_open(path, error)) from None
    content = _DECLARED.sub(b"", content, count=1).removeprefix(codecs.BOM_UTF8)
    if not content.strip():
        advice = "A table without records keeps its heading row"
        raise InputError(unreadable(path, "empty", "the file is empty", "a heading row, and rows below it", advice))
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        found = "text in UTF-16, as a spreadsheet's `Unicode text` is"
        raise InputError(unreadable(path, "encoding", found, "text in UTF-8", _AS_UTF8))
    if b"\0" in content[:65536] or content.startswith(b"PK"):
        advice = f"A workbook is read as .xlsx. {_AS_UTF8}"
        raise InputError(unreadable(path, "binary", "binary data, no text", "a CSV text file in UTF-8", advice))
    try:
        content.decode()
    except UnicodeDecodeError as error:
        place = Place(path.name, row=content.count(b"\n", 0, error.start) + 1)
        found = f"a byte that is no UTF-8 (0x{content[error.start]:02X}, as in Windows or Latin-1 text)"
        issue = Issue(Severity.ERROR, "file.encoding", place, found, "text in UTF-8", _AS_UTF8, structural=True)
        raise InputError(issue) from None
    return content


def _lines(content: bytes) -> TextIO:
    return io.TextIOWrapper(io.BytesIO(content), "utf-8", newline="")


def _heading(path: Path, content: bytes) -> tuple[str, list[str]]:
    """Return the separator that splits the first row into most cells, and those cells."""
    line = content.partition(b"\n")[0]
    if (columns := 1 + max(line.count(mark.encode()) for mark in SEPARATORS)) > MOST_HEADINGS:
        raise InputError(too_wide(path, columns, MOST_HEADINGS))
    rows = {mark: next(_records(path, csv.reader(_lines(content), delimiter=mark))) for mark in SEPARATORS}
    separator = max(SEPARATORS, key=lambda mark: len(rows[mark]))
    if not any(map(str.strip, rows[separator])):
        raise InputError(no_heading(path))
    return separator, rows[separator]


def _read_plain(content: bytes, separator: str, width: int) -> pl.DataFrame | None:
    """Return the cells of a file without quotation marks whose rows are all as wide as its heading, else None.

    Such a file can be read one way only, and this is ten times as fast as row by row.
    """
    lines = content.count(b"\n") + (not content.endswith(b"\n"))
    even = content.count(separator.encode()) == (width - 1) * lines
    if width == 1 or lines == 1 or not even or b'"' in content or content.count(b"\r") != content.count(b"\r\n"):
        return None
    try:
        frame = pl.read_csv(
            content, separator=separator, quote_char=None, has_header=False, skip_rows=1, infer_schema=False
        )
    except pl.exceptions.PolarsError:  # a wide row makes up for a narrow one
        return None
    return frame if frame.width == width else None


def _read_any(path: Path, content: bytes, separator: str, width: int) -> tuple[pl.DataFrame, list[Issue]]:
    """Return the cells of a file row by row, and a warning for each row with fewer cells than the heading."""
    frames = [_frame([], width)]
    uneven: list[tuple[int, int]] = []
    first = 2
    records = _records(path, csv.reader(_lines(content), delimiter=separator, strict=True))
    next(records)
    while chunk := [_without_blank_end(cells, width) for cells in islice(records, _CHUNK)]:
        uneven += [(row, len(cells)) for row, cells in enumerate(chunk, first) if len(cells) != width and cells]
        frames.append(_frame(chunk, width))
        first += len(chunk)
    if (rows := first - 2) and len(uneven) == rows > 1 and all(cells > width for _, cells in uneven):
        raise InputError(_title(path, width, uneven[0][1]))
    if any(cells > width for _, cells in uneven):
        raise InputError(list(_uneven(path, width, uneven)))
    return pl.concat(frames), list(_uneven(path, width, uneven))


def _frame(rows: list[list[str]], width: int) -> pl.DataFrame:
    """Return rows as columns of text, null where a row is short."""
    columns = islice(zip_longest(map(str, range(width)), *rows), width)
    return pl.DataFrame(
        {name: cells for name, *cells in columns}, schema_overrides=dict.fromkeys(map(str, range(width)), pl.String)
    )


def _records(path: Path, records: Iterator[list[str]]) -> Iterator[list[str]]:
    """Yield the rows of a file; raises InputError with the row at which its quotation marks go wrong."""
    row = count(1)
    try:
        for cells in records:
            next(row)
            yield cells
    except csv.Error as error:
        found = f"quotation marks that do not fit ({error})"
        place = Place(path.name, row=next(row))
        advice = "Close the mark, or double it inside a text"
        expected = 'texts between two marks: "..."'
        raise InputError(
            Issue(Severity.ERROR, "file.quotes", place, found, expected, advice, structural=True)
        ) from None


def _without_blank_end(cells: list[str], width: int) -> list[str]:
    """Return a row without the empty cells beyond the heading's width; nothing of a row that is blank."""
    if len(cells) == width:
        return cells
    if not any(map(str.strip, cells)):
        return []
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    return cells


def _title(path: Path, width: int, cells: int) -> Issue:
    """Return the issue of a file all of whose rows are wider than the first."""
    place = Place(path.name, row=1)
    found = f"{width} cell{'' if width == 1 else 's'} in row 1, more in every row below ({cells} in row 2)"
    advice = "Delete what stands above the headings"
    return Issue(Severity.ERROR, "file.headings", place, found, "the headings in row 1", advice, structural=True)


def _uneven(path: Path, width: int, rows: list[tuple[int, int]]) -> Iterator[Issue]:
    """Yield an error for each row wider than the heading, a warning for each narrower one.

    Excel itself saves rows without their last separators where the last columns are empty, so these are no errors.
    """
    expected = f"{width} cells, as the heading has"
    for row, cells in rows[:LISTED]:
        place, found = Place(path.name, row=row), f"{cells} cell{'' if cells == 1 else 's'}"
        if cells > width:
            advice = "Put a text that holds the separator between quotation marks"
            yield Issue(Severity.ERROR, "file.wide_row", place, found, expected, advice, structural=True)
        else:
            advice = "The missing cells at its end are read as empty"
            yield Issue(Severity.WARNING, "file.narrow_row", place, found, expected, advice)
    if len(rows) > LISTED:
        found = f"{len(rows) - LISTED} more rows with another number of cells"
        yield Issue(Severity.WARNING, "file.narrow_row", Place(path.name), found, expected)
