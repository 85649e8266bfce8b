"""Harrell's concordance between a risk score and survival."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engager.statistics.arrays import AnyArray, IntArray, codes, numbers, same_length, times
from engager.statistics.counts import distinct_times
from engager.statistics.strata import rows_of_strata


def concordance(time: ArrayLike, event: ArrayLike, score: ArrayLike, *, strata: ArrayLike | None = None) -> float:
    """Return the share of comparable pairs in which the one with the higher score has the event first.

    A pair is comparable where the earlier time is an event; at one time an event comes before censoring, and two
    events are not compared. Equal scores count one half. Pairs are within strata.

    Args:
        time: times of shape (n,), at least 0.
        event: 1 for an event, 0 for censoring, shape (n,).
        score: finite numbers of shape (n,), higher for a worse outlook.
        strata: labels of shape (n,).

    Returns:
        The concordance; NaN without a comparable pair.

    Raises:
        StatisticsError: as `kaplan_meier`.

    References:
        Harrell, Lee and Mark 1996.

    Examples:
        >>> concordance([1, 2, 3], [1, 1, 0], [3, 1, 2])
        0.6666666666666666
    """
    time, event, score = times(time), codes(event, "event", highest=1), numbers(score, "score")
    same_length(time=time, event=event, score=score)
    index = distinct_times(time)[1]
    # An event leaves just before the censored of its time.
    place = 2 * index + (event == 0)
    parts = [_pairs(place[rows], event[rows], score[rows]) for rows in rows_of_strata(strata, time.size)]
    found = np.sum(parts, axis=0)
    return float((found[0] + found[1] / 2) / found[2]) if found[2] else float("nan")


def _pairs(place: AnyArray, event: AnyArray, score: AnyArray) -> tuple[int, int, int]:
    """Return how many pairs are concordant, tied in the score, and comparable, within one stratum."""
    order = np.argsort(place, kind="stable")
    place, rank = place[order], np.unique(score[order], return_inverse=True)[1]
    events = np.flatnonzero(event[order])
    later = np.searchsorted(place, place[events], side="right")
    tied = _among_later(rank, np.ones(rank.size, dtype=np.bool_), events, later)
    return _lower_and_later(rank, events, later), tied, int((rank.size - later).sum())


def _lower_and_later(rank: IntArray, events: IntArray, later: IntArray) -> int:
    """Return how many rows of a lower rank stand at `later` or behind it, summed over the events.

    The lower of two numbers has a 0 where they first differ in their binary digits, the higher a 1: so every digit asks
    for the later zeros among the numbers that have the same digits before it, which is a count in one sort.
    """
    found = 0
    for digit in range(int(rank.max()).bit_length()):
        ones = rank[events] >> digit & 1 == 1
        found += _among_later(rank >> digit + 1, rank >> digit & 1 == 0, events[ones], later[ones])
    return found


def _among_later(kind: IntArray, counted: NDArray[np.bool_], events: IntArray, later: IntArray) -> int:
    """Return how many counted rows of an event's own kind stand at `later` or behind it, summed over the events."""
    key = np.sort((kind * kind.size + np.arange(kind.size))[counted])
    own = kind[events] * kind.size
    # A kind has the keys from its number times the size on; `later` may be the size itself, where nobody is left.
    return int((np.searchsorted(key, own + kind.size) - np.searchsorted(key, own + later)).sum())
