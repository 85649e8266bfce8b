"""The exact values of a study's result by the roles of a claim's numbers, and whether a print can stand for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from engager.audit.claim import Claim, Kind, Number
from engager.audit.comparison import Expected
from engager.audit.rounding import Fit, Printed, share
from engager.results import AnalysisResult

DAYS: Final[Mapping[str, tuple[Fraction, ...]]] = MappingProxyType(
    {
        "d": (Fraction(1),),
        "day": (Fraction(1),),
        "week": (Fraction(7),),
        "month": (Fraction(28), Fraction(30), Fraction(365, 12), Fraction("30.4375"), Fraction(31)),
        "year": (Fraction(365), Fraction("365.25"), Fraction(360)),
    }
)
"""Days of a unit of time, in every way that people count them."""

_ROLES: Final[Mapping[Kind, tuple[str, ...]]] = MappingProxyType(
    {
        Kind.COUNT: ("n",),
        Kind.COUNT_PERCENT: ("n", "percent"),
        Kind.FRACTION: ("n", "N"),
        Kind.FRACTION_PERCENT: ("n", "N", "percent"),
        Kind.PERCENT: ("percent",),
        Kind.MEDIAN_RANGE: ("estimate", "lower", "upper"),
        Kind.MEDIAN: ("estimate",),
        Kind.DURATION: ("value",),
        Kind.QUANTITY: ("value",),
    }
)
"""The roles that are compared; an interval is not, because each method gives another."""


@dataclass(frozen=True, slots=True)
class Role:
    """A number of a claim beside the exact value of the study."""

    printed: Number
    exact: tuple[Fraction, ...]

    @property
    def fits(self) -> bool:
        """Return whether any convention of rounding prints one of the exact values so."""
        printed = Printed(self.printed.value, self.printed.decimals, self.printed.bound)
        return any(printed.fit(value) is not Fit.NONE for value in self.exact)

    @property
    def told(self) -> str:
        """The two in words: `17 against 16`."""
        return f"{self.printed.text} against {_short(self.exact[0])}"


def compared_roles(claim: Claim, value: Expected) -> tuple[Role, ...]:
    """Return the numbers of a claim that the study has a value for, beside that; none where one of them has none."""
    exact = exact_values(value.results)
    found = []
    for role in _ROLES.get(claim.kind, ()):
        for number in claim.all(role):
            values = _in_unit(exact.get("estimate" if role == "value" else role, ()), value.results, claim.unit, role)
            if not values:
                return ()
            found.append(Role(number, values))
    return tuple(found)


def exact_values(results: Sequence[AnalysisResult]) -> dict[str, tuple[Fraction, ...]]:
    """Return the exact values of results by role: n, N, percent, estimate, lower, upper.

    Several results are a median with its range. A percentage is taken from the counts where there are some.
    """
    if len(results) == 1:
        return _of_one(results[0])
    ends = {(row.at or row.name).rpartition("_")[2]: row.estimate for row in results}
    if {"median", "min", "max"} <= set(ends):
        names = {"estimate": "median", "lower": "min", "upper": "max"}
        share_too = results[0].unit == "1"  # a fraction is told in percent, too
        return {
            role: _told(value, share_too=share_too) for role, name in names.items() if (value := ends[name]) is not None
        }
    return {}


def _told(value: float, *, share_too: bool) -> tuple[Fraction, ...]:
    """Return a value as it can be told: a fraction in percent, too."""
    return (_exact(value) * 100, _exact(value)) if share_too else (_exact(value),)


def _of_one(row: AnalysisResult) -> dict[str, tuple[Fraction, ...]]:
    found: dict[str, tuple[Fraction, ...]] = {}
    if row.n is not None:
        found["n"] = (Fraction(row.n),)
    if row.N is not None:
        found["N"] = (Fraction(row.N),)
    if row.unit == "1":
        if row.n is not None and row.N and row.estimate is not None and abs(row.estimate - row.n / row.N) < 1e-12:
            found["percent"] = (share(row.n, row.N),)
        elif row.estimate is not None:
            found["percent"] = (_exact(row.estimate) * 100,)
    elif row.estimate is not None:
        found["estimate"] = (_exact(row.estimate),)
    return found


def _in_unit(
    values: tuple[Fraction, ...], results: Sequence[AnalysisResult], unit: str, role: str
) -> tuple[Fraction, ...]:
    """Return values of the study in the unit of the claim; none where the two are not known to be the same."""
    if role in ("n", "N", "percent"):
        return values
    ours = {"d": "day", "a": "year", "mo": "month"}.get(results[0].unit or "", results[0].unit or "")
    theirs = unit.lower().rstrip("s") if unit else ours
    if theirs == ours:
        return values
    if theirs in DAYS and ours in DAYS:
        return tuple(value * mine / other for value in values for mine in DAYS[ours] for other in DAYS[theirs])
    return ()


def _exact(value: float) -> Fraction:
    return Fraction(Decimal(repr(float(value))))


def _short(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else f"{float(value):.6g}"
