"""Pieces that go on over the end of a page: paragraphs and tables that a page's end broke are one again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from engager.audit.reading.pieces import GridCell, GridPiece, Piece, TextPiece
from engager.audit.reading.shapes import CAPTION

Places = list[tuple[float, float]]


def joined_over_pages(pages: Iterable[list[Piece]]) -> list[Piece]:
    """Return the pieces of all pages, the last of one and the first of the next joined where one goes on."""
    pieces: list[Piece] = []
    for page in pages:
        first = page[0] if page else None
        last = pieces[-1] if pieces else None
        if isinstance(last, GridPiece) and isinstance(first, GridPiece) and _goes_on(last, first):
            pieces[-1] = _joined_tables(last, first)
            pieces += page[1:]
        elif isinstance(last, TextPiece) and isinstance(first, TextPiece) and _text_goes_on(last, first):
            pieces[-1] = replace(last, text=f"{last.text} {first.text}")
            pieces += page[1:]
        else:
            pieces += page
    return [_aligned(piece, _places(piece)) if isinstance(piece, GridPiece) else piece for piece in pieces]


def _text_goes_on(last: TextPiece, first: TextPiece) -> bool:
    open_end = bool(last.text.strip()) and last.text.strip()[-1] not in ".!?:"
    return open_end and last.role == first.role and first.text.strip()[:1].islower()


def _goes_on(last: GridPiece, first: GridPiece) -> bool:
    """Return whether a table goes on with the one that ended the page before: it has no caption, or the same again."""
    again, same = CAPTION.match(first.caption), CAPTION.match(last.caption)
    if first.caption and not (again and same and again["number"] == same["number"]):
        return False
    return bool(first.cells) and _width(first) <= _width(last)


def _width(grid: GridPiece) -> int:
    return max((cell.column + cell.columns for cell in grid.cells), default=0)


def _places(grid: GridPiece) -> Places:
    """Return from where to where each column reaches; none where that cannot be told.

    The texts of a column stand over each other, and apart from those of the next.
    """
    rows = _rows(grid)
    width = max((len(cells) for cells in rows.values()), default=0)
    spans = sorted((cell.indent, cell.right) for cell in grid.cells if cell.right and cell.columns == 1)
    places: Places = []
    for low, high in spans:
        if places and low < places[-1][1] - 1:
            places[-1] = (places[-1][0], max(places[-1][1], high))
        else:
            places.append((low, high))
    return places if len(places) >= width else _of_full_rows(rows, width)


def _of_full_rows(rows: dict[int, list[GridCell]], width: int) -> Places:
    full = [cells for cells in rows.values() if len(cells) == width and all(cell.right for cell in cells)]
    if not full:
        return []
    return [(min(row[i].indent for row in full), max(row[i].right for row in full)) for i in range(width)]


def _rows(grid: GridPiece) -> dict[int, list[GridCell]]:
    rows: dict[int, list[GridCell]] = defaultdict(list)
    for cell in grid.cells:
        rows[cell.row].append(cell)
    return rows


def _aligned(grid: GridPiece, places: Places) -> GridPiece:
    """Return a table whose rows of too few cells have them where their texts stand: empty cells may have no tag."""
    if not places:
        return grid
    for cells in _rows(grid).values():
        short = sum(cell.columns for cell in cells) < len(places)
        if short and all(cell.right and cell.rows == 1 for cell in cells):
            _align(cells, places)
    return grid


def _align(cells: list[GridCell], places: Places) -> None:
    column = 0
    for count, cell in enumerate(cells):
        room = range(column, len(places) - (len(cells) - count) + 1)
        cell.column = max(room, key=lambda number: _overlap(cell, places[number]))
        column = cell.column + cell.columns


def _overlap(cell: GridCell, place: tuple[float, float]) -> float:
    """Return how much of a text stands in a column; below 0, how far from it."""
    return min(cell.right, place[1]) - max(cell.indent, place[0])


def _joined_tables(last: GridPiece, first: GridPiece) -> GridPiece:
    """Return both tables as one, without a header that is printed again; a row that was broken is whole again."""
    heads = {cell.text for cell in last.cells if cell.head}
    rows = _rows(_aligned(first, _places(last)))
    repeated = {row for row, cells in rows.items() if all(cell.head and cell.text in heads for cell in cells)}
    kept = [cell for cell in first.cells if cell.row not in repeated]
    if not kept:
        return last
    top, bottom = min(cell.row for cell in kept), max(cell.row + cell.rows for cell in last.cells)
    moved = [replace(cell, row=cell.row - top + bottom) for cell in kept]
    cells = last.cells + moved
    if _is_rest(moved, bottom):
        cells = _with_rest(cells, bottom)
    return replace(last, cells=cells)


def _is_rest(moved: list[GridCell], row: int) -> bool:
    """Return whether the first row of a page is the rest of the last one before: it has no label."""
    first = [cell for cell in moved if cell.row == row]
    return bool(first) and not any(cell.text for cell in first if cell.column == 0)


def _with_rest(cells: list[GridCell], row: int) -> list[GridCell]:
    above = {cell.column: cell for cell in cells if cell.row == row - 1}
    kept: list[GridCell] = []
    for cell in cells:
        if cell.row == row and cell.column in above:
            other = above[cell.column]
            other.text = f"{other.text} {cell.text}".strip()
        else:
            kept.append(replace(cell, row=cell.row - 1) if cell.row > row else cell)
    return kept
