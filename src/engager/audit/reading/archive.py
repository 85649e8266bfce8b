"""The parts of a Word file, unpacked within bounds: an archive is looked through before anything of it is parsed."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from engager.audit.reading.limits import (
    MOST_BYTES_READ,
    MOST_DEPTH,
    MOST_PARTS,
    MOST_TEXT_BYTES,
    refused,
    too_large,
)

_MAIN = "word/document.xml"
_CHUNK = 1 << 20
_DECLARATION = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE = "Save it as .docx, without a password"


def main_part(path: Path) -> bytes:
    """Return the XML of a Word file's text; raises InputError where it is none, or a danger."""
    with path.open("rb") as file:
        if file.read(8) == _ENCRYPTED:
            raise refused(path, "encrypted", "an encrypted or old Word file (.doc)", "a Word file (.docx)", _SAVE)
    try:
        with zipfile.ZipFile(path) as archive:
            return _read_main(path, archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        found = f"no readable Word file ({str(error) or type(error).__name__})"
        raise refused(path, "damaged", found, "a Word file (.docx)", _SAVE) from None


def _read_main(path: Path, archive: zipfile.ZipFile) -> bytes:
    entries = archive.infolist()
    if len(entries) > MOST_PARTS:
        raise too_large(path, f"an archive of {len(entries)} files", f"at most {MOST_PARTS}")
    claimed = sum(entry.file_size for entry in entries)
    if claimed > MOST_BYTES_READ:
        raise too_large(path, f"an archive that unpacks to {claimed >> 20} MiB", f"at most {MOST_BYTES_READ >> 20} MiB")
    names = [entry.filename for entry in entries]
    if _MAIN not in names:
        what = "a workbook" if "xl/workbook.xml" in names else "an archive without a Word text"
        raise refused(path, "wrong_format", what, "a Word file (.docx)", "Save a table of a workbook as CSV")
    if names.count(_MAIN) > 1:
        raise refused(path, "damaged", "an archive with two texts of one name", "a Word file (.docx)", _SAVE)
    with archive.open(_MAIN) as part:
        content = _bounded(path, part)
    _check_xml(path, content)
    return content


def _bounded(path: Path, part: IO[bytes]) -> bytes:
    """Return a part, as much as it says or not: no more than the limit is ever unpacked."""
    pieces: list[bytes] = []
    size = 0
    while chunk := part.read(_CHUNK):
        size += len(chunk)
        if size > MOST_TEXT_BYTES:
            raise too_large(path, f"a text of more than {MOST_TEXT_BYTES >> 20} MiB", "a manuscript")
        pieces.append(chunk)
    return b"".join(pieces)


def _check_xml(path: Path, content: bytes) -> None:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"):
        content = content.decode("utf-16", errors="replace").encode()
    if _DECLARATION.search(content):
        found = "declarations of its own (entities), which a Word file never has"
        raise refused(
            path, "entities", found, "the plain XML of a word processor", "Save it anew with a word processor"
        )
    if _depth(content) > MOST_DEPTH:
        found = f"elements nested more than {MOST_DEPTH} deep"
        raise refused(path, "nesting", found, "a document that a word processor wrote", "Save it anew")


_TAG = re.compile(rb"<(/?)[^<>!?][^<>]*?(/?)>")


def _depth(content: bytes) -> int:
    """Return how deep elements are nested, without building a tree."""
    depth = deepest = 0
    for closing, empty in _tags(content):
        if closing:
            depth -= 1
        elif not empty:
            depth += 1
            deepest = max(deepest, depth)
            if deepest > MOST_DEPTH:
                break
    return deepest


def _tags(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    return ((match[1], match[2]) for match in _TAG.finditer(content))
