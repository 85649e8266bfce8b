"""Cells of a workbook that show something other than the value behind them: errors, percentages, unsaved formulas.

The reader of workbooks gives an error cell as empty and `97%` as 0.97; both would pass in silence. Here such cells
come back as the text that a person sees, which the reader of values then takes or refuses.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as Xml
from zipfile import ZipFile

_PERCENT_FORMATS = {"9", "10"}  # built into every workbook: 0% and 0.00%
_REFERENCE = re.compile(r"^([A-Z]+)(\d+)$")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def shown_cells(path: Path, sheet: str) -> Mapping[tuple[int, int], str]:
    """Return what is shown at (row, column), both counted from 0, where it is not the value itself."""
    with ZipFile(path) as book:
        names = set(book.namelist())
        part = sheet_part(book, sheet)
        if part not in names:
            return {}
        percent = _percent_styles(book)
        content = book.read(part)
    if not percent and b't="e"' not in content and b"<f" not in content:
        return {}
    return dict(_shown(content, percent))


def sheet_entry(book: ZipFile, sheet: str) -> Xml.Element:
    """Return what the workbook says of a sheet: its name, its state, where it lies."""
    return next(entry for entry in _elements(book.read("xl/workbook.xml"), "sheet") if entry.get("name") == sheet)


def sheet_part(book: ZipFile, sheet: str) -> str:
    """Return the path of a sheet inside the workbook's archive."""
    relations = _elements(book.read("xl/_rels/workbook.xml.rels"), "Relationship")
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    target = targets.get(sheet_entry(book, sheet).get(_RELATION), "")
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def styles_where(book: ZipFile, holds: Callable[[Xml.Element, list[Xml.Element]], bool]) -> set[str]:
    """Return the numbers of the cell styles of which something holds, asked with the fonts of the workbook."""
    if "xl/styles.xml" not in book.namelist():
        return set()
    content = book.read("xl/styles.xml")
    fonts = list(next(_elements(content, "fonts"), ()))
    styles = next(_elements(content, "cellXfs"), ())
    return {str(i) for i, style in enumerate(styles) if holds(style, fonts)}


def _percent_styles(book: ZipFile) -> set[str]:
    """Return the numbers of the cell styles that show a value as a percentage."""
    formats = _elements(book.read("xl/styles.xml"), "numFmt") if "xl/styles.xml" in book.namelist() else ()
    percent = {entry.get("numFmtId") for entry in formats if "%" in entry.get("formatCode", "")} | _PERCENT_FORMATS
    return styles_where(book, lambda style, _: style.get("numFmtId") in percent)


def _shown(content: bytes, percent: set[str]) -> Iterator[tuple[tuple[int, int], str]]:
    for cell in _cells(content):
        reference = _REFERENCE.match(cell.get("r", ""))
        value, formula = cell.findtext("{*}v") or "", cell.findtext("{*}f")
        if reference is None:
            continue
        place = int(reference[2]) - 1, _position(reference[1])
        if cell.get("t") == "e":
            yield place, value
        elif formula is not None and not value and cell.get("t") != "str":
            yield place, f"={formula}"
        elif value and cell.get("s") in percent and cell.get("t") in (None, "n"):
            yield place, f"{float(value) * 100:.15g}%"


def _cells(content: bytes) -> Iterator[Xml.Element]:
    """Yield the cells of a sheet, a row at a time: a large sheet does not fit into memory as a tree."""
    for _, element in Xml.iterparse(BytesIO(content)):  # noqa: S314 - declarations were refused before
        if element.tag.rpartition("}")[2] == "row":
            yield from element.iterfind("{*}c")
            element.clear()


def _elements(content: bytes, name: str) -> Iterator[Xml.Element]:
    return Xml.fromstring(content).iterfind(f".//{{*}}{name}")  # noqa: S314 - expat itself refuses entity bombs


def _position(letters: str) -> int:
    """Return the position of a column by its letters, `A` is 0."""
    position = 0
    for letter in letters:
        position = position * 26 + ord(letter) - ord("A") + 1
    return position - 1
