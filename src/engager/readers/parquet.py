"""A table from a Parquet file, whose columns may already have their types."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from engager.errors import Issue
from engager.readers.raw import RawTable, unreadable, with_rows


def read_parquet(path: Path, name: str) -> RawTable | list[Issue]:
    """Return the cells of a Parquet file, as text or in the types it holds."""
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        found = f"no readable Parquet file ({str(error).splitlines()[0]})"
        return [unreadable(path, "unreadable", found, "a Parquet file")]
    categories = [column for column, kind in frame.schema.items() if isinstance(kind, pl.Enum | pl.Categorical)]
    if "row" in frame.columns:
        frame = frame.drop("row")
    return RawTable(name, path, None, with_rows(frame.with_columns(pl.col(categories).cast(pl.String))))
