"""Which means and standard deviations whole numbers can have (GRIM and GRIMMER), in exact arithmetic.

References: Brown and Heathers 2017 (GRIM); Anaya 2016 and Allard 2018 (GRIMMER).
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from engager.audit.rounding import Fit, Printed

# Beyond this many values every mean with the decimals that papers print is possible.
_MOST = 100_000


def possible_sums(mean: Printed, n: int) -> tuple[int, ...]:
    """Return the sums of n whole numbers whose mean prints as told under some convention; empty if there is none.

    Examples:
        >>> from decimal import Decimal
        >>> possible_sums(Printed(Decimal("3.45"), 2), 20), possible_sums(Printed(Decimal("3.44"), 2), 18)
        ((69,), (62,))
        >>> possible_sums(Printed(Decimal("3.47"), 2), 18)
        ()
    """
    low, high = mean.low() * n, mean.high() * n
    return tuple(total for total in range(floor(low), ceil(high) + 1) if mean.fit(Fraction(total, n)) is not Fit.NONE)


def is_decidable(mean: Printed, n: int) -> bool:
    """Return whether some mean with these decimals is impossible for n values: fewer values than steps of it."""
    return bool(0 < n < min(_MOST, 10**mean.decimals))


def possible_squares(mean: Printed, spread: Printed, n: int) -> tuple[tuple[int, int], ...]:
    """Return (sum, sum of squares) of n whole numbers that print as this mean and standard deviation.

    A sum of squares has the parity of the sum, and is at least that of n numbers as equal as they can be; both are
    necessary, so what is refused is impossible, and what is returned may still be. The standard deviation is that of a
    sample (n - 1) or of a population (n).

    Examples:
        >>> from decimal import Decimal
        >>> bool(possible_squares(Printed(Decimal("2.5"), 1), Printed(Decimal("1.3"), 1), 4))
        True
        >>> possible_squares(Printed(Decimal("2.50"), 2), Printed(Decimal("0.41"), 2), 4)
        ()
    """
    found = []
    low, high = max(Fraction(0), spread.low()), spread.high()
    for total in possible_sums(mean, n):
        for degrees in {n - 1, n} - {0}:
            first = ceil(degrees * low**2 + Fraction(total**2, n))
            last = floor(degrees * high**2 + Fraction(total**2, n))
            squares = range(max(first, _least_squares(total, n)), last + 1)
            found += [(total, value) for value in squares[:4] if (value - total) % 2 == 0][:1]
    return tuple(dict.fromkeys(found))


def _least_squares(total: int, n: int) -> int:
    """Return the sum of squares of n whole numbers of this sum that differ by 1 at most."""
    each, rest = divmod(total, n)
    return (n - rest) * each**2 + rest * (each + 1) ** 2
