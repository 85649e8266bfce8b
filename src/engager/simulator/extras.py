"""Packages of the optional extra `engager[simulator]`, imported where they are used."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from engager.errors import InputError, Issue, Place, Severity


def optional_package(module: str, package: str) -> ModuleType:
    """Return a module of an optional package.

    Raises:
        InputError: the package is not installed; the command that installs it is told.

    Examples:
        >>> optional_package("json", "json").dumps([1])
        '[1]'
    """
    try:
        return import_module(module)
    except ImportError:
        advice = 'Install it with: pip install "engager[simulator]"'
        found = f"the package `{package}` is not installed"
        place = Place("simulation")
        raise InputError(Issue(Severity.ERROR, "simulator.extra", place, found, "that package", advice)) from None
