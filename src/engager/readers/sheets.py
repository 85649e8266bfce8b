"""A study's files as sheets, cell by cell at their places: what a marked copy is made of."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engager.errors import InputError
from engager.readers.csv_folder import read_csv
from engager.readers.parquet import read_parquet
from engager.readers.raw import RawTable
from engager.readers.shown_cells import shown_cells
from engager.readers.table_files import table_files, workbooks

Cell = object


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of a sheet, row by row from the heading on; `file` is the one it was read from."""

    name: str
    file: str
    cells: list[list[Cell]]


def study_workbook(folder: Path) -> Path | None:
    """Return the workbook that holds a study's tables, None where they are files of their own."""
    return next(iter(workbooks(folder)), None)


def read_sheets(folder: Path) -> list[Sheet]:
    """Return the sheets of a study's workbook in their order, or a sheet for each table file.

    A file that cannot be read is left out: the issues tell of it.
    """
    book = study_workbook(folder)
    return _of_workbook(book) if book is not None else _of_files(folder)


def _of_workbook(path: Path) -> list[Sheet]:
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
    except (calamine.CalamineError, OSError):
        return []
    sheets = []
    for name in book.sheet_names:
        cells: list[list[Cell]] = [list(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]
        with suppress(Exception):  # a sheet of another kind (a chart) has no cells to show otherwise
            for (row, column), shown in shown_cells(path, name).items():
                cells[row][column] = shown
        sheets.append(Sheet(name, path.name, cells))
    return sheets


def _of_files(folder: Path) -> list[Sheet]:
    sheets = []
    for name, paths in table_files(folder).items():
        for path in paths:
            read = read_csv if path.suffix.lower() == ".csv" else read_parquet
            with suppress(InputError):
                sheets.append(Sheet(name, path.name, _grid(read(path, name))))
    return sheets


def _grid(raw: RawTable) -> list[list[Cell]]:
    """Return the texts of a table at the rows and columns where they stand in their file."""
    width = max(raw.positions.values(), default=-1) + 1
    last = int(raw.rows[-1]) if raw.rows.len() else 1
    grid: list[list[Cell]] = [[None] * width for _ in range(last)]
    columns = [raw.positions[heading] for heading in raw.headings]
    for heading, column in zip(raw.headings, columns, strict=True):
        grid[0][column] = heading
    for number, row in zip(raw.rows, raw.frame.iter_rows(), strict=True):
        for column, text in zip(columns, row, strict=True):
            grid[number - 1][column] = text
    return grid
