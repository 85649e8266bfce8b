"""The adjudication workbook: a sheet for each table, a row for each disagreement, and columns for the decision."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from engager.errors import OutputError
from engager.readers.adjudication import DECISIONS, FILLED, PAIR, README, SHOWN, shown
from engager.reconciliation import Reconciled
from engager.report.abstractions import agreement_lines
from engager.schema import TABLES
from engager.writers.workbook_file import staged_workbook

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_HELP = (
    "Two abstractions of the same records; this workbook asks for a decision on everything in which they differ.",
    "A sheet for each table, a row for each decision. Rows that only one abstraction has come first.",
    "decision: A or B, whichever is right; other, and the right value beside it, where neither is.",
    "A row only in A: decide A to keep it, B to leave it out (B did not find it). The reverse for a row only in B.",
    "by, when, why: who decided, on which day, and the reason; the reason is required where neither A nor B is right.",
    "Fill the columns with a coloured heading alone; the others are compared with what was written.",
    "why one row: what two rows have in common for which they were taken for one. Were they two, decide the cells",
    "for A, and enter B's row into the consensus.",
    "Then: engager adjudicate A B THIS.xlsx --out CONSENSUS",
)
_WIDTHS = {
    "item": 26,
    "what": 14,
    "patient": 10,
    "field": 16,
    "A": 34,
    "B": 34,
    "why one row": 40,
    "value if other": 18,
    "why": 30,
}


def check_workbook_target(path: Path, studies: tuple[Path, Path]) -> None:
    """Refuse a path that is no new `.xlsx` file; a workbook that may be filled is never replaced.

    Nor may it stand in one of the study folders, where it would be taken for the study's tables.
    """
    if path.suffix.lower() != ".xlsx":
        raise OutputError(f"{path}: expected the name of a workbook, ending in .xlsx. Choose another name")
    if path.resolve().parent in {study.resolve() for study in studies}:
        raise OutputError(f"{path}: expected a place outside the two studies. Choose another folder")
    if path.exists():
        raise OutputError(
            f"{path}: expected a new file, found one that exists and may hold decisions. Choose another name"
        )


def write_adjudication(found: Reconciled, studies: tuple[Path, Path], path: Path) -> Path:
    """Write the workbook, whole or not at all, and return its path; OutputError where it cannot stand there."""
    check_workbook_target(path, studies)
    with staged_workbook(path) as book:
        _write_readme(book, found, studies)
        for table in TABLES:
            _write_table(book, table, found.items.filter(pl.col("table") == table))
    return path


def _write_readme(book: Workbook, found: Reconciled, studies: tuple[Path, Path]) -> None:
    sheet = book.add_worksheet(README)
    bold = book.add_format({"bold": True})
    fixed = book.add_format({"font_name": "Courier New"})
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 110)
    about = (("about", "two abstractions"), ("A", str(studies[0])), ("B", str(studies[1])), (PAIR, found.fingerprint))
    for row, (head, text) in enumerate(about):
        sheet.write_string(row, 0, head, bold)
        sheet.write_string(row, 1, text)
    for row, line in enumerate(_HELP, 5):
        sheet.write_string(row, 1, line)
    for row, line in enumerate(agreement_lines(found), 6 + len(_HELP)):
        sheet.write_string(row, 1, line, fixed)
    sheet.protect()


def _write_table(book: Workbook, table: str, items: pl.DataFrame) -> None:
    sheet = book.add_worksheet(table)
    cells = items.select(shown(pl.col(name).cast(pl.String)).alias(heading) for heading, name in SHOWN.items())
    head = book.add_format({"bold": True, "bottom": 1})
    to_fill = book.add_format({"bold": True, "bottom": 1, "bg_color": "#F0E442"})
    fixed = book.add_format({"text_wrap": True, "valign": "top"})
    for column, heading in enumerate((*SHOWN, *FILLED)):
        sheet.write_string(0, column, heading, to_fill if column >= len(SHOWN) else head)
        sheet.set_column(column, column, _WIDTHS.get(heading, 12))
    for row, texts in enumerate(cells.iter_rows(), 1):
        for column, text in enumerate(texts):
            if text is not None:
                sheet.write_string(row, column, text, fixed)
    _prepare(book, sheet, items)


def _prepare(book: Workbook, sheet: Worksheet, items: pl.DataFrame) -> None:
    """Give the cells to be filled their drop-down lists, and protect the others from a slip of the hand."""
    first, last = len(SHOWN), len(SHOWN) + len(FILLED) - 1
    free = book.add_format({"locked": False, "valign": "top"})
    day = book.add_format({"locked": False, "valign": "top", "num_format": "yyyy-mm-dd"})
    for row in range(1, items.height + 1):
        for column in range(first, last + 1):
            sheet.write_blank(row, column, None, day if FILLED[column - first] == "when" else free)
    whole_rows = items["field"].null_count()
    for begin, end, choices in ((1, whole_rows, DECISIONS[:2]), (whole_rows + 1, items.height, DECISIONS)):
        if begin <= end:
            sheet.data_validation(begin, first, end, first, {"validate": "list", "source": list(choices)})
    sheet.freeze_panes(1, 4)
    sheet.autofilter(0, 0, max(items.height, 1), last)
    sheet.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})
