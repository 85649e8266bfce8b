"""A regimen by the name of a shipped one or by a file, wherever a command asks for one."""

from __future__ import annotations

from engager.plan.named_file import read_named
from engager.terms.regimens import Regimen, regimen_names


def read_regimen(name: str) -> tuple[Regimen, str]:
    """Return a regimen and, where it is the user's own file, its text; InputError with every problem."""
    read = read_named(name, "regimen", "engager.terms.regimens", Regimen)
    return read.value, "" if name in regimen_names() else read.text
