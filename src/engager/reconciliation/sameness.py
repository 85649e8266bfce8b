"""When a field of two rows is the same: expressions over pairs of rows, that of A under `a.`, that of B under `b.`."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from engager.reconciliation.cells import derived_of, key_of, number_of
from engager.reconciliation.fields import Field
from engager.schema.columns import Kind

# Numbers converted from one unit to another carry a rounding error of their own.
_CONVERTED = 1e-9


def of(side: str, column: str) -> pl.Expr:
    """Return a column of one side, `a` or `b`, of a frame of pairs."""
    return pl.col(f"{side}.{column}")


def filled(side: str, field: Field) -> pl.Expr:
    """Return whether a side has a value in a field."""
    return of(side, key_of(field.name)).is_not_null()


def considered(field: Field, present: Sequence[str]) -> pl.Expr:
    """Return whether a field of a pair is compared: one side at least has a value that does not follow from others.

    A day is not compared where both sides derive it, since what it follows from is; a date not where one side gives
    the day instead. `present` are the columns of the frame.
    """
    either = filled("a", field) | filled("b", field)
    derived = f"a.{derived_of(field.name)}"
    if derived in present:
        either = either & ~(of("a", derived_of(field.name)) & of("b", derived_of(field.name)))
    if field.day is not None and f"a.{key_of(field.day)}" in present:
        no_day = of("a", key_of(field.day)).is_null() | of("b", key_of(field.day)).is_null()
        either = either & ((filled("a", field) & filled("b", field)) | no_day)
    return either


def same(field: Field, fields: Sequence[Field]) -> pl.Expr:
    """Return whether both sides have the same value in a field, within its tolerance; false where one is empty.

    Numbers in two units of one quantity are the same where all numbers of the row are, converted; so is then the unit.
    """
    equal = of("a", key_of(field.name)) == of("b", key_of(field.name))
    if field.is_number and field.tolerance > 0:
        equal = equal | _near(field, converted=False)
    if field.in_unit or field.kind is Kind.UNIT:
        equal = equal | _same_converted(fields)
    return equal.fill_null(value=False)


def _near(field: Field, *, converted: bool) -> pl.Expr:
    a, b = (_number(side, field, converted=converted) for side in ("a", "b"))
    allowed = pl.lit(max(field.tolerance, _CONVERTED) if converted else field.tolerance)
    if field.kind in (Kind.NUMBER, Kind.RESULT):
        allowed = allowed * pl.max_horizontal(a.abs(), b.abs())
    near = (a - b).abs() <= allowed
    return near & (of("a", "sign") == of("b", "sign")) if field.kind is Kind.RESULT else near


def _number(side: str, field: Field, *, converted: bool) -> pl.Expr:
    number = of(side, number_of(field.name))
    return number * of(side, "factor") if converted else number


def _same_converted(fields: Sequence[Field]) -> pl.Expr:
    """Return whether two rows with two units of one quantity tell the same numbers."""
    measured = [field for field in fields if field.in_unit]
    some = pl.any_horizontal(
        [of("a", number_of(field.name)).is_not_null() for field in measured] or [pl.lit(value=False)]
    )
    alike = [(~filled("a", field) & ~filled("b", field)) | _near(field, converted=True) for field in measured]
    two_units = (of("a", "factor") != of("b", "factor")) & (of("a", "quantity") == of("b", "quantity"))
    return pl.all_horizontal(two_units, some, *alike).fill_null(value=False)
