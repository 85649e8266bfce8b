"""How many leave the risk set at each distinct time, by group and by the way they leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engager.statistics.arrays import AnyArray, FloatArray, IntArray, ReadOnlyArrays

TIE_TOLERANCE = float(np.sqrt(np.finfo(np.float64).eps))
"""Two times closer than this, absolutely or relative to the mean of the distinct times, are one time."""

_CELLS_PER_OBSERVATION = 8
_CELLS_ALWAYS_ALLOWED = 1 << 20
_PIECE = 1 << 16


@dataclass(frozen=True, eq=False)
class Counts(ReadOnlyArrays):
    """Observations counted by group, code and distinct time.

    `time` holds the k distinct observed times of all groups together, ascending; `exits` has shape (groups, codes, k).
    """

    time: FloatArray
    exits: IntArray

    @property
    def at_risk(self) -> IntArray:
        """The number under observation just before each time, by group: shape (groups, k)."""
        leaving: IntArray = self.exits.sum(axis=1)
        return leaving[:, ::-1].cumsum(axis=1)[:, ::-1]


def count_exits(time: AnyArray, code: AnyArray, n_codes: int, group: IntArray | None = None, groups: int = 1) -> Counts:
    """Return the counts of checked arrays; whole-number times are counted by day, others are sorted once.

    Times closer than `TIE_TOLERANCE` are one time, the earliest of them, as in R's survival since version 3
    (0.1 + 0.2 and 0.3 are tied). The result does not depend on the order of the observations.

    Examples:
        >>> counts = count_exits(np.array([5, 8, 5]), np.array([1, 0, 0]), 2)
        >>> counts.time.tolist(), counts.exits.tolist(), counts.at_risk.tolist()
        ([5.0, 8.0], [[[1, 1], [1, 0]]], [[3, 1]])
    """
    day = _as_days(time, n_codes * groups)
    if day is None:
        distinct, day = distinct_times(time)
        return Counts(distinct, _tabulate(day, code, n_codes, group, (groups, n_codes, distinct.size)))
    table = _tabulate(day, code, n_codes, group, (groups, n_codes, int(day.max()) + 1))
    observed = np.flatnonzero(table.any(axis=(0, 1)))
    return Counts(observed.astype(np.float64), table[:, :, observed])


def _as_days(time: AnyArray, cells_per_day: int) -> AnyArray | None:
    """Return whole-number times as integers where a table by day is small beside the data, else None."""
    latest = float(time.max())
    if (latest + 1) * cells_per_day > max(_CELLS_ALWAYS_ALLOWED, _CELLS_PER_OBSERVATION * time.size):
        return None
    if time.dtype.kind in "iub":
        return time.astype(np.intp) if time.dtype == np.uint64 else time
    day = time.astype(np.int32)
    return day if np.array_equal(day, time) else None


def _tabulate(
    day: AnyArray, code: AnyArray, n_codes: int, group: IntArray | None, shape: tuple[int, int, int]
) -> IntArray:
    """Count the observations in every cell of a table of the given shape (groups, codes, days)."""
    cells = shape[0] * shape[1] * shape[2]
    table = np.zeros(cells, dtype=np.intp)
    # In pieces that stay in the processor's cache: the cell numbers themselves are never written to memory.
    size = min(day.size, max(_PIECE, 2 * cells))
    buffer = np.empty(size, dtype=np.intp)
    for low in range(0, day.size, size):
        piece = slice(low, low + size)
        cell = buffer[: code[piece].size]
        if group is None:
            np.multiply(code[piece], shape[2], out=cell, dtype=np.intp)
        else:
            np.multiply(group[piece], n_codes, out=cell)
            cell += code[piece]
            cell *= shape[2]
        cell += day[piece]
        table += np.bincount(cell, minlength=cells)
    return table.reshape(shape)


def distinct_times(time: AnyArray) -> tuple[FloatArray, IntArray]:
    """Return the distinct times, ascending, ties within `TIE_TOLERANCE` merged, and each observation's index.

    Examples:
        >>> distinct_times(np.array([0.1 + 0.2, 0.7, 0.3]))
        (array([0.3, 0.7]), array([0, 1, 0]))
    """
    distinct, index = np.unique(time.astype(np.float64, copy=False), return_inverse=True)
    gap = np.diff(distinct)
    apart: NDArray[np.bool_] = (gap > TIE_TOLERANCE) & (gap > TIE_TOLERANCE * np.abs(distinct).mean())
    first = np.concatenate(([True], apart))
    return distinct[first], (np.cumsum(first) - 1)[index]
