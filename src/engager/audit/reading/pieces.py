"""What every format is read into first: headings, texts and grids of cells in order, without places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from engager.audit.reading.limits import MOST_BLOCKS, MOST_CELLS, MOST_TABLES, too_large


@dataclass(slots=True)
class HeadingPiece:
    """A heading; level 1 is the highest."""

    text: str
    level: int = 1
    page: int | None = None


@dataclass(slots=True)
class TextPiece:
    """A paragraph or a part of a list. `role` is `caption`, `note` or empty where the format does not tell."""

    text: str
    page: int | None = None
    role: str = ""


@dataclass(slots=True)
class GridCell:
    """A cell as printed, counted from 0, with how many rows and columns it spans.

    `head` tells whether the format marks it as a header; `indent` is how far its text is set in, in any unit; where it
    is a place on the page, `right` is where the text ends.
    """

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    head: bool = False
    indent: float = 0.0
    bold: bool = False
    damaged: str = ""
    right: float = 0.0


@dataclass(slots=True)
class GridPiece:
    """A table as printed; `caption`, `notes` and `size` (of all patients) only where the format ties them to it."""

    cells: list[GridCell]
    page: int | None = None
    caption: str = ""
    notes: tuple[str, ...] = ()
    damaged: str = ""
    size: int | None = None
    label_columns: int = 1


Piece = HeadingPiece | TextPiece | GridPiece


def bounded(pieces: Iterable[Piece], file: Path) -> Iterator[Piece]:
    """Yield pieces as they are read; raises InputError as soon as they are more than a manuscript holds."""
    tables = cells = 0
    for blocks, piece in enumerate(pieces, start=1):
        if isinstance(piece, GridPiece):
            tables, cells = tables + 1, cells + len(piece.cells)
        if blocks > MOST_BLOCKS or tables > MOST_TABLES or cells > MOST_CELLS:
            found = f"more than {MOST_BLOCKS} paragraphs, {MOST_TABLES} tables or {MOST_CELLS} cells"
            raise too_large(file, found, "a manuscript")
        yield piece


def grid_of(rows: list[list[str]], page: int | None = None, caption: str = "", damaged: str = "") -> GridPiece:
    """Return rows of texts as a grid; leading spaces of a row's first text are its indent.

    Examples:
        >>> [cell.indent for cell in grid_of([["Sex", ""], ["  Male", "5"]]).cells]
        [0.0, 0.0, 2.0, 0.0]
    """
    cells = []
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            indent = float(len(text) - len(text.lstrip())) if column == 0 else 0.0
            cells.append(GridCell(text.strip(), number, column, indent=indent))
    return GridPiece(cells, page, caption, damaged=damaged)
