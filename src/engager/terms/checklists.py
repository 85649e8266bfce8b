"""Reporting checklists as data: STROBE for series, CARE for single cases, by item number and topic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from engager.terms.shipped import shipped_data

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
    raw = shipped_data("engager.terms", "checklists")
    return MappingProxyType({code: _checklist(code, entry) for code, entry in raw.items()})


def _checklist(code: str, raw: Mapping[str, Any]) -> Checklist:
    items = (ChecklistItem(**entry | {"sections": tuple(entry["sections"])}) for entry in raw["items"])
    return Checklist(code, raw["name"], raw["reference"], tuple(items))


def checklist_for(chosen: str | None, patients: int) -> Checklist | None:
    """Return the checklist that a plan names, that for the number of patients where it names none; None for `none`.

    Examples:
        >>> checklist_for(None, 4).code, checklist_for(None, 5).code, checklist_for("none", 5)
        ('CARE', 'STROBE', None)
    """
    if chosen == "none":
        return None
    return checklists()[chosen or ("CARE" if patients <= CASES else "STROBE")]
