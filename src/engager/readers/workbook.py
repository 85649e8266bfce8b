"""The tables from the sheets of one XLSX workbook, a sheet a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from engager.errors import InputError, Issue
from engager.readers.raw import RawTable, raw_table, unreadable
from engager.readers.shown_cells import shown_cells
from engager.readers.workbook_archive import check_archive
from engager.schema import TABLES

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook


def read_workbook(path: Path) -> tuple[Mapping[str, RawTable], list[Issue]]:
    """Return the tables of a workbook by name, and the issues of sheets that are missing or cannot be read."""
    tables: dict[str, RawTable] = {}
    try:
        book, issues = open_workbook(path)
    except InputError as error:
        return {}, list(error.issues)
    for name in TABLES:
        try:
            tables[name] = read_sheet(book, path, name)
        except InputError as error:
            issues += error.issues
    return tables, issues


def open_workbook(path: Path) -> tuple[CalamineWorkbook, list[Issue]]:
    """Return a workbook that is no danger to open, and its warnings; raises InputError where it is none, or one."""
    import python_calamine as calamine

    issues = check_archive(path)
    with _told(path):
        return calamine.CalamineWorkbook.from_path(str(path)), issues


@contextmanager
def _told(path: Path, sheet: str | None = None) -> Iterator[None]:
    """Turn whatever a broken workbook makes of its reader into an issue."""
    try:
        yield
    except InputError:
        raise
    except BaseException as error:
        # A damaged file can end the reader in a panic, which is no Exception.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        found = f"no readable {'sheet' if sheet else 'workbook'} ({str(error)[:120] or type(error).__name__})"
        advice = "Save it as .xlsx, without a password"
        raise InputError(unreadable(path, "workbook", found, "an XLSX workbook", advice, sheet)) from None


def read_sheet(book: CalamineWorkbook, path: Path, name: str) -> RawTable:
    """Return the cells of one sheet as text; raises InputError where there is no such sheet, or nothing in it."""
    if name not in book.sheet_names:
        found = f"no sheet `{name}` (the sheets are: {', '.join(book.sheet_names)})"
        advice = "A table without records keeps its sheet with the heading row"
        raise InputError(unreadable(path, "missing_table", found, "a sheet for each table", advice))
    with _told(path, name):
        texts = _sheet_texts(book, path, name)
    if not texts:
        advice = "A table without records keeps its heading row"
        raise InputError(
            unreadable(path, "empty", "the sheet is empty", "a heading row, and rows below it", advice, name)
        )
    headings = [heading or "" for heading in texts[0]]
    columns = {str(i): [row[i] for row in texts[1:]] for i in range(len(headings))}
    return raw_table(name, path, headings, pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)), name)


def _sheet_texts(book: CalamineWorkbook, path: Path, name: str) -> list[list[str | None]]:
    cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    texts = [[cell_text(cell) for cell in row] for row in cells]
    width = len(texts[0]) if texts else 0
    for (row, column), shown in shown_cells(path, name).items():
        if row >= len(texts) or column >= width:  # a formula that was never calculated, right of or below all else
            width = max(width, column + 1)
            texts += [[] for _ in range(row + 1 - len(texts))]
            texts = [[*line, *[None] * (width - len(line))] for line in texts]
        texts[row][column] = shown
    return texts


def cell_text(cell: object) -> str | None:
    """Return a cell as the text a person would have typed for it."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        midnight = cell.time() == dt.time()
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ")
    return str(cell)
