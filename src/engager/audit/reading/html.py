"""A page of HTML: headings, paragraphs, lists and tables; scripts, styles and whatever is hidden are not read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from engager.audit.manuscript import Manuscript
from engager.audit.reading.assemble import assemble
from engager.audit.reading.limits import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_DEPTH,
    MOST_TEXT_BYTES,
    refused,
    too_large,
)
from engager.audit.reading.pieces import GridCell, GridPiece, HeadingPiece, Piece, TextPiece, bounded
from engager.audit.reading.raised import lowered, raised
from engager.audit.word_lists import words

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_SKIPPED = frozenset(
    words("script style template head svg math nav noscript button select option input textarea dialog iframe object")
)
_HEADINGS = frozenset(words("h1 h2 h3 h4 h5 h6"))
_TEXTS = frozenset(words("p li dt dd figcaption blockquote pre address summary caption"))
_HOLDERS = frozenset(
    words("html body div section article main header footer aside figure ul ol dl details form fieldset center span a")
)
_WIDEST_SPAN = 1_000


def read_html(path: Path) -> Manuscript:
    """Return the manuscript of a page; raises InputError where it cannot be read. Nothing is fetched."""
    size = path.stat().st_size
    if size > MOST_TEXT_BYTES:
        raise too_large(path, f"a page of {size >> 20} MiB", f"at most {MOST_TEXT_BYTES >> 20} MiB")
    root = _root(path, path.read_bytes())
    pieces = list(bounded(_pieces(root, path, 0), path))
    if not pieces:
        raise refused(path, "empty", "a page without a text", "an HTML page", "Give the document itself")
    return assemble(path.name, "html", pieces)


def _root(path: Path, content: bytes) -> Element:
    from lxml import etree

    if b"\0" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refused(path, "not_text", "bytes that are no text", "an HTML page", "Give the document itself")
    encoding = "utf-8" if _is_utf8(content) else None
    parser = etree.HTMLParser(
        no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, encoding=encoding
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        found = f"no readable page ({error})"
        raise refused(path, "damaged", found, "an HTML page", "Save it anew from the browser") from None
    if root is None:
        raise refused(path, "empty", "a page without a text", "an HTML page", "Give the document itself")
    return root


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _pieces(element: Element, path: Path, depth: int) -> Iterator[Piece]:
    """Yield the pieces of an element: it may hold text, which then is a paragraph, or other elements, or both."""
    if depth > MOST_DEPTH:
        found = f"elements nested more than {MOST_DEPTH} deep"
        raise refused(path, "nesting", found, "a page that a person wrote", "Save it anew from the browser")
    loose: list[str] = [element.text or ""]
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""
        if not tag or tag in _SKIPPED or _is_hidden(child):
            pass
        elif tag == "table" or tag in _HEADINGS or tag in _TEXTS or (tag in _HOLDERS and _holds_blocks(child)):
            yield from _loose(loose)
            yield from _block(child, tag, path, depth + 1)
        else:
            loose.append(_text(child))
        loose.append(child.tail or "")
    yield from _loose(loose)


def _loose(texts: list[str]) -> Iterator[Piece]:
    text = "".join(texts).strip()
    texts.clear()
    if text:
        yield TextPiece(text)


def _block(child: Element, tag: str, path: Path, depth: int) -> Iterator[Piece]:
    if tag == "table":
        yield _table(child, path)
    elif tag in _HEADINGS:
        yield HeadingPiece(_text(child), int(tag[1]))
    elif tag in _TEXTS and not _holds_blocks(child):
        name = str(child.get("class") or "").lower().split()
        role = "caption" if "caption" in name else "note" if {"note", "notes", "footnote"} & set(name) else ""
        yield TextPiece(_text(child), role=role)
    else:
        yield from _pieces(child, path, depth)


def _holds_blocks(element: Element) -> bool:
    for inner in element.iterdescendants():
        if inner.tag in _HEADINGS or inner.tag in _TEXTS or inner.tag in {"table", "div", "section"}:
            return True
    return False


def _is_hidden(element: Element) -> bool:
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    if element.tag == "details" and element.get("open") is None:
        return True
    if "files" in str(element.get("class") or "").split():
        return True
    return bool(re.search(r"display\s*:\s*none|visibility\s*:\s*hidden", str(element.get("style") or "")))


def _text(element: Element) -> str:
    return "".join(_texts(element))


def _texts(element: Element) -> Iterator[str]:
    """Yield the texts of an element, raised and lowered ones in such letters; without recursion."""
    stack: list[tuple[Element, str]] = [(element, "")]
    from lxml import etree

    for event, inner in etree.iterwalk(element, events=("start", "end")):
        tag = inner.tag if isinstance(inner.tag, str) else ""
        if event == "start":
            way = tag if tag in {"sup", "sub", "skip"} else stack[-1][1]
            way = "skip" if tag in _SKIPPED or (inner is not element and _is_hidden(inner)) else way
            stack.append((inner, way))
            yield from _shown(inner.text, way)
            if tag == "br":
                yield " "
        else:
            stack.pop()
            if inner is not element:
                yield from _shown(inner.tail, stack[-1][1])


def _shown(text: str | None, way: str) -> Iterator[str]:
    if text and way != "skip":
        yield raised(text.strip()) if way == "sup" else lowered(text.strip()) if way == "sub" else text


def _table(table: Element, path: Path) -> GridPiece:
    cells: list[GridCell] = []
    taken: dict[int, set[int]] = {}
    caption, notes = "", []
    number = 0
    places = 0
    for row, part in _rows(table):
        found = [cell for cell in row if cell.tag in ("td", "th")]
        if part == "tfoot" or (len(found) == 1 and _is_note(found[0])):
            notes += [_text(cell).strip() for cell in found]
            continue
        for cell in _cells(found, number, taken.pop(number, set()), head=part == "thead"):
            places += cell.rows * cell.columns
            if places > MOST_CELLS or cell.column + cell.columns > MOST_COLUMNS:
                raise too_large(path, f"a table of more than {MOST_COLUMNS} columns or {MOST_CELLS} cells", "a table")
            cells.append(cell)
            for below in range(number + 1, number + cell.rows):
                taken.setdefault(below, set()).update(range(cell.column, cell.column + cell.columns))
        number += 1
    for child in table:
        if child.tag == "caption":
            caption = _text(child).strip()
    return GridPiece(cells, caption=caption, notes=tuple(notes))


def _is_note(cell: Element) -> bool:
    return bool({"note", "notes", "footnote"} & set(str(cell.get("class") or "").split()))


def _rows(table: Element) -> Iterator[tuple[Element, str]]:
    """Yield the rows of a table and the part they stand in; rows of a table inside are not its own."""
    last: list[tuple[Element, str]] = []
    for child in table:
        if child.tag == "tr":
            yield child, ""
        elif child.tag in ("thead", "tbody", "tfoot"):
            rows = ((row, str(child.tag)) for row in child if row.tag == "tr")
            if child.tag == "tfoot":
                last += rows
            else:
                yield from rows
    yield from last


def _cells(found: list[Element], row: int, taken: set[int], *, head: bool) -> Iterator[GridCell]:
    column = 0
    heads = head or (bool(found) and len(found) > 1 and all(cell.tag == "th" for cell in found))
    for cell in found:
        while column in taken:
            column += 1
        text = _text(cell)
        lead = len(text) - len(text.lstrip())
        wide = sum(sign in "\u2003\u2002\u00a0" for sign in text[:lead])
        named = set(str(cell.get("class") or "").split()) | set(str(_parent(cell).get("class") or "").split())
        indent = float(wide) + (1.0 if "indent" in named else 0.0) + _padding(cell)
        width, height = _span(cell, "colspan"), _span(cell, "rowspan")
        yield GridCell(text.strip(), row, column, height, width, head=heads, indent=indent)
        column += width


def _parent(cell: Element) -> Element:
    parent = cell.getparent()
    return cell if parent is None else parent


_INSET = re.compile(r"(?:padding-left|text-indent|margin-left)\s*:\s*(\d{1,3}(?:\.\d+)?)")


def _padding(cell: Element) -> float:
    match = re.search(
        r"(?:padding-left|text-indent|margin-left)\s*:\s*(\d{1,3}(?:\.\d+)?)", str(cell.get("style") or "")
    )
    return float(match[1]) if match else 0.0


def _span(cell: Element, name: str) -> int:
    text = str(cell.get(name) or "1").strip()
    return min(max(int(text), 1), _WIDEST_SPAN) if re.fullmatch(r"\d{1,6}", text) else 1
