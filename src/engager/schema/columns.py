"""How a column is declared: type, unit, permitted values, meaning and CDISC variable, in one line each.

A column is a dataframely column, so the same declaration types the frame, checks its values and writes the
reference page; `Kind` tells a reader how the text of a cell becomes a value.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, cast

import dataframely as dy

from engager.terms.codelists import CodeList, codelist


class Kind(StrEnum):
    """How the text of a cell is read."""

    TEXT = "text"
    CODE = "code"
    NUMBER = "number"
    INTEGER = "integer"
    STUDY_DAY = "study day"
    DATE = "date"
    YES_NO = "yes/no"
    UNIT = "unit"
    GRADE = "grade"
    RESULT = "result"
    INTERNAL = "internal"


GRADES = (1, 2, 3, 4, 5)


# dataframely hands one metadata mapping through untouched: everything of ours that a column carries lies in it.
def _metadata(kind: Kind, cdisc: str | None, unit: str | None = None, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "cdisc": cdisc, "unit": unit, **more}


def text(meaning: str, *, cdisc: str | None = None, required: bool = False) -> dy.String:
    """Free text."""
    return dy.String(description=meaning, nullable=not required, metadata=_metadata(Kind.TEXT, cdisc))


def key(meaning: str, *, cdisc: str) -> dy.String:
    """The identifier that makes a row unique."""
    return dy.String(description=meaning, primary_key=True, metadata=_metadata(Kind.TEXT, cdisc))


def code(list_name: str, meaning: str, *, cdisc: str | None = None, required: bool = False) -> dy.Enum:
    """A code of a list of the vocabulary."""
    metadata = _metadata(Kind.CODE, cdisc, codelist=list_name)
    return dy.Enum(codelist(list_name).codes, description=meaning, nullable=not required, metadata=metadata)


def unit(meaning: str, *, cdisc: str | None = None) -> dy.String:
    """A UCUM unit, in any spelling the vocabulary knows."""
    return dy.String(description=meaning, nullable=True, metadata=_metadata(Kind.UNIT, cdisc))


def number(
    meaning: str,
    *,
    unit: str | None = None,
    low: float | None = None,
    high: float | None = None,
    cdisc: str | None = None,
) -> dy.Float64:
    """A finite number in the unit named, within [low, high]."""
    return dy.Float64(
        description=meaning, nullable=True, min=low, max=high, metadata=_metadata(Kind.NUMBER, cdisc, unit)
    )


def integer(meaning: str, *, low: int | None = None, high: int | None = None, cdisc: str | None = None) -> dy.Int32:
    """A whole number within [low, high]."""
    return dy.Int32(description=meaning, nullable=True, min=low, max=high, metadata=_metadata(Kind.INTEGER, cdisc))


def grade(meaning: str, *, cdisc: str | None = None) -> dy.Int32:
    """A CTCAE grade, 1 to 5; a reader takes `III`, `G3` and `Grade 3` as 3."""
    metadata = _metadata(Kind.GRADE, cdisc)
    return dy.Int32(description=meaning, nullable=True, min=GRADES[0], max=GRADES[-1], metadata=metadata)


def study_day(meaning: str, *, cdisc: str | None = None, dated_by: str | None = None) -> dy.Int32:
    """A study day: day 1 is the day of the first dose, day -1 the day before; there is no day 0.

    `dated_by` names the date column from which the day is derived where it is not given.
    """
    metadata = _metadata(Kind.STUDY_DAY, cdisc, "d", dated_by=dated_by)
    return dy.Int32(description=meaning, nullable=True, metadata=metadata)


def date(meaning: str, *, cdisc: str | None = None) -> dy.Date:
    """A calendar date."""
    return dy.Date(description=meaning, nullable=True, metadata=_metadata(Kind.DATE, cdisc))


def yes_no(meaning: str, *, cdisc: str | None = None) -> dy.Bool:
    """A yes or a no; empty means not recorded."""
    return dy.Bool(description=meaning, nullable=True, metadata=_metadata(Kind.YES_NO, cdisc))


def result(meaning: str, *, cdisc: str | None = None) -> dy.Float64:
    """The answer of a test: a number, a bound (`<0.01`), a word of `result` or of the test's own code list.

    A reader splits the text into this column and the internal columns beside it.
    """
    return dy.Float64(description=meaning, nullable=True, metadata=_metadata(Kind.RESULT, cdisc))


def internal_text(meaning: str) -> dy.String:
    """Text that a reader derives; no column of a file."""
    return dy.String(description=meaning, nullable=True, metadata=_metadata(Kind.INTERNAL, None))


def internal_row(meaning: str) -> dy.UInt32:
    """The row of the file, as a spreadsheet numbers it."""
    return dy.UInt32(description=meaning, metadata=_metadata(Kind.INTERNAL, None))


def internal_code(list_name: str, meaning: str) -> dy.Enum:
    """A code that a reader derives; no column of a file."""
    return dy.Enum(
        codelist(list_name).codes, description=meaning, nullable=True, metadata=_metadata(Kind.INTERNAL, None)
    )


def kind_of(column: dy.Column) -> Kind:
    """Return how the text of a column is read."""
    return cast("Kind", (column.metadata or {})["kind"])


def codelist_of(column: dy.Column) -> CodeList | None:
    """Return the code list of a coded column, or None."""
    name = (column.metadata or {}).get("codelist")
    return codelist(name) if name else None


def unit_of(column: dy.Column) -> str | None:
    """Return the fixed unit of a column, or None where it has none or its row names it."""
    return cast("str | None", (column.metadata or {})["unit"])


def unit_name(column: dy.Column) -> str:
    """Return the unit of a column as a person says it: `years`, where UCUM has `a`; empty where it has none."""
    unit = unit_of(column) or ""
    return {"a": "years", "d": "days"}.get(unit, unit)


def cdisc_of(column: dy.Column) -> str | None:
    """Return the CDISC domain and variable of a column, as `DM.SEX`, or None."""
    return cast("str | None", (column.metadata or {})["cdisc"])


def dated_by(column: dy.Column) -> str | None:
    """Return the date column from which a study day is derived, or None."""
    return cast("str | None", (column.metadata or {}).get("dated_by"))
