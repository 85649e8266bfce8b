"""A table made ready for comparison: of every field its text, its number and the key that equal values share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from engager.reconciliation.fields import Field
from engager.schema.columns import Kind
from engager.terms.units import units

ROW = ("row", "patient", "source", "note")


def text_of(field: str) -> str:
    """Return the name of the column that holds a field as a person reads it."""
    return f"text.{field}"


def number_of(field: str) -> str:
    """Return the name of the column that holds a field as a number; dates are days since 1970."""
    return f"number.{field}"


def key_of(field: str) -> str:
    """Return the name of the column that is equal where two values are the same, null where the cell is empty."""
    return f"key.{field}"


def derived_of(field: str) -> str:
    """Return the name of the column that says whether a value follows from other cells of its study."""
    return f"derived.{field}"


def comparable(table: pl.DataFrame, derived: pl.DataFrame, fields: Sequence[Field]) -> pl.DataFrame:
    """Return a row for each row of a table: row, patient, source, note, and the columns named above for each field."""
    frame = table.join(
        derived.rename({name: derived_of(name) for name in derived.columns if name != "row"}),
        on="row", how="left", maintain_order="left",
    )  # fmt: skip
    wanted = [expression for field in fields for expression in _columns(field)]
    kept = [name for name in frame.columns if name.startswith("derived.")]
    unit = pl.col("unit") if "unit" in table.columns else pl.lit(None, dtype=pl.String)
    factors = {code: entry.factor for code, entry in units().items()}
    quantities = {code: entry.quantity for code, entry in units().items()}
    return frame.select(
        *ROW,
        *kept,
        *wanted,
        unit.replace_strict(factors, default=None, return_dtype=pl.Float64).alias("factor"),
        unit.replace_strict(quantities, default=None, return_dtype=pl.String).alias("quantity"),
    )


def as_text(field: str, kind: Kind) -> pl.Expr:
    """Return a column as text that reads back as the same value."""
    column = pl.col(field)
    if kind is Kind.RESULT:
        return pl.col("value_text")
    if kind is Kind.YES_NO:
        return pl.when(column).then(pl.lit("yes")).when(~column).then(pl.lit("no"))
    text = column.cast(pl.String)
    return text.str.strip_suffix(".0") if kind is Kind.NUMBER else text


def words(text: pl.Expr) -> pl.Expr:
    """Return text in lower case with single spaces, so that only words count."""
    return text.str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()


def _columns(field: Field) -> Iterator[pl.Expr]:
    text = as_text(field.name, field.kind)
    yield text.alias(text_of(field.name))
    if field.is_number:
        number = pl.col(field.name)
        number = number.cast(pl.Int32) if field.kind is Kind.DATE else number
        yield number.cast(pl.Float64).alias(number_of(field.name))
    if field.kind is Kind.RESULT:
        yield pl.col("comparator").cast(pl.String).alias("sign")
    yield _key(field, text).alias(key_of(field.name))


def _key(field: Field, text: pl.Expr) -> pl.Expr:
    if field.kind is Kind.RESULT:
        bound = pl.concat_str("comparator", pl.col("value").cast(pl.String), separator=" ")
        return pl.coalesce(bound, "category", pl.col("result").cast(pl.String))
    return words(text) if field.kind is Kind.TEXT and not field.exact else text
