"""A table as a CSV file: one header row, or the cells of printed tables one a row (`table, row_label, column`)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from engager.audit.manuscript import Manuscript
from engager.audit.reading.assemble import assemble
from engager.audit.reading.limits import MOST_CELLS, MOST_COLUMNS, refused, too_large
from engager.audit.reading.pieces import GridCell, GridPiece, Piece, grid_of
from engager.audit.reading.text import decoded

LONG = ("table", "row_label", "column", "text")
"""The columns that a file of printed cells has at least; `section`, `N` and `note` are read where they are there."""
_LONGEST_FIELD = 100_000


def read_csv(path: Path) -> Manuscript:
    """Return the tables of a CSV file; raises InputError where it is none."""
    rows = _rows(path)
    if not rows:
        raise refused(path, "empty", "a file without a row", "a table with a header", "Check that it was saved")
    if set(LONG) <= set(rows[0]):
        pieces: list[Piece] = list(_printed_tables(rows))
    else:
        pieces = [grid_of(rows, caption=path.stem if path.stem.lower().startswith("table") else "")]
    return assemble(path.name, "csv", pieces)


def _rows(path: Path) -> list[list[str]]:
    text = decoded(path)
    if "\0" in text:
        raise refused(path, "not_text", "bytes that are no text", "a CSV file", "Save it as CSV with UTF-8")
    csv.field_size_limit(_LONGEST_FIELD)
    rows: list[list[str]] = []
    count = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), _dialect(text)):
            count += len(row)
            if count > MOST_CELLS or len(row) > MOST_COLUMNS:
                raise too_large(path, f"more than {MOST_CELLS} cells or {MOST_COLUMNS} columns", "a printed table")
            if any(cell.strip() for cell in row):
                rows.append(row)
    except csv.Error as error:
        raise refused(path, "damaged", f"no CSV ({error})", "a CSV file", "Save the table anew as CSV") from None
    return rows


class _Comma(csv.excel):
    delimiter = ","


class _Semicolon(csv.excel):
    delimiter = ";"


class _Tab(csv.excel):
    delimiter = "\t"


def _dialect(text: str) -> type[csv.Dialect]:
    """Return the way of a file: the sign that parts the first line into most."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    return max((_Comma, _Semicolon, _Tab), key=lambda dialect: first.count(dialect.delimiter))


def _printed_tables(rows: list[list[str]]) -> Iterable[GridPiece]:
    """Yield the tables of a file with one printed cell a row, in the order of their first cells."""
    head, *body = rows
    tables: dict[str, list[dict[str, str]]] = {}
    for row in body:
        entry = dict(zip(head, row, strict=False))
        tables.setdefault(entry.get("table", ""), []).append(entry)
    for name, entries in tables.items():
        yield _printed(name, entries)


def _printed(name: str, entries: list[dict[str, str]]) -> GridPiece:
    columns = list(dict.fromkeys(entry["column"] for entry in entries))
    headers = [_header(column, entries) for column in columns]
    depth = max(len(header) for header in headers)
    cells = [GridCell("", 0, 0, rows=depth, head=True)]
    for number, header in enumerate(headers, start=1):
        padded = [*header, *([header[-1]] * (depth - len(header)))]
        cells += [GridCell(text, level, number, head=True) for level, text in enumerate(padded)]
    cells += _body(entries, columns, depth)
    notes = tuple(dict.fromkeys(note for note in map(_note, entries) if note))
    sizes = {int(entry["N"]) for entry in entries if entry.get("N", "").isdecimal()}
    return GridPiece(cells, caption=_caption(name), notes=notes, size=sizes.pop() if len(sizes) == 1 else None)


def _header(column: str, entries: list[dict[str, str]]) -> list[str]:
    """Return the header of a column from the top down, with the size that its cells agree on."""
    path = [part.strip() for part in column.split("|")]
    sizes = {entry.get("N", "") for entry in entries if entry["column"] == column}
    if len(sizes) == 1 and (size := sizes.pop()).isdecimal() and "=" not in column and len(path) > 1:
        path[0] = f"{path[0]} (n = {size})"
    return path


def _body(entries: list[dict[str, str]], columns: list[str], first: int) -> Iterable[GridCell]:
    line, section = first - 1, ""
    last: tuple[str, str] | None = None
    filled: set[int] = set()
    for entry in entries:
        now, label = entry.get("section", ""), entry["row_label"]
        if now != section and now:
            line += 1
            yield GridCell(now, line, 0, columns=len(columns) + 1)
        column = columns.index(entry["column"]) + 1
        if (now, label) != last or column in filled:
            line, filled = line + 1, set()
            yield GridCell(label, line, 0, indent=1.0 if now else 0.0)
        section, last = now, (now, label)
        filled.add(column)
        yield GridCell(entry["text"], line, column, damaged=_damage(entry))


def _note(entry: Mapping[str, str]) -> str:
    note = entry.get("note", "").strip()
    return note.removeprefix("footnote").lstrip(": ") if note.startswith("footnote") else ""


def _damage(entry: Mapping[str, str]) -> str:
    note = entry.get("note", "").strip()
    return "" if note.startswith("footnote") else note


def _caption(name: str) -> str:
    """Return `Table 1` of a name that ends in one (`P1_T1`), else the name."""
    stem, _, number = name.rpartition("_T")
    return f"Table {number}. {stem}" if stem and number.isalnum() else name
