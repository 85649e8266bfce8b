"""The exact partial likelihood of tied events, for time that is discrete in truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engager.statistics.arrays import AnyArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class ExactRiskSets:
    """One stratum: rows in the order of time; `starts` and `deaths` by distinct event time, `events` rows with one."""

    x: FloatArray
    starts: IntArray
    deaths: IntArray
    events: IntArray

    @classmethod
    def of(cls, time: FloatArray, event: AnyArray, x: FloatArray) -> ExactRiskSets | None:
        """Return the risk sets of checked arrays, or None without an event; times must be exactly equal to tie."""
        order = np.argsort(time, kind="stable")
        time, happened = time[order], np.flatnonzero(event[order])
        if happened.size == 0:
            return None
        times, deaths = np.unique(time[happened], return_counts=True)
        return cls(x[order], np.searchsorted(time, times), deaths, happened)

    def moments(self, beta: FloatArray, highest: int) -> list[FloatArray]:
        """Return the log weight of all sets of d of those at risk, and the moments of their sum of x, by event time.

        A set weighs exp(sum of x beta) over its members; shapes (k,), (k, p), (k, p, p).
        """
        found = [
            self._over_subsets(start, deaths, beta) for start, deaths in zip(self.starts, self.deaths, strict=True)
        ]
        return [np.array(part) for part in zip(*found, strict=True)][: highest + 1]

    def _over_subsets(self, start: int, deaths: int, beta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """Return the three for one risk set by the recursion over its members: each is taken or left."""
        x = self.x[start:]
        score = x @ beta
        shift = float(score.max())
        p = beta.size
        total, first, second = np.zeros(deaths + 1), np.zeros((deaths + 1, p)), np.zeros((deaths + 1, p, p))
        total[0] = 1.0
        for row, weight in zip(x, np.exp(score - shift), strict=True):
            cross = first[:-1, :, None] * row
            taken = second[:-1] + cross + cross.transpose(0, 2, 1) + total[:-1, None, None] * np.outer(row, row)
            second[1:] += weight * taken
            first[1:] += weight * (first[:-1] + total[:-1, None] * row)
            total[1:] += weight * total[:-1]
        return float(np.log(total[-1])) + deaths * shift, first[-1] / total[-1], second[-1] / total[-1]
