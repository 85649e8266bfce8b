"""Cox's partial likelihood with its derivatives, ties after Efron or Breslow, by strata."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from engager.statistics.arrays import AnyArray, FloatArray, IntArray
from engager.statistics.conventions import Ties
from engager.statistics.counts import distinct_times
from engager.statistics.exact_likelihood import ExactRiskSets
from engager.statistics.strata import rows_of_strata


@dataclass(frozen=True, slots=True)
class RiskSets:
    """One stratum: rows in the order of time, from the first event on; those before are in no risk set.

    `starts` is the first row of each of the k distinct event times, whose risk set is the rows from there on.
    `events` lists the rows with an event, `tie` the index of their time, `tie_starts` the first of each time in
    that list, `fraction` what share of the tied events counts as gone when the event's turn comes: 0 to (d - 1) / d
    after Efron, 0 after Breslow.
    """

    x: FloatArray
    starts: IntArray
    events: IntArray
    tie: IntArray
    tie_starts: IntArray
    fraction: FloatArray
    time: FloatArray

    @classmethod
    def of(cls, time: FloatArray, event: AnyArray, x: FloatArray, ties: Ties) -> RiskSets | None:
        """Return the risk sets of checked arrays, or None without an event; times must be exactly equal to tie."""
        order = np.lexsort((event, time))
        time, happened = time[order], np.flatnonzero(event[order])
        if happened.size == 0:
            return None
        times, tie_starts, tied = np.unique(time[happened], return_index=True, return_counts=True)
        starts = np.searchsorted(time, times)
        turn = np.arange(happened.size) - np.repeat(tie_starts, tied)
        return cls(
            x=x[order][starts[0] :],
            starts=starts - starts[0],
            events=happened - starts[0],
            tie=np.repeat(np.arange(times.size), tied),
            tie_starts=tie_starts,
            fraction=turn / np.repeat(tied, tied) if ties == "efron" else np.zeros(happened.size),
            time=np.repeat(times, tied),
        )

    def moments(self, beta: FloatArray, highest: int) -> list[FloatArray]:
        """Return log of the weight sum and the raw moments 1 to `highest` of x over the risk set of every event.

        Shapes (m,), (m, p), (m, p, p), ...; weights are exp(x beta), less Efron's share of the tied events.
        """
        score = self.x @ beta
        shift = score.max()
        power = np.exp(score - shift)
        total = self._over_risk_sets(power)
        found: list[FloatArray] = [np.log(total) + shift]
        for order in range(1, highest + 1):
            power = power[..., None] * self.x.reshape(self.x.shape[0], *([1] * (order - 1)), -1)
            found.append(self._over_risk_sets(power) / total.reshape(-1, *([1] * order)))
        return found

    def _over_risk_sets(self, values: FloatArray) -> FloatArray:
        """Return the sum of the values over each event's risk set, shape (m, ...)."""
        at_risk = np.add.reduceat(values, self.starts)[::-1].cumsum(axis=0)[::-1]
        dying = np.add.reduceat(values[self.events], self.tie_starts)
        gone: FloatArray = self.fraction.reshape(-1, *([1] * (values.ndim - 1))) * dying[self.tie]
        return at_risk[self.tie] - gone


@dataclass(frozen=True, slots=True)
class Derivatives:
    """The log likelihood at a point, its gradient (p,), and its negative second derivative (p, p)."""

    value: float
    score: FloatArray
    information: FloatArray


def risk_sets(
    time: AnyArray, event: AnyArray, x: FloatArray, ties: Ties, strata: ArrayLike | None
) -> list[RiskSets | ExactRiskSets]:
    """Return the risk sets of every stratum that has an event, ties within the tolerance made exact."""
    distinct, index = distinct_times(time)
    exact = distinct[index]
    found = [
        ExactRiskSets.of(exact[rows], event[rows], x[rows])
        if ties == "exact"
        else RiskSets.of(exact[rows], event[rows], x[rows], ties)
        for rows in rows_of_strata(strata, time.size)
    ]
    return [sets for sets in found if sets is not None]


def derivatives(sets: Sequence[RiskSets | ExactRiskSets], beta: FloatArray, *, firth: bool = False) -> Derivatives:
    """Return the log partial likelihood with score and information; with `firth` the penalised ones.

    Firth's penalty adds half the log determinant of the information I to the likelihood, and to the score in
    direction r half the trace of I^-1 dI/dbeta_r, with dI/dbeta the third central moments. The information is not
    changed by it.

    References:
        Cox 1972; Efron 1977; Breslow 1974; Firth 1993; Heinze and Schemper 2001.
    """
    p = beta.size
    value, score, information, third = 0.0, np.zeros(p), np.zeros((p, p)), np.zeros((p, p, p))
    for stratum in sets:
        log_total, mean, square, *cube = stratum.moments(beta, 3 if firth else 2)
        dying = stratum.x[stratum.events]
        value += float((dying @ beta).sum() - log_total.sum())
        score += dying.sum(axis=0) - mean.sum(axis=0)
        information += square.sum(axis=0) - mean.T @ mean
        if firth:
            third += _third_central(mean, square, cube[0])
    if firth:
        value += float(np.linalg.slogdet(information)[1]) / 2
        score += np.einsum("st,rst->r", np.linalg.pinv(information), third) / 2
    return Derivatives(value, score, information)


def _third_central(mean: FloatArray, square: FloatArray, cube: FloatArray) -> FloatArray:
    """Return the sum over the events of the third central moments, shape (p, p, p)."""
    mixed = np.einsum("ers,et->rst", square, mean)
    others = mixed + mixed.transpose(0, 2, 1) + mixed.transpose(2, 1, 0)
    central: FloatArray = cube.sum(axis=0) - others + 2 * np.einsum("er,es,et->rst", mean, mean, mean)
    return central
