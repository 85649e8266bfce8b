"""The terms of a CTCAE version: system organ class, the grades that exist, the laboratory rules."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from engager.terms.ctcae.rules import Rule, rules
from engager.terms.ctcae.versions import SOURCES, permitted


@dataclass(frozen=True, slots=True)
class Term:
    """An adverse event as a version of CTCAE names it, with the grades that the version defines.

    MedDRA codes are licensed and absent: the key is version and name.

    Examples:
        >>> ctcae("5.0")["Febrile neutropenia"].grades
        (3, 4, 5)
        >>> ctcae("5.0")["Febrile neutropenia"].has_grade(2)
        False
        >>> ctcae("6.0")["Headache"].source.partition(":")[0]
        'NCI, CTCAE 6.0 of 22 July 2025'
    """

    name: str
    version: str
    soc: str
    grades: tuple[int, ...]
    rules: tuple[Rule, ...] = ()

    def has_grade(self, grade: int) -> bool:
        """Return whether the version defines a grade of the term."""
        return grade in self.grades

    @property
    def source(self) -> str:
        """Return where the name, its class and its grades were read."""
        return SOURCES[self.version]


@cache
def ctcae(version: str) -> Mapping[str, Term]:
    """Return the terms of a version by name; ValueError for a version that is not known.

    Examples:
        >>> "Thrombocytopenia" in ctcae("5.0"), "Thrombocytopenia" in ctcae("6.0")
        (False, True)
        >>> [len(ctcae(version)) for version in ("4.03", "5.0", "6.0")]
        [790, 837, 850]
    """
    permitted(version)
    of_term: dict[str, tuple[Rule, ...]] = {}
    for rule in rules(version):
        of_term[rule.term] = (*of_term.get(rule.term, ()), rule)
    return MappingProxyType(
        {
            row["term"]: Term(row["term"], version, row["soc"], _grades(row[version]), of_term.get(row["term"], ()))
            for row in _rows()
            if row[version]
        }
    )


@cache
def _rows() -> tuple[dict[str, str], ...]:
    """Return the rows of the data file: a term that changed its class has a row for each."""
    lines = (files("engager.terms.ctcae") / "terms.csv").read_text("utf-8").splitlines()
    return tuple(csv.DictReader(lines))


def _grades(cell: str) -> tuple[int, ...]:
    """Return the grades of a cell such as `3-5`, `1 3 4 5` or `1`."""
    if "-" in cell:
        first, last = map(int, cell.split("-"))
        return tuple(range(first, last + 1))
    return tuple(map(int, cell.split()))
