"""The names and the bytes of written files."""

from __future__ import annotations

import re
from pathlib import Path

_ILLEGIBLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legible(text: str) -> str:
    """Return text without the characters that no XML file can hold; each is shown as the replacement sign.

    Examples:
        >>> legible("a" + chr(1) + " <b>") == "a" + chr(0xFFFD) + " <b>"
        True
    """
    return _ILLEGIBLE.sub(chr(0xFFFD), text)


def file_name(name: str, suffix: str) -> str:
    """Return a file name that every system accepts; a character that one does not becomes a hyphen.

    Examples:
        >>> file_name("survival by site/CNS", ".svg")
        'survival-by-site-CNS.svg'
        >>> file_name("../x", ".csv")
        'x.csv'
    """
    return (re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-") or "unnamed") + suffix


def write_text(path: Path, text: str) -> Path:
    """Write text as UTF-8 with line feeds, the same bytes on every system, and return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path
