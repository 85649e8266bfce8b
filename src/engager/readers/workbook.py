"""The tables from the sheets of one XLSX workbook, a sheet a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from engager.errors import Issue
from engager.readers.raw import RawTable, repeated_headings, unreadable, with_rows
from engager.schema import TABLES

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook


def read_workbook(path: Path) -> tuple[Mapping[str, RawTable], list[Issue]]:
    """Return the tables of a workbook by name, and the issues of sheets that are missing or cannot be read."""
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
    except (calamine.CalamineError, OSError) as error:
        return {}, [unreadable(path, "workbook", f"no readable workbook ({error})", "an XLSX workbook")]
    tables: dict[str, RawTable] = {}
    issues: list[Issue] = []
    for name in TABLES:
        outcome = _read_sheet(book, path, name)
        if isinstance(outcome, Issue):
            issues.append(outcome)
        else:
            tables[name] = outcome
    return tables, issues


def _read_sheet(book: CalamineWorkbook, path: Path, name: str) -> RawTable | Issue:
    if name not in book.sheet_names:
        found = f"no sheet `{name}` (sheets: {', '.join(book.sheet_names)})"
        return unreadable(
            path,
            "missing_table",
            found,
            "a sheet for each table",
            "A table without records keeps its sheet with the heading row",
        )
    cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    if not cells:
        return unreadable(path, "empty", "the sheet is empty", "a heading row, and rows below it", sheet=name)
    headings = [_text(cell) or "" for cell in cells[0]]
    while headings and not headings[-1]:
        headings.pop()
    if twice := repeated_headings(headings):
        found = f"headings repeated or empty: {', '.join(twice)}"
        return unreadable(path, "headings", found, "every column to have a heading of its own", sheet=name)
    columns = {heading: [_text(row[i]) for row in cells[1:]] for i, heading in enumerate(headings)}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(headings, pl.String))
    return RawTable(name, path, name, with_rows(frame))


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
    return str(cell).strip() or None
