"""All tables with given margins, gone through column by column, for Fisher's test of any size.

A table's weight is the product over its columns of (column total)! / product of the cells' factorials; over all
tables with the margins these weights sum to n! / product of the row totals' factorials. The columns are split in
two halves. Each half is worked through with the row sums so far as the state, and partial tables of the same
state and weight are merged; then every left part meets, by one search, the right parts that leave the whole no more
likely than the table observed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engager.errors import StatisticsError
from engager.statistics.arrays import FloatArray, IntArray

_MERGED = 1e-10
_AS_RARE = 1e-7
_MOST_PARTIAL_TABLES = 60_000_000
_CHUNK = 2_000_000


@dataclass(frozen=True, slots=True)
class _Parts:
    """Partial tables: the row sums as one number, the log weight of a table, how many tables are merged in it."""

    state: IntArray
    log_weight: FloatArray
    tables: FloatArray


def share_as_rare(counts: IntArray) -> float:
    """Return the chance, given the margins, of a table no more likely than the one observed.

    Raises:
        StatisticsError: more partial tables than can be gone through.

    Examples:
        >>> round(share_as_rare(np.array([[2, 2, 2], [2, 2, 2]])), 12)
        1.0
    """
    from scipy.special import gammaln

    counts = counts[np.ix_(counts.any(axis=1), counts.any(axis=0))]
    counts = counts if counts.shape[0] <= counts.shape[1] else counts.T
    if counts.shape[0] < 2:
        return 1.0
    log_factorial = gammaln(np.arange(counts.sum() + 1) + 1.0)
    rows, columns = counts.sum(axis=1), np.sort(counts.sum(axis=0))
    observed = float(log_factorial[columns].sum() - log_factorial[counts].sum())
    total = float(log_factorial[-1] - log_factorial[rows].sum())
    left, right = (_half(half, rows, log_factorial) for half in _halves(columns))
    return min(1.0, _joined(left, right, rows, observed + _AS_RARE, total))


def _halves(columns: IntArray) -> tuple[IntArray, IntArray]:
    """Return the columns in two halves: the largest goes with the smaller ones, so that the halves weigh alike."""
    return columns[1::2], columns[0::2]


def _place_values(rows: IntArray) -> IntArray:
    """Return the factors that make one number of a vector of row sums, none above its row total."""
    return np.concatenate(([1], np.cumprod(rows[:-1] + 1))).astype(np.intp)


def _half(columns: IntArray, rows: IntArray, log_factorial: FloatArray) -> _Parts:
    """Return all partial tables of some columns whose row sums nowhere exceed the row totals."""
    places = _place_values(rows)
    parts = _Parts(np.zeros(1, dtype=np.intp), np.zeros(1), np.ones(1))
    for column in columns:
        cells = _compositions(int(column), rows)
        log_weight = log_factorial[column] - log_factorial[cells].sum(axis=1)
        if parts.state.size * cells.shape[0] > _MOST_PARTIAL_TABLES:
            raise StatisticsError(
                f"table: expected at most {_MOST_PARTIAL_TABLES:,} partial tables for the exact test, found "
                f"{parts.state.size * cells.shape[0]:,}; use chi_squared"
            )
        merged = [
            _merged(_extended(chunk, cells, log_weight, rows, places))
            for chunk in _chunks(parts, max(1, _CHUNK // cells.shape[0]))
        ]
        parts = _merged(_stacked(merged))
    return parts


def _chunks(parts: _Parts, size: int) -> Iterator[_Parts]:
    """Yield the parts in pieces, to bound the memory of the next step."""
    for low, high in pairwise([*range(0, parts.state.size, size), parts.state.size]):
        yield _Parts(parts.state[low:high], parts.log_weight[low:high], parts.tables[low:high])


def _stacked(parts: list[_Parts]) -> _Parts:
    return _Parts(
        np.concatenate([part.state for part in parts]),
        np.concatenate([part.log_weight for part in parts]),
        np.concatenate([part.tables for part in parts]),
    )


def _compositions(total: int, limits: IntArray) -> IntArray:
    """Return all ways to write the total as a sum of one number per limit, none above it: shape (ways, limits)."""
    ways, used = np.zeros((1, 0), dtype=np.intp), np.zeros(1, dtype=np.intp)
    room_after = limits[::-1].cumsum()[::-1] - limits
    for limit, room in zip(limits, room_after, strict=True):
        choices = np.arange(min(int(limit), total) + 1)
        sums = used[:, None] + choices
        way, choice = np.nonzero((sums <= total) & (sums + room >= total))
        ways, used = np.column_stack((ways[way], choices[choice])), sums[way, choice]
    return ways


def _extended(parts: _Parts, cells: IntArray, log_weight: FloatArray, rows: IntArray, places: IntArray) -> _Parts:
    """Return the parts with every possible next column."""
    fits = np.ones((parts.state.size, cells.shape[0]), dtype=np.bool_)
    for row, place in enumerate(places):
        sums = parts.state // place % (rows[row] + 1)
        fits &= sums[:, None] + cells[:, row] <= rows[row]
    part, cell = np.nonzero(fits)
    return _Parts(
        parts.state[part] + (cells @ places)[cell], parts.log_weight[part] + log_weight[cell], parts.tables[part]
    )


def _merged(parts: _Parts) -> _Parts:
    """Return the parts with those of one state and one weight counted together, sorted by state and weight."""
    order = np.lexsort((parts.log_weight, parts.state))
    state, log_weight = parts.state[order], parts.log_weight[order]
    first = np.ones(state.size, dtype=np.bool_)
    first[1:] = (np.diff(state) != 0) | (np.diff(log_weight) > _MERGED)
    starts = np.flatnonzero(first)
    return _Parts(state[starts], log_weight[starts], np.add.reduceat(parts.tables[order], starts))


def _joined(left: _Parts, right: _Parts, rows: IntArray, most: float, total: float) -> float:
    """Return the summed chance of whole tables whose log weight is at most `most`."""
    whole = int(rows @ _place_values(rows))
    states, starts = np.unique(right.state, return_index=True)
    bounds = np.append(starts, right.state.size)
    shift = right.log_weight.max()
    weight = right.tables * np.exp(right.log_weight - shift)
    chance = 0.0
    # The left parts are in the order of their states, as `_merged` leaves them.
    left_states, left_starts = np.unique(left.state, return_index=True)
    for state, low, high in zip(left_states, left_starts, [*left_starts[1:], left.state.size], strict=True):
        partner = int(np.searchsorted(states, whole - state))
        inside = slice(bounds[partner], bounds[partner + 1])
        # Summed within the state: one running sum over all states would lose the small ones to rounding.
        sums = np.concatenate(([0.0], np.cumsum(weight[inside])))
        reach = most - left.log_weight[low:high]
        rare = sums[np.searchsorted(right.log_weight[inside], reach, side="right")]
        chance += float(np.sum(left.tables[low:high] * rare * np.exp(left.log_weight[low:high] + shift - total)))
    return chance
