"""The adjudication workbook filled by a test as a person would: the same cells, with some of them set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook

Filled = Mapping[str, str]
Decide = Callable[[dict[str, str]], Filled]
SIGNED = {"by": "KL", "when": "2026-11-20"}


def for_a(_: dict[str, str]) -> Filled:
    """Decide for A, whatever it is."""
    return {"decision": "A", **SIGNED}


def for_b(_: dict[str, str]) -> Filled:
    """Decide for B, whatever it is."""
    return {"decision": "B", **SIGNED}


def fill(path: Path, decide: Decide, target: Path | None = None) -> Path:
    """Write the workbook with the cells that `decide` gives for each row, by heading; return where."""
    book = CalamineWorkbook.from_path(str(path))
    sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    filled = target or path.with_name(f"filled-{path.name}")
    with xlsxwriter.Workbook(str(filled)) as new:
        for name, rows in sheets.items():
            sheet = new.add_worksheet(name)
            for at, cells in enumerate(rows):
                texts = [str(cell) for cell in cells]
                if at and name != "read me":
                    row = dict(zip(map(str, rows[0]), texts, strict=True))
                    texts = list((row | dict(decide(row))).values())
                for column, text in enumerate(texts):
                    sheet.write_string(at, column, text)
    return filled
