"""The numbers that written files bind to results, read back from the files, and whether the results say them."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs
from xml.etree import ElementTree

from engager.results import AnalysisResult, Results
from engager.tables.table import Table

Bound = tuple[str, tuple[str, ...]]
"""A text of a file, and the ids of the results that it is bound to."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NUMBER = re.compile(r"(?<![\d.])\d+(?:\.\d+)?(?:e[+-]?\d+)?", re.IGNORECASE)


def of_page(text: str) -> list[Bound]:
    """Return the links of numbers of a page."""
    found = re.findall(r'<a class="n" href="#([^"]*)"[^>]*>(.*?)</a>', text, re.DOTALL)
    return [(html.unescape(shown), _ids(html.unescape(link))) for link, shown in found]


def of_marks(text: str) -> list[Bound]:
    """Return what a page tells beside the marks of its figures, each with the result that the mark names."""
    held = re.search(r'id="embedded">(.*?)</script>', text, re.DOTALL)
    told = json.loads(held[1])["results"] if held else {}
    drawn = set(map(html.unescape, re.findall(r' data-r="([^"]*)"', text)))
    return [(told[name]["told"][0], (name,)) for name in sorted(drawn)]


def of_word(content: bytes) -> list[Bound]:
    """Return the links of numbers of a Word file."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        root = ElementTree.fromstring(parts.read("word/document.xml"))  # noqa: S314 - our own file
    links = [link for link in root.iter(f"{_W}hyperlink") if (link.get(f"{_W}anchor") or "").startswith("r=")]
    return [
        ("".join(text.text or "" for text in link.iter(f"{_W}t")), _ids(link.get(f"{_W}anchor") or ""))
        for link in links
    ]


def of_pdf(content: bytes) -> list[Bound]:
    """Return the links of numbers of a PDF: the text that begins inside the areas of each link, line by line."""
    from pypdf import PdfReader

    found: list[Bound] = []
    for page in PdfReader(io.BytesIO(content)).pages:
        pieces: list[tuple[float, float, str]] = []

        def keep(
            text: str, cm: list[float], tm: list[float], *_: object, kept: list[tuple[float, float, str]] = pieces
        ) -> None:
            x, y = tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            if text.strip():
                kept.append((x, y, text))

        page.extract_text(visitor_text=keep)
        for note in page.get("/Annots") or ():
            link = note.get_object()
            uri = str(link.get("/A", {}).get("/URI", ""))
            if "#r=" in uri:
                found.append((_inside(link, pieces), _ids(uri.partition("#")[2])))
    return found


def _inside(link: dict[str, list[float]], pieces: Iterable[tuple[float, float, str]]) -> str:
    """Return the pieces of text that begin in the areas of a link; one that runs over lines has several."""
    corners = [float(value) for value in link.get("/QuadPoints", [])] or _corners([float(v) for v in link["/Rect"]])
    areas = [corners[start : start + 8] for start in range(0, len(corners), 8)]
    words = []
    for area in areas:
        (left, right), (low, high) = ((min(area[axis::2]), max(area[axis::2])) for axis in (0, 1))
        words += [text for x, y, text in pieces if left - 0.5 <= x < right - 0.2 and low - 0.5 <= y <= high + 0.5]
    return " ".join("".join(words).split())


def _corners(rectangle: Sequence[float]) -> list[float]:
    left, low, right, high = rectangle
    return [left, low, right, low, right, high, left, high]


def of_tables(tables: Iterable[Table], folder: Path) -> list[Bound]:
    """Return the cells of the CSV files, each with the results of its place in the document."""
    return [bound for table in tables for bound in _of_table(table, folder / "tables" / f"{table.name}.csv")]


def _of_table(table: Table, path: Path) -> Iterator[Bound]:
    lines = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))[1:]
    for line, row in zip(lines, table.rows, strict=False):
        yield from (
            (text.removeprefix("'"), cell.results) for text, cell in zip(line, row.cells, strict=False) if cell.results
        )


def _ids(link: str) -> tuple[str, ...]:
    return tuple(parse_qs(link)["r"])


def unexplained(bound: Iterable[Bound], results: Results) -> list[str]:
    """Return the texts that hold a number which none of their results gives, rounded as printed."""
    return [f"{text} <- {ids}" for text, ids in bound if not _explained(text, [results.by_id(name) for name in ids])]


def _explained(text: str, rows: Sequence[AnalysisResult]) -> bool:
    """Tell whether each number of a text is one of its rows': a value, a count, a percentage, or part of its words."""
    if any(text == row.id.partition("/")[2] for row in rows):
        return True  # the values of a figure are named, not told
    words = [part.replace("\u2013", "-") for row in rows for part in (row.text, row.method, row.warning) if part]
    if any(text.replace("\u2013", "-") in part for part in words if not text.isdecimal()) or text in words:
        return True
    listed = _patients(text)
    if listed is not None and len(rows) == 1 and len(rows[0].patients) > 1 and len(listed) > 1:
        return listed == sorted(rows[0].patients, key=int)
    text = _without_words(text, rows)
    for pattern, agrees in _FORMS:
        for found in pattern.finditer(text):
            if not any(agrees(row, found) for row in rows):
                return False
        text = pattern.sub(" ", text)
    values = [value for row in rows for value in _values(row)]
    return all(_said(number, values) for number in _NUMBER.findall(text))


def _of(row: AnalysisResult, found: re.Match[str]) -> bool:
    return (row.n, row.N) == (int(found[1]), int(found[2]))


def _of_share(row: AnalysisResult, found: re.Match[str]) -> bool:
    return _of(row, found) and _said(found[3], [100.0 * int(found[1]) / int(found[2])])


def _share(row: AnalysisResult, found: re.Match[str]) -> bool:
    return row.n == int(found[1]) and bool(row.N) and _said(found[2], [100.0 * row.n / (row.N or 1)])


def _interval(row: AnalysisResult, found: re.Match[str]) -> bool:
    factor = 100.0 if row.unit == "1" else 1.0
    if row.level is None or not _said(found[1], [100.0 * row.level]):
        return False
    bounds = zip((found[2], found[3]), (row.lower, row.upper), strict=True)
    return all(
        bound is None if printed == "not reached" else bound is not None and _said(printed, [factor * bound])
        for printed, bound in bounds
    )


_FORMS: tuple[tuple[re.Pattern[str], Callable[[AnalysisResult, re.Match[str]], bool]], ...] = (
    (re.compile(r"(\d+) of (\d+) \((\d+(?:\.\d+)?) %\)"), _of_share),
    (re.compile(r"(\d+) of (\d+)"), _of),
    (re.compile(r"([\d.]+) % CI (-?[\d.]+|not reached)\u2013(-?[\d.]+|not reached)"), _interval),
    (re.compile(r"(?<![\d.])(\d+) \((\d+(?:\.\d+)?)\)"), _share),
)
"""What numbers stand in together, and whether a row says them so."""


def _patients(text: str) -> list[str] | None:
    """Return the patients of a printed list, `1\u20133, 7`; None where a text is none."""
    if not re.fullmatch(r"\d+(\u2013\d+)?(, \d+(\u2013\d+)?)*", text):
        return None
    ends = [part.split("\u2013") for part in text.split(", ")]
    return [str(number) for first, *last in ends for number in range(int(first), int((last or [first])[0]) + 1)]


def _without_words(text: str, rows: Sequence[AnalysisResult]) -> str:
    """Return a text without the words that results give as they are."""
    for row in rows:
        for part in (row.text, row.at, row.method):
            if part and len(part) > 1:
                text = re.sub(re.escape(part), " ", text, flags=re.IGNORECASE)
    return text


def _values(row: AnalysisResult) -> Iterator[float]:
    """Yield what may be printed of a row by itself: its value, or bounds where it has none; fractions in percent."""
    factor = 100.0 if row.unit == "1" else 1.0
    yield from (factor * row.estimate,) if row.estimate is not None else ()
    if row.level is None:
        yield from (factor * bound for bound in (row.lower, row.upper) if bound is not None)
    yield from (float(count) for count in (row.n, row.N) if count is not None)
    yield from (float(len(row.patients)),) if row.n is not None and row.n != len(row.patients) else ()
    yield from (float(row.patients[0]),) if len(row.patients) == 1 and row.patients[0].isdecimal() else ()


def _said(printed: str, values: Iterable[float]) -> bool:
    """Tell whether a value, rounded to the digits printed, is the number printed."""
    number = Decimal(printed)
    half = float(Decimal(1).scaleb(int(number.as_tuple().exponent))) / 2
    return any(abs(abs(value) - float(number)) <= half * (1 + 1e-9) for value in values)
