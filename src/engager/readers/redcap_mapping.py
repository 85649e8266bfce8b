"""The mapping of a REDCap project: which instrument makes rows of which table, and each column's field and codes.

A TOML file that engager drafts from the data dictionary and a person finishes.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from engager.errors import InputError, Issue, Place, Severity
from engager.schema import TABLES
from engager.schema.columns import Kind, kind_of
from engager.terms.likeness import did_you_mean

Text = Annotated[str, Field(min_length=1)]


class Source(BaseModel):
    """Where a column has its text from: one of a field, a checkbox field, a constant, the event, the instance.

    `codes` gives for each code of the export the text of the study; a checkbox field makes a row for each box that
    is ticked, or one text of all of them where the column holds free text.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    field: Text | None = None
    checkbox: Text | None = None
    constant: Text | None = Field(None, alias="is")
    event: bool = False
    instance: bool = False
    codes: Mapping[str, str] | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Source:
        named = (self.field, self.checkbox, self.constant, self.event or None, self.instance or None)
        if sum(part is not None for part in named) != 1:
            raise ValueError("one of `field`, `checkbox`, `is`, `event = true` or `instance = true`")
        if self.codes is None and (self.checkbox or self.event):
            raise ValueError("`codes` beside a checkbox or an event")
        return self


class Rows(BaseModel):
    """What makes rows of a table: an instrument (`form`), in all events or in those named, and its columns.

    A row is made where one of the fields of `columns` is filled; `when` narrows that to fields that must be.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: Text
    form: Text
    events: tuple[Text, ...] = ()
    when: tuple[Text, ...] = ()
    columns: Mapping[str, Source]


class Mapped(BaseModel):
    """A finished mapping: the field that names the patient, what makes rows, and the fields left out on purpose."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    record: Text
    finished: bool = False
    rows: tuple[Rows, ...]
    left_out: tuple[Text, ...] = ()


def read_mapping(path: Path) -> Mapped:
    """Return a finished mapping; raises InputError with every key of it that cannot be used."""
    try:
        raw: dict[str, Any] = tomllib.loads(path.read_text("utf-8-sig"))
        mapping = Mapped.model_validate(raw)
    except OSError as error:
        raise InputError(_issue(path, None, error.strerror or str(error), "a mapping that can be read")) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(_issue(path, None, f"no valid TOML: {error}", "a TOML file in UTF-8")) from None
    except ValidationError as error:
        raise InputError([_explained(path, problem) for problem in error.errors(include_url=False)]) from None
    issues = list(_wrong(path, mapping))
    if not mapping.finished:
        advice = "Read every line, mend it, and set it to true"
        issues.append(_issue(path, "finished", "a draft that nobody has finished", "`finished = true`", advice))
    if issues:
        raise InputError(issues)
    return mapping


def _wrong(path: Path, mapping: Mapped) -> Iterator[Issue]:
    """Yield what a mapping names that the tables do not have, and what they need that it does not name."""
    for number, rows in enumerate(mapping.rows, 1):
        at = f"rows {number} ({rows.table})"
        if rows.table not in TABLES:
            advice = did_you_mean(rows.table, TABLES)
            yield _issue(path, at, f"the table `{rows.table}`", "one of " + ", ".join(TABLES), advice)
            continue
        declared = {
            name: column
            for name, column in TABLES[rows.table].columns().items()
            if kind_of(column) is not Kind.INTERNAL
        }
        for name in rows.columns:
            if name not in declared or name == "patient":
                found, advice = f"the column `{name}`", did_you_mean(name, declared)
                yield _issue(path, at, found, f"a column of {rows.table} other than `patient`", advice)
        needed = [
            name for name, column in declared.items() if not column.nullable and name not in (*rows.columns, "patient")
        ]
        for name in needed:
            yield _issue(path, at, f"nothing for `{name}`", f"`{name}`, which every row of {rows.table} has")
        boxes = [
            name
            for name, source in rows.columns.items()
            if source.checkbox and name in declared and kind_of(declared[name]) is not Kind.TEXT
        ]
        if len(boxes) > 1:
            yield _issue(path, at, f"two checkbox fields ({', '.join(boxes)})", "one, which makes a row for each box")


def _explained(path: Path, problem: Mapping[str, Any]) -> Issue:
    key = ".".join(str(part + 1 if isinstance(part, int) else part) for part in problem["loc"])
    return _issue(
        path, key or None, f"`{str(problem['input'])[:60]}`", str(problem["msg"]).removeprefix("Value error, ")
    )


def _issue(path: Path, key: str | None, found: str, expected: str, advice: str = "") -> Issue:
    place = Place(path.name, column=key)
    return Issue(Severity.ERROR, "redcap.mapping", place, found, expected, advice, structural=True)
