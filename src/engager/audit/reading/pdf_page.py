"""The text of a PDF page as the file draws it: runs of letters with their places, sizes and marks, and its rules."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from pypdfium2 import raw

from engager.audit.reading.raised import raised

MOST_LETTERS = 200_000
"""Letters of one page; more are not read."""
MOST_OBJECTS = 50_000
_FLOATS = 0.15  # a digit whose ink begins so much of its height above the line is a raised one
_SMALL, _UP = 0.85, 0.15  # how much smaller and higher, in parts of the letters around, a raised letter is


class Letter(NamedTuple):
    """A letter: its places in points from the left and the top, its size, and the mark of the piece it belongs to.

    `mark` is the number of the marked content, -1 for letters of none. A letter that the file does not draw (a blank
    between words, the end of a line) has no places of its own and is `made`; one that the font itself draws raised,
    as a digit that does not stand on its line, is `up`.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    mark: int
    made: bool = False
    up: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal or vertical line, or the edge of a filled box, in points from the left and the top."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def is_horizontal(self) -> bool:
        """Return whether it is a line across."""
        return self.y1 - self.y0 < 2.5 < self.x1 - self.x0


class Page:
    """A page of a PDF that is open; closed with `close`."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._text = page.get_textpage()
        self.width, self.height = page.get_size()
        self.count = int(self._text.count_chars())

    def close(self) -> None:
        """Give back what the page holds."""
        self._text.close()
        self._page.close()

    @property
    def handle(self) -> Any:
        """Return the page for calls of the library."""
        return self._page.raw

    def letters(self) -> list[Letter]:
        """Return the letters in the order in which the file draws them."""
        return list(self._letters())

    def _letters(self) -> Iterator[Letter]:
        text = self._text.raw
        x, y = ctypes.c_double(), ctypes.c_double()
        box, ink = raw.FS_RECTF(), tuple(ctypes.c_double() for _ in range(4))
        marks: dict[int, int] = {}
        height = self.height
        last = Letter("", 0, 0, 0, 0, -1)
        for index in range(min(self.count, MOST_LETTERS)):
            sign = _sign(raw.FPDFText_GetUnicode(text, index))
            found = raw.FPDFText_GetTextObject(text, index)
            if not found:
                yield Letter(sign, last.x1, last.x1, last.y, last.size, last.mark, made=True)
                continue
            address = ctypes.addressof(found.contents)
            if address not in marks:
                marks[address] = raw.FPDFPageObj_GetMarkedContentID(found)
            raw.FPDFText_GetCharOrigin(text, index, x, y)
            raw.FPDFText_GetLooseCharBox(text, index, box)
            size = abs(box.top - box.bottom)
            up = False
            if sign.isdigit():
                raw.FPDFText_GetCharBox(text, index, *ink)
                up = ink[2].value - y.value > _FLOATS * size
            left = x.value
            last = Letter(sign, left, max(box.right, left), height - y.value, size, marks[address], up=up)
            yield last

    def rules(self) -> list[Rule]:
        """Return the straight lines and the edges of boxes that the page draws."""
        return list(self._rules())

    def _rules(self) -> Iterator[Rule]:
        for count, found in enumerate(self._page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3)):
            if count > MOST_OBJECTS:
                return
            left, bottom, right, top = found.get_bounds()
            yield Rule(left, self.height - top, right, self.height - bottom)


def _sign(code: int) -> str:
    """Return the letter of a code; a hyphen that breaks a word is told by 2, and what stands for nothing is a box."""
    if code in (2, 0xFFFE):
        return "-"
    if code == 0 or 0xD800 <= code < 0xE000:
        return "\ufffd"
    return chr(code)


def text_of(letters: list[Letter]) -> str:
    """Return letters as a text with line ends, raised ones in raised letters."""
    if len({letter.size for letter in letters}) < 2 and not any(letter.up for letter in letters):
        return "".join([letter.text for letter in letters])
    parts: list[str] = []
    held: list[str] = []
    base: Letter | None = None
    for index, letter in enumerate(letters):
        up = base is not None and not letter.made and (_is_raised(letter, base) or _floats(letters, index))
        if held and not up:
            parts.append(raised("".join(held)))
            held = []
        if up:
            held.append(letter.text)
            continue
        parts.append(letter.text)
        if not letter.made and not letter.text.isspace():
            base = letter
    if held:
        parts.append(raised("".join(held)))
    return "".join(parts)


def _floats(letters: list[Letter], index: int) -> bool:
    """Return whether a letter is one that its font draws raised, or the sign before such a one."""
    if letters[index].up:
        return True
    after = letters[index + 1] if index + 1 < len(letters) else None
    return (
        letters[index].text in "-−–+," and after is not None and after.up and (index == 0 or letters[index].text != ",")
    )


def _is_raised(letter: Letter, base: Letter) -> bool:
    """Return whether a letter is smaller and higher than the one before on its line."""
    rise = base.y - letter.y
    return letter.size < _SMALL * base.size and _UP * base.size < rise < base.size and letter.x0 >= base.x0
