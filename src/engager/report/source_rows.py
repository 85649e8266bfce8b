"""The input rows behind the results, as text: what a reader sees who follows a number to its end."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from engager.cohort import Cohort
from engager.results import Results

# A report carries at most this many input rows of each table; the input itself has them all.
CARRIED = 5000


def source_rows(cohort: Cohort, results: Results, published: pl.DataFrame | None) -> Mapping[str, Mapping[str, str]]:
    """Return, by `table:row`, the filled cells of each input row that a result names."""
    wanted: dict[str, set[int]] = {}
    for result in results:
        for address in result.sources:
            table, _, row = address.partition(":")
            wanted.setdefault(table, set()).add(int(row))
    beside = {"published": published, "reference_ranges": cohort.reference_ranges}
    frames = dict(cohort.tables) | {name: frame for name, frame in beside.items() if frame is not None}
    return {
        f"{table}:{row['row']}": _cells(row)
        for table, rows in wanted.items()
        for row in frames[table].filter(pl.col("row").is_in(sorted(rows)[:CARRIED])).iter_rows(named=True)
    }


def _cells(row: Mapping[str, object]) -> dict[str, str]:
    """Return the filled cells as text, place and note last; an answer in parts is told as it was entered."""
    hidden = {"row", "comparator", "result", "category", "value_text"}
    cells = {name: value for name, value in row.items() if value is not None and name not in hidden}
    if row.get("value_text") is not None:
        cells["value"] = row["value_text"]
    last = {name: cells.pop(name) for name in ("source", "note") if name in cells}
    return {name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in (cells | last).items()}
