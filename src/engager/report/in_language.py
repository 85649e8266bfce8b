"""A composed report in the language of its plan: each text of the document as that language says it.

Results keep the English of their methods and warnings, as programs read them; the document says what it has words for
(`languages/*.toml`). The study's own words, its title and sentences, stand as its authors wrote them.
"""

from __future__ import annotations

from dataclasses import replace

from engager.figures.figure import Figure
from engager.report.document import Block, Bullets, Document, Number, Paragraph, Section, Span
from engager.tables.table import Cell, Row, Table
from engager.terms.language import say

OWN_WORDS = "results"
"""The section of the study's own sentences."""

_QUOTING = "published"  # tables that quote a paper


def in_language(document: Document) -> Document:
    """Return the document in the language in force."""
    return replace(
        document,
        lead=tuple(map(_paragraph, document.lead)),
        sections=tuple(map(_section, document.sections)),
        statement=say(document.statement),
    )


def _section(section: Section) -> Section:
    blocks = section.blocks if section.anchor == OWN_WORDS else tuple(map(_block, section.blocks))
    return replace(section, title=say(section.title), blocks=blocks)


def _block(block: Block) -> Block:
    match block:
        case Paragraph():
            return _paragraph(block)
        case Bullets():
            return Bullets(tuple(map(_paragraph, block.items)))
        case Table():
            return _table(block)
        case Figure():
            return _figure(block)
        case _:
            return block


def _paragraph(paragraph: Paragraph) -> Paragraph:
    return Paragraph(tuple(map(_span, paragraph.spans)))


def _span(span: Span) -> Span:
    """Return a piece of a sentence; the blanks at its ends join it to the next one."""
    if isinstance(span, Number):
        return replace(span, text=say(span.text))
    words = span.strip()
    return span.replace(words, say(words)) if words else span


def _table(table: Table) -> Table:
    quoting = table.name.startswith(_QUOTING)
    return replace(
        table,
        title=say(table.title),
        columns=tuple(map(say, table.columns)),
        rows=table.rows if quoting else tuple(map(_row, table.rows)),
        notes=tuple(map(say, table.notes)),
        empty=say(table.empty),
    )


def _row(row: Row) -> Row:
    return replace(row, cells=tuple(map(_cell, row.cells)))


def _cell(cell: Cell) -> Cell:
    return replace(cell, text=say(cell.text))


def _figure(figure: Figure) -> Figure:
    """Return a figure with its words beside the picture; those inside it were said when it was laid out."""
    return replace(
        figure,
        title=say(figure.title),
        caption=say(figure.caption),
        empty=None if figure.empty is None else say(figure.empty),
    )
