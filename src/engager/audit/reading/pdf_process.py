"""The process that opens a PDF, with bounds of memory and time, and tells its pieces as JSON."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Sequence
from dataclasses import astuple
from statistics import median
from typing import Any

from engager.audit.reading.joining import Joiner
from engager.audit.reading.limits import MOST_CELLS, MOST_PAGES
from engager.audit.reading.lines import Line, pieces_of_lines
from engager.audit.reading.pdf import MOST_MEMORY, PLACED, TAGGED
from engager.audit.reading.pdf_layout import Row, columns_of, rows_of
from engager.audit.reading.pdf_page import Letter, Page, Rule, text_of
from engager.audit.reading.pdf_pieces import joined_over_pages
from engager.audit.reading.pdf_tables import opens_table, rest_of_table, table_at
from engager.audit.reading.pdf_tags import Tag, TaggedPage, coverage, tags_of
from engager.audit.reading.pieces import GridPiece, HeadingPiece, Piece, TextPiece
from engager.audit.reading.shapes import NOTE

MOST_CPU_SECONDS = 280
_FEWEST_LETTERS = 20
_SMALLER = 0.96  # the notes of a table are set in letters smaller than those of the text by this, or more
_EDGE = 0.08  # the part of a page at its top and its bottom where running heads stand
_TRUST = 0.4
"""The share of the letters that the tags must name for them to be trusted; the letters of drawings have none."""


def main(path: str) -> None:
    """Print the pieces of a PDF, or why it cannot be read, as one JSON object."""
    _bound()
    sys.stdout.write(json.dumps(_read(path)))


def _bound() -> None:
    """Limit what this process may take, where the system can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_SECONDS, MOST_CPU_SECONDS))


def _read(path: str) -> dict[str, Any]:
    import pypdfium2
    from pypdfium2 import raw

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError:
        locked = raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD
        return {"error": "password" if locked else "damaged"}
    if len(document) > MOST_PAGES:
        return {"error": "pages"}
    return _read_pages(document, tagged=bool(raw.FPDFCatalog_IsTagged(document.raw)))


def _read_pages(document: Any, *, tagged: bool) -> dict[str, Any]:
    import pypdfium2

    pages: list[_Read] = []
    unread: list[str] = []
    for number in range(len(document)):
        try:
            page = Page(document[number])
        except pypdfium2.PdfiumError:
            unread.append(f"page {number + 1} is damaged")
            continue
        pages.append(_Read(page, number + 1, tagged=tagged))
        page.close()
    drawn = sum(page.drawn for page in pages)
    if drawn < _FEWEST_LETTERS:
        return {"error": "no_text" if pages else "damaged"}
    unread += [f"page {page.number} has no text: it is a picture" for page in pages if page.drawn == 0]
    by_tags = tagged and sum(page.named for page in pages) > _TRUST * drawn
    joiner = Joiner(line for page in pages for line in text_of(page.letters).split("\n"))
    found = _by_tags(pages, joiner) if by_tags else _by_places(pages)
    way = TAGGED if by_tags else PLACED
    pieces = [_entry(piece) for piece in joined_over_pages(found)]
    return {"pages": len(document), "way": way, "unread": unread[:20], "pieces": pieces}


class _Read:
    """What is kept of a page when it is closed."""

    def __init__(self, page: Page, number: int, *, tagged: bool) -> None:
        self.number, self.width, self.height = number, page.width, page.height
        self.letters: list[Letter] = page.letters()
        self.rules: list[Rule] = page.rules()
        self.tags: list[Tag] = tags_of(page) if tagged else []
        self.named, self.drawn = coverage(self.tags, self.letters)
        marked = sum(letter.mark >= 0 for letter in self.letters if not letter.made)
        self.lost = self.named == 0 and self.drawn >= _FEWEST_LETTERS and 2 * marked > self.drawn


def _by_tags(pages: Sequence[_Read], joiner: Joiner) -> list[list[Piece]]:
    """Return the pieces of each page by its tags; by places where the marks of its letters lead to no tag."""
    return [
        _by_places([page])[0] if page.lost else TaggedPage(page.tags, page.letters, page.number, joiner).pieces()
        for page in pages
    ]


def _by_places(pages: Sequence[_Read]) -> list[list[Piece]]:
    """Return the pieces of all pages, told from lines; what stands on many pages in the same place is left out."""
    rows = [rows_of(page.letters) for page in pages]
    running = _running(pages, rows)
    items: list[Line | Piece] = []
    cells = 0
    for page, found in zip(pages, rows, strict=True):
        kept = [row for row in found if _key(row) not in running]
        for block in columns_of(kept, page.width, page.rules):
            items += _items(block, page, items[-1] if items else None)
        cells += sum(len(item.cells) for item in items if isinstance(item, GridPiece))
        if cells > MOST_CELLS * 1000:
            break
    return [pieces_of_lines(items)]


def _key(row: Row) -> tuple[str, int]:
    """Return what tells a running head from a line: its text without numbers, and how high it stands."""
    return "".join(sign for sign in row.text if not sign.isdigit()).strip(), round(row.y / 6)


def _running(pages: Sequence[_Read], rows: Sequence[list[Row]]) -> set[tuple[str, int]]:
    """Return the lines at the edges of pages that stand on three pages or more."""
    seen: dict[tuple[str, int], int] = {}
    for page, found in zip(pages, rows, strict=True):
        edges = {_key(row) for row in found if row.y < _EDGE * page.height or row.y > (1 - _EDGE) * page.height}
        for key in edges:
            seen[key] = seen.get(key, 0) + 1
    return {key for key, count in seen.items() if count >= min(3, max(2, len(pages)))}


def _items(block: list[Row], page: _Read, last: Line | Piece | None) -> list[Line | Piece]:
    """Return a block as lines and tables; rows that go on with the table that ended the block before join it."""
    items: list[Line | Piece] = []
    index = 0
    if isinstance(last, GridPiece):
        top = next((number for number, row in enumerate(block) if row.y > _EDGE * page.height), 0)
        for first in dict.fromkeys((0, top)):
            if taken := rest_of_table(last, block[first:], page.rules):
                index = first + taken
                break
    while index < len(block):
        if opens_table(block[index]):
            found = table_at(block[index:], page.rules, page.number)
            if found:
                items.append(found[0])
                index += found[1]
                notes = _notes(block, index)
                items += [TextPiece(_block_text(block[index : index + notes]), page.number, "note")] if notes else []
                index += notes
                continue
        below = block[index + 1].y - block[index].y if index + 1 < len(block) else 0.0
        items.append(Line(block[index].text, int(below > 1.7 * block[index].size), page.number, breaks=index == 0))
        index += 1
    return items


def _block_text(rows: Sequence[Row]) -> str:
    return Joiner(row.text for row in rows).join(row.text.strip() for row in rows)


def _notes(block: Sequence[Row], index: int) -> int:
    """Return how many lines under a table are its notes: they look like notes, or are smaller than the text."""
    if index >= len(block):
        return 0
    usual = median(row.size for row in block)
    first = block[index]
    if not (NOTE.match(first.text.strip()) or first.size < _SMALLER * usual) or opens_table(first):
        return 0
    end = index + 1
    while end < len(block) and abs(block[end].size - first.size) < 0.1 and not opens_table(block[end]):
        if block[end].y - block[end - 1].y > 1.7 * first.size:
            break
        end += 1
    return end - index


def _entry(piece: Piece) -> dict[str, Any]:
    if isinstance(piece, HeadingPiece):
        return {"kind": "heading", "text": piece.text, "level": piece.level, "page": piece.page}
    if isinstance(piece, TextPiece):
        return {"kind": "text", "text": piece.text, "page": piece.page, "role": piece.role}
    cells = [astuple(cell) for cell in piece.cells]
    return {
        "kind": "table", "cells": cells, "page": piece.page, "caption": piece.caption, "notes": list(piece.notes),
        "damaged": piece.damaged,
    }  # fmt: skip
