"""A manuscript as the audit sees it: headings, paragraphs of sentences and tables, in order, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where a piece of a manuscript stands, told as a person would say it; parts that are unknown are left out.

    `paragraph` counts within its section and `sentence` within its paragraph, both from 1. `row` and `column` count
    the body of a table from 1 and are 0 outside of tables; `part` names what is neither sentence nor body cell:
    `caption`, `header`, `note`, `heading`. `block` is the index of the block in `Manuscript.blocks`.

    Examples:
        >>> str(Position("a.docx", section="Results", paragraph=4, sentence=2))
        'Results, paragraph 4, sentence 2'
        >>> str(Position("a.pdf", page=5, table="Table 3", row=7, row_label="Neutropenia", column_label="All, Grade 3"))
        'Table 3, row "Neutropenia", column "All, Grade 3" (page 5)'
        >>> str(Position("a.docx", table="Table 1", part="note"))
        'Table 1, note'
    """

    file: str
    block: int = 0
    page: int | None = None
    section: str = ""
    paragraph: int = 0
    sentence: int = 0
    table: str = ""
    row: int = 0
    column: int = 0
    row_label: str = ""
    column_label: str = ""
    part: str = ""

    def __str__(self) -> str:
        where = self._in_table() if self.table else self._in_text()
        page = f"page {self.page}" if self.page is not None else ""
        if not where:
            return page or self.file
        return f"{where} ({page})" if page else where

    def _in_table(self) -> str:
        row = f'row "{self.row_label}"' if self.row_label else f"row {self.row}" if self.row else ""
        column = (
            f'column "{self.column_label}"' if self.column_label else f"column {self.column}" if self.column else ""
        )
        return ", ".join(piece for piece in (self.table, self.part, row, column) if piece)

    def _in_text(self) -> str:
        paragraph = f"paragraph {self.paragraph}" if self.paragraph else ""
        sentence = f"sentence {self.sentence}" if self.sentence else ""
        return ", ".join(piece for piece in (self.section, self.part, paragraph, sentence) if piece)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, or a text that stands for itself such as a caption; `start` is its offset in its paragraph."""

    text: str
    position: Position
    start: int = 0


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the highest. `position.section` is the heading itself."""

    text: str
    level: int
    position: Position


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, a list item, or a legend of a figure (`position.part` is then `Figure 2`)."""

    text: str
    sentences: tuple[Sentence, ...]
    position: Position


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its header from the top down, and the group that it describes.

    `path` is `("All patients (n = 23), n (%)", "Grade ≥3")`; `group` is the part of the path without sizes and units,
    `("All patients", "Grade ≥3")`; `size` is the number of patients that the header tells, or None.
    """

    index: int
    path: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    size: int | None = None

    @property
    def label(self) -> str:
        """Return the header as one text, top down."""
        return ", ".join(self.path)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the body of a table; empty cells have an empty text. `column.index` counts from 1.

    `notes` are the marks that the cell carries and the notes they stand for; `damaged` says why its text may not be
    what was printed (empty where nothing speaks for it); `spanned` is true where the cell repeats one that spans.
    """

    text: str
    column: Column
    position: Position
    notes: tuple[str, ...] = ()
    damaged: str = ""
    spanned: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the body: its label, the labels of the sections it stands in, and the cells after the label."""

    index: int
    label: str
    section: tuple[str, ...]
    cells: tuple[Cell, ...]
    position: Position

    @property
    def path(self) -> tuple[str, ...]:
        """Return section and label, outermost first."""
        return (*self.section, self.label) if self.label else self.section


@dataclass(frozen=True, slots=True)
class Table:
    """A table: number as printed (`3`, `S1`, empty where it has none), caption, header, body and notes.

    `columns[0]` heads the labels of the rows; `size` is the number of patients that caption or notes tell.
    `damaged` says why cells may not be where they were printed, as in a table read from the places of its words.
    """

    number: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[Sentence, ...]
    position: Position
    size: int | None = None
    damaged: str = ""

    @property
    def name(self) -> str:
        """Return what the table is called: `Table 3`, or by its place in the file."""
        return self.position.table

    def cells(self) -> Iterator[tuple[Row, Cell]]:
        """Yield the cells of the body with their rows, in order."""
        for row in self.rows:
            for cell in row.cells:
                yield row, cell


Block = Heading | Paragraph | Table


@dataclass(frozen=True, slots=True)
class Manuscript:
    """A document that was read: its blocks in order, and what could not be read (`unread`, in words).

    `damaged` says why any text may differ from what was printed (a PDF has lost superscripts, say); empty for formats
    that keep their text.
    """

    file: str
    format: str
    blocks: tuple[Block, ...]
    pages: int | None = None
    unread: tuple[str, ...] = ()
    damaged: str = ""

    def tables(self) -> tuple[Table, ...]:
        """Return the tables in order."""
        return tuple(block for block in self.blocks if isinstance(block, Table))

    def paragraphs(self) -> tuple[Paragraph, ...]:
        """Return the paragraphs in order."""
        return tuple(block for block in self.blocks if isinstance(block, Paragraph))

    def headings(self) -> tuple[Heading, ...]:
        """Return the headings in order."""
        return tuple(block for block in self.blocks if isinstance(block, Heading))

    def sentences(self) -> Iterator[Sentence]:
        """Yield the sentences of paragraphs and the captions and notes of tables, in order."""
        for block in self.blocks:
            if isinstance(block, Paragraph):
                yield from block.sentences
            elif isinstance(block, Table):
                if block.caption:
                    yield Sentence(block.caption, caption_position(block))
                yield from block.notes


def caption_position(table: Table) -> Position:
    """Return the place of a table's caption."""
    at = table.position
    return Position(at.file, at.block, at.page, at.section, table=at.table, part="caption")
