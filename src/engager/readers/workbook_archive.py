"""Whether a workbook is fit to be opened: its archive looked through, within bounds of time and memory, beforehand.

A workbook is an archive of XML files, and what opens it takes memory for what they claim: an archive that unpacks to
gigabytes, a text that expands itself, or one cell at the far corner of a sheet. Such are refused here.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from engager.cohort import column_letters
from engager.errors import InputError, Issue, Place, Severity
from engager.readers.raw import cannot_open, unreadable

MOST_BYTES = 1 << 30
"""Bytes that the XML of a workbook may unpack to: 1 GiB, a good ten million cells."""
MOST_PARTS = 2_000
MOST_ROWS = 1_048_576
MOST_CELLS = 32_000_000
"""Cells of the rectangle that a sheet fills."""
_WIDEST = 16_384
_CHUNK = 1 << 20
# How a workbook of Excel 97-2003 begins, and one that is encrypted, which then names the package within.
_OLE, _ENCRYPTED = bytes.fromhex("d0cf11e0a1b11ae1"), "EncryptedPackage".encode("utf-16-le")
_DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
# A cell that is not closed at once, and so may hold something; its name is at most this long in any program's file.
_CELL = re.compile(rb"<(?:\w+:)?c\s(?:[^<>]*?\s)?r\s*=\s*[\"']([A-Za-z]{1,12})(\d{1,12})[\"'][^<>]*?(?<!/)>")
_ANY_CELL = re.compile(rb"<(?:\w+:)?c(?:\s[^<>]*?)?(?<!/)>")
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_ADVICE = "Save the sheets as a new workbook (.xlsx) with a spreadsheet program"


def check_archive(path: Path) -> list[Issue]:
    """Return the warnings of a workbook that may be opened; raises InputError where it is none, or a danger."""
    try:
        with zipfile.ZipFile(path) as book:
            entries = book.infolist()
            _check_size(path, entries)
            _check_content(path, {entry.filename for entry in entries})
            for entry in entries:
                if entry.filename.lower().endswith((".xml", ".rels", ".vml")):
                    _check_part(path, book, entry)
            return _linked(path, {entry.filename for entry in entries})
    except OSError as error:
        raise InputError(cannot_open(path, error)) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        raise InputError(_no_workbook(path, str(error) or type(error).__name__)) from None


def _no_workbook(path: Path, why: str) -> Issue:
    """Return the issue of a file that is no workbook, told by what its first bytes show it to be."""
    content = path.read_bytes()
    found, advice = f"no readable workbook ({why})", "Save it as .xlsx, without a password"
    if not content:
        found, advice = "the file is empty (0 bytes)", "Was it copied or synchronised to its end?"
    elif content.startswith(_OLE) and _ENCRYPTED in content:
        found = "a workbook with a password"
        advice = "Open it with the password, save it as .xlsx without one, and keep the folder itself safe"
    elif content.startswith(_OLE):
        found, advice = "a workbook of Excel 97-2003 under the name of a new one", "Open it, and save it as .xlsx"
    elif content.lstrip()[:1] == b"<":
        found, advice = "a web page or other text, no workbook", "Open it, and save it as .xlsx"
    elif content.startswith(b"PK"):
        found = f"a damaged or incomplete workbook ({why})"
        advice = "Was it copied or synchronised to its end? Open it and save it again, or take an earlier state"
    return unreadable(path, "workbook", found, "an XLSX workbook", advice)


def _check_size(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_PARTS:
        raise _refused(path, "too_large", f"an archive of {len(entries)} files", f"at most {MOST_PARTS}")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MOST_BYTES:
        expected = f"at most {MOST_BYTES >> 20} MiB; larger studies are read as CSV or Parquet files"
        raise _refused(path, "too_large", f"an archive that unpacks to {unpacked >> 20} MiB", expected)
    names = [entry.filename for entry in entries]
    if len(set(names)) < len(names):
        raise _refused(path, "workbook", "an archive with two files of one name", "an XLSX workbook")


def _check_content(path: Path, names: set[str]) -> None:
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        advice = "Save it as a workbook without macros (.xlsx)"
        found = "a workbook with macros, which engager neither runs nor needs"
        raise InputError(unreadable(path, "macros", found, "a workbook without macros", advice))
    if "xl/workbook.xml" not in names:
        raise _refused(path, "workbook", "an archive that is no workbook", "an XLSX workbook")


def _check_part(path: Path, book: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Refuse a part that declares entities, unpacks to more than it says, or has cells far off."""
    columns: set[bytes] = set()
    last_row = implicit = 0
    sheet = "worksheets/" in entry.filename
    # The size that the archive tells is a claim: the part is read as far as it goes, and has to be as long as told.
    told, entry.file_size = entry.file_size, MOST_BYTES
    with book.open(entry) as part:
        for first, chunk in _chunks(part):
            if (first and chunk.startswith(_UTF16)) or _DECLARATION.search(chunk):
                found = f"declarations of its own, or another encoding, in {entry.filename}"
                raise _refused(path, "entities", found, "the plain XML of a spreadsheet program")
            if sheet:
                cells = _CELL.findall(chunk)
                implicit += len(_ANY_CELL.findall(chunk)) - len(cells)
                columns |= {letters for letters, _ in cells}
                last_row = max([last_row, *(int(row) for _, row in cells)])
            if part.tell() > told:
                raise _refused(path, "too_large", f"{entry.filename} unpacks to more than it tells", f"{told} bytes")
    if sheet:
        _check_extent(path, entry.filename, columns, last_row, implicit)


def _chunks(part: IO[bytes]) -> Iterator[tuple[bool, bytes]]:
    """Yield a part in pieces that end before a tag, each with whether it is the first."""
    rest, first = b"", True
    while read := part.read(_CHUNK):
        chunk = rest + read
        cut = max(chunk.rfind(b"<"), 0) if len(chunk) < 4 * _CHUNK else len(chunk)
        yield first, chunk[:cut] if cut else chunk[:0]
        rest, first = chunk[cut:], first and not cut
    yield first, rest


def _check_extent(path: Path, part: str, columns: set[bytes], rows: int, implicit: int) -> None:
    """Refuse a sheet whose filled rectangle is beyond what a workbook, or the memory, can hold."""
    # Cells without a name follow one another; a program that leaves names out does so in all of a small sheet.
    width = max((_position(letters) for letters in columns), default=0) + 1
    if implicit:
        width, rows = max(width, min(implicit, _WIDEST)), max(rows, implicit)
    if width > _WIDEST or rows > MOST_ROWS:
        found = f"a cell in column {column_letters(width - 1)} or row {rows} of {part}, where no sheet reaches"
        raise _refused(path, "too_large", found, f"at most {_WIDEST} columns and {MOST_ROWS} rows")
    if width * rows > MOST_CELLS:
        found = f"a sheet filled to column {column_letters(width - 1)} and row {rows} ({part})"
        advice = "Delete the stray cells at its right and its end; larger tables are read as CSV or Parquet files"
        expected = f"at most {MOST_CELLS} cells"
        raise InputError(unreadable(path, "too_large", found, expected, advice))


def _position(letters: bytes) -> int:
    position = 0
    for letter in letters.upper():
        position = position * 26 + letter - ord("A") + 1
    return position - 1


def _linked(path: Path, names: set[str]) -> list[Issue]:
    """Return a warning where the workbook takes values from other files: what it holds is what was saved last."""
    links = sum(name.startswith("xl/externalLinks/") and name.endswith(".xml") for name in names)
    if not links:
        return []
    found = f"links to {links} other file{'' if links == 1 else 's'}, whose values are read as they were saved last"
    advice = "Paste the values in the place of the links"
    return [Issue(Severity.WARNING, "file.links", Place(path.name), found, "values of the workbook's own", advice)]


def _refused(path: Path, rule: str, found: str, expected: str) -> InputError:
    return InputError(unreadable(path, rule, found, expected, _ADVICE))
