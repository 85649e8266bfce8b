"""A table from a Parquet file, whose columns may already have their types."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from engager.errors import InputError
from engager.readers.raw import RawTable, raw_table, unreadable

MOST_CELLS = 500_000_000
"""Cells of a table: a few kilobytes of Parquet can claim more than any memory holds."""


def read_parquet(path: Path, name: str) -> RawTable:
    """Return the cells of a Parquet file as text; raises InputError where it cannot be read, or holds too much."""
    try:
        lazy = pl.scan_parquet(path)
        rows, columns = lazy.select(pl.len()).collect().item(), len(lazy.collect_schema())
        if rows * columns > MOST_CELLS:
            found, expected = f"a table of {rows} rows and {columns} columns", f"at most {MOST_CELLS} cells"
            raise InputError(unreadable(path, "too_large", found, expected, "Read the cohort in parts"))
        frame = lazy.collect()
        cells = frame.select(as_text(column) for column in frame.iter_columns())
    except (pl.exceptions.PolarsError, OSError) as error:
        found = f"no readable Parquet file ({str(error).splitlines()[0]})"
        raise InputError(unreadable(path, "unreadable", found, "a Parquet file of texts, numbers and dates")) from None
    return raw_table(name, path, cells.columns, cells)


def as_text(column: pl.Series) -> pl.Series:
    """Return the texts a person would have typed: 1 for 1.0, a date for its midnight."""
    if column.dtype.is_float():
        return column.cast(pl.String).str.replace(r"\.0$", "")
    if column.dtype == pl.Boolean:
        return column.replace_strict({True: "yes", False: "no"}, return_dtype=pl.String)
    if isinstance(column.dtype, pl.Datetime):
        return column.dt.strftime("%Y-%m-%d %H:%M:%S").str.replace(" 00:00:00", "", literal=True)
    return column.cast(pl.String)
