"""A document of four times the length takes about four times as long, findings, comparison and page included."""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.audit import write_document

from engager.audit.auditing import audit
from engager.audit.comparison import Expected
from engager.writers.audit_html import render_audit

STUDY = tuple(
    Expected(f"{n} ({100 * n / 40:.1f})", "Table 1", ("Events", f"Event {row}"), "All (n = 40), n (%)")
    for row in range(12)
    for n in range(13)
)


def seconds(path: Path) -> float:
    """Return the seconds of this process that an audit takes."""
    began = time.process_time()
    found = audit([path], STUDY)
    assert len(found.claims) > 240
    render_audit(found)
    return time.process_time() - began


def test_time_grows_as_the_document_does(tmp_path: Path) -> None:
    """12 pages against 48; anything quadratic would be nearer to sixteen times than to four."""
    seconds(write_document(tmp_path, 12, "docx"))
    short = min(seconds(write_document(tmp_path, 12, "docx")) for _ in range(2))
    assert seconds(write_document(tmp_path, 48, "docx")) < 8 * short
