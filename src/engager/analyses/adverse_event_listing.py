"""The adverse events of each patient as recorded: term, days, grade, what was said of them, and whether they count."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from engager.analyses.rows import LISTED
from engager.results import AnalysisResult

ANALYSIS = "adverse_events"


def list_events(events: pl.DataFrame) -> Iterator[AnalysisResult]:
    """Yield four rows a record: what and when, grade, circumstances, treatment-emergent; up to the listing's limit."""
    number = pl.int_range(1, pl.len() + 1).over("patient").alias("number")
    for row in events.with_columns(number).head(LISTED).iter_rows(named=True):
        days: dict[str, Any] = {"lower": _number(row["start_day"]), "upper": _number(row["end_day"]), "unit": "d"}
        yield _listed(row, "event", row["term"], "first and last day as recorded", **days)
        yield _listed(row, "event_grade", _grade(row), f"CTCAE {row['version']}")
        yield _listed(row, "event_circumstances", _circumstances(row), "as recorded")
        yield _listed(row, "event_emergent", row["emergent"], row["reason"])


def _number(day: int | None) -> float | None:
    return None if day is None else float(day)


def _listed(row: dict[str, Any], name: str, text: str | None, method: str, **more: Any) -> AnalysisResult:
    return AnalysisResult(
        analysis=ANALYSIS, name=name, group=f"patient {row['patient']}", at=str(row["number"]), text=text,
        method=method, warning=None if text else "not recorded", patients=(row["patient"],),
        sources=tuple(row["sources"]), **more,
    )  # fmt: skip


def _grade(row: dict[str, Any]) -> str | None:
    low, high = row["grade_low"], row["grade_high"]
    if low is None:
        return None
    return str(low) if low == high else f"{low}-{high}"


def _circumstances(row: dict[str, Any]) -> str | None:
    """Return what the record says of an event, in words; an answer that is not recorded is left out."""
    relation = row["related"] if row["related"] != "unknown" else None
    placed = f"cycle {row['cycle']}" if row["cycle"] is not None and row["start_day"] is None else None
    if placed and row["cycle_day"] is not None:
        placed += f", day {row['cycle_day']} of it"
    serious = {True: "serious", False: "not serious", None: None}[row["serious"]]
    before = "pre-existing" if row["pre_existing"] else None
    action = {None: None, "none": "treatment unchanged"}.get(row["action"], row["action"])
    return "; ".join(filter(None, (placed, before, serious, relation, action, row["outcome"]))) or None
