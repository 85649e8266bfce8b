"""The regimens that travel with engager: those of the papers and of the labels."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from engager.terms.regimens.regimen import Regimen

_FOLDER = "engager.terms.regimens"


@cache
def regimen_names() -> tuple[str, ...]:
    """Return the names of the shipped regimens, in the order of the alphabet.

    Examples:
        >>> "tuebingen-2014" in regimen_names()
        True
    """
    found = (file.name.removesuffix(".toml") for file in files(_FOLDER).iterdir() if file.name.endswith(".toml"))
    return tuple(sorted(found))


def regimen_text(name: str) -> str:
    """Return the file of a shipped regimen as text; KeyError if there is none of that name."""
    if name not in regimen_names():
        raise KeyError(name)
    return (files(_FOLDER) / f"{name}.toml").read_text("utf-8")


@cache
def shipped_regimen(name: str) -> Regimen:
    """Return a shipped regimen; KeyError if there is none of that name."""
    return Regimen.model_validate(tomllib.loads(regimen_text(name)))
