"""Which column of a file is which column of the schema; near misses are asked about, others are kept and reported."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass

import dataframely as dy

from engager.errors import Issue, Place, Severity
from engager.readers.raw import RawTable
from engager.schema.columns import Kind, kind_of, unit_name, unit_of
from engager.terms.column_words import column_called
from engager.terms.units import read_unit

# `weight (kg)`, `weight [kg]`
_WITH_UNIT = re.compile(r"^(?P<name>.*?)\s*[\[(](?P<unit>[^\])]+)[\])]$")
_LIKENESS = 0.8


@dataclass(frozen=True, slots=True)
class Headings:
    """For each known column its heading in the file, the headings that the schema does not know, and the problems.

    `missed` are the columns that the file should have, or seems to have under another name.
    """

    known: Mapping[str, str]
    extra: tuple[str, ...]
    missed: frozenset[str]
    issues: tuple[Issue, ...]


def match_headings(raw: RawTable, schema: type[dy.Schema]) -> Headings:
    """Return the match of a file's headings with a schema, whatever their order, and every problem of it."""
    columns = {name: column for name, column in schema.columns().items() if kind_of(column) is not Kind.INTERNAL}
    named = {heading: _column_name(heading, columns) for heading in raw.headings}
    known: dict[str, str] = {}
    for heading, name in named.items():
        if name is not None:
            known.setdefault(name, heading)
    twice = {heading: name for heading, name in named.items() if name is not None and known[name] != heading}
    absent = [name for name in columns if name not in known]
    unknown = [heading for heading, name in named.items() if name is None]
    near = {heading: name for heading in unknown if (name := _resembles(heading, absent))}
    required = [name for name in absent if not columns[name].nullable and name not in near.values()]
    extra = tuple(heading for heading in unknown if heading not in near)
    issues = (
        *(_twice(raw, heading, known[name]) for heading, name in twice.items()),
        *(_near_miss(raw, heading, name, columns[name]) for heading, name in near.items()),
        *(_missing(raw, name, columns[name]) for name in required),
        *(_extra(raw, heading) for heading in extra),
    )
    return Headings(known, extra, frozenset((*near.values(), *required)), issues)


def _column_name(heading: str, columns: Mapping[str, dy.Column]) -> str | None:
    """Return the column a heading names: `Weight (kg)` and `weight_kg` are weight, `weight (lb)` is none."""
    name = _normal(heading)
    if name in columns:
        return name
    match = _WITH_UNIT.match(heading)
    stem, unit = (
        (_normal(match["name"]), match["unit"]) if match else (name.rpartition("_")[0], name.rpartition("_")[2])
    )
    return stem if stem in columns and _is_unit(unit, columns[stem]) else None


def _is_unit(text: str, column: dy.Column) -> bool:
    """Tell whether a text names the unit of a column, as UCUM or a person has it."""
    return (read_unit(text) or text) == unit_of(column) or text.lower() == (unit_name(column) or None)


def _resembles(heading: str, absent: list[str]) -> str | None:
    """Return the absent column that a heading seems to mean, also in other words (`Gewicht`), a unit left aside."""
    name = _normal(heading)
    bare = _normal(re.sub(r"[\[(].*", "", heading))
    if called := column_called(bare, absent):
        return called
    for candidate in (name, name.rpartition("_")[0], bare):
        if candidate and (near := difflib.get_close_matches(candidate, absent, n=1, cutoff=_LIKENESS)):
            return near[0]
    return None


def _normal(heading: str) -> str:
    return "_".join(heading.lower().replace("-", " ").split())


def _place(raw: RawTable, heading: str | None = None) -> Place:
    return Place(raw.path.name, raw.sheet, 1 if heading else None, heading)


def _twice(raw: RawTable, heading: str, other: str) -> Issue:
    found, expected = f"`{heading}` beside `{other}`, both the same column", "each column once"
    advice = "Rename the one that is not meant"
    return Issue(Severity.ERROR, "columns.twice", _place(raw, heading), found, expected, advice, structural=True)


def _near_miss(raw: RawTable, heading: str, name: str, column: dy.Column) -> Issue:
    unit = f" (in {unit_name(column)})" if unit_of(column) else ""
    return Issue(
        Severity.ERROR,
        "columns.near_miss",
        _place(raw, heading),
        f"an unknown column `{heading}`",
        f"a column of the table `{raw.name}`; `{name}` is not in the file",
        f"Did you mean `{name}`{unit}? If not, give it a name that is less like it",
        structural=True,
    )


def _missing(raw: RawTable, name: str, column: dy.Column) -> Issue:
    return Issue(
        Severity.ERROR,
        "columns.missing",
        Place(raw.path.name, raw.sheet, 1, name),
        f"no column `{name}`",
        f"`{name}`: {column.description}",
        f"The file has: {', '.join(raw.headings)}",
        structural=True,
    )


def _extra(raw: RawTable, heading: str) -> Issue:
    return Issue(
        Severity.NOTE,
        "columns.extra",
        _place(raw, heading),
        f"a column `{heading}` that engager does not use",
        "a column of the data model",
        "It is kept and left alone",
    )
