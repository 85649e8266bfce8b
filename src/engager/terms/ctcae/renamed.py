"""What became of the terms that CTCAE 6.0 renamed or deleted."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Renaming:
    """A term of 5.0, the term of 6.0 that stands for it (None if deleted), and what changed with the name.

    Examples:
        >>> renamings()["Platelet count decreased"].becomes
        'Thrombocytopenia'
        >>> renamings()["Lymphocyte count decreased"].becomes is None
        True
    """

    term: str
    becomes: str | None
    note: str


@cache
def renamings() -> Mapping[str, Renaming]:
    """Return, by the name in 5.0, every term known to have another name, or none, in 6.0.

    A new name does not carry a grade over: the scales differ, so an event is graded anew or keeps its version.
    """
    raw = tomllib.loads((files("engager.terms.ctcae") / "renamed.toml").read_text("utf-8"))
    return MappingProxyType({name: Renaming(name, entry.get("becomes"), entry["note"]) for name, entry in raw.items()})
