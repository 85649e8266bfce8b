"""From pieces to a manuscript: captions and notes find their tables, everything gets its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from engager.audit.manuscript import (
    Block,
    Cell,
    Heading,
    Manuscript,
    Paragraph,
    Position,
    Row,
    Sentence,
    Table,
)
from engager.audit.reading.grid import columns_and_rows
from engager.audit.reading.headers import group_size
from engager.audit.reading.limits import MOST_BLOCKS, MOST_CELLS, MOST_LETTERS, MOST_TABLES, too_large
from engager.audit.reading.pieces import GridPiece, HeadingPiece, Piece, TextPiece
from engager.audit.reading.sentences import split_sentences
from engager.audit.reading.shapes import CAPTION, NOTE, is_table_kind

_MARK = re.compile(r"[*†‡§¶#ᵃ-ᵡᵃᵇᶜᵈᵉᶠᵍʰⁱ]+$")
_BLANKS = re.compile(r"\s+")
_LONGEST_HEADING_NAME = 80


def assemble(
    file: str,
    form: str,
    pieces: Sequence[Piece],
    pages: int | None = None,
    unread: tuple[str, ...] = (),
    damaged: str = "",
) -> Manuscript:
    """Return the manuscript of pieces in order; raises InputError where they are more than a manuscript holds."""
    _check_size(file, pieces)
    maker = _Maker(file)
    for index, piece in enumerate(pieces):
        match piece:
            case HeadingPiece():
                maker.heading(piece)
            case GridPiece():
                maker.table(piece)
            case TextPiece():
                following = pieces[index + 1] if index + 1 < len(pieces) else None
                maker.text(piece, before_table=isinstance(following, GridPiece))
    return Manuscript(file, form, tuple(maker.finished()), pages, unread, damaged)


def _check_size(file: str, pieces: Sequence[Piece]) -> None:
    grids = [piece for piece in pieces if isinstance(piece, GridPiece)]
    cells = sum(len(piece.cells) for piece in grids)
    letters = sum(len(piece.text) for piece in pieces if not isinstance(piece, GridPiece))
    letters += sum(len(cell.text) for piece in grids for cell in piece.cells)
    for count, most, what in (
        (len(pieces), MOST_BLOCKS, "paragraphs and tables"),
        (len(grids), MOST_TABLES, "tables"),
        (cells, MOST_CELLS, "cells of tables"),
        (letters, MOST_LETTERS, "letters"),
    ):
        if count > most:
            raise too_large(file, f"{count} {what}", f"at most {most}")


@dataclass(slots=True)
class _Maker:
    """Makes blocks one after the other and counts them."""

    file: str
    blocks: list[Block] = field(default_factory=list)
    section: str = ""
    paragraphs: int = 0
    tables: int = 0
    caption: TextPiece | None = None
    notes_open: bool = False

    def heading(self, piece: HeadingPiece) -> None:
        """Add a heading, which begins a section."""
        self._drop_caption()
        text = _clean(piece.text)
        if not text:
            return
        self.section, self.paragraphs, self.notes_open = _short(text), 0, False
        at = Position(self.file, len(self.blocks), piece.page, self.section, part="heading")
        self.blocks.append(Heading(text, piece.level, at))

    def text(self, piece: TextPiece, *, before_table: bool) -> None:
        """Add a paragraph; or keep it as the caption, or add it to the notes, of a table."""
        text = _clean(piece.text)
        if not text:
            return
        caption = CAPTION.match(text)
        if caption and is_table_kind(caption["kind"]) and (before_table or piece.role == "caption"):
            self._drop_caption()
            self.caption = replace(piece, text=text)
            return
        if self._is_note(piece, text):
            self._note(text)
            return
        self._drop_caption()
        self.notes_open = False
        self._paragraph(text, piece)

    def table(self, piece: GridPiece) -> None:
        """Add a table with the caption that stands before it."""
        self.tables += 1
        text = _clean(piece.caption) or (self.caption.text if self.caption else "")
        self.caption = None
        found = CAPTION.match(text)
        number, caption = (found["number"], found["text"].strip()) if found else ("", text)
        name = f"Table {number}" if number else f"table {self.tables} of the file"
        at = Position(self.file, len(self.blocks), piece.page, self.section, table=name)
        columns, rows = columns_and_rows(_cleaned(piece), at)
        notes = tuple(note for text in map(_clean, piece.notes) for note in _as_notes(text, at))
        size = group_size(caption) if piece.size is None else piece.size
        self.blocks.append(_sized(Table(number, caption, columns, rows, notes, at, size, piece.damaged)))
        self.notes_open = True

    def finished(self) -> list[Block]:
        """Return the blocks, marks in cells resolved to the notes they stand for."""
        self._drop_caption()
        return [_with_marks(block) if isinstance(block, Table) else block for block in self.blocks]

    def _is_note(self, piece: TextPiece, text: str) -> bool:
        if not self.notes_open or not isinstance(self.blocks[-1], Table):
            return False
        return piece.role == "note" or (not piece.role and bool(NOTE.match(text)))

    def _note(self, text: str) -> None:
        table = self.blocks[-1]
        assert isinstance(table, Table)  # noqa: S101 - seen before
        self.blocks[-1] = _sized(replace(table, notes=(*table.notes, *_as_notes(text, table.position))))

    def _drop_caption(self) -> None:
        """Make a paragraph of a caption that no table followed."""
        if self.caption:
            piece, self.caption = self.caption, None
            self._paragraph(piece.text, piece)

    def _paragraph(self, text: str, piece: TextPiece) -> None:
        caption = CAPTION.match(text)
        part = f"{'Table' if is_table_kind(caption['kind']) else 'Figure'} {caption['number']}" if caption else ""
        if part and not (caption and (caption["stop"] or caption["text"][:1].isupper() or not caption["text"])):
            part = ""  # "Table 1 shows" begins a sentence of the text
        if not part:
            self.paragraphs += 1
        at = Position(
            self.file,
            len(self.blocks),
            piece.page,
            self.section,
            paragraph=0 if part else self.paragraphs,
            part=f"legend of {part}" if part else "",
        )
        sentences = tuple(
            Sentence(text[start:end], replace(at, sentence=number), start)
            for number, (start, end) in enumerate(split_sentences(text), start=1)
        )
        self.blocks.append(Paragraph(text, sentences, at))


def _clean(text: str) -> str:
    return _BLANKS.sub(" ", text.replace("\u00ad", "").replace("\u200b", "")).strip()


def _cleaned(piece: GridPiece) -> GridPiece:
    return replace(piece, cells=[replace(cell, text=_clean(cell.text)) for cell in piece.cells])


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_HEADING_NAME else text[: _LONGEST_HEADING_NAME - 1].rstrip() + "…"


def _as_notes(text: str, at: Position) -> tuple[Sentence, ...]:
    place = Position(at.file, at.block, at.page, at.section, table=at.table, part="note")
    return tuple(Sentence(text[start:end], place, start) for start, end in split_sentences(text))


def _sized(table: Table) -> Table:
    """Return a table with the number of patients that its caption, else one of its notes, tells."""
    if table.size is not None:
        return table
    sizes = {size for size in (group_size(note.text) for note in table.notes) if size is not None}
    return replace(table, size=sizes.pop()) if len(sizes) == 1 else table


def _with_marks(table: Table) -> Table:
    """Return a table whose cells name the notes that their marks stand for."""
    if not table.notes:
        return table
    return replace(table, rows=tuple(_marked_row(row, table.notes) for row in table.rows))


def _marked_row(row: Row, notes: tuple[Sentence, ...]) -> Row:
    if not any(_MARK.search(cell.text) for cell in row.cells):
        return row
    return replace(row, cells=tuple(_marked(cell, notes) for cell in row.cells))


def _marked(cell: Cell, notes: tuple[Sentence, ...]) -> Cell:
    mark = _MARK.search(cell.text)
    if not mark:
        return cell
    found = tuple(note.text for note in notes if mark[0] in note.text)
    return replace(cell, notes=found)
