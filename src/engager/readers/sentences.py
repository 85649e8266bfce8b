"""The study's own sentences, in `sentences.md` beside its data: paragraphs with the names of results in braces."""

from __future__ import annotations

from pathlib import Path

from engager.errors import Issue, Place, Severity

SENTENCES_FILE = "sentences.md"


def read_sentences(folder: Path) -> tuple[list[tuple[int, str]], list[Issue]]:
    """Return the paragraphs with the line that each begins on, none where there is no file; and why it is unreadable.

    A paragraph ends at an empty line. Lines that begin with `#` are headings for the writer and are left out.
    """
    path = folder / SENTENCES_FILE
    if not path.is_file():
        return [], []
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        found = f"the file cannot be read ({error})"
        return [], [Issue(Severity.ERROR, "sentences.unreadable", Place(SENTENCES_FILE), found, "text in UTF-8",
                          "Save it as UTF-8", structural=True)]  # fmt: skip
    return _paragraphs(lines), []


def _paragraphs(lines: list[str]) -> list[tuple[int, str]]:
    """Return the paragraphs of lines.

    Examples:
        >>> _paragraphs(["# Results", "", "One", "two.", "", "Three."])
        [(3, 'One two.'), (6, 'Three.')]
    """
    paragraphs: list[tuple[int, str]] = []
    open_paragraph = False
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            open_paragraph = False
        elif open_paragraph:
            first, before = paragraphs.pop()
            paragraphs.append((first, f"{before} {text}"))
        else:
            paragraphs.append((number, text))
            open_paragraph = True
    return paragraphs
