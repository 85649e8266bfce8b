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


@dataclass(frozen=True, slots=True)
class Cohort:
    """The tables of a study by name, each a frame of its schema, with their origin.

    `extras` holds, by table, the columns that the schema does not know, beside `row`; `hashes` the SHA-256 of each
    input file.
    """

    tables: Mapping[str, pl.DataFrame]
    origins: Mapping[str, TableOrigin] = field(default_factory=dict)
    extras: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)

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

        Rows that begin later are dropped and stretches that end later are ended there. A patient whose follow-up
        goes on was known to be alive at the cut-off: the first later follow-up row becomes a last contact on that
        day. Patients first treated after a calendar cut-off leave the cohort. Rows that no day places stay.
        """
        if cutoff is None:
            return self
        limits = self._limits(cutoff)
        kept = limits.filter(pl.col("limit").is_null() | (pl.col("limit") >= 1))
        tables = {
            name: frame.join(kept.select("patient"), on="patient", how="semi", maintain_order="left")
            for name, frame in self.tables.items()
        }
        cut = {name: _cut_table(frame, name, kept) for name, frame in tables.items()}
        return replace(self, tables=cut)

    def _limits(self, cutoff: int | dt.date) -> pl.DataFrame:
        """Return the last study day known, per patient; null where the first dose has no date to count from."""
        patients = self.tables["patients"].select("patient", "first_dose_date")
        if isinstance(cutoff, int):
            limit = pl.lit(cutoff, dtype=pl.Int32)
        else:
            since = (pl.lit(cutoff) - pl.col("first_dose_date")).dt.total_days()
            limit = (since + (since >= 0).cast(pl.Int64)).cast(pl.Int32)
        return patients.select("patient", limit=limit)


def _cut_table(frame: pl.DataFrame, name: str, limits: pl.DataFrame) -> pl.DataFrame:
    begin = next((column for column in ("day", "start_day") if column in frame.columns), None)
    if begin is None:
        return frame
    limited = frame.join(limits, on="patient", how="left", maintain_order="left")
    late = (pl.col(begin) > pl.col("limit")).fill_null(value=False)
    kept = limited.filter(~late)
    if "end_day" in frame.columns:
        kept = kept.with_columns(
            end_day=pl.min_horizontal("end_day", pl.when(pl.col("end_day").is_not_null()).then(pl.col("limit")))
        )
    if name == "follow_up":
        contacts = (
            limited.filter(late).sort("patient", "day", maintain_order=True).unique("patient", maintain_order=True)
        )
        blank = [
            pl.lit(None, dtype=frame.schema[column]).alias(column) for column in ("date", "site", "cause", "status")
        ]
        event = pl.lit("last contact", dtype=frame.schema["event"]).alias("event")
        kept = pl.concat([kept, contacts.with_columns(*blank, event, day=pl.col("limit"))])
    return kept.select(frame.columns)
