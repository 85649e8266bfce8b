"""How unlike two rows are, from 0 (the same) to 1: what decides which row of A is which row of B.

A row says *what* was recorded (test, term, event, cycle and step of an infusion), *when*, and with what *content*. Each
of the three is a distance from 0 to 1, and the cost of a pair is their mean with the weights below. Two rows are paired
only below the limit, so that they may differ altogether in what, in when, or in content, but not in two of the three.

- Of *what* and *when* the farthest field counts: d days apart are d / (d + 3), another cycle or timepoint is 1.
- Of the *content* the mean over the fields that one row at least has: numbers that differ by a share r of the greater
  one count r / (r + 0.1), texts the share of letter pairs that they do not have in common, codes 0 or 1. The field for
  whose sake the row is there (value, grade, dose, donor, cause, site) weighs three times another one.
- A field that only one row has counts 1/2, of *when* 1/4: not finding is likelier than finding something else.
- Where neither row has a time, the others share its weight; where neither has content, there is no difference in it.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from engager.reconciliation.cells import key_of, number_of, text_of
from engager.reconciliation.fields import Field, Role
from engager.reconciliation.sameness import considered, filled, of, same
from engager.schema.columns import Kind

WEIGHTS = {Role.WHAT: 0.35, Role.WHEN: 0.35, Role.CONTENT: 0.30}
LIMIT = 0.4
"""Rows that cost as much or more are two rows, not one recorded twice."""

_DAYS = 3.0
_SHARE = 0.1
_ONE_SIDED = 0.5
_TIMED_BY_ONE = 0.25
_NONE = pl.lit(None, pl.Float64)


def cost(pairs: pl.DataFrame, fields: Sequence[Field]) -> pl.Series:
    """Return the cost of each pair, from 0 to 1."""
    frame, distances = _with_text_distances(pairs, fields)
    farthest = {role: [distances[field.name] for field in fields if field.role is role] for role in Role}
    known = {role: pl.max_horizontal(of_role) if of_role else _NONE for role, of_role in farthest.items()}
    known[Role.CONTENT] = _mean(fields, distances).fill_null(0.0)
    total = pl.sum_horizontal(distance.fill_null(0.0) * WEIGHTS[role] for role, distance in known.items())
    weight = pl.sum_horizontal(distance.is_not_null() * WEIGHTS[role] for role, distance in known.items())
    return frame.select(cost=(total / weight).round(12))["cost"]


def _mean(fields: Sequence[Field], distances: dict[str, pl.Expr]) -> pl.Expr:
    """Return the weighted mean distance of the content, null where neither row has any."""
    chosen = [field for field in fields if field.role is Role.CONTENT]
    if not chosen:
        return _NONE
    total = pl.sum_horizontal(distances[field.name].fill_null(0.0) * field.weight for field in chosen)
    weight = pl.sum_horizontal(distances[field.name].is_not_null() * field.weight for field in chosen)
    return pl.when(weight > 0).then(total / weight)


def _with_text_distances(pairs: pl.DataFrame, fields: Sequence[Field]) -> tuple[pl.DataFrame, dict[str, pl.Expr]]:
    """Return the pairs with what texts need beside them, and the distance of each field, null where it has none."""
    frame, distances = pairs, {}
    for field in fields:
        apart = _apart(field)
        if field.kind is Kind.TEXT:
            frame = frame.with_columns(_letters_apart(frame, field).alias(f"apart.{field.name}"))
            apart = pl.col(f"apart.{field.name}")
        one_sided = ~(filled("a", field) & filled("b", field))
        counted = considered(field, pairs.columns) if field.role is not Role.WHEN else _timed(field, pairs.columns)
        distances[field.name] = (
            pl.when(counted)
            .then(
                pl.when(same(field, fields))
                .then(0.0)
                .when(one_sided)
                .then(_ONE_SIDED if field.role is not Role.WHEN else _TIMED_BY_ONE)
                .otherwise(apart)
            )
            .cast(pl.Float64)
        )
    return frame, distances


def _timed(field: Field, present: Sequence[str]) -> pl.Expr:
    """Return whether a time counts: a date only where a day is lacking, and a day also where it is derived."""
    if field.day is not None:
        return considered(field, present)
    return filled("a", field) | filled("b", field)


def _apart(field: Field) -> pl.Expr:
    """Return how far two different values are apart."""
    if not field.is_number or field.kind in (Kind.INTEGER, Kind.GRADE):
        return pl.lit(1.0)
    a, b = of("a", number_of(field.name)), of("b", number_of(field.name))
    if field.in_unit:
        one_quantity = (of("a", "quantity") == of("b", "quantity")).fill_null(value=False)
        a = pl.when(one_quantity).then(a * of("a", "factor")).otherwise(a)
        b = pl.when(one_quantity).then(b * of("b", "factor")).otherwise(b)
    difference = (a - b).abs()
    if field.kind in (Kind.STUDY_DAY, Kind.DATE):
        return difference / (difference + _DAYS)
    # Equal numbers that are not the same value differ in their sign (`<5`, `5`).
    relative = difference / pl.max_horizontal(a.abs(), b.abs())
    return pl.when(difference == 0).then(_ONE_SIDED).otherwise(relative / (relative + _SHARE)).fill_null(1.0)


def _letters_apart(pairs: pl.DataFrame, field: Field) -> pl.Series:
    """Return 1 less Dice's share of common letter pairs of two texts; each pair of texts is compared once."""
    texts = pairs.select(a=of("a", key_of(field.name)), b=of("b", key_of(field.name)))
    distinct = texts.unique().drop_nulls()
    a, b = (_letter_pairs(side) for side in ("a", "b"))
    common = a.list.set_intersection(b).list.len() * 2.0
    both = a.list.unique().list.len() + b.list.unique().list.len()
    apart = pl.when(both > 0).then(1 - common / both).otherwise(1.0)
    told = distinct.with_columns(apart=apart)
    return texts.join(told, on=["a", "b"], how="left", maintain_order="left")["apart"]


def _letter_pairs(text: str) -> pl.Expr:
    small = pl.col(text).str.to_lowercase()
    return pl.concat_list(small.str.extract_all("(?s).."), small.str.slice(1).str.extract_all("(?s).."))


def shared(fields: Sequence[Field]) -> pl.Expr:
    """Return in words what the rows of a pair have in common of what and when: `test mrd, cycle 1`."""
    told = [
        pl.when(same(field, fields) & filled("a", field)).then(
            pl.concat_str(pl.lit(f"{field.name.replace('_', ' ')} "), of("a", text_of(field.name)))
        )
        for field in fields
        if field.role is not Role.CONTENT
    ]
    return pl.concat_str(told, separator=", ", ignore_nulls=True) if told else pl.lit("")
