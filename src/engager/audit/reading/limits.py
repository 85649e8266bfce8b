"""What a document may be at most, and how one that is not read is refused."""

from __future__ import annotations

from pathlib import Path

from engager.errors import InputError, Issue, Place, Severity

MOST_FILE_BYTES = 200 << 20
"""Bytes of a file: 200 MiB."""
MOST_TEXT_BYTES = 128 << 20
"""Bytes of text, with its markup, that a file may unpack to: 128 MiB."""
MOST_LETTERS = 6_000_000
"""Letters of a document: two thousand pages."""
MOST_BYTES_READ = 1 << 30
"""Bytes that all parts of an archive may claim to unpack to, pictures included: 1 GiB."""
MOST_PARTS = 20_000
MOST_PAGES = 1_000
MOST_TABLES = 5_000
MOST_BLOCKS = 200_000
MOST_CELLS = 400_000
"""Cells of all tables together; of one, rows times columns."""
MOST_COLUMNS = 1_000
MOST_DEPTH = 200
"""Elements inside one another."""
MOST_SENTENCE = 20_000
"""Characters of a sentence; a longer text is cut into pieces of that length."""


def refused(file: Path | str, rule: str, found: str, expected: str, advice: str = "") -> InputError:
    """Return the error that refuses a document: what was found, what is read, what to do next."""
    name = file.name if isinstance(file, Path) else file
    return InputError(Issue(Severity.ERROR, f"document.{rule}", Place(name), found, expected, advice, structural=True))


def too_large(file: Path | str, found: str, expected: str) -> InputError:
    """Return the error that refuses a document beyond a limit."""
    return refused(file, "too_large", found, expected, "Audit its parts one by one, or its tables saved as CSV")
