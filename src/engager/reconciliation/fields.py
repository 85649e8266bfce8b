"""Which columns of a table are compared, what they say of a row, and how near counts as the same."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import dataframely as dy

from engager.plan import Reconciliation
from engager.schema import TABLES
from engager.schema.columns import Kind, dated_by, kind_of


class Role(StrEnum):
    """What a field says of its row: what was recorded, when it was, or what was found."""

    WHAT = "what"
    WHEN = "when"
    CONTENT = "content"


# A row is known by what it is of, beside its patient and its time.
_WHAT = {
    "exposure": ("cycle", "step"),
    "measurements": ("test",),
    "adverse_events": ("term",),
    "therapies": ("kind", "name"),
    "follow_up": ("event",),
}
_WHEN = ("day", "date", "start_day", "start_date", "end_day", "end_date", "phase", "block", "cycle", "cycle_day",
         "timepoint")  # fmt: skip
# The fields for whose sake a row is recorded weigh three times the others of the content.
_MAIN = {("exposure", "dose"), ("measurements", "value"), ("adverse_events", "grade"), ("therapies", "donor"),
         ("follow_up", "cause"), ("follow_up", "site")}  # fmt: skip
_NEVER = ("row", "patient", "source", "note")
NUMBERS = (Kind.NUMBER, Kind.RESULT, Kind.INTEGER, Kind.STUDY_DAY, Kind.DATE, Kind.GRADE)
CATEGORIES = (Kind.CODE, Kind.YES_NO, Kind.UNIT, Kind.GRADE)
_MEASURED = ("value", "dose", "lod", "loq", "lower_limit", "upper_limit")


@dataclass(frozen=True, slots=True)
class Field:
    """A column that is compared.

    `tolerance` is in days for days and dates, relative for numbers, absolute for whole numbers. `day` names the day
    that a date gives, `date` the date that gives a day; `in_unit` marks a number in the unit of its row.
    """

    name: str
    kind: Kind
    role: Role
    weight: float
    tolerance: float
    exact: bool
    date: str | None = None
    day: str | None = None
    in_unit: bool = False

    @property
    def is_number(self) -> bool:
        """Whether differences of the field are numbers."""
        return self.kind in NUMBERS


def compared_fields(table: str, settings: Reconciliation) -> tuple[Field, ...]:
    """Return the fields of a table that the settings compare, in the order of the schema.

    Sources and notes are never compared; free text is left out where the settings say so, except a required one,
    without which a row says nothing.

    Examples:
        >>> [field.name for field in compared_fields("exposure", Reconciliation()) if field.role is Role.WHAT]
        ['cycle', 'step']
    """
    schema = TABLES[table]
    days = {date: name for name, column in schema.columns().items() if (date := dated_by(column))}
    return tuple(
        _field(table, name, column, settings, days)
        for name, column in schema.columns().items()
        if name not in _NEVER and kind_of(column) is not Kind.INTERNAL and _is_compared(table, name, column, settings)
    )


def _is_compared(table: str, name: str, column: dy.Column, settings: Reconciliation) -> bool:
    if settings.fields.get(f"{table}.{name}") == "ignore":
        return False
    return kind_of(column) is not Kind.TEXT or settings.free_text != "ignore" or not column.nullable


def _field(table: str, name: str, column: dy.Column, settings: Reconciliation, days: dict[str, str]) -> Field:
    kind = kind_of(column)
    role = Role.WHEN if name in _WHEN else Role.CONTENT
    own = settings.fields.get(f"{table}.{name}")
    default = {Kind.STUDY_DAY: settings.days, Kind.DATE: settings.days, Kind.NUMBER: settings.relative,
               Kind.RESULT: settings.relative}.get(kind, 0.0)  # fmt: skip
    return Field(
        name=name,
        kind=kind,
        role=Role.WHAT if name in _WHAT.get(table, ()) else role,
        weight=3.0 if (table, name) in _MAIN else 1.0,
        tolerance=own if isinstance(own, float) else float(default),
        exact=settings.free_text == "exact",
        date=dated_by(column),
        day=days.get(name),
        in_unit=name in _MEASURED and "unit" in TABLES[table].column_names(),
    )
