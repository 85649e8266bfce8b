"""A table as a file gives it: every cell as text, every row with its number in the file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from engager.errors import Issue, Place, Severity


@dataclass(frozen=True, slots=True)
class RawTable:
    """The cells of one table as text, null where empty; `row` is the number a spreadsheet shows (heading = 1)."""

    name: str
    path: Path
    sheet: str | None
    frame: pl.DataFrame

    @property
    def headings(self) -> list[str]:
        """The headings as they stand in the file, in order."""
        return [column for column in self.frame.columns if column != "row"]


def unreadable(path: Path, rule: str, found: str, expected: str, advice: str = "", sheet: str | None = None) -> Issue:
    """Return the issue of a file or sheet that cannot be read at all."""
    place = Place(path.name, sheet)
    return Issue(Severity.ERROR, f"file.{rule}", place, found, expected, advice, structural=True)


def with_rows(frame: pl.DataFrame, first: int = 2) -> pl.DataFrame:
    """Return the frame with its row numbers, texts stripped, empty texts as null, and wholly empty rows left out."""
    numbered = frame.with_row_index("row", offset=first)
    texts = [column for column in frame.columns if frame.schema[column] == pl.String]
    stripped = numbered.with_columns(pl.col(texts).str.strip_chars().replace("", None))
    if not frame.columns:
        return stripped
    return stripped.filter(pl.any_horizontal(pl.col(frame.columns).is_not_null()))


def repeated_headings(headings: list[str]) -> list[str]:
    """Return the headings that stand more than once, or that are empty, as they would be told to a user."""
    seen: set[str] = set()
    told = [heading or "(empty)" for heading in headings if heading in seen or not heading or seen.add(heading)]  # type: ignore[func-returns-value]
    return sorted(set(told))
