"""The names and the bytes of written files."""

from __future__ import annotations

import re
from pathlib import Path


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
