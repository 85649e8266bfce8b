"""Plain text, as papers are when they were copied out of a PDF: paragraphs, headings and tables told from lines."""

from __future__ import annotations

from pathlib import Path

from engager.audit.manuscript import Manuscript
from engager.audit.reading.assemble import assemble
from engager.audit.reading.limits import MOST_TEXT_BYTES, refused, too_large
from engager.audit.reading.lines import Line, pieces_of_lines, told_lines

DAMAGED = "plain text has lost superscripts and perhaps letters such as µ"
_LONGEST_LINE = 1_000_000


def read_text(path: Path) -> Manuscript:
    """Return the manuscript of a text file; raises InputError where it is no text."""
    text = decoded(path)
    if "\0" in text:
        raise refused(path, "not_text", "bytes that are no text", "a text file", "Give the document itself")
    return manuscript_of_text(text, path)


def manuscript_of_text(text: str, path: Path) -> Manuscript:
    """Return the manuscript of a text that was read from a file."""
    lines: list[Line] = told_lines(text)
    if any(len(line.text) > _LONGEST_LINE for line in lines):
        raise too_large(path, "a line of more than a million characters", "lines of text")
    pages = text.count("\f") + 1 if "\f" in text else None
    return assemble(path.name, "text", pieces_of_lines(lines), pages, damaged=DAMAGED)


def decoded(path: Path) -> str:
    """Return the text of a file: UTF-8, or UTF-16 where it says so, or else Windows' Western encoding."""
    size = path.stat().st_size
    if size > MOST_TEXT_BYTES:
        raise too_large(path, f"a text of {size >> 20} MiB", f"at most {MOST_TEXT_BYTES >> 20} MiB")
    content = path.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
