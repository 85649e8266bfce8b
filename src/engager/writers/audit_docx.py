"""The findings of an audit as Word comments, in a copy of the manuscript, each at the number it is about."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from engager.audit.auditing import Audit
from engager.audit.finding import Finding
from engager.errors import InputError, Issue, Place, Severity
from engager.writers.audit_docx_places import Places
from engager.writers.audit_words import details, harmless, sign, summary
from engager.writers.docx import without_times
from engager.writers.files import legible

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.text.run import Run

MOST_COMMENTS = 300
"""Comments in one document; what goes beyond is in the other formats."""
AUTHOR, INITIALS = "engager audit", "ea"


def write_audit_docx(audit: Audit, source: Path, folder: Path) -> list[Path]:
    """Write a copy of a manuscript as `NAME.audited.docx` with a comment at each finding in it, and return its path.

    Nothing of the manuscript's text changes; runs are split so that a comment stands at its number alone.

    Raises:
        InputError: the file can be read, but not be written again.
    """
    path = folder / f"{source.stem}.audited.docx"
    path.write_bytes(commented(source, audit))
    return [path]


def commented(source: Path, audit: Audit) -> bytes:
    """Return a manuscript with its comments, the same bytes for the same findings."""
    word = _open(source)
    places = Places(word, next(each for each in audit.manuscripts if each.file == source.name))
    mine = [finding for finding in audit.findings if finding.position.file == source.name]
    if runs := places.first():
        _comment(word, runs, [summary(audit), *_beyond(mine), sign()])
    for finding in islice(mine, MOST_COMMENTS):
        claim = finding.claims[0]
        if runs := places.runs(claim) or places.first():
            _comment(word, runs, list(_lines(finding)))
    file = io.BytesIO()
    word.save(file)
    return without_times(file)


def _open(source: Path) -> Word:
    from docx import Document

    try:
        return Document(str(source))
    except Exception as error:  # what is wrong with a package shows itself in many ways
        raise InputError(
            Issue(
                Severity.ERROR,
                "document.no_comments",
                Place(source.name),
                "a file whose text can be read, but to which no comment can be added",
                "a document as Word saves it",
                "Open it in Word and save it again, or leave docx out of --formats",
                structural=True,
            )
        ) from error


def _beyond(findings: Sequence[Finding]) -> list[str]:
    more = len(findings) - MOST_COMMENTS
    return [f"{more} more findings have no comment here."] if more > 0 else []


def _lines(finding: Finding) -> Sequence[str]:
    told = [f"{finding.certainty.capitalize()}: {harmless(finding.message)}"]
    told += [f"{name}: {text}" for name, text in details(finding)]
    others = dict.fromkeys(harmless(str(claim.position)) for claim in finding.claims[1:])
    if others:
        told.append(f"Against: {'; '.join(islice(others, 6))}")
    return [*told, f"Rule: {finding.rule}"]


def _comment(word: Word, runs: Sequence[Run], lines: Sequence[str]) -> None:
    comment = word.add_comment(runs, "\n".join(legible(line) for line in lines), AUTHOR, INITIALS)
    element = comment._comment_elm
    for name in [name for name in element.attrib if name.endswith("}date")]:
        del element.attrib[name]
