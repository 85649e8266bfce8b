"""A regimen by the name of a shipped one or by a file, wherever a command asks for one."""

from __future__ import annotations

from pathlib import Path

from engager.errors import InputError, Issue, Place, Severity
from engager.plan.regimen import with_regimen_file
from engager.terms.likeness import did_you_mean
from engager.terms.regimens import Regimen, regimen_names, shipped_regimen


def read_regimen(name: str) -> tuple[Regimen, str]:
    """Return a regimen by its name or its file, and the text of the file; InputError with every problem."""
    if name in regimen_names():
        return shipped_regimen(name), ""
    path = Path(name)
    if path.suffix != ".toml":
        place = Place("simulation", column="regimen")
        expected = f"one of {', '.join(regimen_names())}, or a file as regimen.toml"
        advice = did_you_mean(name, regimen_names())
        raise InputError(
            Issue(Severity.ERROR, "simulation.regimen", place, f"`{name}`", expected, advice, structural=True)
        )
    raw, issues = with_regimen_file({"regimen": path.name}, path.parent)
    if issues:
        raise InputError(issues)
    return raw["regimen"], path.read_text("utf-8-sig")
