"""Harrell's concordance between a risk score and survival."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from engager.statistics.arrays import AnyArray, codes, numbers, same_length, times
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
    concordant = tied = comparable = 0
    for row in np.flatnonzero(event):
        later = score[place > place[row]]
        comparable += later.size
        concordant += int(np.count_nonzero(later < score[row]))
        tied += int(np.count_nonzero(later == score[row]))
    return concordant, tied, comparable
