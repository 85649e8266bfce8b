"""How far two abstractions agree: per field and table, and over all.

A field of a pair of rows is compared where one of the two has a value in it. Cohen's kappa (codes) and Bland and
Altman's limits (numbers) are of the pairs in which both have one. Answers of different tests, or in different units,
are never put together for a kappa or a bias.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from engager.reconciliation.cells import key_of, number_of, text_of
from engager.reconciliation.fields import CATEGORIES, Field, Role
from engager.reconciliation.sameness import considered, filled, of, same
from engager.schema.columns import Kind
from engager.statistics import bland_altman, cohen_kappa

_COUNTS = ("rows_both", "rows_only_a", "rows_only_b", "compared", "agreed", "only_a", "only_b", "both")
_ESTIMATES = (
    "kappa",
    "kappa_lower",
    "kappa_upper",
    "bias",
    "bias_lower",
    "bias_upper",
    "lower_limit",
    "lower_limit_lower",
    "lower_limit_upper",
    "upper_limit",
    "upper_limit_lower",
    "upper_limit_upper",
)
AGREEMENT: Mapping[str, type[pl.DataType]] = {
    "table": pl.String,
    "field": pl.String,
    "of": pl.String,
    **dict.fromkeys(_COUNTS, pl.Int64),
    **dict.fromkeys(_ESTIMATES, pl.Float64),
}
"""The columns of the agreement: a row for all tables (`all`), one for each table (no field), one for each field, and
one for each test and unit (`of`) of a value or dose.
Counts are of cells except `rows_*`; bias and limits are B less A, days for dates."""

Row = dict[str, Any]


def table_agreement(table: str, beside: pl.DataFrame, rows: Mapping[str, int], fields: Sequence[Field]) -> list[Row]:
    """Return the row of a table and those of its fields; `rows` are its counts of rows."""
    by_field = [row for field in fields for row in _of_field(table, beside, field, fields)]
    whole = [row for row in by_field if row["of"] is None]
    return [{"table": table, **rows, **_sums(whole, _COUNTS[3:])}, *by_field]


def overall(tables: Sequence[Row]) -> Row:
    """Return the row of all tables together."""
    return {"table": "all", **_sums(tables, _COUNTS)}


def as_frame(rows: Sequence[Row]) -> pl.DataFrame:
    """Return rows of agreement as a frame; what a row does not tell is null."""
    return pl.DataFrame([{name: row.get(name) for name in AGREEMENT} for row in rows], schema=dict(AGREEMENT))


def _sums(rows: Sequence[Row], names: Sequence[str]) -> dict[str, int]:
    return {name: sum(row[name] for row in rows) for name in names}


def _of_field(table: str, beside: pl.DataFrame, field: Field, fields: Sequence[Field]) -> Iterator[Row]:
    """Yield the agreement of a field that somebody filled, and of a measurement's value also test by test."""
    told = beside.filter(considered(field, beside.columns)).with_columns(same=same(field, fields))
    if told.is_empty():
        return
    row: Row = {"table": table, "field": field.name, "of": None, **_counts(told, field)}
    if field.name not in ("value", "dose"):
        yield row | _estimates(told, field)
        return
    yield row
    for name, part in _alike(told):
        yield {"table": table, "field": field.name, "of": name, **_counts(part, field), **_estimates(part, field)}


def _alike(told: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the pairs of one test and unit with the name of these, where both rows have the same."""
    keys = [key_of(name) for name in ("test", "unit") if f"a.{key_of(name)}" in told.columns]
    both = told.filter(of("a", key).eq_missing(of("b", key)) for key in keys)
    both = both.with_columns(of=pl.concat_str([of("a", key) for key in keys], separator=", ", ignore_nulls=True))
    for (name,), part in both.sort("of", maintain_order=True).partition_by("of", as_dict=True).items():
        yield str(name), part


def _counts(told: pl.DataFrame, field: Field) -> dict[str, int]:
    a, b = filled("a", field), filled("b", field)
    counts = told.select(
        compared=pl.len(), agreed=pl.col("same").sum(), only_a=(a & ~b).sum(), only_b=(b & ~a).sum(), both=(a & b).sum()
    )
    return counts.row(0, named=True)


def _estimates(told: pl.DataFrame, field: Field) -> dict[str, float]:
    both = told.filter(filled("a", field) & filled("b", field))
    if both.is_empty():
        return {}
    coded = field.kind in CATEGORIES or (field.kind is Kind.INTEGER and field.role is not Role.CONTENT)
    if field.kind is Kind.RESULT:
        coded = both.select((of("a", "sign").is_null() & of("b", "sign").is_null()).all()).item()
    if coded:
        return _kappa(both.select(of("a", key_of(field.name)), of("b", key_of(field.name))))
    return _limits(_numbers(both, field)) if field.is_number else {}


def _kappa(both: pl.DataFrame) -> dict[str, float]:
    found = cohen_kappa(*(both[name].to_numpy().astype(str) for name in both.columns))
    return _told({"kappa": found.estimate, "kappa_lower": found.lower, "kappa_upper": found.upper})


def _numbers(both: pl.DataFrame, field: Field) -> pl.DataFrame:
    """Return the numbers that can be subtracted: of one unit, and of a measurement no bounds."""
    if field.in_unit and f"a.{text_of('unit')}" in both.columns:
        both = both.filter(of("a", text_of("unit")).eq_missing(of("b", text_of("unit"))))
        both = both if both[f"a.{text_of('unit')}"].n_unique() < 2 else both.clear()
    if field.kind is Kind.RESULT:
        both = both.filter(of("a", "sign") == "=", of("b", "sign") == "=")
    return both.select(of("a", number_of(field.name)), of("b", number_of(field.name))).drop_nulls()


def _limits(numbers: pl.DataFrame) -> dict[str, float]:
    if numbers.is_empty():
        return {}
    found = bland_altman(*(numbers[name].to_numpy() for name in numbers.columns))
    ends = {name: getattr(found, name) for name in ("bias", "lower_limit", "upper_limit")}
    told = {name: estimate.estimate for name, estimate in ends.items()}
    told |= {f"{name}_lower": estimate.lower for name, estimate in ends.items()}
    return _told(told | {f"{name}_upper": estimate.upper for name, estimate in ends.items()})


def _told(values: Mapping[str, float]) -> dict[str, float]:
    """Return the values without those that the data do not determine."""
    return {name: value for name, value in values.items() if value == value}  # noqa: PLR0124 - NaN is not itself
