"""The audit as plain text, to be pasted into a review or a letter."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

from engager.audit.auditing import Audit
from engager.audit.finding import Certainty, Finding
from engager.writers.audit_words import MEANING, compared, details, harmless, place, sign, summary, unread
from engager.writers.files import write_text


def write_audit_text(audit: Audit, folder: Path) -> list[Path]:
    """Write `audit.txt` and return its path."""
    return [write_text(folder / "audit.txt", "\n".join(audit_lines(audit)) + "\n")]


def audit_lines(audit: Audit) -> list[str]:
    """Return the audit in lines: a summary, every finding under its certainty, numbered, and what could not be read."""
    lines, numbers = [summary(audit)], count(1)
    if audit.comparison is not None:
        lines.append(compared(audit.comparison))
    for certainty in Certainty:
        found = [finding for finding in audit.findings if finding.certainty is certainty]
        if found:
            lines += ["", f"{certainty.upper()}: {MEANING[certainty]}", ""]
            lines += [line for finding in found for line in _finding(finding, next(numbers), audit)]
    if not_read := list(unread(audit)):
        lines += ["", "NOT READ, OR PERHAPS NOT AS PRINTED", "", *not_read]
    return [*lines, "", sign()]


def _finding(finding: Finding, number: int, audit: Audit) -> Iterator[str]:
    yield f"{number}. {place(finding.position, audit)}: {harmless(finding.message)}"
    for name, text in details(finding):
        yield f"   {name}: {text}"
