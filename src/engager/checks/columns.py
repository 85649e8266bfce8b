"""What the schema itself says of a column: a range left, a required cell empty, a key that stands twice."""

from __future__ import annotations

from collections.abc import Iterator

import dataframely as dy
import polars as pl

from engager.checks.rule import LISTED
from engager.cohort import Cohort
from engager.errors import Issue, Severity
from engager.schema import TABLES
from engager.schema.columns import unit_of


def column_issues(cohort: Cohort) -> Iterator[Issue]:
    """Yield an issue for each cell that its column's declaration does not permit."""
    for table, schema in TABLES.items():
        _, failures = schema.filter(cohort[table])
        if not failures.counts():
            continue
        details = failures.details()
        for rule in failures.counts():
            bad = details.filter(pl.col(rule) == "invalid")
            yield from _failed(cohort, table, schema, rule, bad)


def _failed(cohort: Cohort, table: str, schema: type[dy.Schema], rule: str, bad: pl.DataFrame) -> Iterator[Issue]:
    column, _, kind = rule.partition("|")
    if rule == "primary_key":
        column, kind = schema.primary_key()[0], "unique"
    expected = _expected(schema.columns()[column], kind)
    for row, value in bad.select("row", column).head(LISTED).iter_rows():
        found = f"{column} {value:g}" if isinstance(value, float) else f"{column} {'empty' if value is None else value}"
        found += " stands more than once" if kind == "unique" else ""
        yield Issue(Severity.ERROR, f"columns.{kind}", cohort.place(table, row, column), found, expected)
    if bad.height > LISTED:
        found = f"{bad.height - LISTED} more cells of this column against the same rule"
        yield Issue(Severity.ERROR, f"columns.{kind}", cohort.place(table, None, column), found, expected)


def _expected(column: dy.Column, kind: str) -> str:
    low, high, unit = getattr(column, "min", None), getattr(column, "max", None), unit_of(column)
    suffix = f" {unit}" if unit else ""
    match kind:
        case "unique":
            return "one row for each patient"
        case "nullability":
            return f"a value: {column.description}"
        case "min" | "max" if low is not None and high is not None:
            return f"{low:g} to {high:g}{suffix}"
        case "min":
            return f"{low:g}{suffix} or more"
        case _:
            return f"{high:g}{suffix} or less" if high is not None else "a finite number"
