"""Scales of toxicity: which clause of which grade asks what of the components recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from engager.terms.measurands import measurands
from engager.terms.shipped import shipped_data

Syndrome = Literal["CRS", "ICANS"]
SYNDROMES: tuple[Syndrome, ...] = ("CRS", "ICANS")


@dataclass(frozen=True, slots=True)
class Component:
    """A sign that a scale asks about: the test that records it, its words, and which value of a day is the worst.

    Examples:
        >>> components("ICANS")["ice_score"].worst
        'lowest'
        >>> components("CRS")["vasopressors"].codelist
        'vasopressors'
    """

    test: str
    words: str
    worst: Literal["highest", "lowest"] = "highest"
    derived: bool = False

    @property
    def codelist(self) -> str | None:
        """Return the code list of the test's answer, None where it is a number or derived."""
        return None if self.derived else measurands()[self.test].codelist


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way for a condition to hold: a test has one of the codes `among`, or passes a number.

    `unknown` are codes that leave it open, because another test (`asks`) decides then. A `secondary` test can show the
    sign, but it is another that has to be recorded.
    """

    test: str
    among: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    above: float | None = None
    unknown: tuple[str, ...] = ()
    asks: str | None = None
    secondary: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """What a grade asks: conditions that must all hold, each a choice of alternatives.

    With `may` the clause leaves its grade open where it holds: the rest is the clinician's to say.
    """

    grade: int
    when: tuple[tuple[Alternative, ...], ...]
    words: str
    may: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """A published scale of a syndrome, or of one `sign` of it; `leaves_out` can raise a grade and is no component here.

    Examples:
        >>> [scale.name for scale in scales("CRS")]
        ['ASTCT 2019', 'Lee 2014', 'Penn 2018', 'CTCAE 5.0', 'CTCAE 4.03']
    """

    name: str
    syndrome: Syndrome
    source: str
    leaves_out: str
    clauses: tuple[Clause, ...]
    sign: str | None = None

    @property
    def tests(self) -> tuple[str, ...]:
        """Return the components that the scale asks about, in the order of its clauses."""
        asked = (part for clause in self.clauses for condition in clause.when for part in condition)
        return tuple(dict.fromkeys(name for part in asked for name in (part.test, part.asks) if name))


@cache
def scales(syndrome: Syndrome) -> tuple[Scale, ...]:
    """Return the scales of a syndrome, ASTCT 2019 first. Sources stand in each scale."""
    conditions = {name: tuple(map(_alternative, parts)) for name, parts in _raw()["conditions"].items()}
    return tuple(_scale(entry, conditions) for entry in _raw()["scale"] if entry["syndrome"] == syndrome)


def find_scale(syndrome: Syndrome, name: str) -> Scale:
    """Return a scale of a syndrome by its name; ValueError naming those there are.

    Examples:
        >>> find_scale("CRS", "ASTCT 2019").leaves_out
        'whether another cause explains fever, hypotension or hypoxia'
        >>> find_scale("ICANS", "ASTCT 2018")
        Traceback (most recent call last):
        ValueError: `ASTCT 2018` is no scale of ICANS. Permitted: ASTCT 2019, CTCAE 5.0 Seizure, CTCAE 4.03 Seizure
    """
    known = {scale.name: scale for scale in scales(syndrome)}
    if name in known:
        return known[name]
    raise ValueError(f"`{name}` is no scale of {syndrome}. Permitted: {', '.join(known)}")


@cache
def components(syndrome: Syndrome) -> Mapping[str, Component]:
    """Return the components of a syndrome by the test that records them."""
    own = {test: entry for test, entry in _raw()["components"].items() if entry["syndrome"] == syndrome}
    return MappingProxyType(
        {
            test: Component(test, entry["words"], entry.get("worst", "highest"), entry.get("derived", False))
            for test, entry in own.items()
        }
    )


def event_terms(syndrome: Syndrome) -> tuple[str, ...]:
    """Return the adverse event terms, in lower case, that name a syndrome."""
    return tuple(_raw()["events"][syndrome]["terms"])


def not_counted(syndrome: Syndrome) -> tuple[str, ...]:
    """Return the adverse event terms, in lower case, that never count for a syndrome.

    Examples:
        >>> not_counted("ICANS")
        ('tremor', 'tremors', 'myoclonus')
    """
    return tuple(_raw()["events"][syndrome]["not_counted"])


@cache
def _raw() -> Mapping[str, Any]:
    return shipped_data("engager.terms.toxicity_scales", "scales")


def _scale(entry: Mapping[str, Any], conditions: Mapping[str, tuple[Alternative, ...]]) -> Scale:
    clauses = tuple(
        Clause(part["grade"], tuple(conditions[name] for name in part["when"]), part["words"], part.get("may", False))
        for part in entry["clauses"]
    )
    return Scale(entry["name"], entry["syndrome"], entry["source"], entry["leaves_out"], clauses, entry.get("sign"))


def _alternative(entry: Mapping[str, Any]) -> Alternative:
    return Alternative(
        test=entry["test"],
        among=tuple(entry.get("is", ())),
        low=entry.get("from"),
        high=entry.get("to"),
        above=entry.get("above"),
        unknown=tuple(entry.get("unknown", ())),
        asks=entry.get("asks"),
        secondary=entry.get("secondary", False),
    )
