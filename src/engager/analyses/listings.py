"""Listings by patient, as recorded: therapies, follow-up, measurements; adverse events have their own analysis."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from engager.analyses.rows import LISTED
from engager.endpoints import Datasets
from engager.plan import AnalysisPlan
from engager.results import AnalysisResult

ANALYSIS = "listing"


@dataclass(frozen=True, slots=True)
class _Kind:
    """One listing: its table, the columns of the first and last day, what a row is, and what else is told of it."""

    table: str
    first: str
    last: str | None
    what: Callable[[Mapping[str, Any]], str]
    details: Sequence[str]


def _therapy(row: Mapping[str, Any]) -> str:
    name = row["name"] or row["kind"]
    return f"{name}: not given" if row["given"] is False else name


def _follow_up(row: Mapping[str, Any]) -> str:
    return str(row["event"])


def _measurement(row: Mapping[str, Any]) -> str:
    answer = row["value_text"] if row["value_text"] is not None else row["category"] or row["result"]
    if answer is None:
        answer = "not recorded" if row["value"] is None else f"{row['comparator'] or ''}{row['value']:g}".lstrip("=")
    plain = row["value"] is None or row["unit"] in (None, "1") or row["unit"].startswith("{")
    return f"{row['test'].replace('_', ' ')}: {answer}" + ("" if plain else f" {row['unit']}")


_KINDS = (
    _Kind("therapies", "start_day", "end_day", _therapy, ("kind", "phase", "cycle", "dose", "times", "donor")),
    _Kind("follow_up", "day", None, _follow_up, ("cycle", "timepoint", "site", "cause", "status")),
    _Kind(
        "measurements", "day", None, _measurement, ("cycle", "cycle_day", "timepoint", "specimen", "method", "target")
    ),
)


def analyse_listings(datasets: Datasets, plan: AnalysisPlan) -> Iterator[AnalysisResult]:
    """Yield the records of each patient in the order of the patients table and of the days, at most LISTED a table.

    A row is `listing/TABLE` with what it is in `text` and its days in `lower` and `upper`; `TABLE_details` tells the
    rest. `records` counts all. Dates, places in the record and notes stay in the input.
    """
    if "listings" not in plan.contents:
        return
    order = pl.DataFrame({"patient": datasets.cohort.patients}).with_row_index("place")
    for kind in _KINDS:
        frame = datasets.cohort[kind.table]
        yield AnalysisResult(
            analysis=ANALYSIS, name="records", group=kind.table, n=frame.height, unit="{records}",
            method=f"rows of the table {kind.table} at the data cut-off",
        )  # fmt: skip
        for row in _listed(frame.join(order, on="patient", how="left"), kind).iter_rows(named=True):
            yield from _record(kind, row)


def _listed(frame: pl.DataFrame, kind: _Kind) -> pl.DataFrame:
    """Return the rows in order, numbered within their patient; the order of the file decides nothing but ties."""
    words = [pl.col(name).cast(pl.String) for name in frame.columns if name not in ("row", "place", "source", "note")]
    listed = frame.sort("place", kind.first, *words, "row", nulls_last=True).head(LISTED)
    return listed.with_columns(number=pl.int_range(1, pl.len() + 1).over("patient"))


def _record(kind: _Kind, row: Mapping[str, Any]) -> Iterator[AnalysisResult]:
    shared: dict[str, Any] = {
        "analysis": ANALYSIS,
        "group": f"patient {row['patient']}",
        "at": str(row["number"]),
        "method": f"as recorded in {kind.table}",
        "patients": (row["patient"],),
        "sources": (f"{kind.table}:{row['row']}",),
    }
    first, last = row[kind.first], row[kind.last] if kind.last else row[kind.first]
    yield AnalysisResult(name=kind.table, text=kind.what(row), lower=first, upper=last, unit="d", **shared)
    details = "; ".join(_details(kind, row))
    if details:
        yield AnalysisResult(name=f"{kind.table}_details", text=details, **shared)


def _details(kind: _Kind, row: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the columns add: numbers with their name, and the dose with its unit, words alone."""
    for name in kind.details:
        value, words = row[name], name.replace("_", " ")
        if value is None or (name == "kind" and row["name"] is None):
            continue  # a treatment without a name is called by its kind already
        if name == "dose":
            yield f"dose {value:g} {row['unit'] or ''}".rstrip()
        else:
            yield str(value) if isinstance(value, str) else f"{words} {value}"
