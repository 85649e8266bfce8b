"""What two abstractions disagree on, an item each: a row that only one has, or a cell that differs."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from engager.reconciliation.cells import text_of
from engager.reconciliation.fields import Field
from engager.reconciliation.likeness import LIMIT, shared
from engager.reconciliation.sameness import considered, of, same

ONLY_A, ONLY_B, DIFFERS = "row only in A", "row only in B", "cell differs"
ITEMS: dict[str, pl.DataType] = {
    "item": pl.String(),
    "table": pl.String(),
    "what": pl.Enum([ONLY_A, ONLY_B, DIFFERS]),
    "patient": pl.String(),
    "field": pl.String(),
    "a": pl.String(),
    "b": pl.String(),
    "source_a": pl.String(),
    "source_b": pl.String(),
    "row_a": pl.UInt32(),
    "row_b": pl.UInt32(),
    "why": pl.String(),
    "test": pl.String(),
}
"""The columns of the list of disagreements: `why` says why two rows are taken for one, `test` what was measured."""


def only_items(table: str, side: str, frame: pl.DataFrame, paired: pl.Series, fields: Sequence[Field]) -> pl.DataFrame:
    """Return an item for each row of a side, `a` or `b`, that has no counterpart."""
    mine, other = (side, "b" if side == "a" else "a")
    alone = frame.filter(~pl.col("row").is_in(paired.implode()))
    return alone.select(
        item=pl.format(f"{table}/{side.upper()}{{}}", "row"),
        table=pl.lit(table),
        what=pl.lit(ONLY_A if side == "a" else ONLY_B, ITEMS["what"]),
        patient="patient",
        field=pl.lit(None, pl.String),
        **{
            mine: _in_words(fields),
            other: pl.lit(None, pl.String),
            f"source_{mine}": pl.col("source"),
            f"source_{other}": pl.lit(None, pl.String),
            f"row_{mine}": pl.col("row"),
            f"row_{other}": pl.lit(None, pl.UInt32),
        },
        why=pl.lit("no row of the other is like it"),
        test=pl.col(text_of("test")) if table == "measurements" else pl.lit(None, pl.String),
    ).select(pl.col(name).cast(kind) for name, kind in ITEMS.items())


def differing_items(table: str, beside: pl.DataFrame, fields: Sequence[Field]) -> pl.DataFrame:
    """Return an item for each cell of a pair of rows that differs, in the order of rows and columns."""
    unlike = beside.filter(pl.col("cost") > 0) if table != "patients" else beside
    found = [_differing(table, unlike, field, position, fields) for position, field in enumerate(fields)]
    empty = pl.DataFrame(schema=ITEMS)
    if not found:
        return empty
    return pl.concat(found).sort("row_a", "position").select(empty.columns).cast(empty.schema)


def _differing(table: str, beside: pl.DataFrame, field: Field, position: int, fields: Sequence[Field]) -> pl.DataFrame:
    unlike = beside.filter(considered(field, beside.columns) & ~same(field, fields))
    return unlike.select(
        item=pl.format(f"{table}/A{{}}-B{{}}/{field.name}", "row_a", "row_b"),
        table=pl.lit(table),
        what=pl.lit(DIFFERS, ITEMS["what"]),
        patient="patient",
        field=pl.lit(field.name),
        a=of("a", text_of(field.name)),
        b=of("b", text_of(field.name)),
        source_a=of("a", "source"),
        source_b=of("b", "source"),
        row_a="row_a",
        row_b="row_b",
        why=_why(table, fields),
        test=of("a", text_of("test")) if table == "measurements" else pl.lit(None, pl.String),
        position=pl.lit(position),
    )


def _why(table: str, fields: Sequence[Field]) -> pl.Expr:
    """Return why two rows were taken for one: what they have in common, and the cost."""
    if table == "patients":
        return pl.lit("the same patient")
    common = shared(fields)
    told = pl.when(common == "").then(pl.lit("nothing of what and when in common")).otherwise(
        pl.concat_str(pl.lit("same "), common)
    )  # fmt: skip
    return pl.concat_str(told, pl.format("; unlikeness {} of at most {}", pl.col("cost").round(2), pl.lit(LIMIT)))


def _in_words(fields: Sequence[Field]) -> pl.Expr:
    """Return what a row says, its filled fields in the order of the table: `test mrd; value <1e-4`."""
    told = [pl.concat_str(pl.lit(f"{field.name.replace('_', ' ')} "), pl.col(text_of(field.name))) for field in fields]
    return pl.concat_str(told, separator="; ", ignore_nulls=True)
