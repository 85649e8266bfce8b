"""A Word file: headings, paragraphs, and tables with merged cells, read from its main text in one pass.

Of a tracked change the insertion is read and the deletion is not; text boxes are read once. Headers, footers,
footnotes and comments are not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from engager.audit.manuscript import Manuscript
from engager.audit.reading.archive import main_part
from engager.audit.reading.assemble import assemble
from engager.audit.reading.limits import MOST_CELLS, MOST_COLUMNS, refused, too_large
from engager.audit.reading.pieces import GridCell, GridPiece, HeadingPiece, Piece, TextPiece, bounded
from engager.audit.reading.raised import lowered, raised
from engager.audit.word_lists import words

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_HEADING = re.compile(r"^(?:heading|berschrift|überschrift|title|titel)\s?(\d?)", re.IGNORECASE)
_SKIPPED_NAMES = "del moveFrom instrText delText pPr rPr tblPr sectPr txbxContent"
_SKIPPED = {f"{_W}{name}" for name in words(_SKIPPED_NAMES)} | {_CHOICE}


def read_docx(path: Path) -> Manuscript:
    """Return the manuscript of a Word file; raises InputError where it cannot be read."""
    body = _body(path, main_part(path))
    return assemble(path.name, "docx", list(bounded(_pieces(body, path), path)))


def _body(path: Path, content: bytes) -> Element:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_pis=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        found = f"a text that is cut off or damaged ({error.msg})"
        raise refused(path, "damaged", found, "a Word file (.docx)", "Save it anew with a word processor") from None
    body = root.find(f"{_W}body")
    if body is None:
        raise refused(path, "damaged", "a Word file without a text", "a Word file (.docx)", "Save it anew")
    return body


def _pieces(parent: Element, path: Path) -> Iterator[Piece]:
    for child in parent:
        if child.tag == f"{_W}p":
            yield from _paragraph(child, path)
        elif child.tag == f"{_W}tbl":
            yield _table(child, path)
        elif child.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml", f"{_W}ins", f"{_W}smartTag"}:
            yield from _pieces(child, path)


def _paragraph(paragraph: Element, path: Path) -> Iterator[Piece]:
    text = _text(paragraph)
    style = _style(paragraph)
    heading = _HEADING.match(style)
    if heading or _outline(paragraph):
        yield HeadingPiece(text, int(heading[1]) if heading and heading[1] else 1)
    elif not style.lower().startswith(("toc", "contents", "inhaltsverz")):
        yield TextPiece(text, role=_role(style.lower()))
    for box in paragraph.iter(f"{_W}txbxContent"):
        if not any(above.tag == _CHOICE for above in box.iterancestors()):
            yield from _pieces(box, path)


def _role(style: str) -> str:
    """Return what a style says of a paragraph: `caption`, `note`, or nothing."""
    if "caption" in style or "beschriftung" in style:
        return "caption"
    return "note" if style.startswith(("note", "tablenote", "table note", "legend")) else ""


def _style(paragraph: Element) -> str:
    found = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return "" if found is None else str(found.get(f"{_W}val") or "")


def _outline(paragraph: Element) -> bool:
    found = paragraph.find(f"{_W}pPr/{_W}outlineLvl")
    return found is not None and str(found.get(f"{_W}val") or "9") < "9"


def _text(element: Element) -> str:
    return "".join(_texts(element))


def _texts(element: Element) -> Iterator[str]:
    """Yield the texts of a paragraph, raised and lowered runs in such letters; what was deleted is left out."""
    for child in element:
        if child.tag in _SKIPPED:
            continue
        if child.tag in _LEAVES:
            yield _LEAVES[child.tag](child)
        elif isinstance(child.tag, str):
            yield from _texts(child)


def _run(run: Element) -> str:
    text = "".join(_texts(run))
    where = run.find(f"{_W}rPr/{_W}vertAlign")
    value = None if where is None else where.get(f"{_W}val")
    height = run.find(f"{_W}rPr/{_W}position")
    up = 0 if height is None else _whole(height.get(f"{_W}val"), 0)
    if value == "superscript" or up > 0:
        return raised(text)
    return lowered(text) if value == "subscript" or up < 0 else text


_SYMBOLS = {"F06D": "µ", "F0B3": "≥", "F0A3": "≤", "F0B1": "±", "F0B4": "×", "F061": "α", "F062": "β", "F067": "γ"}


def _symbol(element: Element) -> str:
    """Return a letter of Word's Symbol font, which has no code of its own; a sign that is not known is a blank box."""
    return _SYMBOLS.get(str(element.get(f"{_W}char") or "").upper(), "\ufffd")


_LEAVES: dict[str, Callable[[Element], str]] = {
    f"{_W}t": lambda text: str(text.text or ""),
    f"{_M}t": lambda text: str(text.text or ""),
    f"{_M}sup": lambda part: raised(_text(part)),
    f"{_M}sub": lambda part: lowered(_text(part)),
    f"{_W}sym": _symbol,
    f"{_W}r": _run,
    f"{_W}noBreakHyphen": lambda _: "-",
    **{f"{_W}{name}": lambda _: " " for name in words("tab br cr ptab")},
}


def _table(table: Element, path: Path) -> GridPiece:
    """Return a table; cells merged downwards become one that spans, tables inside cells become their text."""
    cells: list[GridCell] = []
    open_above: dict[int, GridCell] = {}
    for number, row in enumerate(_rows(table)):
        column = _grid_before(row)
        for cell in row.iter(f"{_W}tc"):
            if next(cell.iterancestors(f"{_W}tbl")) is not table:
                continue
            width = _span(cell)
            above = open_above.get(column)
            if _continues(cell) and above is not None:
                above.rows = number - above.row + 1
            else:
                found = _cell(cell, number, column, width, head=_is_head(row))
                cells.append(found)
                open_above[column] = found
            column += width
            if column > MOST_COLUMNS or len(cells) > MOST_CELLS:
                raise too_large(path, f"a table of more than {MOST_COLUMNS} columns or {MOST_CELLS} cells", "a table")
    _bound_spans(cells, path)
    return GridPiece(cells)


def _bound_spans(cells: list[GridCell], path: Path) -> None:
    if sum(cell.rows * cell.columns for cell in cells) > MOST_CELLS:
        raise too_large(path, f"a table that spans more than {MOST_CELLS} places", "a table")


def _rows(table: Element) -> Iterator[Element]:
    for child in table:
        if child.tag == f"{_W}tr" and child.find(f"{_W}trPr/{_W}del") is None:
            yield child
        elif child.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml"}:
            yield from _rows(child)


def _grid_before(row: Element) -> int:
    found = row.find(f"{_W}trPr/{_W}gridBefore")
    return 0 if found is None else min(_whole(found.get(f"{_W}val"), 0), MOST_COLUMNS)


def _span(cell: Element) -> int:
    found = cell.find(f"{_W}tcPr/{_W}gridSpan")
    return 1 if found is None else min(max(_whole(found.get(f"{_W}val"), 1), 1), MOST_COLUMNS)


def _continues(cell: Element) -> bool:
    found = cell.find(f"{_W}tcPr/{_W}vMerge")
    return found is not None and found.get(f"{_W}val") in (None, "continue")


def _is_head(row: Element) -> bool:
    found = row.find(f"{_W}trPr/{_W}tblHeader")
    return found is not None and found.get(f"{_W}val") not in {"0", "false", "off"}


def _cell(cell: Element, row: int, column: int, width: int, *, head: bool) -> GridCell:
    paragraphs = list(cell.iter(f"{_W}p"))
    text = " ".join(filter(None, (_text(paragraph).strip(" ") for paragraph in paragraphs)))
    indent = _indent(paragraphs[0]) if paragraphs else 0.0
    lead = len(text) - len(text.lstrip("\u2003\u2002\u00a0\u2009 \t"))
    bold = bool(paragraphs) and paragraphs[0].find(f".//{_W}rPr/{_W}b") is not None
    return GridCell(text.strip(), row, column, columns=width, head=head, indent=indent + lead, bold=bold)


def _indent(paragraph: Element) -> float:
    """Return how far a paragraph is set in, in millimetres."""
    found = paragraph.find(f"{_W}pPr/{_W}ind")
    if found is None:
        return 0.0
    return _whole(found.get(f"{_W}left") or found.get(f"{_W}start"), 0) / 56.7


def _whole(text: object, other: int) -> int:
    digits = str(text or "")
    return int(digits) if re.fullmatch(r"-?\d{1,9}", digits) else other
