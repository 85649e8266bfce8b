"""The rows behind a derived row: `sources` names them as `table:row`."""

from __future__ import annotations

import polars as pl


def source(table: str) -> pl.Expr:
    """Return the address of each row of a table, as `table:row`."""
    return pl.format("{}:{}", pl.lit(table), "row").alias("source")


def gathered(addresses: pl.Expr | None = None) -> pl.Expr:
    """Return the distinct addresses of a group, of `source` or as given, in the order met: the list `sources`."""
    addresses = pl.col("source") if addresses is None else addresses
    return addresses.drop_nulls().unique(maintain_order=True).alias("sources")


def merged(*columns: str) -> pl.Expr:
    """Return one list column `sources` from several, nulls as empty lists, each address once."""
    empty = pl.lit([], dtype=pl.List(pl.String))
    lists = [pl.coalesce(pl.col(column), empty) for column in columns]
    return pl.concat_list(lists).list.unique(maintain_order=True).alias("sources")


def merged_rows() -> pl.Expr:
    """Return the addresses of all rows of a group that each carry a list `sources`, each once."""
    return pl.col("sources").explode().drop_nulls().unique(maintain_order=True).alias("sources")
