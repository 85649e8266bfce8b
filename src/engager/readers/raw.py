"""A table as a file gives it: every cell as text, every row with its number in the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from engager.cohort import column_letters
from engager.errors import InputError, Issue, Place, Severity
from engager.schema import TABLES

# The patient of a row that shows how to fill a table; no row of the study.
EXAMPLE = "(example)"
# The width of a spreadsheet, and the columns that a table may have; the data model has 20.
MOST_HEADINGS, MOST_COLUMNS = 16_384, 1_000
_TITLES = 10  # rows in which headings are looked for that do not stand in row 1


@dataclass(frozen=True, slots=True)
class RawTable:
    """The cells of one table as text, null where empty.

    `rows` are the numbers that a spreadsheet shows (heading = 1), `positions` the place of each heading in the file
    (0 is the first); `issues` tell what was odd in the file and did not keep it from being read.
    """

    name: str
    path: Path
    sheet: str | None
    frame: pl.DataFrame
    rows: pl.Series
    positions: Mapping[str, int]
    issues: tuple[Issue, ...] = ()

    @property
    def headings(self) -> list[str]:
        """The headings as they stand in the file, in order."""
        return self.frame.columns


def unreadable(path: Path, rule: str, found: str, expected: str, advice: str = "", sheet: str | None = None) -> Issue:
    """Return the issue of a file or sheet that cannot be read at all."""
    place = Place(path.name, sheet)
    return Issue(Severity.ERROR, f"file.{rule}", place, found, expected, advice, structural=True)


def cannot_open(path: Path, error: OSError) -> Issue:
    """Return the issue of a file that the system does not let us read."""
    if isinstance(error, FileNotFoundError):
        return unreadable(path, "unopened", "no such file", "the name of a file", "Check the name and the folder")
    found = f"the file cannot be opened ({error.strerror or error})"
    return unreadable(
        path, "unopened", found, "a file that you may read", "Close it elsewhere, or ask for access to it"
    )


def no_heading(path: Path, sheet: str | None = None) -> Issue:
    """Return the issue of a table whose first row is blank."""
    return unreadable(path, "headings", "nothing in row 1", "the headings in row 1", "Take blank rows away", sheet)


def too_wide(path: Path, columns: int, most: int, sheet: str | None = None) -> Issue:
    """Return the issue of a table with more columns than any has."""
    found = f"{columns} columns"
    return unreadable(path, "too_wide", found, f"at most {most} columns", "Take those that are not needed away", sheet)


def raw_table(
    name: str,
    path: Path,
    headings: Sequence[str],
    cells: pl.DataFrame,
    sheet: str | None = None,
    issues: Sequence[Issue] = (),
) -> RawTable:
    """Return the table of a grid of texts, a column for each heading, without the rows and columns that are blank.

    Rows of the patient `EXAMPLE` are left out: they show in a new workbook how a row is filled. Raises InputError
    where a column with cells has no heading, two columns have the same, or there are more than any table has.
    """
    if len(headings) > MOST_HEADINGS:
        raise InputError(too_wide(path, len(headings), MOST_HEADINGS, sheet))
    told = [heading.strip() for heading in headings]
    grid = cells.select(_stripped(column) for column in cells.columns)
    if (row := _headings_below(name, told, grid)) is not None:
        raise InputError([*issues, below(path, row, sheet)])
    used = [i for i, column in enumerate(grid.columns) if told[i] or grid[column].null_count() < grid.height]
    if problems := _heading_issues(path, sheet, {i: told[i] for i in used}):
        raise InputError([*issues, *problems])
    grid = grid.select(pl.col(grid.columns[i]).alias(told[i]) for i in used)
    if len(used) > MOST_COLUMNS:
        raise InputError([*issues, too_wide(path, len(used), MOST_COLUMNS, sheet)])
    filled = ~pl.all_horizontal(pl.all().is_null()) if used else pl.lit(value=True)
    shows = [pl.col(name).eq_missing(EXAMPLE) for name in grid.columns if name.lower() == "patient"]
    filled_rows = grid.select((filled & ~pl.any_horizontal(*shows, pl.lit(value=False))).alias("filled"))["filled"]
    rows = pl.int_range(2, grid.height + 2, dtype=pl.UInt32, eager=True).filter(filled_rows)
    return RawTable(name, path, sheet, grid.filter(filled_rows), rows, {told[i]: i for i in used}, tuple(issues))


def below(path: Path, row: int, sheet: str | None = None) -> Issue:
    """Return the issue of a table whose headings stand below a title, or below a second row of headings."""
    rows = "row 1" if row == 2 else f"rows 1 to {row - 1}"
    advice = f"Delete {rows} (a title, merged cells, a row of groups): one row of headings, in row 1"
    return unreadable(path, "headings", f"the headings in row {row}", "the headings in row 1", advice, sheet)


def _headings_below(name: str, headings: Sequence[str], grid: pl.DataFrame) -> int | None:
    """Return the row that holds the headings, where row 1 does not name the patient and one soon below does."""
    if name not in TABLES or _names(name, headings):
        return None
    rows = enumerate(grid.head(_TITLES).iter_rows(), 2)
    return next((row for row, cells in rows if len(_names(name, cells)) > 1), None)


def _names(table: str, cells: Sequence[str | None]) -> list[str]:
    """Return which cells of a row name columns of a table; none where they do not name the patient."""
    known = TABLES[table].column_names()
    named = [cell for cell in cells if cell and cell.lower().replace(" ", "_") in known]
    return named if any(cell.lower() == "patient" for cell in named) else []


def _stripped(column: str) -> pl.Expr:
    text = pl.col(column).str.strip_chars()
    return pl.when(text != "").then(text).alias(column)


def _heading_issues(path: Path, sheet: str | None, headings: Mapping[int, str]) -> list[Issue]:
    counts = Counter(headings.values())
    expected, advice = "every column to have a heading of its own", "Name the column, or take its cells away"
    bare = [column_letters(i) for i, heading in headings.items() if not heading]
    columns = f"column{'' if len(bare) == 1 else 's'} {', '.join(bare)}"
    found = f"cells in {columns} without a heading"
    empty = [unreadable(path, "headings", found, expected, advice, sheet)] if bare else []
    repeated = [
        unreadable(path, "headings", f"the heading `{heading}` {count} times", expected, "Rename one of them", sheet)
        for heading, count in counts.items()
        if heading and count > 1
    ]
    return empty + repeated if headings else [no_heading(path, sheet)]
