"""Which counts a published table has to hide, so that no small one can be read or worked out.

A table with its totals, the totals taken negative, is a matrix whose rows and columns all sum to nought. A hidden cell
is safe where three more hidden cells make a rectangle with it along which one patient can be moved, no count falling
below nought: then another table has the same shown cells and the same sums, and a reader cannot tell the two apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

Cell = tuple[int, int]


def hidden_cells(counts: Sequence[Sequence[int]], limit: int, also: Iterable[Cell] = ()) -> frozenset[Cell]:
    """Return the cells to hide of a table of counts whose totals are shown, by row and column.

    The row and the column behind the last are the totals. Hidden are counts from 1 to below `limit`, the cells of
    `also`, and the fewest patients beside them that keep each from being worked out.

    Examples:
        >>> sorted(hidden_cells([[20, 3], [9, 12]], 5))
        [(0, 0), (0, 1), (1, 0), (1, 1)]
        >>> hidden_cells([[20, 0], [9, 12]], 5)
        frozenset()
    """
    table = _with_totals(counts)
    places = list(product(range(len(table)), range(len(table[0]))))
    small = [place for place in places if 0 < abs(_at(table, place)) < limit]
    protected = list(dict.fromkeys([*small, *also]))
    hidden = set(protected)
    # The largest first: what is hidden for it may make the smaller ones safe.
    for place in sorted(protected, key=lambda place: -abs(_at(table, place))):
        if not any(_movable(table, corners) for corners in _rectangles(table, place) if hidden.issuperset(corners)):
            hidden.update(_cheapest(table, place, hidden))
    return frozenset(hidden)


def _with_totals(counts: Sequence[Sequence[int]]) -> list[list[int]]:
    rows = [[*row, -sum(row)] for row in counts]
    return [*rows, [-sum(column) for column in zip(*rows, strict=True)]]


def _at(table: list[list[int]], place: Cell) -> int:
    return table[place[0]][place[1]]


def _rectangles(table: list[list[int]], place: Cell) -> Iterator[tuple[Cell, Cell, Cell, Cell]]:
    """Yield the rectangles with a corner at a place, corner by corner around it."""
    row, column = place
    for other_row, other_column in product(range(len(table)), range(len(table[0]))):
        if other_row != row and other_column != column:
            yield place, (row, other_column), (other_row, other_column), (other_row, column)


def _movable(table: list[list[int]], corners: Sequence[Cell]) -> bool:
    """Tell whether one patient can be moved around a rectangle, in one sense or the other."""
    return any(
        all(_allowed(table, corner, step if place % 2 == 0 else -step) for place, corner in enumerate(corners))
        for step in (1, -1)
    )


def _allowed(table: list[list[int]], place: Cell, step: int) -> bool:
    """Tell whether a count, or a total with its sign, stays a count when it changes by one."""
    of_row, of_column = place[0] == len(table) - 1, place[1] == len(table[0]) - 1
    sign = -1 if of_row != of_column else 1
    return sign * (_at(table, place) + step) >= 0


def _cheapest(table: list[list[int]], place: Cell, hidden: set[Cell]) -> Sequence[Cell]:
    """Return the rectangle that hides the fewest totals more, and of those the fewest patients."""

    def cost(corners: Sequence[Cell]) -> tuple[int, int]:
        more = [corner for corner in corners if corner not in hidden]
        totals = sum((row == len(table) - 1) + (column == len(table[0]) - 1) for row, column in more)
        return totals, sum(abs(_at(table, corner)) for corner in more)

    # A place of nobody may have no way around it, and needs none.
    return min((way for way in _rectangles(table, place) if _movable(table, way)), key=cost, default=(place,))
