"""The cohort: six typed tables, where they came from, and the data cut-off.

Real and simulated patients meet here; nothing after this type asks where they came from.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from engager.errors import Place


@dataclass(frozen=True, slots=True)
class TableOrigin:
    """Where a table was read: its file, its sheet, and the position of each column (0 is the first)."""

    file: str
    sheet: str | None = None
    positions: Mapping[str, int] = field(default_factory=dict)

    def place(self, row: int | None = None, column: str | None = None) -> Place:
        """Return the place of a cell, with the spreadsheet's own name for it where there is a sheet."""
        cell = None
        if self.sheet and row is not None and column is not None and column in self.positions:
            cell = f"{column_letters(self.positions[column])}{row}"
        return Place(self.file, self.sheet, row, column, cell)


def column_letters(position: int) -> str:
    """Return a spreadsheet's letters for a column position.

    Examples:
        >>> column_letters(0), column_letters(25), column_letters(26)
        ('A', 'Z', 'AA')
    """
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def study_day(date: pl.Expr, first: pl.Expr) -> pl.Expr:
    """Return the study day of a date, null where either is null.

    Day 1 is the day of the first dose, day -1 the day before; there is no day 0.
    """
    since = (date - first).dt.total_days()
    return (since + (since >= 0).cast(pl.Int64)).cast(pl.Int32)


@dataclass(frozen=True, slots=True)
class Unread:
    """What a study's files hold, or should hold, that could not be read; nothing in a cohort that is analysed.

    `columns` are (table, column) without any cell, `cells` the rows of (table, column) with a refused cell. A check
    for something absent leaves them out: the thing may stand there.
    """

    columns: frozenset[tuple[str, str]] = frozenset()
    cells: Mapping[tuple[str, str], pl.Series] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cohort:
    """The tables of a study by name, each a frame of its schema, with their origin.

    `extras` holds, by table, the columns that the schema does not know, as text; `hashes` the SHA-256 of each input
    file; `reference_ranges` the limits of normal of the study's laboratory, where the plan names a file of them;
    `agreement` how far two abstractions agreed, where the study is their consensus.
    """

    tables: Mapping[str, pl.DataFrame]
    origins: Mapping[str, TableOrigin] = field(default_factory=dict)
    extras: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)
    unread: Unread = Unread()
    reference_ranges: pl.DataFrame | None = None
    agreement: pl.DataFrame | None = None

    def __getitem__(self, table: str) -> pl.DataFrame:
        return self.tables[table]

    @property
    def patients(self) -> tuple[str, ...]:
        """The patients' pseudonyms, in the order of the table."""
        return tuple(self.tables["patients"]["patient"])

    def place(self, table: str, row: int | None = None, column: str | None = None) -> Place:
        """Return the place of a cell in the user's own files."""
        return self.origins.get(table, TableOrigin(table)).place(row, column)

    def cut(self, cutoff: int | dt.date | None) -> Cohort:
        """Return the cohort as it was known at a data cut-off, a study day or a calendar date.

        Rows that begin later are dropped, also those that only their cycle places; stretches that end later are
        ended there, and how they ended is not known. A patient whose follow-up goes on was known to be alive at the
        cut-off: the first later follow-up row becomes a last contact on that day. Patients first treated after a
        calendar cut-off leave the cohort. Rows that nothing places stay.
        """
        if cutoff is None:
            return self
        limits = self.limits(cutoff).filter(pl.col("limit").is_null() | (pl.col("limit") >= 1))
        starts = self.tables["exposure"].group_by("patient", "cycle").agg(cycle_start=pl.col("start_day").min())
        return replace(self, tables={name: _cut_table(frame, limits, starts) for name, frame in self.tables.items()})

    def limits(self, cutoff: int | dt.date) -> pl.DataFrame:
        """Return the last study day known, per patient; null where the first dose has no date to count from."""
        patients = self.tables["patients"].select("patient", "first_dose_date")
        if isinstance(cutoff, int):
            limit = pl.lit(cutoff, dtype=pl.Int32)
        else:
            limit = study_day(pl.lit(cutoff), pl.col("first_dose_date"))
        return patients.select("patient", limit=limit)


# What a row says of a time that may lie after the cut-off: unknown where the row is ended there.
_LATER_KNOWN = ("end_date", "end_reason", "outcome", "times")
# What remains of a later follow-up row: that the patient was alive at the cut-off.
_CONTACT = ("row", "patient", "source")


def _cut_table(frame: pl.DataFrame, limits: pl.DataFrame, starts: pl.DataFrame) -> pl.DataFrame:
    known = frame.join(limits, on="patient", how="inner", maintain_order="left")
    begin = next((column for column in ("day", "start_day") if column in frame.columns), None)
    if begin is None:
        return known.select(frame.columns)
    placed = known.join(starts, on=["patient", "cycle"], how="left", maintain_order="left")
    late = (pl.coalesce(begin, "cycle_start") > pl.col("limit")).fill_null(value=False)
    kept = placed.filter(~late)
    if "end_day" in frame.columns:
        ended = pl.col("end_day") > pl.col("limit")
        unknown = [
            pl.when(~ended.fill_null(value=False)).then(column).alias(column)
            for column in _LATER_KNOWN
            if column in frame.columns
        ]
        kept = kept.with_columns(*unknown, end_day=pl.when(ended).then("limit").otherwise("end_day"))
    if "event" in frame.columns:
        kept = pl.concat([kept, _contacts(placed.filter(late), begin)])
    return kept.select(frame.columns)


def _contacts(later: pl.DataFrame, day: str) -> pl.DataFrame:
    """Return, for each patient with a later follow-up row, a last contact at the cut-off in its place."""
    first = later.sort("patient", day, maintain_order=True).unique("patient", keep="first", maintain_order=True)
    blank = [pl.lit(None, later.schema[name]).alias(name) for name in later.columns if name not in (*_CONTACT, "limit")]
    event = pl.lit("last contact", later.schema["event"])
    return first.with_columns(*blank).with_columns(event=event, day="limit")
