"""The variance of the Aalen-Johansen estimate, in two definitions, both in time linear in the distinct times.

Each is a quadratic polynomial in F(t), the incidence at the time asked for, whose coefficients are sums over the
times up to t; so one pass of running sums serves every t.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from engager.statistics.arrays import FloatArray, IntArray


def aalen_variance(exits: IntArray, at_risk: IntArray, survival: FloatArray, incidence: FloatArray) -> FloatArray:
    """Return Aalen's variance of every incidence at every time, shape (causes, k).

    With n at risk at time u, d events of all causes, d_j of the cause and e of all others, and v(d) =
    d (1 - (d - 1) / (n - 1)) the variance of a counting process with tied events, the sum over the times u <= t of
    v(d_j) (S(u-) / n - (F(t) - F(u)) / (n - d))^2 + v(e) ((F(t) - F(u)) / (n - d))^2: the cause and the others tied
    at one time count as independent.

    Args:
        exits: counts by code (row 0 censored) and time, shape (causes + 1, k).
        at_risk: shape (k,).
        survival: shape (k,).
        incidence: shape (causes, k).

    References:
        Aalen 1978; Pintilie 2006, section 4.2.
    """
    events, n = exits[1:], at_risk.astype(np.float64)
    total, before = events.sum(axis=0), np.concatenate(([1.0], survival[:-1]))
    # After n = d nothing is left to rise, so F(t) - F(u) is 0; a single event is not tied, even where n = 1.
    left = np.where(n > total, n - total, np.inf)
    others = np.where(n > 1, n - 1, np.inf)
    rest = total - events
    spread = events * (1 - (events - 1) / others)
    square = (spread + rest * (1 - (rest - 1) / others)) / left**2
    own = spread * (before / n) ** 2
    mixed = spread * before / (n * left)

    def variance(f: FloatArray) -> FloatArray:
        found: FloatArray = (
            f**2 * np.cumsum(square, axis=1)
            - 2 * f * np.cumsum(square * f + mixed, axis=1)
            + np.cumsum(square * f**2 + own + 2 * mixed * f, axis=1)
        )
        return found

    return _from_the_nearer_end(incidence, variance)


def jackknife_variance(exits: IntArray, at_risk: IntArray, survival: FloatArray, incidence: FloatArray) -> FloatArray:
    """Return the infinitesimal-jackknife variance, shape (causes, k); arguments as in `aalen_variance`.

    The sum over the observations of the squared derivative of F(t) by the observation's weight. One that leaves at
    s <= t with code c has the derivative

    S(s-) 1{c = j} / n(s) - 1{c > 0} (F(t) - F(s)) / (n(s) - d(s)) - P(s) - R(s) + F(t) Q(s),

    with P, Q, R the sums to s of S(u-) d_j / n^2, d / (n (n - d)) and F d / (n (n - d)); one still at risk after t
    has the last three terms at t.

    References:
        Jaeckel 1972; Therneau, Crowson and Atkinson 2020.
    """
    n = at_risk.astype(np.float64)
    before = np.concatenate(([1.0], survival[:-1]))
    return np.array(
        [
            _from_the_nearer_end(incidence[row], partial(_jackknife_of, row + 1, exits, n, before))
            for row in range(len(exits) - 1)
        ]
    )


def _jackknife_of(cause: int, exits: IntArray, n: FloatArray, before: FloatArray, incidence: FloatArray) -> FloatArray:
    """Return the variance for one cause at every time, from its incidence up to a constant."""
    total = exits[1:].sum(axis=0)
    left = np.where(n > total, n - total, np.inf)
    hazard = total / (n * left)
    slope = np.cumsum(hazard)
    constant = -np.cumsum(before * exits[cause] / n**2) - np.cumsum(hazard * incidence)
    staying = (n - exits.sum(axis=0)) * (constant + slope * incidence) ** 2
    squares = np.zeros((3, n.size))
    for code, leaving in enumerate(exits):
        fixed = constant + (before / n if code == cause else 0.0)
        rising = slope
        if code > 0:
            fixed, rising = fixed + incidence / left, slope - 1 / left
        squares += np.cumsum(leaving * np.array([fixed**2, fixed * rising, rising**2]), axis=1)
    variance: FloatArray = staying + squares[0] + 2 * incidence * squares[1] + incidence**2 * squares[2]
    return variance


def _from_the_nearer_end(incidence: FloatArray, variance: Callable[[FloatArray], FloatArray]) -> FloatArray:
    """Return a variance that is a quadratic polynomial in F(t), from 0 at first and from the last F later on.

    Only differences of incidences enter, so F may be counted from anywhere. Where the variance is small, F is close to
    0 or to its last value; counted from there the terms are small too, and do not cancel to nothing but rounding.
    """
    rest = incidence - incidence[..., -1:]
    return np.where(incidence < -rest, variance(incidence), variance(rest))


Variance = Callable[[IntArray, IntArray, FloatArray, FloatArray], FloatArray]
VARIANCES: Mapping[str, Variance] = {"aalen": aalen_variance, "jackknife": jackknife_variance}
"""The variances by name."""
