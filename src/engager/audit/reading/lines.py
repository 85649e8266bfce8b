"""Paragraphs, headings, legends and tables, told from the lines of a text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from engager.audit.reading.joining import Joiner
from engager.audit.reading.pieces import HeadingPiece, Piece, TextPiece
from engager.audit.reading.shapes import CAPTION, NOTE, is_table_kind, is_value
from engager.audit.reading.text_tables import table_of_lines
from engager.audit.word_lists import words

_ENDED = re.compile(r"[.!?][\"”’)\]]*(?:\d{1,3}(?:[,–-]\d{1,3})*)?\s*$")
_BULLET = re.compile(r"^\s*[•▪◦‣●○■\uf0b7\uf0a7]\s*")
_NUMBERED_HEADING = re.compile(r"^\d{1,2}(?:\.\d{1,2}){0,3}\.?\s+(?=[A-ZÄÖÜ])")
_KNOWN = frozenset(
    words("""
    abstract background introduction methods method results result discussion conclusion conclusions
    references zusammenfassung hintergrund einleitung methoden methodik ergebnisse diskussion schlussfolgerung
    literatur
""")
)
_LONGEST_HEADING, _MOST_HEADING_WORDS = 90, 12
_MOST_TABLE_LINES = 5_000


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: without blanks at its end, how many empty lines follow, and its page.

    `breaks` tells that a page or a column begins with it. Blanks at its beginning are kept, they are an indent.
    """

    text: str
    blanks_after: int
    page: int | None
    breaks: bool = False


def told_lines(text: str) -> list[Line]:
    """Return the lines of a text that are not empty.

    A form feed begins a page; so does a line set in by one blank where almost none is, the trace that a form feed
    leaves in copied text.
    """
    has_pages = "\f" in text
    found: list[Line] = []
    for page, part in enumerate(text.split("\f"), start=1):
        fresh = page > 1
        for raw in part.splitlines():
            if raw.strip():
                found.append(Line(raw.rstrip().expandtabs(8), 0, page if has_pages else None, fresh))
                fresh = False
            elif found:
                last = found[-1]
                found[-1] = Line(last.text, last.blanks_after + 1, last.page, last.breaks)
    return _with_breaks(found)


def _with_breaks(lines: list[Line]) -> list[Line]:
    inset = [line.text.startswith(" ") and line.text[1:2] != " " for line in lines]
    if not lines or sum(inset) > max(2, len(lines) // 10):
        return lines
    return [
        Line(line.text[1:], line.blanks_after, line.page, breaks=True) if is_inset else line
        for line, is_inset in zip(lines, inset, strict=True)
    ]


def pieces_of_lines(lines: Sequence[Line | Piece]) -> list[Piece]:
    """Return headings, paragraphs and tables in order; a sentence that a table or legend interrupts is joined again.

    Pieces among the lines, such as tables that were told by other means, stay where they are.
    """
    pieces: list[Piece] = []
    reader = _Reader([line for line in lines if isinstance(line, Line)])
    pieces += reader.read(_places(lines))
    return pieces


def _places(lines: Sequence[Line | Piece]) -> dict[int, list[Piece]]:
    """Return the pieces among lines by the number of the line that they stand before."""
    found: dict[int, list[Piece]] = {}
    count = 0
    for line in lines:
        if isinstance(line, Line):
            count += 1
        else:
            found.setdefault(count, []).append(line)
    return found


class _Reader:
    """Walks the lines once, front to back."""

    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines
        self._joiner = Joiner(line.text for line in lines)
        widths = [len(line.text) for line in lines if len(line.text) > 20]
        self._width = median(widths) if widths else 80.0
        self._spaced = sum(line.blanks_after > 0 for line in lines) > 0.6 * max(1, len(lines))
        self._pieces: list[Piece] = []
        self._open: list[Line] = []
        self._set_aside: list[Piece] = []

    def read(self, among: Mapping[int, list[Piece]]) -> list[Piece]:
        """Return the pieces of all lines, with those that stand among them."""
        index = seen = 0
        while index < len(self._lines):
            while seen <= index:
                self._set_aside += among.get(seen, ())
                seen += 1
            if self._set_aside:
                self._flush_if_closed()
            line = self._lines[index]
            caption = CAPTION.match(line.text.strip())
            if caption and self._is_caption(caption, index):
                table = is_table_kind(caption["kind"])
                index = self._table(index) if table else self._legend(index)
            elif self._is_heading(index):
                self._close()
                self._pieces.append(HeadingPiece(line.text.strip(), _level(line.text), line.page))
                index += 1
            else:
                self._prose(line)
                index += 1
        for later in range(seen, len(self._lines) + 1):
            self._set_aside += among.get(later, ())
        self._close()
        return self._pieces

    def _is_caption(self, caption: re.Match[str], index: int) -> bool:
        """Return whether a line opens a caption, as against a sentence that begins with `Table 1`."""
        if caption["kind"].isupper() or not caption["text"]:
            return True
        before = self._lines[index - 1] if index else None
        own_line = before is None or before.blanks_after > 0 or self._lines[index].breaks or _ended(before.text)
        return own_line and (bool(caption["stop"]) or (caption["text"][0].isupper() and len(self._lines) < 3))

    def _legend(self, index: int) -> int:
        """Set a legend aside: it ends at a break, at an empty line behind a full stop, or at the next caption."""
        first = index
        while index < len(self._lines):
            line = self._lines[index]
            if index > first and (line.breaks or CAPTION.match(line.text.strip())):
                break
            index += 1
            opening = CAPTION.match(line.text.strip())
            bare = opening is not None and not opening["text"]
            if _ended(line.text) and line.blanks_after and not bare:
                break
        taken = self._lines[first:index]
        self._set_aside.append(TextPiece(self._joiner.join(line.text.strip() for line in taken), taken[0].page))
        self._flush_if_closed()
        return index

    def _table(self, index: int) -> int:
        """Set a table aside with its caption and notes, and return where the text goes on."""
        end = self._table_end(index)
        body = self._lines[index:end]
        pieces, used = table_of_lines(body, self._joiner)
        self._set_aside += pieces
        self._flush_if_closed()
        return index + used

    def _table_end(self, index: int) -> int:
        end = index + 1
        while end < min(len(self._lines), index + _MOST_TABLE_LINES):
            line = self._lines[end]
            if line.breaks or CAPTION.match(line.text.strip()):
                break
            end += 1
        return end

    def _is_heading(self, index: int) -> bool:
        text = self._lines[index].text.strip()
        bare = _NUMBERED_HEADING.sub("", text)
        if not (bare[:1].isupper() and 2 < len(text) <= _LONGEST_HEADING and len(text.split()) <= _MOST_HEADING_WORDS):
            return False
        if text[-1] in ".,;:-–(/" or ". " in bare or len(text) > 0.8 * self._width or is_value(text):
            return False
        if any(sign.isdigit() for sign in bare) or NOTE.match(text):
            return False
        if bare.lower() in _KNOWN:
            return True
        before = self._open[-1] if self._open else None
        after = self._lines[index + 1].text.strip() if index + 1 < len(self._lines) else ""
        return (before is None or _ended(before.text)) and (not after or not after[0].islower())

    def _prose(self, line: Line) -> None:
        if self._open and self._begins_anew(line):
            self._close()
        self._open.append(line)

    def _begins_anew(self, line: Line) -> bool:
        before = self._open[-1]
        if _BULLET.match(line.text):
            return True
        if not _ended(before.text) or line.text.strip()[:1].islower():
            return False
        short = len(before.text) < 0.8 * self._width
        return short if self._spaced else (before.blanks_after > 0 or short)

    def _close(self) -> None:
        """Make a paragraph of the open lines; what was set aside while they were open follows it."""
        if self._open:
            text = self._joiner.join(_BULLET.sub("", line.text).strip() for line in self._open)
            self._pieces.append(TextPiece(text, self._open[0].page))
            self._open = []
        self._pieces += self._set_aside
        self._set_aside = []

    def _flush_if_closed(self) -> None:
        if not self._open or _ended(self._open[-1].text):
            self._close()


def _ended(text: str) -> bool:
    return bool(_ENDED.search(text))


def _level(text: str) -> int:
    number = _NUMBERED_HEADING.match(text.strip())
    return 1 + number[0].strip().rstrip(".").count(".") if number else 1
