"""A table in Word: three rules, a head that repeats on every page, rows that do not break."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from engager.figures.theme import POINTS_PER_MM
from engager.tables.table import Cell, Row, Table
from engager.writers.column_widths import column_widths
from engager.writers.docx_fields import add_link, add_reference
from engager.writers.docx_styles import TABLE_TEXT
from engager.writers.looks import LOOKS, Look

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.table import Table as WordTable
    from docx.table import _Cell, _Row

_INDENT_MM = 3


def add_table(word: Word, table: Table, width_mm: float, look: Look = LOOKS["house"], *, linked: bool = True) -> None:
    """Add a table as wide as told; one without rows says in its only row what would stand there.

    Where `linked` is False its numbers lead nowhere.
    """
    width = max(1, len(table.columns))
    body = table.rows or (Row((Cell(table.empty),)),)
    made = word.add_table(rows=1 + len(body), cols=width)
    made.autofit = False
    rule = {"w:val": "single", "w:sz": f"{look.rule * 8:.0f}", "w:space": "0", "w:color": look.quiet}
    _rules(made, rule, "top", "bottom")
    _widen(made, column_widths(table, width_mm * POINTS_PER_MM))
    rows = list(made.rows)  # python-docx walks the whole table for each row that is asked for by its number
    _head(rows[0], table, rule)
    for line, row in zip(rows[1:], body if linked else map(_unlinked, body), strict=True):
        _fill(line, row, table.numeric)


def _unlinked(row: Row) -> Row:
    return replace(row, cells=tuple(replace(cell, results=()) for cell in row.cells))


def _widen(table: WordTable, widths: list[float]) -> None:
    from docx.shared import Pt

    for column, width in zip(table.columns, widths, strict=True):
        column.width = Pt(width)


def _head(line: _Row, table: Table, rule: Mapping[str, str]) -> None:
    _row_property(line, "w:tblHeader")
    _row_property(line, "w:cantSplit")
    for number, (cell, name) in enumerate(zip(line.cells, table.columns, strict=False)):
        _text(cell, Cell(name), bold=True, right=number in table.numeric)
        _cell_rule(cell, rule)


def _fill(line: _Row, row: Row, numeric: frozenset[int]) -> None:
    from docx.shared import Mm

    _row_property(line, "w:cantSplit")
    cells = list(line.cells)
    if len(row.cells) == 1 and len(cells) > 1:
        cells = [cells[0].merge(cells[-1])]
    for number, (place, cell) in enumerate(zip(cells, row.cells, strict=True)):
        _text(place, cell, bold=row.section, right=number in numeric and len(row.cells) > 1)
    if row.indent:
        cells[0].paragraphs[0].paragraph_format.left_indent = Mm(_INDENT_MM)
    if row.section:
        cells[0].paragraphs[0].paragraph_format.keep_with_next = True


def _text(place: _Cell, cell: Cell, *, bold: bool, right: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph = place.paragraphs[0]
    paragraph._p.style = TABLE_TEXT
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if cell.section:
        add_reference(paragraph, cell.text, cell.section)
    else:
        add_link(paragraph, cell.text, cell.results, bold=bold)


def _rules(table: WordTable, look: Mapping[str, str], *sides: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:tblBorders")
    for side in sides:
        rule = OxmlElement(f"w:{side}")
        for name, value in look.items():
            rule.set(qn(name), value)
        borders.append(rule)
    layout = table._tbl.tblPr.find(qn("w:tblLayout"))
    if layout is None:
        table._tbl.tblPr.append(borders)
    else:
        layout.addprevious(borders)


def _cell_rule(cell: _Cell, look: Mapping[str, str]) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:tcBorders")
    rule = OxmlElement("w:bottom")
    for name, value in look.items():
        rule.set(qn(name), value)
    borders.append(rule)
    cell._tc.get_or_add_tcPr().append(borders)


def _row_property(line: _Row, tag: str) -> None:
    from docx.oxml import OxmlElement

    line._tr.get_or_add_trPr().append(OxmlElement(tag))
