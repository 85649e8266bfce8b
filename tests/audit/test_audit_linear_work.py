"""A document of four times the length takes about four times the work, findings, comparison and page included."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType

from benchmarks.audit import write_document

from engager.audit.auditing import audit
from engager.audit.comparison import Expected
from engager.writers.audit_html import render_audit

STUDY = tuple(
    Expected(f"{n} ({100 * n / 40:.1f})", "Table 1", ("Events", f"Event {row}"), "All (n = 40), n (%)")
    for row in range(12)
    for n in range(13)
)


def calls(path: Path) -> int:
    """Return how many functions an audit calls: a count that no other work on the machine changes."""
    count = 0

    def called(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(called)
    try:
        found = audit([path], STUDY)
        render_audit(found)
    finally:
        sys.setprofile(None)
    assert len(found.claims) > 240
    return count


def test_work_grows_as_the_document_does(tmp_path: Path) -> None:
    """12 pages against 48; anything quadratic would be nearer to sixteen times than to four."""
    calls(write_document(tmp_path, 12, "docx"))
    short = calls(write_document(tmp_path, 12, "docx"))
    assert calls(write_document(tmp_path, 48, "docx")) < 5 * short
