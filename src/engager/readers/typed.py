"""From a raw table to a typed one: every column read, every refused cell an issue with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import dataframely as dy
import polars as pl

from engager.cohort import TableOrigin
from engager.errors import LISTED, Issue, Place, Severity
from engager.plan import InputFormat
from engager.readers.answers import read_answers
from engager.readers.headings import match_headings
from engager.readers.raw import RawTable
from engager.readers.refusals import Refusals
from engager.readers.values import read_column
from engager.schema.columns import Kind, codelist_of, kind_of


@dataclass(frozen=True, slots=True)
class TypedTable:
    """A table in the types of its schema, with what could not be read of it.

    `absent` are columns that the file lacks and should have, `refused` the rows with an unreadable cell by column.
    """

    frame: pl.DataFrame
    extras: pl.DataFrame
    origin: TableOrigin
    issues: tuple[Issue, ...]
    absent: frozenset[str]
    refused: Mapping[str, pl.Series]


def read_table(raw: RawTable, schema: type[dy.Schema], style: InputFormat) -> TypedTable:
    """Return the typed table; a refused cell is null."""
    headings = match_headings(raw, schema)
    origin = TableOrigin(raw.path.name, raw.sheet, {name: raw.positions[at] for name, at in headings.known.items()})
    columns, refusals = _read_columns(raw, schema, headings.known, style)
    issues = [*raw.issues, *headings.issues]
    refused: dict[str, pl.Series] = {}
    for name, why in refusals.items():
        cells = pl.DataFrame({"row": raw.rows, "text": raw.frame[headings.known[name]], "which": why.which})
        bad = cells.filter(pl.col("which").is_not_null())
        issues += _issues(bad, why, name, origin)
        refused |= {name: bad["row"]} if bad.height else {}
    extras = [raw.frame[heading].alias("row_" if heading == "row" else heading) for heading in headings.extra]
    return TypedTable(
        frame=_complete(pl.DataFrame({"row": raw.rows, **columns}), schema),
        extras=pl.DataFrame([raw.rows.alias("row"), *extras]),
        origin=origin,
        issues=tuple(issues),
        absent=headings.missed,
        refused=refused,
    )


def _read_columns(
    raw: RawTable, schema: type[dy.Schema], known: Mapping[str, str], style: InputFormat
) -> tuple[dict[str, pl.Series], dict[str, Refusals]]:
    """Return the values of each known column, and what was refused in it."""
    columns: dict[str, pl.Series] = {}
    refusals: dict[str, Refusals] = {}
    declared = {name: column for name, column in schema.columns().items() if name in known}
    for name, column in declared.items():
        if kind_of(column) is not Kind.RESULT:
            texts = raw.frame[known[name]]
            columns[name], refusals[name] = read_column(texts, kind_of(column), codelist_of(column), style)
    if "value" in known and "test" in known:
        columns["test"] = columns["test"].str.to_lowercase().str.replace_all(r"[\s-]+", "_")
        answers, refusals["value"] = read_answers(raw.frame[known["value"]], columns["test"], style)
        columns |= {name: answers[name] for name in answers.columns}
    return columns, refusals


def _complete(frame: pl.DataFrame, schema: type[dy.Schema]) -> pl.DataFrame:
    """Return the frame with every column of the schema, in its order and types; absent ones are null."""
    wanted = {name: column.dtype for name, column in schema.columns().items()}
    absent = [pl.lit(None, dtype=kind).alias(name) for name, kind in wanted.items() if name not in frame.columns]
    return frame.with_columns(absent).select(pl.col(name).cast(kind) for name, kind in wanted.items())


def _issues(bad: pl.DataFrame, why: Refusals, column: str, origin: TableOrigin) -> Iterator[Issue]:
    """Yield an issue for each refused cell of a column, the last one counting those beyond the number listed."""
    for row, text, which in bad.head(LISTED).iter_rows():
        reason = why.reasons[which]
        found = f"`{text[:60]}`"
        yield _issue(origin.place(row, column), found, reason.expected, reason.advice)
    if bad.height > LISTED:
        found = f"{bad.height - LISTED} more cells of this column that cannot be read"
        yield _issue(origin.place(None, column), found, "cells that can be read")


def _issue(place: Place, found: str, expected: str, advice: str = "") -> Issue:
    return Issue(Severity.ERROR, "values.unreadable", place, found, expected, advice)
