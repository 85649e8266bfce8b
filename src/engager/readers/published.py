"""The published numbers of a study, beside its data in `published.csv`: what a paper printed, and where."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from engager.errors import LISTED, InputError, Issue, Place, Severity
from engager.readers.csv_folder import read_csv

PUBLISHED_FILE = "published.csv"
COLUMNS = ("place", "statement", "analysis", "name", "group", "at", "field", "value", "unit", "why", "note")
FIELDS = ("estimate", "lower", "upper", "n", "N", "patients")


def read_published(folder: Path) -> tuple[pl.DataFrame | None, list[Issue]]:
    """Return the published numbers as text, one row each with its `row` in the file, and the issues of the file.

    None stands for a study without published numbers, or with some that cannot be used.
    """
    path = folder / PUBLISHED_FILE
    if not path.is_file():
        return None, []
    try:
        raw = read_csv(path, "published")
    except InputError as error:
        return None, list(error.issues)
    if missing := [column for column in COLUMNS if column not in raw.headings]:
        return None, [
            _issue(1, column, f"no column `{column}`", "the columns " + ", ".join(COLUMNS)) for column in missing
        ]
    table = raw.frame.select(raw.rows.alias("row"), *COLUMNS)
    wrong = table.filter(~pl.col("field").is_in(FIELDS).fill_null(value=False)).head(LISTED)
    expected = "one of " + ", ".join(FIELDS)
    issues = [
        _issue(row, "field", f"`{text or ''}`", expected) for row, text in wrong.select("row", "field").iter_rows()
    ]
    return None if issues else table, [*raw.issues, *issues]


def _issue(row: int | None, column: str | None, found: str, expected: str) -> Issue:
    return Issue(
        Severity.ERROR, "published", Place(PUBLISHED_FILE, None, row, column), found, expected, structural=True
    )
