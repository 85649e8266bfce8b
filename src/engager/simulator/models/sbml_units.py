"""The units of a model's text as products of SBML's base units."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SECONDS_A_DAY = 86400.0
# Each sign: SBML's kind, the power of ten, a multiplier, the exponent of the kind.
_SIGNS: dict[str, tuple[str, int, float, int]] = {
    "1": ("dimensionless", 0, 1.0, 1),
    "%": ("dimensionless", -2, 1.0, 1),
    "ln": ("dimensionless", 0, 1.0, 1),
    "year": ("second", 0, 365.25 * _SECONDS_A_DAY, 1),
    "d": ("second", 0, _SECONDS_A_DAY, 1),
    "h": ("second", 0, 3600.0, 1),
    "min": ("second", 0, 60.0, 1),
    "s": ("second", 0, 1.0, 1),
    "cell": ("item", 0, 1.0, 1),
    "cells": ("item", 0, 1.0, 1),
    "kDa": ("gram", 0, 1.66053906892e-21, 1),
}
_BASES = {"L": "litre", "g": "gram", "m": "metre", "mol": "mole"}
_PREFIXES = {"k": 3, "": 0, "d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12}
_MOLAR = {"M": 0, "mM": -3, "uM": -6, "nM": -9, "pM": -12}
_ENZYME_UNITS = frozenset({"U", "IU"})
_FACTOR = re.compile(r"([ */]?)\s*([^ */]+)")
_POWER = re.compile(r"(.+?)\^?(-?[1-9])$")


@dataclass(frozen=True, slots=True)
class BaseUnit:
    """A factor of a unit: (multiplier x 10^scale x kind)^exponent."""

    kind: str
    exponent: int
    scale: int
    multiplier: float


def base_units(unit: str) -> tuple[BaseUnit, ...] | None:
    """Return a unit as factors; None where SBML has no word for it (an enzyme unit). A logarithm has no unit.

    Examples:
        >>> [(each.kind, each.exponent, each.scale) for each in base_units("ug/m2/d")]
        [('gram', 1, -6), ('metre', -2, 0), ('second', -1, 0)]
        >>> base_units("ln cells")
        (BaseUnit(kind='dimensionless', exponent=1, scale=0, multiplier=1.0),)
        >>> base_units("IU/L") is None
        True
    """
    if unit.split(" ", 1)[0] == "ln":
        return (BaseUnit("dimensionless", 1, 0, 1.0),)
    factors: list[BaseUnit] = []
    for mark, sign in _FACTOR.findall(unit.strip()):
        found = _factors(sign, -1 if mark == "/" else 1)
        if found is None:
            return None
        factors += found
    real = tuple(each for each in factors if each.kind != "dimensionless" or each.scale)
    return real or (BaseUnit("dimensionless", 1, 0, 1.0),)


def unit_id(unit: str) -> str:
    """Return a name for a unit that SBML accepts.

    Examples:
        >>> unit_id("ug/m2/d"), unit_id("1")
        ('unit_ug_per_m2_per_d', 'unit_1')
    """
    return "unit_" + re.sub(r"[^A-Za-z0-9_]", "_", unit.replace("/", "_per_").replace("%", "percent"))


def _factors(sign: str, direction: int) -> list[BaseUnit] | None:
    """Return the factors of one sign, with its power, above or below the line."""
    power = direction
    written = _POWER.fullmatch(sign)
    if sign not in _SIGNS and written:
        sign, power = written[1], direction * int(written[2])
    if sign in _ENZYME_UNITS:
        return None
    if sign in _SIGNS:
        kind, scale, multiplier, exponent = _SIGNS[sign]
        return [BaseUnit(kind, exponent * power, scale, multiplier)]
    if sign in _MOLAR:
        return [BaseUnit("mole", power, _MOLAR[sign], 1.0), BaseUnit("litre", -power, 0, 1.0)]
    for base, kind in _BASES.items():
        prefix = sign.removesuffix(base)
        if sign.endswith(base) and prefix in _PREFIXES:
            return [BaseUnit(kind, power, _PREFIXES[prefix], 1.0)]
    return None
