"""An audit as a folder: every format, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from engager.audit.auditing import Audit
from engager.errors import InputError, Issue, OutputError, Place, Severity
from engager.provenance import file_hash
from engager.terms.likeness import did_you_mean
from engager.writers.audit_docx import write_audit_docx
from engager.writers.audit_html import write_audit_html
from engager.writers.audit_json import write_audit_json
from engager.writers.audit_text import write_audit_text
from engager.writers.bundle import keep_others
from engager.writers.manifest import read_files, write_file_list
from engager.writers.staging import check_target, staged

Writer = Callable[[Audit, Sequence[Path], Path], list[Path]]


def _comments(audit: Audit, sources: Sequence[Path], folder: Path) -> list[Path]:
    """Write the commented copy of each manuscript that is a Word file."""
    word = [source for source in sources if source.suffix.lower() == ".docx"]
    return [path for source in word for path in write_audit_docx(audit, source, folder)]


AUDIT_FORMATS: Mapping[str, Writer] = {
    "docx": _comments,
    "json": lambda audit, _, folder: write_audit_json(audit, folder),
    "txt": lambda audit, _, folder: write_audit_text(audit, folder),
    "html": lambda audit, _, folder: write_audit_html(audit, folder),
}
"""What can be written, in the order of writing: the page names the documents that lie beside it."""

DEFAULT_AUDIT_FORMATS = ("html", "docx", "json", "txt")


def write_audit(
    audit: Audit, sources: Sequence[Path], out: Path, formats: Sequence[str] = DEFAULT_AUDIT_FORMATS
) -> Path:
    """Write an audit into the folder `out` in the formats named (keys of `AUDIT_FORMATS`), and return `out`.

    At every moment `out` is the earlier audit, absent, or the whole new one. Files that others put there are kept.

    Raises:
        OutputError: `out` is something else than an audit, or cannot be written; nothing has changed.
        InputError: comments cannot be put into a Word file; nothing has changed.
    """
    target = out.resolve()
    check_audit_target(target)
    with staged(target) as folder:
        for name, write in AUDIT_FORMATS.items():
            if name in formats:
                write(audit, sources, folder)
        write_file_list(folder, {"audit": {source.name: file_hash(source) for source in sources}})
        keep_others(target, folder)
    return out


def check_audit_target(out: Path) -> None:
    """Refuse a place where an audit cannot stand: a file, or a folder that holds something else, such as a report."""
    target = out.resolve()
    check_target(target)
    ours = read_files(target) if target.is_dir() else None
    if ours and not any(name.startswith("audit.") or name.endswith(".audited.docx") for name in ours):
        raise OutputError(
            f"{out}: expected a new or empty folder or an earlier audit, found the report of a study. Choose another "
            "folder; this one was left as it is"
        )


def read_audit_formats(text: str, sources: Sequence[Path]) -> tuple[str, ...]:
    """Return the formats that a text names, separated by commas.

    Raises:
        InputError: a format is not known, or comments in Word are asked for and no file is a Word file.
    """
    names = tuple(name.strip().lower() for name in text.split(","))
    issues = [
        _issue(f"`{name}`", "one or more of " + ", ".join(DEFAULT_AUDIT_FORMATS), did_you_mean(name, [*AUDIT_FORMATS]))
        for name in names
        if name not in AUDIT_FORMATS
    ]
    if names == ("docx",) and not any(source.suffix.lower() == ".docx" for source in sources):
        issues.append(
            _issue("docx alone, and no Word file", "a .docx file to put comments in", "Ask for html, json or txt")
        )
    if issues:
        raise InputError(issues)
    return names


def _issue(found: str, expected: str, advice: str) -> Issue:
    return Issue(Severity.ERROR, "formats.unknown", Place("--formats"), found, expected, advice, structural=True)
