"""A table in plain text: rows told from the values at their ends, columns from wide gaps or the count of values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from engager.audit.reading.headers import group_size
from engager.audit.reading.joining import Joiner
from engager.audit.reading.pieces import GridCell, GridPiece, Piece, TextPiece, grid_of
from engager.audit.reading.shapes import NOTE, is_value
from engager.audit.word_lists import words

if TYPE_CHECKING:
    from engager.audit.reading.lines import Line

_N = r"[<>≤≥~]?\s?[-−–]?\d+(?:[.,]\d+)*"
_TOKEN = re.compile(
    rf"(?:(?<=\s)|^)(?:{_N}\s?[(\[]\s*[<>≤≥]?\d[^()\[\]]*[)\]]|{_N}\s(?:of|/)\s\d+(?:\s?\([^()]*\d[^()]*\))?|\d+/\d+|"
    rf"{_N}\s?±\s?{_N}|{_N}\s?(?:[-–—]|to)\s?{_N}|{_N}\s?%|{_N}[*†‡§¶#]?|[–—-])$"
)
_GAP = re.compile(r"\s{2,}|\t+|\s*\|\s*")
_CONTINUED = re.compile(r"(?:[,+/&-]|\b(?:of|and|or|with|for|because|the|to|in|by))$")
_JOINING_WORDS = frozenset(
    words("""
    the a an of to from is are was were in on for with by as or and that who
""")
)
_OWN_STATISTIC = re.compile(r"(?:\bn\s?\(%\)|\((?:range|IQR|SD|%)\)|\(median\)|±\s?SD)\s*$", re.IGNORECASE)
_HEADS = re.compile(r"(?:\bn\.?|%\)?|:)$")
_HEAD_WORD = re.compile(r"^(?:Characteristics?|Variables?|Parameters?|Factors?|Merkmale?)\b")
DAMAGED = "the columns of this table are told from plain text"
UNTOLD = "the columns of this table cannot be told in plain text"
_FEWER = "this row has fewer values than the table has columns"


def table_of_lines(lines: Sequence[Line], joiner: Joiner) -> tuple[list[Piece], int]:
    """Return the pieces of a table whose caption opens the lines, and how many lines they took.

    The notes end at the first full stop behind which an empty line or nothing follows; where no line ends in a value
    the rows are kept as texts of one column.
    """
    caption_end = _caption_end(lines)
    notes_start = _notes_start(lines, caption_end)
    end = _notes_end(lines, notes_start)
    body = lines[caption_end:notes_start]
    caption = joiner.join(line.text.strip() for line in lines[:caption_end])
    if not body:
        return [TextPiece(caption, lines[0].page, role="caption")], max(end, 1)
    valued = any(_values(line.text, 1)[1] for line in body)
    grid = _grid(body) if valued else _untold(body)
    grid.damaged = DAMAGED if valued else UNTOLD
    grid.page, grid.caption = lines[0].page, caption
    notes = joiner.join(line.text.strip() for line in lines[notes_start:end])
    grid.notes = (notes,) if notes else ()
    return [grid], end


def _untold(body: Sequence[Line]) -> GridPiece:
    """Return lines of which no columns can be told as rows of one text each."""
    grid = grid_of([["", "text"], *(["", line.text.strip()] for line in body)])
    for cell in grid.cells:
        cell.head, cell.damaged = cell.row == 0, UNTOLD
    return grid


def _caption_end(lines: Sequence[Line]) -> int:
    """Return how many lines the caption takes: one, or more where the first does not close and none is empty."""
    end = 1
    bare = len(lines[0].text.strip()) < 12
    while end < len(lines) and not lines[end - 1].blanks_after and (bare or lines[end].text[:1].islower()):
        if _values(lines[end].text, 1)[1] or _GAP.search(lines[end].text.strip()):
            break
        bare = False
        end += 1
    return end


def _notes_start(lines: Sequence[Line], start: int) -> int:
    """Return where the notes begin: at the first line behind the last value that looks like prose."""
    last = max((index for index in range(start, len(lines)) if _is_row(lines[index].text)), default=start - 1)
    for index in range(start, len(lines)):
        text = lines[index].text.strip()
        if NOTE.match(text) and not _is_row(text):
            return index
        if index > last and (_is_prose(text) or lines[index - 1].blanks_after > 1):
            return index
    return len(lines)


def _is_prose(text: str) -> bool:
    joins = sum(word in _JOINING_WORDS for word in text.split())
    return (joins > 2 and not text[0].isdigit()) or bool(re.search(r"[a-z]{3,}[.;] [A-Za-z]|[a-z]{2}\.$", text))


def _is_row(text: str) -> bool:
    label, values = _values(text, 99)
    return bool(values) and len(label) < 90 and not (len(label.split()) > 9 and len(values) == 1)


def _notes_end(lines: Sequence[Line], start: int) -> int:
    for index in range(start, len(lines)):
        closed = lines[index].text.rstrip().endswith((".", ")"))
        if lines[index].blanks_after > 2 or (
            closed and lines[index].blanks_after and not _more_notes(lines, index + 1)
        ):
            return index + 1
    return len(lines)


def _more_notes(lines: Sequence[Line], index: int) -> bool:
    return index < len(lines) and bool(NOTE.match(lines[index].text.strip()))


def _values(text: str, most: int) -> tuple[str, list[str]]:
    """Return the label of a line, and its values from the left; at most so many are taken, from the right.

    Examples:
        >>> _values("0 19 (83)", 1), _values("No. of patients who 3 of 3 100", 9), _values("Sex, n (%)", 9)
        (('0', ['19 (83)']), ('No. of patients who', ['3 of 3', '100']), ('Sex, n (%)', []))
        >>> _values("cALL      6      2, 4-8", 9)
        ('cALL', ['6', '2, 4-8'])
    """
    first, *rest = (piece.strip() for piece in _GAP.split(text.strip()) if piece.strip())
    if rest and not all(map(is_value, rest)):
        return text.strip(), []
    values = rest[-most:]
    while len(values) < most and (match := _TOKEN.search(first)):
        values.insert(0, match[0].strip())
        first = first[: match.start()].rstrip()
        if not first:
            break
    return first, values


def _grid(body: Sequence[Line]) -> GridPiece:
    counts = Counter(len(values) for label, values in (_values(line.text, 99) for line in body) if values and label)
    width = counts.most_common(1)[0][0] if counts else 1
    if sum(counts.values()) > 1:
        width = max((count for count in counts if counts[count] > 1), default=width) if width > 1 else width
    first = next((index for index, line in enumerate(body) if _starts_body(body, index, width)), 0)
    head = _header(body[:first], width)
    depth = max((cell.row + 1 for cell in head), default=0)
    return GridPiece([*head, *_body(body[first:], width, depth)])


def _starts_body(body: Sequence[Line], index: int, width: int) -> bool:
    """Return whether the body begins at a line: the first row, or the section label above it."""
    label, values = _values(body[index].text, width)
    if values:
        return bool(label) and group_size(body[index].text) is None
    if index + 1 < len(body) and index and not body[index].text.startswith(" "):
        label, values = _values(body[index + 1].text, width)
        return bool(label) and len(values) == width and group_size(body[index].text) is None
    return False


def _header(lines: Sequence[Line], width: int) -> list[GridCell]:
    """Return the header cells: of each line that splits into as many parts as there are columns, or a share."""
    cells: list[GridCell] = []
    depth = 0
    for texts in _header_rows(lines, width):
        share = width // len(texts)
        cells += [
            GridCell(text, depth, 1 + number * share, columns=share, head=True) for number, text in enumerate(texts)
        ]
        depth += 1
    if cells:
        cells.append(GridCell("", 0, 0, rows=depth, head=True))
    return cells


def _header_rows(lines: Sequence[Line], width: int) -> list[list[str]]:
    rows: list[list[str]] = []
    chunk: list[str] = []
    chunks: list[str] = []
    for line in lines:
        parts = _header_parts(line.text, width)
        if (len(parts) > 1 and width % len(parts) == 0) or (parts and width == 1):
            rows.append(parts)
            continue
        if rows and len(parts) == 1 and _under(line.text, lines, rows[-1]) is not None:
            rows.append([""] * width)
            rows[-1][_under(line.text, lines, rows[-2]) or 0] = parts[0]
            continue
        chunk.append(line.text.strip())
        if line.blanks_after:
            chunks.append(" ".join(chunk))
            chunk = []
    chunks += [" ".join(chunk)] if chunk else []
    return [*rows, chunks[-width:]] if len(chunks) >= width > 1 else rows


def _header_parts(text: str, width: int) -> list[str]:
    parts = [part.strip() for part in _GAP.split(text.strip()) if part.strip()]
    if len(parts) == width + 1 and width > 1:
        return parts[1:]
    if len(parts) > 1:
        return parts
    sizes = re.findall(r"\([nN]\s?=\s?\d+\)(?:,\s*n\s*\(%\))?", text)
    if len(sizes) > 1:
        return sizes
    if width == 1:
        return [_HEAD_WORD.sub("", text.strip()).strip()]
    words = text.split()
    return words[-width:] if len(words) <= width + 2 and words[-1] in {"%", "P", "p"} else parts


def _under(text: str, lines: Sequence[Line], above: list[str]) -> int | None:
    """Return below which part of the header above a lone part stands, by their middles; None if below none."""
    if not text.startswith("   "):
        return None
    middle = (len(text) - len(text.lstrip()) + len(text)) / 2
    line = next((line.text for line in lines if all(part in line.text for part in above)), None)
    if line is None:
        return None
    middles = [line.index(part) + len(part) / 2 for part in above]
    return min(range(len(above)), key=lambda index: abs(middles[index] - middle))


def _body(lines: Sequence[Line], width: int, first: int) -> list[GridCell]:
    """Return the cells of the body; a row whose label tells its own statistic (`n (%)`) closes the section it is in."""
    cells: list[GridCell] = []
    waiting: list[Line] = []
    row, inside = first, False
    for line in lines:
        label, values = _values(line.text, width)
        if not values:
            waiting.append(line)
            continue
        if not label:
            label = " ".join(held.text.strip() for held in waiting)
            waiting = []
        else:
            label, waiting = _with_beginning(label, waiting)
        for section in waiting:
            cells.append(GridCell(section.text.strip(), row, 0, columns=width + 1))
            row, inside = row + 1, True
        waiting = []
        inside = inside and not _OWN_STATISTIC.search(label)
        cells += _row_cells(label, values, width, row, indent=float(inside))
        row += 1
    return cells


def _with_beginning(label: str, waiting: list[Line]) -> tuple[str, list[Line]]:
    """Return a label with the lines before it that it continues, and the lines that remain, which head sections."""
    waiting = list(waiting)
    while waiting and not _HEADS.search(waiting[-1].text.strip()) and _continues(label, waiting[-1].text.strip()):
        label = f"{waiting.pop().text.strip()} {label}"
    return label, waiting


def _continues(label: str, before: str) -> bool:
    return not (label[0].isupper() or label[0].isdigit()) or bool(_CONTINUED.search(before))


def _row_cells(label: str, values: list[str], width: int, row: int, indent: float) -> list[GridCell]:
    damaged = _FEWER if len(values) < width and width > 1 else ""
    cells = [GridCell(label, row, 0, indent=indent)]
    cells += [GridCell(text, row, 1 + number, damaged=damaged) for number, text in enumerate(values)]
    return cells + [GridCell("", row, 1 + number) for number in range(len(values), width)]
