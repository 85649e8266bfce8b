"""What a sheet shows and a reader does not see: rows hidden by a filter, a hidden sheet, cells struck through.

All are read as any other. Whoever hid a row, or struck a cell out, may think otherwise, and is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from xml.etree import ElementTree as Xml
from zipfile import ZipFile

from engager.errors import Issue, Place, Severity
from engager.readers.shown_cells import sheet_entry, sheet_part, styles_where

_HIDDEN = re.compile(rb"<(?:\w+:)?row\b(?=[^>]*\bhidden=\"(?:1|true)\")[^>]*(?<!/)>")
# A cell with something in it: one that is closed at once is blank, whatever its look.
_STYLED = re.compile(rb"<(?:\w+:)?c\b(?=[^>]*\bs=\"(\d+)\")(?=[^>]*\br=\"([A-Z]+\d+)\")[^>]*(?<!/)>")
_LISTED = 5


def sheet_marks(path: Path, sheet: str) -> list[Issue]:
    """Return what is to be told of the looks of a sheet of a workbook whose archive was looked through."""
    with ZipFile(path) as book:
        part = sheet_part(book, sheet)
        if part not in book.namelist():
            return []
        content = book.read(part)
        struck = styles_where(book, _is_struck)
        state = sheet_entry(book, sheet).get("state", "visible")
    place = Place(path.name, sheet)
    return [*_hidden(place, content, state), *_struck(place, content, struck)]


def _hidden(place: Place, content: bytes, state: str) -> Iterator[Issue]:
    expected = "rows that are seen: what is hidden is read as all else"
    if state != "visible":
        found, advice = "a hidden sheet, read as the table", "Is it an older state of the table?"
        yield Issue(Severity.NOTE, "file.hidden", place, found, expected, advice)
    if count := sum(1 for _ in _HIDDEN.finditer(content)):
        found = f"{count} hidden row{'' if count == 1 else 's'}, by hand or by a filter"
        advice = "Show them. Rows that are not of the study are taken away"
        yield Issue(Severity.NOTE, "file.hidden", place, found, expected, advice)


def _struck(place: Place, content: bytes, styles: set[str]) -> Iterator[Issue]:
    if not styles:
        return
    wanted = {style.encode() for style in styles}
    cells = [cell.decode() for style, cell in islice(_STYLED.findall(content), 1_000_000) if style in wanted]
    if cells:
        more = f" and {len(cells) - _LISTED} more" if len(cells) > _LISTED else ""
        found = f"struck through: {', '.join(cells[:_LISTED])}{more}; read as any other cell"
        advice = "Empty the cell, or take away the row, that no longer counts"
        yield Issue(Severity.WARNING, "file.struck", place, found, "values that count", advice)


def _is_struck(style: Xml.Element, fonts: list[Xml.Element]) -> bool:
    number = int(style.get("fontId", "0"))
    strike = fonts[number].find("{*}strike") if number < len(fonts) else None
    return strike is not None and strike.get("val", "1") not in ("0", "false")
