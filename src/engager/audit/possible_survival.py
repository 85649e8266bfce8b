"""Which Kaplan-Meier probabilities n patients can have, given how many had the event and when the others left."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

# Interleavings grow as a binomial coefficient; up to here all of them are gone through.
MOST = 16


def final_probabilities(n: int, events: int) -> frozenset[Fraction]:
    """Return every value that the curve of n patients can end with after `events` events, the others censored.

    All orders of events and censored times are gone through; ties change nothing, because the factors of one day
    multiply to the same. ValueError for more than `MOST` patients or more events than patients.

    Examples:
        >>> sorted(final_probabilities(3, 2))
        [Fraction(0, 1), Fraction(1, 3)]
        >>> Fraction(8, 27) in final_probabilities(9, 6)
        True
    """
    if not 0 <= events <= n <= MOST:
        raise ValueError(f"expected 0 <= events <= n <= {MOST}, found {events} and {n}")
    table: dict[int, set[Fraction]] = {0: {Fraction(1)}}
    for at_risk in range(n, 0, -1):
        table = _step(table, at_risk, events)
    return frozenset(table[events])


def _step(table: dict[int, set[Fraction]], at_risk: int, most: int) -> dict[int, set[Fraction]]:
    """Return the values by number of events after one more patient had the event or left."""
    after: dict[int, set[Fraction]] = {}
    for happened, values in table.items():
        after.setdefault(happened, set()).update(values)
        if happened < most:
            factor = Fraction(at_risk - 1, at_risk)
            after.setdefault(happened + 1, set()).update(value * factor for value in values)
    return after


def probability_after(times: Iterable[tuple[Fraction, bool]], until: Fraction | None = None) -> Fraction:
    """Return the Kaplan-Meier probability at `until` (by default the end) of (time, event) pairs, exactly.

    Events come before censored times of the same day.

    Examples:
        >>> probability_after([(Fraction(5), True), (Fraction(8), False), (Fraction(9), True)])
        Fraction(0, 1)
    """
    ordered = sorted(times, key=lambda pair: (pair[0], not pair[1]))
    survival, at_risk = Fraction(1), len(ordered)
    for time, event in ordered:
        if until is not None and time > until:
            break
        if event:
            survival *= Fraction(at_risk - 1, at_risk)
        at_risk -= 1
    return survival
