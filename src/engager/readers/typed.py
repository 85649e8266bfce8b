"""From a raw table to a typed one: every column read, every refused cell an issue with its place."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from engager.cohort import TableOrigin
from engager.errors import Issue, Severity
from engager.plan import InputFormat
from engager.readers.answers import read_answers
from engager.readers.headings import match_headings
from engager.readers.raw import RawTable
from engager.readers.values import Refusal, read_column
from engager.schema.columns import Kind, codelist_of, kind_of

# More issues of one kind in one column than this are counted, not listed.
LISTED = 50


def read_table(
    raw: RawTable, schema: type[dy.Schema], style: InputFormat
) -> tuple[pl.DataFrame, pl.DataFrame, TableOrigin, list[Issue]]:
    """Return the typed table, its extra columns, its origin and its issues; a refused cell is null."""
    headings = match_headings(raw, schema)
    positions = {name: raw.headings.index(heading) for name, heading in headings.known.items()}
    origin = TableOrigin(raw.path.name, raw.sheet, positions)
    issues = list(headings.issues)
    columns: dict[str, pl.Series] = {"row": raw.frame["row"]}
    for name, heading in headings.known.items():
        column = schema.columns()[name]
        texts = raw.frame[heading]
        if kind_of(column) is Kind.RESULT:
            continue
        values, refused = read_column(texts, kind_of(column), codelist_of(column), style)
        columns[name] = values
        issues += _refusals(texts, refused, raw.frame["row"], name, origin)
    if "value" in headings.known and "test" in columns:
        columns["test"] = columns["test"].str.to_lowercase().str.replace_all(r"[\s-]+", "_")
        answers, refusals = read_answers(raw.frame[headings.known["value"]], columns["test"], style)
        columns |= {name: answers[name] for name in answers.columns}
        issues += _refused_answers(answers["value_text"], refusals, raw.frame["row"], origin)
    extras = raw.frame.select("row", *headings.extra)
    return _complete(pl.DataFrame(columns), schema), extras, origin, issues


def _complete(frame: pl.DataFrame, schema: type[dy.Schema]) -> pl.DataFrame:
    """Return the frame with every column of the schema, in its order and types; absent ones are null."""
    wanted = {name: column.dtype for name, column in schema.columns().items()}
    absent = [pl.lit(None, dtype=kind).alias(name) for name, kind in wanted.items() if name not in frame.columns]
    return frame.with_columns(absent).select(pl.col(name).cast(kind) for name, kind in wanted.items())


def _refusals(
    texts: pl.Series, refused: dict[str, Refusal], rows: pl.Series, column: str, origin: TableOrigin
) -> list[Issue]:
    if not refused:
        return []
    bad = pl.DataFrame({"row": rows, "text": texts.cast(pl.String)}).filter(pl.col("text").is_in(list(refused)))
    listed = [_refusal(origin, row, column, text, refused[text]) for row, text in bad.head(LISTED).iter_rows()]
    return listed + _more(origin, column, bad.height)


def _refused_answers(texts: pl.Series, refusals: pl.Series, rows: pl.Series, origin: TableOrigin) -> list[Issue]:
    bad = pl.DataFrame({"row": rows, "text": texts, "refusal": refusals}).filter(pl.col("refusal").is_not_null())
    listed = [
        _refusal(origin, row, "value", text, Refusal(*refusal.split("|", 1)))
        for row, text, refusal in bad.head(LISTED).iter_rows()
    ]
    return listed + _more(origin, "value", bad.height)


def _refusal(origin: TableOrigin, row: int, column: str, text: str, why: Refusal) -> Issue:
    found = f"`{text[:60]}`"
    return Issue(Severity.ERROR, "values.unreadable", origin.place(row, column), found, why.expected, why.advice)


def _more(origin: TableOrigin, column: str, count: int) -> list[Issue]:
    if count <= LISTED:
        return []
    found = f"{count - LISTED} more cells of this column that cannot be read"
    return [Issue(Severity.ERROR, "values.unreadable", origin.place(None, column), found, "readable cells")]
