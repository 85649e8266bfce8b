"""Ranks with ties, and the exact distribution of their sum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engager.statistics.arrays import AnyArray, FloatArray, IntArray


def midranks(values: AnyArray) -> tuple[FloatArray, IntArray]:
    """Return the ranks, tied values having the mean of their ranks, and the sizes of the tied sets.

    Examples:
        >>> midranks(np.array([3, 1, 3]))
        (array([2.5, 1. , 2.5]), array([1, 2]))
    """
    _, index, sizes = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(sizes)
    return (last - (sizes - 1) / 2)[index], sizes


@dataclass(frozen=True, slots=True)
class SubsetSums:
    """Ways to choose from whole-number scores: `ways[k][s]` counts the subsets of k with sum `least[k]` + s.

    The counts are floats: sums of positive numbers keep full relative precision even deep in the tails. They
    overflow beyond a thousand scores.
    """

    ways: list[FloatArray]
    least: IntArray

    @classmethod
    def of(cls, scores: IntArray, largest_subset: int) -> SubsetSums:
        """Return the distribution for every subset size up to the largest asked for.

        Examples:
            >>> sums = SubsetSums.of(np.array([1, 2, 3]), 2)
            >>> [ways.tolist() for ways in sums.ways], sums.least.tolist()
            ([[1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]], [0, 1, 3])
        """
        scores = np.sort(scores)
        limit = min(largest_subset, scores.size)
        least = np.concatenate(([0], np.cumsum(scores[:limit]))).astype(np.intp)
        highest = np.concatenate(([0], np.cumsum(scores[::-1][:limit]))).astype(np.intp)
        ways = [np.zeros(width + 1) for width in highest - least]
        ways[0][0] = 1.0
        span = np.zeros(limit + 1, dtype=np.intp)
        for taken, score in enumerate(scores):
            for k in range(min(taken + 1, limit), 0, -1):
                shift = score - scores[k - 1]
                reach = span[k - 1] + 1
                ways[k][shift : shift + reach] += ways[k - 1][:reach]
                span[k] = max(span[k], shift + span[k - 1])
        return cls(ways, least)


def whole_scores(ranks: FloatArray) -> tuple[IntArray, int]:
    """Return midranks as whole numbers, and the factor by which they were multiplied: 2 with halves, else 1.

    Examples:
        >>> whole_scores(np.array([1.5, 1.5, 3.0]))
        (array([3, 3, 6]), 2)
    """
    doubled = np.rint(2 * ranks).astype(np.intp)
    return (doubled, 2) if np.any(doubled % 2) else (doubled // 2, 1)


class SumDistribution:
    """The sum of `size` scores drawn at random without replacement, exactly.

    Examples:
        >>> drawn = SumDistribution(np.array([1, 2, 3, 4]), 2)
        >>> round(drawn.at_most(3), 12), round(drawn.at_least(6), 12)
        (0.166666666667, 0.333333333333)
    """

    def __init__(self, scores: IntArray, size: int) -> None:
        ordered = np.sort(scores)
        middle = ordered.size // 2
        # Two halves, joined at the end by one sum, cost an eighth of the whole.
        first, second = SubsetSums.of(ordered[:middle], size), SubsetSums.of(ordered[middle:], size)
        sizes = range(max(0, size - (ordered.size - middle)), min(size, middle) + 1)
        self._left = [first.ways[k] for k in sizes]
        self._right = [np.cumsum(second.ways[size - k]) for k in sizes]
        self._right_above = [np.cumsum(second.ways[size - k][::-1]) for k in sizes]
        self._base = [int(first.least[k] + second.least[size - k]) for k in sizes]
        self._whole = sum(float(left.sum() * right[-1]) for left, right in zip(self._left, self._right, strict=True))

    def at_most(self, value: int) -> float:
        """Return the chance of a sum of at most the value."""
        rooms = [value - base for base in self._base]
        return sum(map(_pairs_within, self._left, self._right, rooms)) / self._whole

    def at_least(self, value: int) -> float:
        """Return the chance of a sum of at least the value."""
        widths = [left.size + right.size - 2 for left, right in zip(self._left, self._right, strict=True)]
        rooms = [base + width - value for base, width in zip(self._base, widths, strict=True)]
        mirrored = [left[::-1] for left in self._left]
        return sum(map(_pairs_within, mirrored, self._right_above, rooms)) / self._whole


def _pairs_within(left: FloatArray, cumulative: FloatArray, room: int) -> float:
    """Return the sum of left[i] right[j] over i + j <= room, right given by its running sums."""
    # With i up to `full` every j fits; from there to `room` the running sum is read backwards.
    full = min(max(room - cumulative.size + 2, 0), left.size)
    found = float(left[:full].sum() * cumulative[-1])
    rest = left[full : room + 1] if room >= 0 else left[:0]
    if rest.size:
        first = room - full
        found += float(rest @ cumulative[first - rest.size + 1 : first + 1][::-1])
    return found
