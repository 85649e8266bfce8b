"""The terms of a CTCAE version: system organ class, the grades that exist, the laboratory rules."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from engager.terms.ctcae.renamed import renamings
from engager.terms.ctcae.rules import Rule, rules
from engager.terms.ctcae.versions import permitted

NOT_VERIFIED = "?"
_OFFERED = 3


@dataclass(frozen=True, slots=True)
class Term:
    """An adverse event as a version of CTCAE names it.

    `grades` are those that the version defines; None where that has not been verified, so that nothing is refused on
    a guess. `source` says where the entry was taken from: `evidence` is the project's own table of standards,
    `published` the published CTCAE (laboratory terms as the open-source package admiral transcribes them, clinical
    terms of 4.03 and 5.0 as known). MedDRA codes are licensed and absent: the key is version and name.

    Examples:
        >>> ctcae("5.0")["Febrile neutropenia"].grades
        (3, 4, 5)
        >>> ctcae("5.0")["Febrile neutropenia"].has_grade(2)
        False
        >>> ctcae("6.0")["Headache"].has_grade(4) is None
        True
    """

    name: str
    version: str
    soc: str
    grades: tuple[int, ...] | None
    source: str
    rules: tuple[Rule, ...] = ()

    def has_grade(self, grade: int) -> bool | None:
        """Return whether the version defines a grade of the term, None where that is not verified."""
        return None if self.grades is None else grade in self.grades


@cache
def ctcae(version: str) -> Mapping[str, Term]:
    """Return the terms of a version by name; ValueError for a version that is not known.

    Examples:
        >>> "Thrombocytopenia" in ctcae("5.0"), "Thrombocytopenia" in ctcae("6.0")
        (False, True)
    """
    permitted(version)
    of_term: dict[str, tuple[Rule, ...]] = {}
    for rule in rules(version):
        of_term[rule.term] = (*of_term.get(rule.term, ()), rule)
    return MappingProxyType(
        {
            row["term"]: Term(
                row["term"], version, row["soc"], _grades(row[version]), row["source"], of_term.get(row["term"], ())
            )
            for row in _rows()
            if row[version]
        }
    )


def find_term(text: str, version: str) -> Term:
    """Return the term that a text names, upper and lower case alike; ValueError offering the nearest names.

    A name that another version uses is answered with what is known of it there: a grade is not carried over.

    Examples:
        >>> find_term("febrile  neutropenia", "4.03").name
        'Febrile neutropenia'
        >>> find_term("anaemia", "5.0")
        Traceback (most recent call last):
        ValueError: `anaemia` is not among the terms of CTCAE 5.0. Nearest: Anemia, ...
    """
    wanted = " ".join(text.lower().split())
    known = {name.lower(): term for name, term in ctcae(version).items()}
    if wanted in known:
        return known[wanted]
    raise ValueError(f"`{text}` is not among the terms of CTCAE {version}. {_offer(wanted, version)}")


def _offer(wanted: str, version: str) -> str:
    renamed = {name.lower(): entry for name, entry in renamings().items()}.get(wanted)
    if renamed is not None:
        return f"Since 6.0: {renamed.becomes or 'no term'} ({renamed.note})"
    names = {name.lower(): name for name in ctcae(version)}
    near = difflib.get_close_matches(wanted, names, n=_OFFERED)
    return f"Nearest: {', '.join(names[name] for name in near)}" if near else "No name is near it"


@cache
def _rows() -> tuple[dict[str, str], ...]:
    lines = (files("engager.terms.ctcae") / "terms.csv").read_text("utf-8").splitlines()
    return tuple(csv.DictReader(lines))


def _grades(cell: str) -> tuple[int, ...] | None:
    """Return the grades of a cell such as `3-5`, `1 3 4 5` or `1`; None for `?`."""
    if cell == NOT_VERIFIED:
        return None
    if "-" in cell:
        first, last = map(int, cell.split("-"))
        return tuple(range(first, last + 1))
    return tuple(map(int, cell.split()))
