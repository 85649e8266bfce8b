"""A table from a Parquet file, whose columns may already have their types."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from engager.errors import InputError
from engager.readers.raw import RawTable, raw_table, unreadable


def read_parquet(path: Path, name: str) -> RawTable:
    """Return the cells of a Parquet file as text; raises InputError where it cannot be read."""
    try:
        frame = pl.read_parquet(path)
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
