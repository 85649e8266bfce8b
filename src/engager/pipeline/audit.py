"""The audit of a manuscript: documents -> claims -> findings -> files, and beside a study where one is given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from engager.audit.auditing import Audit, audit
from engager.audit.comparison import Expected
from engager.errors import DataError, InputError
from engager.pipeline.progress import Progress
from engager.pipeline.study import open_study
from engager.report.expected import expected_values
from engager.writers.audit_bundle import DEFAULT_AUDIT_FORMATS, check_audit_target, read_audit_formats, write_audit
from engager.writers.audit_json import audit_as_json
from engager.writers.audit_words import compared, details, harmless, place, summary, unread


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in words that can be printed: how sure, where, what, and the headed texts beneath it."""

    certainty: str
    place: str
    message: str
    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Audited:
    """An audit and what is told of it; every word of the manuscript in it is fit to be printed."""

    audit: Audit

    @property
    def is_grave(self) -> bool:
        """Whether a finding calls for a change of the manuscript."""
        return self.audit.is_grave

    @property
    def summary(self) -> tuple[str, ...]:
        """What was read and found, a sentence each."""
        comparison = self.audit.comparison
        return (summary(self.audit), *([compared(comparison)] if comparison else []))

    @property
    def unread(self) -> tuple[str, ...]:
        """What could not be read, or perhaps not as it was printed."""
        return tuple(unread(self.audit))

    def findings(self) -> Iterator[Told]:
        """Yield the findings, the surest first."""
        for each in self.audit.findings:
            yield Told(each.certainty, place(each.position, self.audit), harmless(each.message), tuple(details(each)))

    def to_json(self) -> str:
        """Return the audit as JSON text, the content of `audit.json`."""
        return audit_as_json(self.audit)


def audit_manuscript(
    files: Sequence[Path | str],
    study: Path | str | None = None,
    out: Path | str | None = None,
    formats: str = ",".join(DEFAULT_AUDIT_FORMATS),
    progress: Progress = lambda _: None,
) -> Audited:
    """Return the audit of a manuscript, all files of it together; with `out` it is written there, whole or not at all.

    `files` are DOCX, PDF, HTML, text or CSV. With `study`, a study folder, what the manuscript says is held against
    what its data give. `formats` names what to write: html, docx (comments in a copy of the Word file), json, txt.
    Raises InputError where a file or the study cannot be used, OutputError where `out` is something else.
    """
    sources = [Path(file) for file in files]
    asked = read_audit_formats(formats, sources)
    if out is not None:
        check_audit_target(Path(out))
    expected = None if study is None else _expected(study, progress)
    audited = audit(sources, expected, progress)
    if out is not None:
        progress("writing the audit")
        write_audit(audited, sources, Path(out), asked)
    return Audited(audited)


def _expected(study: Path | str, progress: Progress) -> tuple[Expected, ...]:
    """Return what a study says; data with errors say nothing, which is no finding about the manuscript."""
    try:
        return expected_values(open_study(study, progress=progress).document)
    except DataError as error:
        raise InputError(error.issues) from error
