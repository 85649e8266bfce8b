"""A PDF with a text layer: by its tags where it has them, else from where its letters stand on the pages.

A PDF of pictures of pages has no text to read and is refused. The file is opened by a process of its own, which may
take so much memory and time and no more.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from engager.audit.manuscript import Manuscript
from engager.audit.reading.assemble import assemble
from engager.audit.reading.limits import MOST_PAGES, refused, too_large
from engager.audit.reading.pieces import GridCell, GridPiece, HeadingPiece, Piece, TextPiece

MOST_SECONDS = 300
"""Seconds that reading a PDF may take; a page takes about a twentieth of one."""
MOST_MEMORY = 3 << 30
"""Bytes that the process may take where the system can bound it: 3 GiB."""
TAGGED, PLACED = "tags", "places"
DAMAGED = "the text layer of a PDF may have lost letters such as µ, and tables are told from places of words"
_SAVE = "Export the document again as a PDF with text, or audit its Word file"
_WHY = {
    "password": ("encrypted", "a PDF with a password", "a PDF that opens without one", "Save it without a password"),
    "damaged": ("damaged", "a PDF that is cut off or damaged", "a PDF that a viewer opens", _SAVE),
    "no_text": ("no_text", "a PDF without a text layer: its pages are pictures", "a PDF with text", _SAVE),
    "pages": ("too_large", f"a PDF of more than {MOST_PAGES} pages", f"at most {MOST_PAGES} pages", "Audit its parts"),
}


def read_pdf(path: Path) -> Manuscript:
    """Return the manuscript of a PDF; raises InputError where it cannot be read."""
    told = _told(path)
    if "error" in told:
        rule, found, expected, advice = _WHY[told["error"]]
        raise refused(path, rule, found, expected, advice)
    pieces = [_piece(entry) for entry in told["pieces"]]
    damaged = "" if told["way"] == TAGGED else DAMAGED
    return assemble(path.name, "pdf", pieces, told["pages"], tuple(told["unread"]), damaged)


def _told(path: Path) -> dict[str, Any]:
    """Return what the process that opens the file tells of it."""
    command = [sys.executable, "-I", "-c", _PROGRAM, str(path.resolve()), json.dumps(sys.path)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=MOST_SECONDS, check=False)  # noqa: S603 - our own
    except subprocess.TimeoutExpired:
        expected = f"pages that are read in {MOST_SECONDS} seconds"
        raise too_large(path, f"a PDF that takes more than {MOST_SECONDS} seconds to read", expected) from None
    try:
        told = json.loads(done.stdout)
    except ValueError:
        rule, found, expected, advice = _WHY["damaged"]
        raise refused(
            path, rule, f"{found}, or takes more than {MOST_MEMORY >> 30} GiB to read", expected, advice
        ) from None
    assert isinstance(told, dict)  # noqa: S101 - written by our own process
    return told


_PROGRAM = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[2]); "
    "from engager.audit.reading.pdf_process import main; main(sys.argv[1])"
)


def _piece(entry: dict[str, Any]) -> Piece:
    kind = entry.pop("kind")
    if kind == "heading":
        return HeadingPiece(**entry)
    if kind == "text":
        return TextPiece(**entry)
    cells = [GridCell(*cell) for cell in entry.pop("cells")]
    return GridPiece(cells, **(entry | {"notes": tuple(entry["notes"])}))
