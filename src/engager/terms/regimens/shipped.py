"""The regimens that travel with engager: those of the papers and of the labels."""

from __future__ import annotations

from functools import cache

from engager.terms.regimens.regimen import Regimen
from engager.terms.shipped import shipped_data, shipped_names

_FOLDER = "engager.terms.regimens"


def regimen_names() -> tuple[str, ...]:
    """Return the names of the shipped regimens, in the order of the alphabet.

    Examples:
        >>> "tuebingen-2014" in regimen_names()
        True
    """
    return shipped_names(_FOLDER)


@cache
def shipped_regimen(name: str) -> Regimen:
    """Return a shipped regimen; KeyError if there is none of that name."""
    return Regimen.model_validate(shipped_data(_FOLDER, name))
