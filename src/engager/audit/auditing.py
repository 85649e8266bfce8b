"""The audit of a manuscript: its files are read, claims taken from them, rules and a study held against those."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engager.audit.claim import Claim
from engager.audit.comparison import Comparison, Expected, compare
from engager.audit.finding import Certainty, Finding
from engager.audit.manuscript import Manuscript
from engager.errors import InputError, Issue, Place, Severity

GRAVE = (Certainty.IMPOSSIBLE, Certainty.UNLIKELY)
"""The certainties that call for a change of the manuscript; the others ask for a look."""


@dataclass(frozen=True, slots=True)
class Audit:
    """A manuscript that was audited: its files as they were read, every claim, and the findings, the surest first.

    `comparison` is there where a study was given.
    """

    manuscripts: tuple[Manuscript, ...]
    claims: tuple[Claim, ...]
    findings: tuple[Finding, ...]
    comparison: Comparison | None = None

    @property
    def is_grave(self) -> bool:
        """Whether a finding is impossible or unlikely, so that the manuscript cannot stand as it is."""
        return any(finding.certainty in GRAVE for finding in self.findings)

    def count(self, certainty: Certainty) -> int:
        """Return the number of findings of a certainty."""
        return sum(finding.certainty is certainty for finding in self.findings)


def audit(
    files: Sequence[Path | str],
    expected: Sequence[Expected] | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Audit:
    """Return the audit of a manuscript, given as one or several files: DOCX, PDF, HTML, text, tables as CSV.

    `expected` is what a study says (`engager.report.expected`); every claim that means one of its results is compared.
    `progress` is called with the name of each stage as it begins. Raises InputError where a file cannot be read, or
    two files have one name, so that a place could not be told.
    """
    from engager.audit.claims import read_claims
    from engager.audit.reading import read_manuscript
    from engager.audit.rules import find

    paths = [Path(file) for file in files]
    _refuse_namesakes(paths)
    manuscripts: list[Manuscript] = []
    claims: list[Claim] = []
    for path in paths:
        progress(f"reading {path.name}")
        manuscripts.append(read_manuscript(path))
        claims += read_claims(manuscripts[-1])
    progress("checking")
    findings = list(find(manuscripts, _own(manuscripts, claims)))
    comparison = None
    if expected is not None:
        progress("comparing with the study")
        comparison = compare(manuscripts, claims, expected)
        findings += comparison.findings
    order = {path.name: at for at, path in enumerate(paths)}
    findings.sort(key=lambda finding: _urgency(finding, order))
    return Audit(tuple(manuscripts), tuple(claims), tuple(findings), comparison)


def _own(manuscripts: Sequence[Manuscript], claims: Sequence[Claim]) -> list[Claim]:
    """Return the claims that a manuscript makes itself: what stands in a table that quotes others is theirs.

    Such a table has what was printed elsewhere in one column, and what was computed, or why it was not, in another.
    """
    quoting = {
        (file.file, table.position.block)
        for file in manuscripts
        for table in file.tables()
        if "Printed" in (heads := {column.label.strip() for column in table.columns}) and heads & {"Computed", "Why"}
    }
    return [claim for claim in claims if (claim.position.file, claim.position.block) not in quoting]


def _urgency(finding: Finding, files: Mapping[str, int]) -> tuple[object, ...]:
    """Return what findings are sorted by: the surest first, then their place in the manuscript."""
    at, start = finding.position, finding.claims[0].start
    place = (files[at.file], at.block, at.row, at.column, at.sentence, start)
    return (finding.certainty.rank, place, finding.rule)


def _refuse_namesakes(paths: Sequence[Path]) -> None:
    names = [path.name for path in paths]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            Issue(
                Severity.ERROR,
                "document.namesakes",
                Place(name),
                "two files of this name",
                "files of different names, so that places can be told apart",
                "Rename one of them",
                structural=True,
            )
            for name in twice
        )
