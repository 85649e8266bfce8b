"""Code lists: what a coded column may hold, and how other spellings are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from engager.terms.shipped import shipped_data


@dataclass(frozen=True, slots=True)
class CodeList:
    """A closed list of codes with their meanings and the spellings that are read as each.

    `advice` is what to do about a text that is none of them, where the nearest code would mislead.

    Examples:
        >>> codelist("donor").read("MUD")
        'matched unrelated'
        >>> codelist("donor").read("friend") is None
        True
    """

    name: str
    meaning: str
    codes: tuple[str, ...]
    meanings: Mapping[str, str]
    cdisc: str | None = None
    spellings: Mapping[str, str] = field(default_factory=dict)
    advice: str = ""

    def read(self, text: str) -> str | None:
        """Return the code that a text spells, upper and lower case alike, or None."""
        return self.spellings.get(" ".join(text.lower().split()))


@cache
def codelists() -> Mapping[str, CodeList]:
    """Return every code list by its name."""
    raw = shipped_data("engager.terms", "codelists")
    return MappingProxyType({name: _parse(name, entry) for name, entry in raw.items()})


def codelist(name: str) -> CodeList:
    """Return one code list; KeyError if there is none of that name."""
    return codelists()[name]


def _parse(name: str, entry: Mapping[str, Any]) -> CodeList:
    items = entry["codes"]
    spellings = {spelling.lower(): item["code"] for item in items for spelling in (item["code"], *item.get("also", ()))}
    return CodeList(
        name=name,
        meaning=entry["meaning"],
        codes=tuple(item["code"] for item in items),
        meanings={item["code"]: item.get("meaning", "") for item in items},
        cdisc=entry.get("cdisc"),
        spellings=spellings,
        advice=entry.get("advice", ""),
    )
