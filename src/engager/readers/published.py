"""The published numbers of a study, beside its data in `published.csv`: what a paper printed, and where."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from engager.errors import InputError, Issue, Place, Severity
from engager.readers.csv_folder import read_csv

PUBLISHED_FILE = "published.csv"
COLUMNS = ("place", "statement", "analysis", "name", "group", "at", "field", "value", "unit", "why", "note")
FIELDS = ("estimate", "lower", "upper", "n", "N", "patients")


def read_published(folder: Path) -> pl.DataFrame | None:
    """Return the published numbers as text, one row each with its `row` in the file; None where there are none."""
    path = folder / PUBLISHED_FILE
    if not path.is_file():
        return None
    raw = read_csv(path, "published")
    if isinstance(raw, list):
        raise InputError(raw)
    missing = [column for column in COLUMNS if column not in raw.headings]
    if missing:
        raise InputError(_issue(None, None, f"no column {', '.join(missing)}", "the columns " + ", ".join(COLUMNS)))
    wrong = raw.frame.filter(~pl.col("field").is_in(FIELDS))
    if wrong.height:
        expected = "one of " + ", ".join(FIELDS)
        raise InputError(
            [_issue(row, "field", f"`{text}`", expected) for row, text in wrong["row", "field"].iter_rows()]
        )
    return raw.frame.select("row", *COLUMNS)


def _issue(row: int | None, column: str | None, found: str, expected: str) -> Issue:
    return Issue(
        Severity.ERROR, "published", Place(PUBLISHED_FILE, None, row, column), found, expected, structural=True
    )
