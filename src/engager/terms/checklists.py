"""Reporting checklists as data: STROBE for series, CARE for single cases, by item number and topic."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

CASES = 4
"""Up to this many patients a report is one of cases, for which CARE is written; more are a series, for STROBE."""


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One item: its number, its topic in our words, the report's sections that cover it, what authors must write."""

    number: str
    topic: str
    sections: tuple[str, ...]
    authors: str


@dataclass(frozen=True, slots=True)
class Checklist:
    """A reporting checklist: its short name, its full one, where it was published, and its items."""

    code: str
    name: str
    reference: str
    items: tuple[ChecklistItem, ...]


@cache
def checklists() -> Mapping[str, Checklist]:
    """Return the checklists by their short name.

    Examples:
        >>> {code: len(item.items) for code, item in checklists().items()}
        {'STROBE': 22, 'CARE': 13}
    """
    text = files("engager.terms").joinpath("checklists.toml").read_text("utf-8")
    return MappingProxyType({code: _checklist(code, raw) for code, raw in tomllib.loads(text).items()})


def _checklist(code: str, raw: Mapping[str, object]) -> Checklist:
    entries = raw["items"]
    assert isinstance(entries, list)  # noqa: S101 - a file of this package
    items = (ChecklistItem(**entry | {"sections": tuple(entry["sections"])}) for entry in entries)
    return Checklist(code, str(raw["name"]), str(raw["reference"]), tuple(items))


def checklist_for(chosen: str | None, patients: int) -> Checklist | None:
    """Return the checklist that a plan names, that for the number of patients where it names none; None for `none`.

    Examples:
        >>> checklist_for(None, 4).code, checklist_for(None, 5).code, checklist_for("none", 5)
        ('CARE', 'STROBE', None)
    """
    if chosen == "none":
        return None
    return checklists()[chosen or ("CARE" if patients <= CASES else "STROBE")]
