"""What a printed number can stand for: every way of rounding that people and programs use, in exact arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from enum import IntEnum
from fractions import Fraction
from itertools import islice
from math import ceil, floor
from types import MappingProxyType
from typing import Final

CONVENTIONS: Final = MappingProxyType(
    {
        "half up": ROUND_HALF_UP,
        "half to even": ROUND_HALF_EVEN,
        "half down": ROUND_HALF_DOWN,
        "truncation": ROUND_DOWN,
        "always up": ROUND_UP,
    }
)
"""The conventions by name: the first three give the nearest number and differ at a tie only."""


# Enough to show, and to know that there are any.
_LISTED = 100


class Fit(IntEnum):
    """How a printed number goes with an exact one, the best first."""

    NEAREST = 0  # some convention that rounds to the nearest prints it
    CUT = 1  # only truncation, rounding up throughout, or rounding twice prints it
    NONE = 2  # no convention prints it


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as printed, with its decimals; `bound` is the sign before it, as in `<0.1`.

    Examples:
        >>> Printed(Decimal("12"), 0).fit(Fraction(100, 8)), Printed(Decimal("13"), 0).fit(Fraction(100, 8))
        (<Fit.NEAREST: 0>, <Fit.NEAREST: 0>)
        >>> Printed(Decimal("78"), 0).fit(Fraction(1600, 23))
        <Fit.NONE: 2>
    """

    value: Decimal
    decimals: int
    bound: str = "="

    @property
    def unit(self) -> Fraction:
        """Return the value of the last decimal printed."""
        return Fraction(1, 10**self.decimals) if self.decimals >= 0 else Fraction(10**-self.decimals)

    @property
    def coarse(self) -> Fraction:
        """Return the unit that the print may have been rounded to: `42.0` can be a whole number written with a zero."""
        kept = self.decimals
        while kept > 0 and self.value == self.value.quantize(Decimal(1).scaleb(1 - kept)):
            kept -= 1
        return Fraction(1, 10**kept) if self.decimals > 0 else self.unit

    def fit(self, exact: Fraction) -> Fit:
        """Return how an exact value goes with the print.

        A tie goes with both of its neighbours. Less than one unit away is `CUT`, because truncation (downward),
        rounding up (upward) or a second rounding reaches that far; a whole unit or more is reached by nothing. A print
        that ends in zeros behind the point can have been rounded before they were written.
        """
        value = Fraction(self.value)
        if self.bound != "=":
            return self._bounded(exact, value)
        off = abs(exact - value)
        if 2 * off <= self.unit:
            return Fit.NEAREST
        return Fit.CUT if off < self.coarse else Fit.NONE

    def _bounded(self, exact: Fraction, value: Fraction) -> Fit:
        half = self.unit / 2
        if self.bound == "~":
            return Fit.NEAREST if abs(exact - value) <= max(half, abs(value) / 10) else Fit.CUT
        below = self.bound in ("<", "≤")
        beyond = exact - value if below else value - exact
        if beyond < 0 or (beyond == 0 and self.bound in ("≤", "≥")):
            return Fit.NEAREST
        return Fit.CUT if beyond <= half else Fit.NONE

    def low(self, fit: Fit = Fit.CUT) -> Fraction:
        """Return the least exact value that goes with the print (a bound that the value itself may not reach)."""
        return Fraction(self.value) - (self.unit / 2 if fit is Fit.NEAREST else self.coarse)

    def high(self, fit: Fit = Fit.CUT) -> Fraction:
        """Return the greatest exact value that goes with the print."""
        return Fraction(self.value) + (self.unit / 2 if fit is Fit.NEAREST else self.coarse)


def share(n: int, whole: int) -> Fraction:
    """Return n of a whole in percent, exactly.

    Examples:
        >>> share(1, 8)
        Fraction(25, 2)
    """
    return Fraction(100 * n, whole)


def rounded(exact: Fraction, decimals: int, convention: str = "half up") -> Decimal:
    """Return an exact value as a convention prints it.

    Examples:
        >>> [str(rounded(share(1, 8), 0, name)) for name in CONVENTIONS]
        ['13', '12', '12', '12', '13']
    """
    unit = Decimal(1).scaleb(-decimals)
    scaled = exact * 10**decimals
    # The part that is cut off matters only by its place against 0 and one half, so one digit stands for it.
    whole = floor(scaled)
    rest = scaled - whole
    digit = 0 if rest == 0 else 5 if 2 * rest == 1 else 3 if 2 * rest < 1 else 7
    return (Decimal(f"{whole}") + Decimal(digit) / 10).quantize(Decimal(1), CONVENTIONS[convention]) * unit


def wholes(n: int, percent: Printed, most: int, fit: Fit = Fit.CUT) -> tuple[int, ...]:
    """Return the numbers of patients, n to `most`, of whom n are the printed percentage; the first 100 of them.

    Examples:
        >>> wholes(2, Printed(Decimal("10"), 0), 23), wholes(3, Printed(Decimal("10.5"), 1), 1000)
        ((19, 20, 21, 22), ())
    """
    found = (whole for whole in _near(n, percent, most) if percent.fit(share(n, whole)) <= fit)
    return tuple(islice(found, _LISTED))


def _near(n: int, percent: Printed, most: int) -> Iterator[int]:
    low, high = percent.low(), percent.high()
    first = max(n, 1) if high <= 0 else max(n, 1, floor(Fraction(100 * n) / high))
    last = most if low <= 0 or percent.bound != "=" else min(most, ceil(Fraction(100 * n) / low))
    yield from range(first if percent.bound == "=" else max(n, 1), last + 1)


def counts(percent: Printed, whole: int, fit: Fit = Fit.CUT) -> tuple[int, ...]:
    """Return the counts of a whole that are the printed percentage.

    Examples:
        >>> counts(Printed(Decimal("41.2"), 1), 107, Fit.NEAREST), counts(Printed(Decimal("41.2"), 1), 107)
        ((), (44,))
    """
    if percent.bound != "=":
        near = range(whole + 1)
    else:
        first, last = percent.low() * whole / 100, percent.high() * whole / 100
        near = range(max(0, floor(first)), min(whole, ceil(last)) + 1)
    return tuple(n for n in near if percent.fit(share(n, whole)) <= fit)
