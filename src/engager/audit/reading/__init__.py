"""Documents of every format, read into a `Manuscript` within bounds of time and memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engager.audit.manuscript import Manuscript
from engager.audit.reading.limits import MOST_FILE_BYTES, refused, too_large


def _docx(path: Path) -> Manuscript:
    from engager.audit.reading.docx import read_docx

    return read_docx(path)


def _html(path: Path) -> Manuscript:
    from engager.audit.reading.html import read_html

    return read_html(path)


def _pdf(path: Path) -> Manuscript:
    from engager.audit.reading.pdf import read_pdf

    return read_pdf(path)


def _text(path: Path) -> Manuscript:
    from engager.audit.reading.text import read_text

    return read_text(path)


def _csv(path: Path) -> Manuscript:
    from engager.audit.reading.csv import read_csv

    return read_csv(path)


READERS: dict[str, Callable[[Path], Manuscript]] = {
    ".docx": _docx,
    ".pdf": _pdf,
    ".html": _html,
    ".htm": _html,
    ".xhtml": _html,
    ".txt": _text,
    ".text": _text,
    ".md": _text,
    ".csv": _csv,
    ".tsv": _csv,
}
"""The formats by the ending of the file's name."""

_FIRST_BYTES = ((b"%PDF-", ".pdf"), (b"PK\x03\x04", ".docx"), (b"\xd0\xcf\x11\xe0", ".docx"), (b"{\\rtf", ".rtf"))


def read_manuscript(path: Path | str) -> Manuscript:
    """Return the manuscript of a DOCX, PDF, HTML, text or CSV file.

    Raises:
        InputError: the file is not there, empty, too large, encrypted, damaged, hostile, or of another format; the
            issue says what was found, what is read, and what to do.
    """
    path = Path(path)
    ending = path.suffix.lower()
    expected = "a DOCX, PDF, HTML, text or CSV file"
    if not path.is_file():
        found = "a folder" if path.is_dir() else "no such file"
        raise refused(path, "missing", found, expected, "Check the name")
    size = path.stat().st_size
    if size == 0:
        raise refused(path, "empty", "an empty file", expected, "Check that it was saved")
    if size > MOST_FILE_BYTES:
        raise too_large(path, f"a file of {size >> 20} MiB", f"at most {MOST_FILE_BYTES >> 20} MiB")
    if ending not in READERS:
        raise refused(path, "wrong_format", f"a file that ends in {ending or 'nothing'}", expected, _advice(path))
    told = _told(path)
    if told and told != ending:
        advice = f"Name it with the ending {told}" if told in READERS else "Save it as .docx"
        raise refused(path, "wrong_format", f"a file named {ending} that is a {told} file", expected, advice)
    return READERS[ending](path)


def _told(path: Path) -> str:
    """Return the ending that the first bytes of a file tell, empty where they tell none."""
    with path.open("rb") as file:
        first = file.read(8)
    return next((ending for start, ending in _FIRST_BYTES if first.startswith(start)), "")


def _advice(path: Path) -> str:
    told = _told(path)
    return f"Name it with the ending {told}" if told in READERS else "Save the document as .docx, or as a PDF with text"
