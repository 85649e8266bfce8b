"""The parameters of a model as a CSV table, out and in: to be looked at, reviewed and changed outside of the model.

A table that is read changes what it names and leaves the rest; it may leave out columns and rows.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import fields, replace
from math import isfinite
from pathlib import Path
from typing import Any

from engager.errors import InputError, Issue, Place, Severity
from engager.plan.tokens import ExpressionError
from engager.simulator.models.expression import names_of, parse
from engager.simulator.models.model import Model, Parameter
from engager.simulator.models.units import is_unit
from engager.terms.likeness import did_you_mean

COLUMNS = tuple(field.name for field in fields(Parameter))
_SPREADS = ("cv", "sd")


def write_parameter_table(model: Model, path: Path) -> None:
    """Write the parameters, one a row: name, value or expression, unit, spread, tag, source, meaning."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for each in model.parameters:
            cells = (getattr(each, column) for column in COLUMNS)
            writer.writerow(["" if cell is None else cell for cell in cells])


def read_parameter_table(model: Model, path: Path) -> Model:
    """Return the model with the parameters of a table in the place of its own; an empty cv or sd is no spread.

    Raises:
        InputError: no readable table; every cell that cannot be used, with its row and column.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            rows, columns = list(reader), tuple(reader.fieldnames or ())
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(_issue(path, None, None, f"no readable table ({error})", "a CSV file in UTF-8")) from None
    issues = list(_wrong_columns(path, columns))
    if issues:
        raise InputError(issues)
    issues = [issue for at, row in enumerate(rows, 2) for issue in _wrong_cells(model, path, at, row)]
    names = [row["name"] for row in rows]
    for at, row in enumerate(rows, 2):
        if names.index(row["name"]) != at - 2:
            issues.append(_issue(path, at, "name", f"`{row['name']}` a second time", "each parameter once"))
    if issues:
        raise InputError(issues)
    changed = {row["name"]: {key: _cell(key, row[key]) for key in columns} for row in rows}
    parameters = tuple(replace(each, **changed.get(each.name, {})) for each in model.parameters)
    return replace(model, parameters=parameters)


def _cell(column: str, text: str) -> Any:
    """Return what a cell says: a number or nothing for a spread, else its text."""
    if column in _SPREADS:
        return float(text) if text else None
    return text


def _wrong_columns(path: Path, columns: tuple[str, ...]) -> Iterator[Issue]:
    for column in columns:
        if column not in COLUMNS:
            found = f"unknown column `{column}`"
            yield _issue(path, 1, column, found, f"one of {', '.join(COLUMNS)}", did_you_mean(column, COLUMNS))
    if "name" not in columns:
        yield _issue(path, 1, "name", "no column `name`", "a column with the parameters' names")


def _wrong_cells(model: Model, path: Path, at: int, row: dict[str, str]) -> Iterator[Issue]:
    """Yield what cannot be used in a row."""
    if None in row or None in row.values():
        yield _issue(path, at, None, "more or fewer cells than the heading has", "a cell for each column")
        return
    known = [each.name for each in model.parameters]
    if row["name"] not in known:
        advice = did_you_mean(row["name"], known)
        yield _issue(path, at, "name", f"`{row['name']}`", f"a parameter of the model {model.name}", advice)
        return
    if "value" in row:
        above = {*(each.name for each in model.covariates), *known[: known.index(row["name"])]}
        yield from _wrong_value(path, at, row["value"], above)
    if "unit" in row and not is_unit(row["unit"]):
        yield _issue(path, at, "unit", f"`{row['unit']}`", "a unit such as 1/d or ug/m2/d")
    for column in _SPREADS:
        if row.get(column) and not _is_spread(row[column]):
            yield _issue(path, at, column, f"`{row[column]}`", "a number above 0, with a point, or nothing")
    if row.get("cv") and row.get("sd"):
        yield _issue(path, at, "cv", "cv and sd together", "one of them, or neither")


def _wrong_value(path: Path, at: int, value: str, above: set[str]) -> Iterator[Issue]:
    try:
        unknown = sorted(names_of(parse(value)) - above)
    except ExpressionError as error:
        yield _issue(path, at, "value", f"`{value[:60]}`", str(error))
        return
    if unknown:
        expected = "numbers, covariates and parameters that stand above it in the model"
        yield _issue(path, at, "value", f"`{', '.join(unknown)}` in `{value[:60]}`", expected)


def _is_spread(text: str) -> bool:
    try:
        return isfinite(float(text)) and float(text) > 0
    except ValueError:
        return False


def _issue(path: Path, row: int | None, column: str | None, found: str, expected: str, advice: str = "") -> Issue:
    place = Place(path.name, row=row, column=column)
    return Issue(Severity.ERROR, "simulator.parameter_table", place, found, expected, advice, structural=True)
