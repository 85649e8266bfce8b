"""The text of a PDF page as the file draws it: runs of letters with their places, sizes and marks, and its rules."""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import pi
from typing import Any, NamedTuple

from pypdfium2 import raw

from engager.audit.reading.raised import raised

MOST_LETTERS = 200_000
"""Letters of one page; more are not read."""
MOST_OBJECTS = 50_000
_MOST_ASKED = 4_000  # letters that tell how the text of a page is turned
_BLANK, _SAME_LINE = 0.15, 0.7  # of the size of a letter: how wide a blank is, and how far a raised letter stands
_ASLANT = 0.02  # quarters of a turn that a letter may be off
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
        self.count = int(self._text.count_chars())
        self.turned = self._turn()
        """How its text is turned: 1 reads from the bottom up, -1 from the top down, 0 is upright."""
        width, height = page.get_size()
        self._box = width, height
        self.width, self.height = (height, width) if self.turned else (width, height)

    def _turn(self) -> int:
        """Return how most letters of a page are turned, such as those of a wide table that was set across."""
        turns = Counter(self._turn_of(index) for index in range(min(self.count, _MOST_ASKED)))
        turns.pop(None, None)
        return max(turns, key=lambda turn: turns[turn] or 0, default=0) or 0

    def _turn_of(self, index: int) -> int | None:
        """Return how a letter is turned, None for one that the file does not draw, or that stands aslant."""
        if not raw.FPDFText_GetTextObject(self._text.raw, index):
            return None
        quarter = raw.FPDFText_GetCharAngle(self._text.raw, index) / (pi / 2)
        return {0: 0, 3: 1, 1: -1, 4: 0}.get(round(quarter)) if abs(quarter - round(quarter)) < _ASLANT else None

    def _placed(self, x: float, y: float) -> tuple[float, float]:
        """Return a place of the file, which counts from below, as it is read: from the left and from the top."""
        width, height = self._box
        if self.turned == 1:
            return y, x
        return (height - y, width - x) if self.turned else (x, height - y)

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
        last = Letter("", 0, 0, 0, 0, -1)
        for index in range(min(self.count, MOST_LETTERS)):
            sign = _sign(raw.FPDFText_GetUnicode(text, index))
            found = raw.FPDFText_GetTextObject(text, index)
            if self.turned and found and self._turn_of(index) != self.turned:
                continue
            if not found:
                if self.turned and sign in "\r\n":
                    continue  # the library ends the line behind each letter of turned text
                yield Letter(sign, last.x1, last.x1, last.y, last.size, last.mark, made=True)
                continue
            address = ctypes.addressof(found.contents)
            if address not in marks:
                marks[address] = raw.FPDFPageObj_GetMarkedContentID(found)
            raw.FPDFText_GetCharOrigin(text, index, x, y)
            raw.FPDFText_GetLooseCharBox(text, index, box)
            left, line = self._placed(x.value, y.value)
            (x0, y0), (x1, y1) = self._placed(box.left, box.bottom), self._placed(box.right, box.top)
            size, up = abs(y1 - y0), False
            if sign.isdigit() and not self.turned:
                raw.FPDFText_GetCharBox(text, index, *ink)
                up = ink[2].value - y.value > _FLOATS * size
            letter = Letter(sign, left, max(x0, x1, left), line, size, marks[address], up=up)
            if self.turned and last.text and (blank := _between(last, letter)):
                yield Letter(blank, last.x1, last.x1, last.y, last.size, last.mark, made=True)
            last = letter
            yield last

    def rules(self) -> list[Rule]:
        """Return the straight lines and the edges of boxes that the page draws."""
        return list(self._rules())

    def _rules(self) -> Iterator[Rule]:
        for count, found in enumerate(self._page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3)):
            if count > MOST_OBJECTS:
                return
            left, bottom, right, top = found.get_bounds()
            (x0, y0), (x1, y1) = self._placed(left, top), self._placed(right, bottom)
            yield Rule(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _between(last: Letter, letter: Letter) -> str:
    """Return the blank or the end of a line between two letters of turned text, of which the library tells none."""
    if abs(letter.y - last.y) > _SAME_LINE * letter.size:
        return "\n"
    return " " if letter.x0 - last.x1 > _BLANK * letter.size else ""


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
