"""The units that a model's text may give: products and quotients of a few signs."""

from __future__ import annotations

import re

_SIGNS = frozenset(
    {"1", "%", "d", "h", "min", "s", "L", "dL", "mL", "uL", "g", "mg", "ug", "ng", "pg", "kg", "m2", "cm", "m", "year"}
    | {"M", "mM", "uM", "nM", "pM", "mol", "nmol", "pmol", "U", "IU", "kDa", "um", "cell", "cells", "ln"}
)
_POWER = re.compile(r"(.+?)\^?-?[1-9]$")


def is_unit(text: str) -> bool:
    """Say whether a text is a unit: signs with a space or `*` between factors, `/` before each that divides.

    Examples:
        >>> [is_unit(text) for text in ("ug/m2/d", "pg d/mL uL", "ln cells", "spoon", "")]
        [True, True, True, False, False]
    """
    factors = re.split(r"[ */]+", text.strip().replace("µ", "u"))
    return all(_is_sign(factor) for factor in factors)


def _is_sign(factor: str) -> bool:
    power = _POWER.fullmatch(factor)
    return factor in _SIGNS or bool(power and power[1] in _SIGNS)
