"""Results as rows: each number with its interval, its method in words, and the patients and source rows behind it.

Analyses write these rows, and everything that is displayed reads them; nothing after them calculates.
The JSON form is described by `results_schema`, a JSON Schema.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisResult:
    """One result.

    `analysis`, `name`, `group` and `at` together address it. `estimate`, `lower` and `upper` are in `unit` (`1` is a
    fraction), unrounded; None is "not estimable" or "not reached", and `warning` says which. `text` holds the answer
    where it is a word. `n` counts the patients (or cycles, events) the row is about, `N` those it is out of.
    `sources` names rows of the input as `table:row`, the row as a spreadsheet numbers it.

    Examples:
        >>> row = AnalysisResult(analysis="OS", name="median", estimate=398.0, unit="d", method="Kaplan-Meier")
        >>> row.id
        'OS/median/all'
    """

    analysis: str
    name: str
    group: str = "all"
    at: str | None = None
    estimate: float | None = None
    text: str | None = None
    lower: float | None = None
    upper: float | None = None
    level: float | None = None
    n: int | None = None
    N: int | None = None
    unit: str | None = None
    method: str = ""
    warning: str | None = None
    patients: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("estimate", "lower", "upper"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                raise ValueError(f"{self.id}: {name} is {value}; a result that is not estimable holds None")

    @property
    def id(self) -> str:
        """The address of the row, unique within one run: analysis/name/group, and @at where there is one."""
        return _address(self.analysis, self.name, self.group, self.at)

    def to_dict(self) -> dict[str, Any]:
        """Return the row as plain values, in the order of the fields."""
        row = {field.name: getattr(self, field.name) for field in fields(self)}
        return row | {"patients": list(self.patients), "sources": list(self.sources)}


def _address(analysis: str, name: str, group: str, at: str | None) -> str:
    return f"{analysis}/{name}/{group}" + (f"@{at}" if at is not None else "")


class Results(Sequence[AnalysisResult]):
    """The rows of one run, in the order of the analyses; addresses are unique."""

    def __init__(self, rows: Iterable[AnalysisResult]) -> None:
        self._rows = tuple(rows)
        if len(self._by_id) != len(self._rows):
            seen: set[str] = set()
            twice = next(row.id for row in self._rows if row.id in seen or seen.add(row.id))  # type: ignore[func-returns-value]
            raise ValueError(f"two results share the address {twice}")

    @cached_property
    def _by_id(self) -> dict[str, AnalysisResult]:
        return {row.id: row for row in self._rows}

    @cached_property
    def _by_analysis(self) -> dict[str, list[AnalysisResult]]:
        groups: dict[str, list[AnalysisResult]] = {}
        for row in self._rows:
            groups.setdefault(row.analysis, []).append(row)
        return groups

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[AnalysisResult]:
        return iter(self._rows)

    def __getitem__(self, index: Any) -> Any:
        return self._rows[index]

    def get(self, analysis: str, name: str, group: str = "all", at: str | None = None) -> AnalysisResult | None:
        """Return the row at an address, or None."""
        return self._by_id.get(_address(analysis, name, group, at))

    def by_id(self, result_id: str) -> AnalysisResult:
        """Return the row of an id; KeyError if there is none."""
        return self._by_id[result_id]

    def where(self, *, analysis: str | None = None, **values: str | None) -> tuple[AnalysisResult, ...]:
        """Return the rows whose fields equal the values, in order: `where(analysis="OS", name="survival")`."""
        rows = self._rows if analysis is None else self._by_analysis.get(analysis, ())
        return tuple(row for row in rows if all(getattr(row, key) == value for key, value in values.items()))

    def filter(self, **values: str | None) -> pl.DataFrame:
        """Return the rows whose fields equal the values as a frame, one column a field."""
        return Results(self.where(**values)).to_frame()

    def to_frame(self) -> pl.DataFrame:
        """Return all rows as a Polars frame, one column a field."""
        import polars as pl

        kinds: dict[str, Any] = dict.fromkeys((field.name for field in fields(AnalysisResult)), pl.String)
        kinds |= dict.fromkeys(("estimate", "lower", "upper", "level"), pl.Float64)
        kinds |= {"n": pl.Int64, "N": pl.Int64, "patients": pl.List(pl.String), "sources": pl.List(pl.String)}
        return pl.DataFrame([row.to_dict() for row in self._rows], schema=kinds)

    def to_document(self) -> dict[str, Any]:
        """Return the content of `results.json`: the rows, and apart the lists of patients and sources that they share.

        Examples:
            >>> row = AnalysisResult(analysis="OS", name="deaths", n=2, patients=("4", "7"))
            >>> written = Results([row]).to_document()
            >>> written["patient_sets"][written["results"][0]["patients"]]
            ['4', '7']
        """
        patients, sources = SharedSets(), SharedSets()
        rows = [
            row.to_dict() | {"patients": patients.number(row.patients), "sources": sources.number(row.sources)}
            for row in self._rows
        ]
        return {"patient_sets": patients.lists, "source_sets": sources.lists, "results": rows}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Results:
        """Return the results that the content of a `results.json` holds; `results_schema` describes it."""
        patients, sources = (list(map(tuple, document[name])) for name in ("patient_sets", "source_sets"))
        return cls(
            AnalysisResult(**row | {"patients": patients[row["patients"]], "sources": sources[row["sources"]]})
            for row in document["results"]
        )


class SharedSets:
    """Lists that many rows have in common, each kept once and named by its number.

    Examples:
        >>> sets = SharedSets()
        >>> sets.number(("1", "2")), sets.number(()), sets.number(("1", "2")), sets.lists
        (0, 1, 0, [['1', '2'], []])
    """

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, ...], int] = {}

    def number(self, names: tuple[str, ...]) -> int:
        """Return the number of a list, a new one for a list that was not met before."""
        return self._numbers.setdefault(names, len(self._numbers))

    @property
    def lists(self) -> list[list[str]]:
        """The lists in the order of their numbers."""
        return [list(names) for names in self._numbers]


def results_schema() -> dict[str, Any]:
    """Return the JSON Schema of `results.json`: rows with every field present, and the lists that they share.

    `patients` and `sources` of a row are the place, from 0, of its list in `patient_sets` and `source_sets`.
    """
    text, maybe_text, maybe_number = {"type": "string"}, {"type": ["string", "null"]}, {"type": ["number", "null"]}
    counts, place = {"type": ["integer", "null"], "minimum": 0}, {"type": "integer", "minimum": 0}
    properties: dict[str, Any] = {field.name: maybe_text for field in fields(AnalysisResult)}
    properties |= {"analysis": text, "name": text, "group": text, "method": text}
    properties |= dict.fromkeys(("estimate", "lower", "upper", "level"), maybe_number)
    properties |= {"n": counts, "N": counts, "patients": place, "sources": place}
    row = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    lists = {"type": "array", "items": {"type": "array", "items": text}}
    parts = {"patient_sets": lists, "source_sets": lists, "results": {"type": "array", "items": row}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "engager results",
        "type": "object",
        "properties": parts,
        "required": list(parts),
        "additionalProperties": False,
    }
