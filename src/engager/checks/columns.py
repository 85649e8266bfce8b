"""What the schema itself says of a column, as rules: a required cell empty, a range left, a key that stands twice."""

from __future__ import annotations

from collections.abc import Iterator

import dataframely as dy
import polars as pl

from engager.checks.rule import Rule, rows
from engager.errors import Severity
from engager.schema import TABLES
from engager.schema.columns import Kind, kind_of, unit_name


def _column_rules(table: str, name: str, column: dy.Column) -> Iterator[Rule]:
    cell = pl.col(name)
    if not column.nullable:
        yield Rule(
            f"{table}.{name}_empty", Severity.ERROR, table, name, rows(table, cell.is_null()),
            f"{name} is empty", f"a value: {column.description}", absence=((table, name),), acceptable=False,
        )  # fmt: skip
    low, high = getattr(column, "min", None), getattr(column, "max", None)
    if low is not None or high is not None:
        outside = (cell < low if low is not None else pl.lit(value=False)) | (
            cell > high if high is not None else pl.lit(value=False)
        )
        yield Rule(
            f"{table}.{name}_range", Severity.ERROR, table, name, rows(table, outside),
            f"{name} {{{name}}}", _range(low, high, unit_name(column)),
        )  # fmt: skip
    if column.primary_key:
        yield Rule(
            f"{table}.{name}_twice", Severity.ERROR, table, name,
            rows(table, cell.is_duplicated() & cell.is_not_null()),
            f"{name} {{{name}}} stands more than once", "one row for each patient", "Join the rows, or correct one",
            acceptable=False,
        )  # fmt: skip


def _range(low: float | None, high: float | None, unit: str) -> str:
    suffix = f" {unit}" if unit else ""
    if low is not None and high is not None:
        return f"{low:g} to {high:g}{suffix}"
    return f"{low:g}{suffix} or more" if low is not None else f"{high:g}{suffix} or less"


RULES = tuple(
    rule
    for table, schema in TABLES.items()
    for name, column in schema.columns().items()
    if kind_of(column) is not Kind.INTERNAL
    for rule in _column_rules(table, name, column)
)
