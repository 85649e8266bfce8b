"""The tables for spreadsheets: a file each, the cells as they are shown."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from engager.report.document import Document
from engager.tables.table import Table
from engager.writers.files import file_name, write_text


def write_csv_tables(document: Document, folder: Path) -> list[Path]:
    """Write `tables/NAME.csv` for each table and return the paths.

    The first line holds the column heads. A row of one cell stands in the first column; a table without rows says so
    there. The files begin with a byte order mark, without which spreadsheets misread every letter beyond ASCII.
    """
    return [
        write_text(folder / "tables" / file_name(table.name, ".csv"), "\ufeff" + table_text(table))
        for table in document.tables
    ]


def table_text(table: Table) -> str:
    """Return a table as comma-separated text."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    lines = [table.columns, *(tuple(cell.text for cell in row.cells) for row in table.rows)]
    lines += [] if table.rows else [(table.empty,)]
    for line in lines:
        writer.writerow([harmless(text) for text in line] + [""] * (len(table.columns) - len(line)))
    return file.getvalue()


def harmless(text: str) -> str:
    """Return text that a spreadsheet does not run: what would be read as a formula gets an apostrophe in front.

    Examples:
        >>> harmless("=cmd()"), harmless("-3.5"), harmless("- none")
        ("'=cmd()", '-3.5', "'- none")
    """
    return f"'{text}" if text.lstrip()[:1] in tuple("=+-@") and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", ".", 1))
    except ValueError:
        return False
    return True
