"""What became of the terms of CTCAE 5.0 that 6.0 renamed or deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from engager.terms.shipped import shipped_data


@dataclass(frozen=True, slots=True)
class Renaming:
    """A term of 5.0, the term of 6.0 that NCI maps it to, and what changed with the name.

    A term without a successor of its own becomes the `Other, specify` of its class.

    Examples:
        >>> renamings()["Platelet count decreased"].becomes
        'Thrombocytopenia'
        >>> renamings()["CPK increased"].becomes
        'Investigations - Other, specify'
    """

    term: str
    becomes: str
    note: str


@cache
def renamings() -> Mapping[str, Renaming]:
    """Return, by the name in 5.0, every term of 5.0 that 6.0 does not have.

    A new name does not carry a grade over: the scales differ, so an event is graded anew or keeps its version.
    """
    raw = shipped_data("engager.terms.ctcae", "renamed")
    return MappingProxyType({name: Renaming(name, entry["becomes"], entry["note"]) for name, entry in raw.items()})
