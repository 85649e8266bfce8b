"""The tables from the sheets of one XLSX workbook, a sheet a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from engager.errors import InputError, Issue
from engager.readers.raw import RawTable, raw_table, unreadable
from engager.readers.shown_cells import shown_cells
from engager.schema import TABLES

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook


def read_workbook(path: Path) -> tuple[Mapping[str, RawTable], list[Issue]]:
    """Return the tables of a workbook by name, and the issues of sheets that are missing or cannot be read."""
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
    except (calamine.CalamineError, OSError) as error:
        advice = "Save it as .xlsx, without a password"
        return {}, [unreadable(path, "workbook", f"no readable workbook ({error})", "an XLSX workbook", advice)]
    tables: dict[str, RawTable] = {}
    issues: list[Issue] = []
    for name in TABLES:
        try:
            tables[name] = _read_sheet(book, path, name)
        except InputError as error:
            issues += error.issues
    return tables, issues


def _read_sheet(book: CalamineWorkbook, path: Path, name: str) -> RawTable:
    if name not in book.sheet_names:
        found = f"no sheet `{name}` (the sheets are: {', '.join(book.sheet_names)})"
        advice = "A table without records keeps its sheet with the heading row"
        raise InputError(unreadable(path, "missing_table", found, "a sheet for each table", advice))
    cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    if not cells:
        advice = "A table without records keeps its heading row"
        raise InputError(
            unreadable(path, "empty", "the sheet is empty", "a heading row, and rows below it", advice, name)
        )
    texts = [[_text(cell) for cell in row] for row in cells]
    for (row, column), shown in shown_cells(path, name).items():
        texts[row][column] = shown
    headings = [heading or "" for heading in texts[0]]
    columns = {str(i): [row[i] for row in texts[1:]] for i in range(len(headings))}
    return raw_table(name, path, headings, pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)), name)


def _text(cell: object) -> str | None:
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
