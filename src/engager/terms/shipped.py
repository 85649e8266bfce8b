"""The TOML files that travel with engager in a package: their names, their texts, and what they hold."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def shipped_names(package: str) -> tuple[str, ...]:
    """Return the names of the TOML files of a package, in the order of the alphabet.

    Examples:
        >>> "tuebingen-2014" in shipped_names("engager.terms.regimens")
        True
    """
    found = (file.name.removesuffix(".toml") for file in files(package).iterdir() if file.name.endswith(".toml"))
    return tuple(sorted(found))


def shipped_text(package: str, name: str) -> str:
    """Return a TOML file of a package as text; KeyError if there is none of that name."""
    if name not in shipped_names(package):
        raise KeyError(name)
    return (files(package) / f"{name}.toml").read_text("utf-8")


def shipped_data(package: str, name: str) -> dict[str, Any]:
    """Return what a TOML file of a package holds, read anew; KeyError if there is none of that name.

    Examples:
        >>> shipped_data("engager.terms", "units")["units"]["kg"]["quantity"]
        'mass'
    """
    return tomllib.loads(shipped_text(package, name))
