"""The audit of a manuscript of 30, 100 and 300 pages: seconds and memory should be linear in pages.

A page has five paragraphs of four sentences with numbers, every second one a table of twelve rows; the same content as
Word, as a page and as plain text. Each size in a process of its own.

python -m benchmarks.audit PAGES FORMAT
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measurement import Measurement
from benchmarks.peers import reset_peak, resident

PAGES = (30, 100, 300)
FORMATS = ("docx", "html", "txt")


def measure() -> list[Measurement]:
    """Return the seconds and the peak memory of each size and format."""
    found = []
    for suffix in FORMATS:
        for pages in PAGES:
            command = [sys.executable, "-m", "benchmarks.audit", str(pages), suffix]
            told = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own module
            seconds, megabytes = json.loads(told.stdout)
            found.append(Measurement("audit", f"audit of pages, {suffix}", pages, "engager", seconds, megabytes))
    return found


def _sentences(page: int, paragraph: int) -> str:
    n = 20 + (7 * page + paragraph) % 40
    k = 1 + (page + 3 * paragraph) % (n - 1)
    return (
        f"Of {n} patients in centre {page}, {k} of {n} ({100 * k / n:.1f} %) had an infection. The median age was "
        f"{4 + page % 9} years (range {1 + page % 3}-{14 + page % 4}). Doses of 5 to 15 \u00b5g/m\u00b2/day were given "
        f"over 28 days. The difference was not significant (P = 0.{10 + page % 80})."
    )


def _rows(page: int) -> list[tuple[str, ...]]:
    heads = ("Adverse event", "All (n = 40), n (%)", "Grade 3, n (%)", "Grade 4, n (%)")
    counts = [[(3 * page + 5 * row + column) % 13 for column in range(2)] for row in range(12)]
    rows = [(f"Event {row}", *(_share(each) for each in (sum(two), *two))) for row, two in enumerate(counts)]
    return [heads, *rows]


def _share(count: int) -> str:
    return f"{count} ({100 * count / 40:.1f})"


def write_document(folder: Path, pages: int, suffix: str) -> Path:
    """Write a manuscript of some pages and return its path."""
    path = folder / f"manuscript.{suffix}"
    if suffix == "docx":
        _write_word(path, pages)
        return path
    lines = []
    for page in range(pages):
        lines += [_sentences(page, paragraph) for paragraph in range(5)]
        if page % 2:
            lines.append((_as_html if suffix == "html" else _as_text)(page))
    joined = "".join(f"<p>{line}</p>" if line[0] != "<" else line for line in lines)
    path.write_text(joined if suffix == "html" else "\n\n".join(lines), "utf-8")
    return path


def _as_html(page: int) -> str:
    rows = ("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in _rows(page))
    return f"<table><caption>Table {page}. Events</caption>{''.join(rows)}</table>"


def _as_text(page: int) -> str:
    rows = ("".join(f"{cell:<28}" for cell in row).rstrip() for row in _rows(page))
    return f"Table {page}. Events\n" + "\n".join(rows)


def _write_word(path: Path, pages: int) -> None:
    from docx import Document

    word = Document()
    for page in range(pages):
        for paragraph in range(5):
            word.add_paragraph(_sentences(page, paragraph))
        if page % 2:
            rows = _rows(page)
            word.add_paragraph(f"Table {page}. Events", style="Caption")
            cells = word.add_table(rows=len(rows), cols=len(rows[0]))._cells
            for cell, text in zip(cells, (text for row in rows for text in row), strict=True):
                cell.text = text
    word.save(str(path))


def main(pages: int, suffix: str) -> None:
    """Audit a manuscript of some pages; print the seconds and the megabytes at the peak."""
    from engager.audit.auditing import audit

    with tempfile.TemporaryDirectory() as folder:
        audit([write_document(Path(folder), 2, suffix)])
        path = write_document(Path(folder), pages, suffix)
        before = resident()[0]
        reset_peak()
        start = time.perf_counter()
        found = audit([path])
        seconds = time.perf_counter() - start
        assert len(found.claims) > 20 * pages
        print(json.dumps([seconds, resident()[1] - before]))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
