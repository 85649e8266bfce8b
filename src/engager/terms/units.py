"""Units by UCUM code, each with the factor to the reference unit of its quantity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from engager.terms.shipped import shipped_data


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its UCUM code, the quantity it measures and the factor to that quantity's reference unit."""

    code: str
    quantity: str
    factor: float


@cache
def units() -> Mapping[str, Unit]:
    """Return every known unit by its UCUM code."""
    return MappingProxyType(
        {code: Unit(code, entry["quantity"], float(entry["factor"])) for code, entry in _raw().items()}
    )


@cache
def spellings() -> Mapping[str, str]:
    """Return, for every spelling in lower case without spaces, the UCUM code it is read as."""
    return MappingProxyType({_normal(text): code for code, entry in _raw().items() for text in (code, *entry["also"])})


def read_unit(text: str) -> str | None:
    """Return the UCUM code that a text spells, or None.

    Examples:
        >>> read_unit("µg/m²/day")
        'ug/m2/d'
        >>> read_unit("spoon") is None
        True
    """
    return spellings().get(_normal(text))


# One sign for each that is written several ways; the micro sign and the Greek letter are two characters.
_FOLDED = {
    "µ": "u",
    "μ": "u",
    "mcg": "ug",
    "²": "2",
    "³": "3",
    "⁶": "^6",
    "⁹": "^9",
    "m^2": "m2",
    "×": "x",
    "·": "*",
    "/day": "/d",
    "/24h": "/d",
}


@cache
def _raw() -> Mapping[str, Any]:
    table: Mapping[str, Any] = shipped_data("engager.terms", "units")["units"]
    return table


def _normal(text: str) -> str:
    folded = "".join(text.lower().split())
    for written, read in _FOLDED.items():
        folded = folded.replace(written, read)
    return folded
