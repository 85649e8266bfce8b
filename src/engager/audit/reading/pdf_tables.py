"""A table of a PDF without tags: columns told from where its texts stand, the header and the end from its rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from engager.audit.reading.headers import group_size
from engager.audit.reading.pdf_layout import Row, Segment, in_cells
from engager.audit.reading.pdf_page import Rule
from engager.audit.reading.pieces import GridCell, GridPiece
from engager.audit.reading.shapes import CAPTION, NOTE, is_table_kind, is_value

DAMAGED = "the columns of this table are told from where its words stand on the page"
_JUMP = 1.08  # two distances differ where the greater is so much the smaller
_TIGHT = 1.35  # lines of one cell stand no farther apart than so many letter heights


@dataclass(slots=True)
class _Line:
    """A row of the table so far: the texts by their columns, how many columns each spans, and where it stands."""

    texts: dict[int, str]
    spans: dict[int, int]
    y: float
    size: float
    x0: float
    head: bool = False


def opens_table(row: Row) -> bool:
    """Return whether a line is the caption of a table, or begins it."""
    caption = CAPTION.match(row.text.strip())
    if not caption or not is_table_kind(caption["kind"]):
        return False
    return bool(caption["stop"]) or not caption["text"] or caption["kind"].isupper()


def table_at(rows: Sequence[Row], rules: Sequence[Rule], page: int) -> tuple[GridPiece, int] | None:
    """Return the table whose caption opens the lines, and how many lines it took; None where no columns are found."""
    ruled = _rules_below(rows[0], rows, rules)
    start = _caption_end(rows, ruled)
    end = _body_end(rows, start, ruled)
    body = [in_cells(row) for row in rows[start:end]]
    columns = _columns(body)
    if len(columns) < 2:
        return None
    head_until = ruled[1].y0 if len(ruled) > 1 and any(row.y > ruled[1].y0 for row in body) else None
    lines = _joined([_line(row, columns, head_until) for row in body])
    caption = " ".join(row.text.strip() for row in rows[:start])
    cells = [cell for number, line in enumerate(lines) for cell in _cells(line, number, columns)]
    return GridPiece(cells, page, caption, damaged=DAMAGED), end


def rest_of_table(table: GridPiece, rows: Sequence[Row], rules: Sequence[Rule]) -> int:
    """Add the rows that go on with a table at the top of the next column or page, and return how many lines they are.

    They go on to the last rule before a line of text, or as long as lines have values in the same columns.
    """
    width = max((cell.column + cell.columns for cell in table.cells), default=0)
    again = _header_again(table, rows)
    rows = rows[again:]
    if not rows:
        return 0
    below = [rule.y1 for rule in rules if rule.is_horizontal and rule.x1 - rule.x0 > 60 and rule.y0 > rows[0].y]
    count = _leading(rows)
    if below and (count or again):
        count = max(count, sum(row.y < _last_rule(below, rows) for row in rows))
    body = [in_cells(row) for row in rows[:count]]
    columns = _columns(body)
    if not body or len(columns) != width:
        return 0
    first = max(cell.row + cell.rows for cell in table.cells)
    lines = _joined([_line(row, columns, None) for row in body])
    table.cells += [cell for number, line in enumerate(lines) for cell in _cells(line, first + number, columns)]
    return again + count


def _last_rule(below: Sequence[float], rows: Sequence[Row]) -> float:
    """Return the last rule before the next caption, 0 where there is none."""
    end = next((row.y for row in rows if opens_table(row)), float("inf"))
    return max((y for y in below if y < end), default=0.0)


def _header_again(table: GridPiece, rows: Sequence[Row]) -> int:
    """Return how many lines at the beginning print the header of the table again."""
    told = " ".join(cell.text for cell in table.cells if cell.head)
    count = 0
    while count < len(rows) and all(segment.text in told for segment in in_cells(rows[count]).segments):
        count += 1
    return count if told else 0


def _leading(rows: Sequence[Row]) -> int:
    """Return how many lines at the beginning have values beside a label."""
    count = 0
    for row in map(in_cells, rows):
        if not any(is_value(segment.text) for segment in row.segments[1:]):
            break
        count += 1
    return count


def _rules_below(caption: Row, rows: Sequence[Row], rules: Sequence[Rule]) -> list[Rule]:
    """Return the rules across the table, from the top: those under the caption, of one width."""
    end = min((row.y for row in rows[1:] if opens_table(row)), default=float("inf"))
    across = [rule for rule in _whole_rules(rules) if caption.y - 2 <= rule.y0 < end and rule.x1 - rule.x0 > 60]
    widest = max((rule.x1 - rule.x0 for rule in across[:3]), default=0.0)
    found = [rule for rule in across if rule.x1 - rule.x0 > 0.9 * widest]
    return found if len(found) > 1 else []


def _whole_rules(rules: Sequence[Rule]) -> list[Rule]:
    """Return the horizontal rules from the top, those that programs draw cell by cell made whole."""
    whole: list[Rule] = []
    for rule in sorted((rule for rule in rules if rule.is_horizontal), key=lambda rule: (round(rule.y0), rule.x0)):
        last = whole[-1] if whole else None
        if last and abs(rule.y0 - last.y0) < 3 and rule.x0 < last.x1 + 3:
            whole[-1] = Rule(last.x0, last.y0, max(last.x1, rule.x1), max(last.y1, rule.y1))
        else:
            whole.append(rule)
    return sorted(whole, key=lambda rule: rule.y0)


def _caption_end(rows: Sequence[Row], ruled: Sequence[Rule]) -> int:
    """Return how many lines the caption takes: those above the first rule; else one, or two."""
    if ruled:
        above = 1
        while above < len(rows) and rows[above].y < ruled[0].y0 + 1:
            above += 1
        return above
    caption = CAPTION.match(rows[0].text.strip())
    end = 1 if caption and caption["text"] else 2
    while end < len(rows) and len(rows[end].segments) == 1 and rows[end].text[:1].islower():
        end += 1
    return min(end, len(rows))


def _body_end(rows: Sequence[Row], start: int, ruled: Sequence[Rule]) -> int:
    """Return where the body ends: at the last rule, else at the first note, prose or wide gap behind a value."""
    if len(ruled) > 1 and any(row.y < ruled[-1].y0 and _has_value(row) for row in rows[start:]):
        return next((index for index in range(start, len(rows)) if rows[index].y > ruled[-1].y1 + 1), len(rows))
    seen = False
    for index in range(start, len(rows)):
        row = rows[index]
        text = row.text.strip()
        values = _has_value(row)
        gap = row.y - rows[index - 1].y if index > start else 0.0
        if seen and len(row.segments) == 1 and (NOTE.match(text) or len(text.split()) > 9 or gap > 3 * row.size):
            return index
        if index > start and opens_table(row):
            return index
        seen = seen or values
    return len(rows)


def _has_value(row: Row) -> bool:
    return any(is_value(segment.text) for segment in in_cells(row).segments[1:])


def _columns(body: Sequence[Row]) -> list[tuple[float, float]]:
    """Return from where to where each column reaches, told from the lines that have most segments."""
    counts = Counter(len(row.segments) for row in body if len(row.segments) > 1)
    if not counts:
        return []
    most = max(count for count in counts if counts[count] >= min(2, max(counts.values())))
    full = [row for row in body if len(row.segments) == most and any(map(_holds_value, row.segments[1:]))]
    full = full or [row for row in body if len(row.segments) == most]
    columns = [(segment.x0, segment.x1) for segment in full[0].segments]
    for row in full[1:]:
        for number, segment in enumerate(row.segments):
            low, high = columns[number]
            columns[number] = (min(low, segment.x0), max(high, segment.x1))
    return _apart(columns, full)


def _holds_value(segment: Segment) -> bool:
    return is_value(segment.text)


def _apart(columns: list[tuple[float, float]], full: Sequence[Row]) -> list[tuple[float, float]]:
    """Return columns that do not overlap: where two do, the border lies between their middles."""
    for left in range(len(columns) - 1):
        (low, high), (next_low, next_high) = columns[left], columns[left + 1]
        if high > next_low:
            ends = sorted(row.segments[left].x1 for row in full)
            starts = sorted(row.segments[left + 1].x0 for row in full)
            border = (ends[len(ends) // 2] + starts[len(starts) // 2]) / 2
            columns[left], columns[left + 1] = (low, border), (border, next_high)
    return columns


def _line(row: Row, columns: Sequence[tuple[float, float]], head_until: float | None) -> _Line:
    texts: dict[int, str] = {}
    spans: dict[int, int] = {}
    for segment in row.segments:
        under = [number for number, (low, high) in enumerate(columns) if segment.x0 < high - 1 and segment.x1 > low + 1]
        first = under[0] if under else _nearest(segment, columns)
        texts[first] = f"{texts[first]} {segment.text}" if first in texts else segment.text
        spans[first] = max(spans.get(first, 1), len(under) or 1)
    return _Line(texts, spans, row.y, row.size, row.x0, head=head_until is not None and row.y < head_until + 1)


def _nearest(segment: Segment, columns: Sequence[tuple[float, float]]) -> int:
    middle = (segment.x0 + segment.x1) / 2
    return min(range(len(columns)), key=lambda number: abs(sum(columns[number]) / 2 - middle))


def _joined(lines: list[_Line]) -> list[_Line]:
    """Return the rows of the table: a line that goes on with the cells of the one above is joined with it."""
    rows: list[_Line] = []
    tight = _tight(lines)
    least = min((line.y - above.y for above, line in pairwise(lines)), default=0.0)
    before = 0.0
    for line in lines:
        wrapped = bool(rows) and line.y - before < tight and rows[-1].head == line.head
        if rows and (wrapped or (not tight and line.y - before < _close(line, least) and _goes_on(rows[-1], line))):
            for column, text in line.texts.items():
                joint = "" if rows[-1].texts.get(column, "").endswith(("-", "/", "–")) else " "
                rows[-1].texts[column] = f"{rows[-1].texts[column]}{joint}{text}" if column in rows[-1].texts else text
                rows[-1].spans[column] = max(rows[-1].spans.get(column, 1), line.spans[column])
        else:
            rows.append(line)
        before = line.y
    return rows


def _tight(lines: list[_Line]) -> float:
    """Return below which distance two lines are of one row, where the table sets its rows apart; else 0.

    That is so where distances fall into two sizes, and no two lines at the smaller one are rows of their own.
    """
    pairs = [(above, line) for above, line in pairwise(lines) if above.head == line.head]
    gaps = sorted(line.y - above.y for above, line in pairs)
    jumps = [(high / low, (low + high) / 2) for low, high in pairwise(gaps) if low > 0]
    border = next((middle for ratio, middle in jumps if ratio > _JUMP), 0.0)
    close = [(above, line) for above, line in pairs if line.y - above.y < border]
    own = sum(_are_rows(above, line) for above, line in close)
    return border if close and own <= 0.1 * len(close) else 0.0


def _are_rows(above: _Line, line: _Line) -> bool:
    """Return whether two lines are rows of their own: each has a label, and a value in the same column or as label."""
    shared = (column for column in line.texts.keys() & above.texts.keys() if column)
    labelled = 0 in line.texts and 0 in above.texts
    if labelled and is_value(line.texts[0]) and is_value(above.texts[0]):
        return True
    return labelled and any(_is_whole(line.texts[column]) and _is_whole(above.texts[column]) for column in shared)


def _is_whole(text: str) -> bool:
    """Return whether a text is a value from beginning to end: `63.7)` and `33.3 % (95 % CI 6.9–` are parts of one."""
    return is_value(text) and text.count("(") == text.count(")") and text[-1] not in "-–—/"


def _close(line: _Line, least: float) -> float:
    """Return below which distance a line may go on with the one above: that of lines of text, or of this table's."""
    return max(_TIGHT * line.size, 1.1 * least)


def _is_open(text: str) -> bool:
    """Return whether a text is cut off: a bracket is open, or its end asks for more."""
    cut_off = len(text) > 1 and text.endswith(("-", "–", "/", ",", " and", " of", "+"))
    return text.count("(") > text.count(")") or cut_off


def _goes_on(above: _Line, line: _Line) -> bool:
    if line.head or above.head != line.head:
        return False
    if any(_is_open(above.texts[column]) for column in line.texts.keys() & above.texts.keys()):
        return True
    if 0 not in line.texts:
        values = any(column and is_value(text) for column, text in line.texts.items())
        return not values or not any(column in above.texts for column in line.texts)
    small = line.texts[0][0].islower() or line.texts[0][0] in "(/"
    return small and set(line.texts) == {0} and len(above.texts) > 1 and line.x0 < above.x0 + 2


def _cells(line: _Line, number: int, columns: Sequence[tuple[float, float]]) -> list[GridCell]:
    head = line.head or (bool(line.texts) and all(group_size(text) is not None for text in line.texts.values()))
    only_first = set(line.texts) == {0}
    found = []
    for column in range(len(columns)):
        if column in line.texts:
            width = 1 if only_first else min(line.spans[column], len(columns) - column)
            indent = line.x0 if column == 0 else 0.0
            found.append(GridCell(line.texts[column], number, column, columns=width, head=head, indent=indent))
        elif not any(column < other + line.spans[other] and column > other for other in line.texts):
            found.append(GridCell("", number, column, head=head, indent=line.x0 if column == 0 else 0.0))
    return found
