"""Groups and strata: the labels of a comparison, and its counts one stratum at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from engager.errors import StatisticsError
from engager.statistics.arrays import AnyArray, IntArray, grouping, same_length
from engager.statistics.counts import Counts, count_exits, distinct_times


def two_groups_or_more(group: ArrayLike) -> tuple[AnyArray, IntArray]:
    """Return the labels and indices of a grouping that has at least two groups.

    Examples:
        >>> two_groups_or_more(["b", "a", "b"])
        (array(['a', 'b'], dtype='<U1'), array([1, 0, 1]))
    """
    labels, index = grouping(group, "group")
    if labels.size < 2:
        raise StatisticsError(f"group: expected at least two groups, found only {labels[0]}")
    return labels, index


def rows_of_strata(strata: ArrayLike | None, size: int) -> list[IntArray]:
    """Return the rows of every stratum; all rows without strata.

    Examples:
        >>> rows_of_strata(["v", "u", "v"], 3)
        [array([1]), array([0, 2])]
    """
    if strata is None:
        return [np.arange(size)]
    labels, stratum = grouping(strata, "strata")
    if stratum.size != size:
        raise StatisticsError(f"expected arrays of one length, found time {size}, strata {stratum.size}")
    # Numbers of 16 bits are sorted by counting.
    narrow = stratum.astype(np.uint16) if labels.size < 1 << 16 else stratum
    order = np.argsort(narrow, kind="stable")
    return np.split(order, np.cumsum(np.bincount(stratum))[:-1])


def counts_by_stratum(
    time: AnyArray, code: AnyArray, n_codes: int, group: IntArray, strata: ArrayLike | None
) -> Iterator[Counts]:
    """Yield the counts of checked arrays for every stratum, each with all the groups.

    Examples:
        >>> time, code, group = np.array([5, 8, 5]), np.array([1, 0, 0]), np.array([0, 1, 0])
        >>> [counts.exits.shape for counts in counts_by_stratum(time, code, 2, group, ["u", "v", "u"])]
        [(2, 2, 1), (2, 2, 1)]
    """
    same_length(time=time, code=code, group=group)
    groups = int(group.max()) + 1
    if strata is None:
        yield count_exits(time, code, n_codes, group, groups)
        return
    if time.dtype.kind == "f":
        # Tied within the tolerance over all strata at once, then counted by the index of the distinct time.
        time = distinct_times(time)[1]
    for rows in rows_of_strata(strata, time.size):
        yield count_exits(time[rows], code[rows], n_codes, group[rows], groups)
