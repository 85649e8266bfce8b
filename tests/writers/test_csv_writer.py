"""Tables for spreadsheets: as shown, and harmless."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from engager.report.document import Document
from engager.tables.table import Cell, Row, Table
from engager.writers.csv_tables import harmless, table_text, write_csv_tables


def test_a_table_is_written_as_it_is_shown(document: Document, tmp_path: Path) -> None:
    """Heads, a row of one cell, and cells with commas or signs come back as they were."""
    paths = write_csv_tables(document, tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        "tables/efficacy.csv",
        "tables/adverse-events.csv",
    ]
    with paths[0].open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [
            ["", "Patients (n = 9)", "95 % interval"],
            ["Response", "", ""],
            ["any response", "6/9 (66.7 %)", "29.9 to 92.5"],
            ["Overall survival, median (days)", "398", "17 to not reached"],
        ]


def test_an_empty_table_says_so(document: Document, tmp_path: Path) -> None:
    """The heads and the words that the page shows."""
    text = write_csv_tables(document, tmp_path)[1].read_text(encoding="utf-8-sig")
    assert text == "Term,Grade 3-4\nnone recorded,\n"


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-cmd|' /C calc'!A0", "@SUM(A1)", " =1+1", "\t=1+1", "--1"])
def test_a_formula_is_defused(text: str) -> None:
    """A spreadsheet shows it and does not run it."""
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-3.5", "+12", "-1e-6", "", "5 -> 15", "<0.0001", "−4"])
def test_a_number_stays_a_number(text: str) -> None:
    """A sign alone does not make a formula."""
    assert harmless(text) == text


def test_heads_are_defused_too() -> None:
    """Column heads may come from the data: groups are named there."""
    table = Table("t", "T", ("=evil()", "b"), (Row((Cell("x"), Cell("y"))),))
    assert table_text(table).splitlines()[0] == "'=evil(),b"
