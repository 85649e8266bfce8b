"""From a grid of cells to a table: which rows are the header, what heads each column, which sections rows stand in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engager.audit.manuscript import Cell, Column, Position, Row
from engager.audit.reading.headers import group_name, group_size
from engager.audit.reading.pieces import GridCell, GridPiece
from engager.audit.reading.shapes import WHAT_IS_TOLD, is_value

_MOST_HEADER_ROWS = 8


@dataclass(frozen=True, slots=True)
class _Place:
    """A place of the grid: the cell that covers it, and whether it is the cell's own, first place."""

    cell: GridCell
    own: bool


Line = list[_Place | None]


def columns_and_rows(piece: GridPiece, at: Position) -> tuple[tuple[Column, ...], tuple[Row, ...]]:
    """Return the columns of a grid with their headers, and the rows of its body.

    The header are the rows that the format marks as such, else those above the first with a value; the first row is
    always one. A row of one filled cell heads the rows beneath it; a row that is set in stands under the one above
    that is not.
    """
    lines = _lines(piece.cells)
    height = _header_height(lines)
    labels = _label_columns(piece, lines, height)
    width = max((len(line) for line in lines), default=0)
    columns = tuple(_column(index, lines[:height]) for index in range(width))
    columns = (_merged_label(columns[:labels]), *(_renumbered(columns[labels:]))) if width else ()
    return columns, _rows(lines[height:], labels, columns, at)


def _lines(cells: Sequence[GridCell]) -> list[Line]:
    """Return the grid as rows of places; a cell that spans stands in each place that it covers."""
    places: dict[int, dict[int, _Place]] = defaultdict(dict)
    for cell in cells:
        for row in range(cell.row, cell.row + cell.rows):
            for column in range(cell.column, cell.column + cell.columns):
                places[row].setdefault(column, _Place(cell, row == cell.row and column == cell.column))
    width = max((max(row) + 1 for row in places.values() if row), default=0)
    return [[places[row].get(column) for column in range(width)] for row in sorted(places)]


def _header_height(lines: list[Line]) -> int:
    marked = 0
    for line in lines[:_MOST_HEADER_ROWS]:
        if not any(place for place in line) or not all(place.cell.head for place in line if place):
            break
        if marked and _is_section(line):
            break
        marked += 1
    if marked == len(lines):
        marked = 0
    if marked:
        while marked < len(lines) - 1 and _says_what_is_told([place.cell.text for place in lines[marked][1:] if place]):
            marked += 1
        return marked
    height = 1
    while height < min(len(lines) - 1, _MOST_HEADER_ROWS) and _continues_header(lines, height):
        height += 1
    return min(height, len(lines))


def _continues_header(lines: list[Line], index: int) -> bool:
    """Return whether a row still belongs to the header: sizes, or parts of spanning heads, above the first value."""
    line = lines[index]
    texts = [place.cell.text for place in line if place]
    if any(is_value(text) for text in texts[1:]) or _is_section(line):
        return False
    if _says_what_is_told(texts[1:]):
        return True
    spans_above = any(place and place.cell.columns > 1 for place in lines[index - 1])
    covered = any(place and not place.own for place in line)
    sizes = any(group_size(text) is not None for text in texts)
    blank_label = bool(line) and (line[0] is None or not line[0].cell.text)
    return bool(any(texts[1:])) and (spans_above or covered or sizes or blank_label)


def _says_what_is_told(texts: Sequence[str]) -> bool:
    """Return whether a row says what its columns tell, `n | % | n | %`, so that it heads the rows beneath."""
    filled = [text for text in texts if text]
    # A row of N alone answers yes and no.
    answers = all(text in ("n", "N") for text in filled)
    return len(filled) > 1 and 2 * len(filled) > len(texts) and not answers and all(map(WHAT_IS_TOLD.match, filled))


def _is_section(line: Line) -> bool:
    """Return whether a row has one text only, in its first place or across the whole row."""
    filled = {id(place.cell): place for place in line if place and place.cell.text}
    if len(filled) != 1:
        return False
    place = next(iter(filled.values()))
    return place.cell.column == 0 and (len(line) > 1)


def _label_columns(piece: GridPiece, lines: list[Line], height: int) -> int:
    """Return how many columns label the rows: two where an upper label spans or stands above rows of lower ones."""
    if not lines or len(lines[0]) < 3:
        return min(piece.label_columns, 1)
    body = [line for line in lines[height:] if not _is_section(line)]
    spans = any(place and place.cell.column == 0 and place.cell.rows > 1 for line in body for place in line[:1])
    first, second = ([_text(line, column) for line in body] for column in (0, 1))
    blank = sum(not text for text in first)
    # A column without a head between blank labels and the values holds the labels, and these can be numbers.
    unheaded = not any(_text(line, 1) for line in lines[:height])
    labels = all(second) and (blank == len(first) if unheaded else not any(map(is_value, second)))
    stands_above = labels and 4 * blank >= len(first) > 3
    return 2 if stands_above or (spans and any(second) and not any(map(is_value, second))) else piece.label_columns


def _text(line: Line, column: int) -> str:
    place = line[column] if column < len(line) else None
    return place.cell.text if place else ""


def _column(index: int, head: list[Line]) -> Column:
    path: list[str] = []
    for line in head:
        place = line[index] if index < len(line) else None
        if place and place.cell.text and place.cell.text not in path[-1:]:
            path.append(place.cell.text)
    return _with_path(index, tuple(path))


def _with_path(index: int, path: tuple[str, ...]) -> Column:
    sizes = [size for size in map(group_size, path) if size is not None]
    names = tuple(name for name in map(group_name, path) if name)
    return Column(index, path, names, sizes[-1] if sizes else None)


def _merged_label(columns: Sequence[Column]) -> Column:
    path = tuple(dict.fromkeys(part for column in columns for part in column.path))
    return replace(_with_path(0, path), size=None)


def _renumbered(columns: Sequence[Column]) -> tuple[Column, ...]:
    return tuple(replace(column, index=number) for number, column in enumerate(columns, start=1))


@dataclass(slots=True)
class _Level:
    """A label that rows further in stand under; one that `heads` does so for rows as far in, too.

    It does not where a row further in was seen (`deeper`): the table then tells its sections by indents. One that says
    what is `told` beneath ends with the next label of the first column, where two columns label the rows.
    """

    text: str
    indent: float
    heads: bool
    deeper: bool = False
    fresh: bool = True
    told: bool = False


def _rows(lines: list[Line], labels: int, columns: tuple[Column, ...], at: Position) -> tuple[Row, ...]:
    levels: list[_Level] = []
    rows: list[Row] = []
    upper = ""
    sets_in = len({round(line[0].cell.indent) for line in lines if line and line[0] and line[0].cell.text}) > 1
    for line in lines:
        texts = [place.cell.text for place in line[:labels] if place and place.cell.text]
        first = line[0].cell if line and line[0] else None
        indent = first.indent if first else 0.0
        if _is_section(line) and texts:
            _close(levels, indent, section=True)
            levels.append(_Level(texts[0], indent, heads=True, fresh=not sets_in))
            upper = ""
            continue
        told = _told_beneath(line, labels)
        if told and rows:
            _close(levels, indent, section=True)
            levels.append(_Level(", ".join((*texts, told)), indent, heads=True, fresh=not sets_in, told=True))
            upper = ""
            continue
        if labels > 1 and _text(line, 0):
            levels = [level for level in levels if not level.told]
        _close(levels, indent, section=False)
        upper = _text(line, 0) or (upper if labels > 1 else "")
        path = tuple(level.text for level in levels) + tuple(texts[:-1] or ([upper] if labels > 1 and upper else []))
        label = texts[-1] if texts else ""
        rows.append(_row(len(rows) + 1, label, path, line[labels:], columns, at))
        if label:
            levels.append(_Level(label, indent, heads=False))
    return tuple(rows)


def _told_beneath(line: Line, labels: int) -> str:
    """Return what a row within a table says of the cells beneath, `Mean (SD)`; empty where it says nothing, or of some.

    A single sign can be a value: `n` for no, `P` for positive.
    """
    texts = {place.cell.text for place in line[labels:] if place and place.cell.text}
    told = next(iter(texts), "")
    return told if len(texts) == 1 and len(told) > 1 and WHAT_IS_TOLD.match(told) else ""


def _close(levels: list[_Level], indent: float, *, section: bool) -> None:
    """Drop the levels that a row with this indent does not stand under."""
    while levels:
        last = levels[-1]
        deeper = indent > last.indent
        if deeper or (last.heads and not last.deeper and indent == last.indent and (last.fresh or not section)):
            last.deeper, last.fresh = last.deeper or deeper, False
            return
        levels.pop()


def _row(
    index: int, label: str, section: tuple[str, ...], line: Line, columns: tuple[Column, ...], at: Position
) -> Row:
    place = replace(at, row=index, row_label=label)
    cells = []
    for column, found in zip(columns[1:], line, strict=True):
        where = replace(place, column=column.index, column_label=column.label)
        if found is None:
            cells.append(Cell("", column, where))
        else:
            cells.append(Cell(found.cell.text, column, where, (), found.cell.damaged, not found.own))
    return Row(index, label, section, tuple(cells), place)
