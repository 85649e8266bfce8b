"""A tagged PDF: what its tags call headings, paragraphs and tables, with the cells as they were written.

Word processors and typesetting systems that care for accessible documents write such files, ours too.
"""

from __future__ import annotations

import ctypes
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pypdfium2 import raw

from engager.audit.reading.joining import Joiner
from engager.audit.reading.limits import MOST_DEPTH
from engager.audit.reading.pdf_page import Letter, Page, text_of
from engager.audit.reading.pieces import GridCell, GridPiece, HeadingPiece, Piece, TextPiece
from engager.audit.word_lists import words

_HEADINGS = re.compile(r"^(?:H([1-6])?|Title)$")
_HOLDERS = frozenset(
    words("Document DocumentFragment Part Art Sect Div NonStruct Private L LI LBody Aside BlockQuote Index")
)
_INLINE = frozenset(words("Span Link Reference Quote Em Strong Code Note Ruby Warichu Sub BibEntry Formula"))
_SKIPPED = frozenset(words("TOC TOCI Artifact Lbl Annot Form"))
_TABLE_PARTS = frozenset(words("THead TBody TFoot"))


@dataclass(slots=True)
class Tag:
    """An element of a page's structure: its type, its texts and elements in order, and the cells it spans."""

    kind: str
    children: list[Tag | int] = field(default_factory=list)
    columns: int = 1
    rows: int = 1


def tags_of(page: Page) -> list[Tag]:
    """Return the structure of a page; empty where it has none."""
    tree = raw.FPDF_StructTree_GetForPage(page.handle)
    if not tree:
        return []
    try:
        count = raw.FPDF_StructTree_CountChildren(tree)
        found = (raw.FPDF_StructTree_GetChildAtIndex(tree, index) for index in range(count))
        return [_tag(element, 0) for element in found if element]
    finally:
        raw.FPDF_StructTree_Close(tree)


def _tag(element: Any, depth: int) -> Tag:
    tag = Tag(_string(raw.FPDF_StructElement_GetType, element))
    if tag.kind in {"TD", "TH"}:
        tag.columns, tag.rows = _spans(element)
    if depth < MOST_DEPTH:
        for index in range(raw.FPDF_StructElement_CountChildren(element)):
            child = raw.FPDF_StructElement_GetChildAtIndex(element, index)
            if child:
                tag.children.append(_tag(child, depth + 1))
            else:
                mark = raw.FPDF_StructElement_GetChildMarkedContentID(element, index)
                if mark >= 0:
                    tag.children.append(mark)
    return tag


def _string(function: Any, element: Any) -> str:
    length = function(element, None, 0)
    if length <= 2:
        return ""
    held = ctypes.create_string_buffer(length)
    function(element, held, length)
    return held.raw[: length - 2].decode("utf-16-le", errors="replace")


def _spans(element: Any) -> tuple[int, int]:
    found = {"ColSpan": 1, "RowSpan": 1}
    number = ctypes.c_float()
    for index in range(min(raw.FPDF_StructElement_GetAttributeCount(element), 20)):
        attribute = raw.FPDF_StructElement_GetAttributeAtIndex(element, index)
        for name in found if attribute else ():
            value = raw.FPDF_StructElement_Attr_GetValue(attribute, name.encode())
            if value and raw.FPDF_StructElement_Attr_GetNumberValue(value, number):
                found[name] = max(1, min(int(number.value), 1000))
    return found["ColSpan"], found["RowSpan"]


def coverage(tags: list[Tag], letters: list[Letter]) -> tuple[int, int]:
    """Return how many letters of a page its tags name, and how many it has that no tag could leave out."""
    named = {mark for tag in tags for mark in _marks(tag)}
    drawn = [letter for letter in letters if not letter.made and not letter.text.isspace()]
    return sum(letter.mark in named for letter in drawn), len(drawn)


def _marks(tag: Tag, *, inside: bool = False) -> Iterator[int]:
    """Yield the marks of a tag; `inside` leaves out what is no text of it, such as the dot of a list."""
    for child in tag.children:
        if isinstance(child, Tag):
            if not (inside and child.kind in _SKIPPED):
                yield from _marks(child, inside=inside)
        else:
            yield child


class TaggedPage:
    """Reads the tags of one page into pieces."""

    def __init__(self, tags: list[Tag], letters: list[Letter], page: int, joiner: Joiner) -> None:
        self._tags, self._page, self._joiner = tags, page, joiner
        self._texts: dict[int, list[Letter]] = defaultdict(list)
        for letter in letters:
            self._texts[letter.mark].append(letter)

    def pieces(self) -> list[Piece]:
        """Return the pieces of the page in the order of its tags."""
        return [piece for tag in self._tags for piece in self._of(tag)]

    def _of(self, tag: Tag) -> Iterator[Piece]:
        heading = _HEADINGS.match(tag.kind)
        if tag.kind in _SKIPPED:
            return
        if heading:
            yield HeadingPiece(self._text(tag), int(heading[1] or 1), self._page)
        elif tag.kind == "Table":
            yield self._table(tag)
        elif tag.kind == "Figure":
            for child in tag.children:
                if isinstance(child, Tag) and child.kind == "Caption":
                    yield TextPiece(self._text(child), self._page, role="caption")
        elif tag.kind in _HOLDERS and _holds_blocks(tag):
            yield from self._inside(tag)
        else:
            role = {"Caption": "caption", "Span": "note", "Note": "note"}.get(tag.kind, "")
            yield TextPiece(self._text(tag), self._page, role=role)

    def _inside(self, tag: Tag) -> Iterator[Piece]:
        loose = Tag("P")
        for child in tag.children:
            if isinstance(child, int):
                loose.children.append(child)
                continue
            if loose.children:
                yield from self._of(loose)
                loose = Tag("P")
            yield from self._of(child)
        if loose.children:
            yield from self._of(loose)

    def _text(self, tag: Tag) -> str:
        letters = [letter for mark in _marks(tag, inside=True) for letter in self._texts.get(mark, ())]
        lines = text_of(letters).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return " ".join(self._joiner.join(line.strip() for line in lines if line.strip()).split())

    def _table(self, tag: Tag) -> GridPiece:
        grid = GridPiece([], self._page)
        taken: dict[int, set[int]] = defaultdict(set)
        row = 0
        for part, line in _rows(tag):
            column = 0
            for cell in line.children:
                if not isinstance(cell, Tag) or cell.kind not in {"TD", "TH"}:
                    continue
                while column in taken[row]:
                    column += 1
                grid.cells.append(self._cell(cell, row, column, head=part == "THead"))
                for below in range(row + 1, row + cell.rows):
                    taken[below].update(range(column, column + cell.columns))
                column += cell.columns
            row += 1
        for child in tag.children:
            if isinstance(child, Tag) and child.kind == "Caption":
                grid.caption = self._text(child)
        return grid

    def _cell(self, cell: Tag, row: int, column: int, *, head: bool) -> GridCell:
        letters = [letter for mark in _marks(cell) for letter in self._texts.get(mark, ()) if not letter.made]
        left = min((letter.x0 for letter in letters), default=0.0)
        right = max((letter.x1 for letter in letters), default=0.0)
        return GridCell(self._text(cell), row, column, cell.rows, cell.columns, head=head, indent=left, right=right)


def _holds_blocks(tag: Tag) -> bool:
    children = [child for child in tag.children if isinstance(child, Tag) and child.kind not in _SKIPPED]
    return tag.kind == "Document" or any(child.kind not in _INLINE for child in children)


def _rows(tag: Tag) -> Iterator[tuple[str, Tag]]:
    for child in tag.children:
        if isinstance(child, Tag) and child.kind == "TR":
            yield "", child
        elif isinstance(child, Tag) and child.kind in _TABLE_PARTS:
            yield from ((child.kind, row) for row in child.children if isinstance(row, Tag) and row.kind == "TR")
