"""A table of texts as CSV or Parquet, every row in the row of the file that it had."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from engager.readers.parquet import as_text
from engager.readers.raw import RawTable
from engager.schema import TABLES
from engager.schema.columns import Kind, kind_of

_TYPES = {Kind.NUMBER: pl.Float64, Kind.INTEGER: pl.Int32, Kind.STUDY_DAY: pl.Int32, Kind.GRADE: pl.Int32}


def write_csv_table(table: RawTable, path: Path) -> Path:
    """Write a table as a CSV file in UTF-8, separated by commas, and return its path."""
    with_blank_rows(table).write_csv(path, quote_style="necessary")
    return path


def write_parquet_table(table: RawTable, path: Path) -> Path:
    """Write a table as a Parquet file and return its path.

    A column of numbers or dates takes that type where each of its texts comes back from it; else it stays text, since
    the number 5 does not say that `5.0` was entered.
    """
    declared = TABLES[table.name].columns()
    frame = with_blank_rows(table)
    kinds = {name: kind_of(declared[name]) for name in frame.columns if name in declared}
    frame.with_columns(_typed(frame[name], kind) for name, kind in kinds.items()).write_parquet(path)
    return path


def with_blank_rows(table: RawTable) -> pl.DataFrame:
    """Return the texts of a table with a row of nulls wherever the file has none, so that rows keep their numbers."""
    last = table.rows[-1] if table.rows.len() else 1
    every = pl.DataFrame({"row ": pl.int_range(2, last + 1, dtype=pl.UInt32, eager=True)})
    placed = table.frame.with_columns(table.rows.alias("row "))
    return every.join(placed, on="row ", how="left", maintain_order="left").drop("row ")


def _typed(texts: pl.Series, kind: Kind) -> pl.Series:
    if kind is Kind.DATE:
        typed = texts.str.to_date("%Y-%m-%d", strict=False)
    elif kind in _TYPES:
        typed = texts.cast(_TYPES[kind], strict=False)
    else:
        return texts
    return typed if as_text(typed).equals(texts) else texts
