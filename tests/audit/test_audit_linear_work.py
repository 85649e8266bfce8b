"""A document of four times the length takes about four times the work, findings, comparison and page included."""

from __future__ import annotations

from pathlib import Path

from benchmarks.audit import write_document
from tests.work import calls

from engager.audit.auditing import audit
from engager.audit.comparison import Expected
from engager.writers.audit_html import render_audit

STUDY = tuple(
    Expected(f"{n} ({100 * n / 40:.1f})", "Table 1", ("Events", f"Event {row}"), "All (n = 40), n (%)")
    for row in range(12)
    for n in range(13)
)


def audited(path: Path) -> None:
    """Audit a document and write the page."""
    found = audit([path], STUDY)
    assert len(found.claims) > 240
    render_audit(found)


def test_work_grows_as_the_document_does(tmp_path: Path) -> None:
    """12 pages against 48; anything quadratic would be nearer to sixteen times than to four."""
    for name in ("short", "long"):
        (tmp_path / name).mkdir()
    short, long = write_document(tmp_path / "short", 12, "docx"), write_document(tmp_path / "long", 48, "docx")
    audited(short)
    assert calls(lambda: audited(long)) < 5 * calls(lambda: audited(short))
