"""The order in which a sparse matrix is eliminated without pivoting, and what that costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Entry = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Elimination:
    """The pivots in order, and the entries of the factors: those of the matrix, and what fills in."""

    order: tuple[int, ...]
    entries: tuple[Entry, ...]

    def below(self, pivot: int) -> list[int]:
        """Return the rows that the elimination of a pivot changes."""
        later = self.order[self.order.index(pivot) + 1 :]
        return [row for row in later if (row, pivot) in self._set]

    def right(self, pivot: int) -> list[int]:
        """Return the columns of a pivot's row that are eliminated after it."""
        later = self.order[self.order.index(pivot) + 1 :]
        return [column for column in later if (pivot, column) in self._set]

    @property
    def _set(self) -> frozenset[Entry]:
        return frozenset(self.entries)


def eliminate(size: int, entries: Iterable[Entry]) -> Elimination:
    """Return the elimination by Markowitz: next the diagonal entry with the fewest products, the first of equals.

    Examples:
        >>> arrow = [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 0), (2, 0)]
        >>> found = eliminate(3, arrow)
        >>> found.order, len(found.entries)
        ((1, 0, 2), 7)
    """
    present = {(at, at) for at in range(size)} | set(entries)
    left, order = list(range(size)), []
    while left:
        pivot = min(left, key=lambda at: (_products(at, left, present), at))
        left.remove(pivot)
        order.append(pivot)
        rows = [row for row in left if (row, pivot) in present]
        columns = [column for column in left if (pivot, column) in present]
        present |= {(row, column) for row in rows for column in columns}
    return Elimination(tuple(order), tuple(sorted(present)))


def _products(pivot: int, left: Iterable[int], present: set[Entry]) -> int:
    rows = sum((row, pivot) in present for row in left) - 1
    columns = sum((pivot, column) in present for column in left) - 1
    return rows * columns
