"""The lines of a PDF page without tags, in the order in which a person reads them: columns, then bands across both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from engager.audit.reading.pdf_page import Letter, Rule, text_of

_TABLE = re.compile(r"^(?:Supplementary\s)?(?:TABLE|Table|Tabelle|Tab\.)\s?[A-Z]?\d")
_GAP = 1.2
"""A gap of so many letter heights parts a line into segments: of columns, or of cells."""
_CELL_GAP = 0.7
_MOST_CROSSING = 0.06  # the share of lines that may cross the gap between two columns


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a line without wide gaps, in points."""

    text: str
    x0: float
    x1: float
    y: float
    size: float


@dataclass(frozen=True, slots=True)
class Row:
    """A line: its segments from the left, and its baseline from the top of the page."""

    segments: tuple[Segment, ...]
    y: float
    size: float
    words: tuple[Segment, ...] = ()

    @property
    def x0(self) -> float:
        """Return where the line begins."""
        return self.segments[0].x0

    @property
    def x1(self) -> float:
        """Return where the line ends."""
        return max(segment.x1 for segment in self.segments)

    @property
    def text(self) -> str:
        """Return the line as one text."""
        return " ".join(segment.text for segment in self.segments)


def rows_of(letters: Sequence[Letter]) -> list[Row]:
    """Return the lines of a page from the top, each with its segments from the left."""
    words = sorted(_words(letters), key=lambda word: (word.y, word.x0))
    rows: list[list[Segment]] = []
    for word in words:
        last = rows[-1] if rows else None
        if last and abs(word.y - median(other.y for other in last[-5:])) < 0.4 * max(word.size, 1.0):
            last.append(word)
        else:
            rows.append([word])
    return [_row(row) for row in rows]


def _words(letters: Sequence[Letter]) -> Iterator[Segment]:
    held: list[Letter] = []
    for letter in letters:
        if letter.text.isspace() or (held and _parts(held[-1], letter)):
            if held:
                yield _word(held)
            held = []
        if not letter.text.isspace() and not letter.made:
            held.append(letter)
    if held:
        yield _word(held)


def _parts(before: Letter, letter: Letter) -> bool:
    """Return whether a new word begins: on another line, or behind a gap; a raised letter belongs to its word."""
    if letter.made:
        return letter.text.isspace()
    gap = letter.x0 - before.x1
    same_line = abs(letter.y - before.y) < 0.7 * max(before.size, letter.size)
    return not same_line or gap > 0.3 * before.size or gap < -1.5 * before.size


def _word(letters: list[Letter]) -> Segment:
    base = max(letters, key=lambda letter: letter.size)
    return Segment(text_of(letters), letters[0].x0, max(letter.x1 for letter in letters), base.y, base.size)


def _row(words: list[Segment]) -> Row:
    words = sorted(words, key=lambda word: word.x0)
    size = median(word.size for word in words)
    return Row(_segments(words, _GAP * size), median(word.y for word in words), size, tuple(words))


def in_cells(row: Row) -> Row:
    """Return a line parted at narrower gaps, as the cells of a table may stand close to each other."""
    return replace(row, segments=_segments(row.words, _CELL_GAP * row.size)) if row.words else row


def _segments(words: Sequence[Segment], gap: float) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    for word in words:
        last = segments[-1] if segments else None
        if last and word.x0 - last.x1 < gap:
            text = f"{last.text} {word.text}"
            segments[-1] = Segment(text, last.x0, max(last.x1, word.x1), last.y, max(last.size, word.size))
        else:
            segments.append(word)
    return tuple(segments)


def columns_of(rows: list[Row], width: float, rules: Sequence[Rule] = ()) -> list[list[Row]]:
    """Return the lines as blocks in reading order: a band across the page, or its left and then its right column.

    A table whose rules cross the middle is a band across, with its caption.
    """
    gutter = _gutter(rows, width)
    if gutter is None:
        return [rows] if rows else []
    bands = _bands(rows, rules, gutter)
    blocks: list[list[Row]] = []
    left: list[Row] = []
    right: list[Row] = []
    across: list[Row] = []
    for row in rows:
        crosses = any(segment.x0 < gutter - 2 and segment.x1 > gutter + 2 for segment in row.segments)
        if crosses or any(low <= row.y <= high for low, high in bands):
            if left or right:
                blocks += [left, right]
                left, right = [], []
            across.append(row)
            continue
        if across:
            blocks.append(across)
            across = []
        left += _side(row, lambda segment: segment.x1 <= gutter + 2)
        right += _side(row, lambda segment: segment.x1 > gutter + 2)
    blocks += [across, left, right]
    return [block for block in blocks if block]


def _bands(rows: list[Row], rules: Sequence[Rule], gutter: float) -> list[tuple[float, float]]:
    """Return from where to where tables across both columns reach, their captions included."""
    crossing = sorted(
        rule.y0 for rule in rules if rule.is_horizontal and rule.x0 < gutter - 20 and rule.x1 > gutter + 20
    )
    if len(crossing) < 2:
        return []
    captions = [row.y for row in rows if _TABLE.match(row.text.strip())]
    bands: list[tuple[float, float]] = []
    above = [y for y in captions if y <= crossing[0] + 2]
    start = max(above) if above and crossing[0] - max(above) < 60 else crossing[0]
    for y in crossing:
        between = [caption for caption in captions if start < caption < y and bands and caption > bands[-1][1]]
        if between and bands:
            start = between[-1]
            bands.append((start - 1, y + 1))
        elif bands:
            bands[-1] = (bands[-1][0], y + 1)
        else:
            bands.append((start - 1, y + 1))
    return bands


def _side(row: Row, keeps: object) -> list[Row]:
    segments = tuple(segment for segment in row.segments if keeps(segment))  # type: ignore[operator]
    if not segments:
        return []
    words = tuple(word for word in row.words if segments[0].x0 - 1 <= word.x0 <= segments[-1].x1)
    return [Row(segments, row.y, row.size, words)]


def _gutter(rows: list[Row], width: float) -> float | None:
    """Return the middle of the empty strip between two columns of a page, None where the page has one column."""
    if len(rows) < 8:
        return None
    best: tuple[int, float] | None = None
    for step in range(36, 66, 1):
        x = width * step / 100
        crossing = sum(any(segment.x0 < x < segment.x1 for segment in row.segments) for row in rows)
        if best is None or crossing < best[0]:
            best = (crossing, x)
    assert best is not None  # noqa: S101 - there is a step
    x = _middle(rows, best[1])
    left = [segment for row in rows for segment in row.segments if segment.x1 <= x and _is_prose(segment, width)]
    right = [segment for row in rows for segment in row.segments if segment.x0 >= x and _is_prose(segment, width)]
    both = min(len(left), len(right))
    few = best[0] <= max(3, _MOST_CROSSING * len(rows)) or best[0] < 0.5 * both
    return x if few and both >= 5 and len(left) + len(right) > 0.4 * len(rows) and _is_flush(right) else None


def _middle(rows: list[Row], x: float) -> float:
    """Return the middle of the empty strip around a place."""
    clear = [row for row in rows if not any(segment.x0 < x < segment.x1 for segment in row.segments)]
    lefts = [segment.x1 for row in clear for segment in row.segments if segment.x1 <= x]
    rights = [segment.x0 for row in clear for segment in row.segments if segment.x0 >= x]
    return (max(lefts, default=x) + min(rights, default=x)) / 2


def _is_prose(segment: Segment, width: float) -> bool:
    """Return whether a segment is a line of running text in a column: wide, and of several words."""
    return segment.x1 - segment.x0 > 0.25 * width and len(segment.text.split()) > 3


def _is_flush(segments: list[Segment]) -> bool:
    """Return whether most lines of a column begin in one place, as those of a text do."""
    first = median(segment.x0 for segment in segments)
    return sum(abs(segment.x0 - first) < 3 for segment in segments) > 0.6 * len(segments)
