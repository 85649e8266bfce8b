"""The display of a table: cells of text, each knowing the results behind it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: formatted text and the ids of the results it shows; none for a heading or an empty cell.

    `section` is the anchor of a section of the report that the text leads to.
    """

    text: str
    results: tuple[str, ...] = ()
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row: cells, and whether it heads the rows beneath it (`section`) or stands indented under such a row."""

    cells: tuple[Cell, ...]
    section: bool = False
    indent: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table ready to be written: its file name, title, column heads (with units), rows and notes.

    A table without rows is a state to be told, in `empty`: what would stand there, and why it does not.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    empty: str = "none recorded"
    numeric: frozenset[int] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.cells) not in (1, len(self.columns)):
                raise ValueError(f"table {self.name}: a row has {len(row.cells)} cells for {len(self.columns)} columns")
