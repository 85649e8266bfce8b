"""What a column of the workbook tells and asks of the person who fills it: its heading, its comment, its input rule."""

from __future__ import annotations

from collections.abc import Mapping

import dataframely as dy

from engager.readers.values import LAST_DAY
from engager.schema.columns import GRADES, Kind, cdisc_of, codelist_of, kind_of, unit_name, unit_of

_NUMBERS = (Kind.NUMBER, Kind.INTEGER)
_FREE = {"error_type": "warning"}


def heading(name: str, column: dy.Column) -> str:
    """Return the heading of a column, with its unit where that is fixed: `weight (kg)`."""
    return f"{name} ({unit_name(column)})" if unit_of(column) and kind_of(column) is not Kind.STUDY_DAY else name


def comment(column: dy.Column) -> str:
    """Return what stands behind a heading: meaning, kind, unit, the codes' meanings and the CDISC variable."""
    unit, cdisc, codes = unit_of(column), cdisc_of(column), codelist_of(column)
    kind = f"{kind_of(column).capitalize()}, in {unit_name(column)}" if unit else kind_of(column).capitalize()
    if kind_of(column) is Kind.STUDY_DAY:
        kind = "Study day: 1 is the day of the first dose, -1 the day before"
    required = None if column.nullable else "Required"
    told = codes and "One of: " + ", ".join(codes.codes)
    parts = (column.description, kind, required, told, cdisc and f"CDISC {cdisc}")
    return ".\n".join(_capital(part) for part in parts if part) + "."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def input_rule(name: str, column: dy.Column, lists: Mapping[str, str], cell: str) -> dict[str, object] | None:
    """Return the input rule of a column, None where any text will do; `cell` is its first cell, as `D3`.

    Spellings that engager reads although no list has them pass with a warning; a number out of range does not.
    """
    kind, codes = kind_of(column), codelist_of(column)
    key = codes.name if codes else {Kind.YES_NO: "yes/no", Kind.UNIT: "unit"}.get(kind, name)
    if key in lists and (codes or kind in (Kind.YES_NO, Kind.UNIT) or name in ("test", "patient")):
        title, told = (
            f"not in the list {key}"[:32],
            "Choose from the list, or keep what you typed if the record says so.",
        )
        if name == "patient":
            title, told = "no such patient", "The sheet patients has no row for this patient."
        return {"validate": "list", "source": lists[key], **_FREE, "error_title": title, "error_message": told}
    if kind is Kind.GRADE:
        told = "Expected a CTCAE grade, 1 to 5."
        return {"validate": "list", "source": [str(grade) for grade in GRADES], **_FREE, "error_message": told}
    if kind is Kind.STUDY_DAY:
        formula = f"=AND(ISNUMBER({cell}),{cell}=INT({cell}),{cell}<>0,ABS({cell})<={LAST_DAY})"
        told = "Expected a study day, a whole number: 1 is the day of the first dose, -1 the day before; there is no 0."
        return {"validate": "custom", "value": formula, "error_title": "study day", "error_message": told}
    if kind is Kind.DATE:
        limits = {"minimum": "=DATE(1900,3,1)", "maximum": "=DATE(2199,12,31)"}
        told = "Expected a date, such as 2011-12-31."
        return {"validate": "date", "criteria": "between", **limits, **_FREE, "error_message": told}
    return _range(column) if kind in _NUMBERS else None


def _range(column: dy.Column) -> dict[str, object] | None:
    low, high = getattr(column, "min", None), getattr(column, "max", None)
    whole = "integer" if kind_of(column) is Kind.INTEGER else "decimal"
    if low is not None and high is not None:
        told = f"Expected {low:g} to {high:g} {unit_name(column)}".rstrip() + "."
        return {"validate": whole, "criteria": "between", "minimum": low, "maximum": high, "error_message": told}
    if low is not None:
        return {"validate": whole, "criteria": ">=", "value": low, "error_message": f"Expected {low:g} or more."}
    return {"validate": "decimal", "criteria": "between", "minimum": -1e15, "maximum": 1e15, **_FREE,
            "error_message": "Expected a number."}  # fmt: skip
