"""The tables from the sheets of one XLSX workbook, a sheet a table."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from engager.errors import InputError, Issue
from engager.readers.raw import RawTable, raw_table, unreadable
from engager.readers.sheet_marks import sheet_marks
from engager.readers.shown_cells import shown_cells
from engager.readers.table_files import opened_elsewhere
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
    issues += opened_elsewhere(path)
    if not any(_sheets_of(book.sheet_names, name) for name in TABLES):
        return {}, [*issues, _no_sheet(path, book.sheet_names)]
    for name in TABLES:
        try:
            tables[name] = read_sheet(book, path, name)
            issues += sheet_marks(path, tables[name].sheet or name)
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
    """Return the cells of one sheet as text, its name in any case (`Follow up`).

    Raises InputError where there is no such sheet, or nothing in it.
    """
    sheet = _sheet_of(book.sheet_names, path, name)
    with _told(path, sheet):
        texts = _sheet_texts(book, path, sheet)
    if not texts:
        advice = "A table without records keeps its heading row"
        raise InputError(
            unreadable(path, "empty", "the sheet is empty", "a heading row, and rows below it", advice, sheet)
        )
    headings = [heading or "" for heading in texts[0]]
    columns = {str(i): [row[i] for row in texts[1:]] for i in range(len(headings))}
    return raw_table(name, path, headings, pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)), sheet)


def _sheet_of(sheets: Sequence[str], path: Path, name: str) -> str:
    """Return the sheet of a table; raises InputError where there is none, or two."""
    found = _sheets_of(sheets, name)
    if len(found) == 1:
        return found[0]
    if found:
        twice = "the table twice: the sheets " + " and ".join(f"`{sheet}`" for sheet in found)
        raise InputError(unreadable(path, "ambiguous", twice, "one sheet for each table", "Rename the other"))
    near = difflib.get_close_matches(name, [sheet.lower() for sheet in sheets], n=1, cutoff=0.7)
    likely = next((sheet for sheet in sheets if [sheet.lower()] == near and not _is_table(sheet)), None)
    advice = "A table without records keeps its sheet with the heading row"
    raise InputError(
        unreadable(
            path, "missing_table", f"no sheet `{name}` (the sheets are: {', '.join(sheets)})",
            "a sheet for each table", f"Is it `{likely}`? Then rename it" if likely else advice,
        )
    )  # fmt: skip


def _sheets_of(sheets: Sequence[str], name: str) -> list[str]:
    """Return the sheet of a table by its very name, else those whose names are the same but for case and spaces."""
    return [name] if name in sheets else [sheet for sheet in sheets if _plain(sheet) == name]


def _is_table(sheet: str) -> bool:
    return _plain(sheet) in TABLES


def _plain(sheet: str) -> str:
    return "_".join(sheet.lower().replace("-", " ").split())


def _no_sheet(path: Path, sheets: Sequence[str]) -> Issue:
    found = f"no sheet that is a table of a study (the sheets are: {', '.join(sheets)})"
    advice = "Rename the sheets, or copy their rows into the workbook that `engager new DIR` makes"
    return unreadable(path, "missing_table", found, f"the sheets {', '.join(TABLES)}", advice)


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
