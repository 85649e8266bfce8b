"""Laboratory rules of CTCAE: ladders of boundaries, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from engager.terms.ctcae.versions import permitted
from engager.terms.shipped import shipped_data
from engager.terms.units import units

Direction = Literal["low", "high"]
REFERENCES = {"LLN": "the lower limit of normal", "ULN": "the upper limit of normal", "BL": "the baseline"}


@dataclass(frozen=True, slots=True)
class Arm:
    """A ladder: the boundary of each grade, as multiples of a reference or as values in a unit.

    `plus` is the unit of boundaries that lie so much above the reference itself. `included` are the grades that hold
    at the boundary too. `when` is the condition under which the ladder counts, None for always.

    Examples:
        >>> Arm("ULN", (1, 2), (1.0, 3.0)).words(2, "high")
        'above 3 times the upper limit of normal'
        >>> Arm("BL", (1,), (1.5,), included=(1,), when="baseline abnormal").words(1, "high")
        'at or above 1.5 times the baseline (baseline abnormal)'
        >>> Arm("10*9/L", (4,), (0.5,)).words(4, "low")
        'below 0.5 10*9/L'
    """

    of: str
    grades: tuple[int, ...]
    at: tuple[float, ...]
    plus: str | None = None
    included: tuple[int, ...] = ()
    when: str | None = None

    @property
    def unit(self) -> str | None:
        """Return the UCUM code of the numbers, None where they are multiples."""
        return self.plus or (None if self.of in REFERENCES else self.of)

    def boundary(self, grade: int) -> float:
        """Return the number that stands for a grade."""
        return self.at[self.grades.index(grade)]

    def words(self, grade: int, direction: Direction) -> str:
        """Return the clause of a grade in words."""
        side = "below" if direction == "low" else "above"
        at = "at or " if grade in self.included else ""
        when = f" ({self.when})" if self.when else ""
        return f"{at}{side} {self._boundary_words(grade)}{when}"

    def _boundary_words(self, grade: int) -> str:
        number, reference = self.boundary(grade), REFERENCES.get(self.of)
        if reference is None:
            return f"{number:g} {self.of}"
        if self.plus:
            return f"{reference} plus {number:g} {self.plus}" if number else reference
        return reference if number == 1 else f"{number:g} times {reference}"


@dataclass(frozen=True, slots=True)
class Rule:
    """How the value of a test decides the grade of a term; without arms, clinical clauses alone grade the term.

    Examples:
        >>> [rule.term for rule in rules("6.0") if "platelets" in rule.tests]
        ['Thrombocytopenia']
    """

    term: str
    tests: tuple[str, ...]
    direction: Direction
    arms: tuple[Arm, ...]
    quantities: tuple[str, ...]
    clinical: str = ""
    note: str = ""
    adults: bool = False

    @property
    def grades(self) -> tuple[int, ...]:
        """Return the grades that a value can decide, highest first."""
        return tuple(sorted({grade for arm in self.arms for grade in arm.grades}, reverse=True))

    @property
    def limit(self) -> str:
        """Return the limit of normal that the direction asks about."""
        return "LLN" if self.direction == "low" else "ULN"


@cache
def rules(version: str) -> tuple[Rule, ...]:
    """Return the laboratory rules of a version; ValueError for a version that is not known.

    Source: CTCAE 4.03, 5.0 and 6.0, works of the US government (`SOURCES`); numbers only.
    """
    permitted(version)
    return tuple(_rule(entry) for entry in _raw() if version in entry["versions"])


@cache
def _raw() -> tuple[Mapping[str, Any], ...]:
    return tuple(shipped_data("engager.terms.ctcae", "rules")["rule"])


def _rule(entry: Mapping[str, Any]) -> Rule:
    arms = tuple(_arm(arm) for arm in entry["arms"])
    measured = dict.fromkeys(units()[arm.unit].quantity for arm in arms if arm.unit)
    return Rule(
        term=entry["term"],
        tests=tuple(entry["tests"]),
        direction=entry["direction"],
        arms=arms,
        quantities=tuple(entry.get("quantities", measured)),
        clinical=entry.get("clinical", ""),
        note=entry.get("note", ""),
        adults=entry.get("adults", False),
    )


def _arm(entry: Mapping[str, Any]) -> Arm:
    return Arm(
        entry["of"],
        tuple(entry["grades"]),
        tuple(map(float, entry["at"])),
        entry.get("plus"),
        tuple(entry.get("included", ())),
        entry.get("when"),
    )
