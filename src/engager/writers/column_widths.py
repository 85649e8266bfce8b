"""How wide the columns of a table are on paper, estimated from their texts."""

from __future__ import annotations

from engager.figures.theme import text_width
from engager.tables.table import Table

_BOLD = 1.08  # how much wider than other type bold is
_LONGEST = 160.0  # points that a column wants at most


def column_widths(table: Table, room: float, *, size: float = 8.0, padding: float = 11.0) -> list[float]:
    """Return the width of each column in points, together `room`; `padding` is what the margins of a cell take.

    Each column gets what its longest word takes; what remains is shared by how much more its longest text takes.

    Examples:
        >>> table = Table("t", "T", ("n", "a remark of several words that may well take more than one line"), ())
        >>> [round(width) for width in column_widths(table, 200)]
        [17, 183]
    """
    least, whole = _least(table, size, padding), natural_widths(table, size=size, padding=padding)
    whole = [min(width, max(low, _LONGEST)) for width, low in zip(whole, least, strict=True)]
    more = [high - low + 1 for low, high in zip(least, whole, strict=True)]
    rest = max(0.0, room - sum(least))
    wanted = [low + rest * part / sum(more) for low, part in zip(least, more, strict=True)]
    return [width * room / sum(wanted) for width in wanted]


def fitting_widths(table: Table, room: float, *, size: float, padding: float) -> list[float] | None:
    """Return the widths of a table no wider than its texts; None where even the longest words find no room.

    Where the texts find no room, a column gets what grows with the root of its longest text, up to that, and never
    less than its longest word.
    """
    natural, least = natural_widths(table, size=size, padding=padding), _least(table, size, padding)
    if sum(least) > room:
        return None
    low, high = 0.0, max(natural) ** 0.5
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (middle, high) if sum(_cut(natural, least, middle)) <= room else (low, middle)
    return _cut(natural, least, low)


def _cut(natural: list[float], least: list[float], level: float) -> list[float]:
    return [min(wide, max(low, level * wide**0.5)) for wide, low in zip(natural, least, strict=True)]


def natural_widths(table: Table, *, size: float, padding: float) -> list[float]:
    """Return the width that each column takes where no line is broken, in points."""
    return [max(_width(text, size) for text in column) + padding for column in _columns(table)]


def _least(table: Table, size: float, padding: float) -> list[float]:
    words = ((word for text in column for word in text.split() or [""]) for column in _columns(table))
    return [max(_width(word, size) for word in column) + padding for column in words]


def _columns(table: Table) -> list[list[str]]:
    columns = [[name] for name in table.columns] or [[table.empty]]
    for row in table.rows:
        if len(row.cells) == len(columns):
            for number, (column, cell) in enumerate(zip(columns, row.cells, strict=True)):
                # An indented text takes as much more as it is set in.
                column.append("\u2014\u2014" + cell.text if row.indent and not number else cell.text)
    return columns


def _width(text: str, size: float) -> float:
    return text_width(text, size) * _BOLD
