"""The regimens that travel with engager: those of the papers and of the labels."""

from __future__ import annotations

import tomllib
from functools import cache

from engager.terms.regimens.regimen import Regimen
from engager.terms.shipped import shipped_names, shipped_text

_FOLDER = "engager.terms.regimens"


def regimen_names() -> tuple[str, ...]:
    """Return the names of the shipped regimens, in the order of the alphabet.

    Examples:
        >>> "tuebingen-2014" in regimen_names()
        True
    """
    return shipped_names(_FOLDER)


def regimen_text(name: str) -> str:
    """Return the file of a shipped regimen as text; KeyError if there is none of that name."""
    return shipped_text(_FOLDER, name)


@cache
def shipped_regimen(name: str) -> Regimen:
    """Return a shipped regimen; KeyError if there is none of that name."""
    return Regimen.model_validate(tomllib.loads(regimen_text(name)))
