"""The rules of the audit, a file per family, and what they find in a manuscript."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engager.audit.claim import Claim
from engager.audit.evidence import gather
from engager.audit.finding import Finding
from engager.audit.manuscript import Manuscript
from engager.audit.rules import (
    all_or_none,
    durations,
    grades,
    identifiers,
    intervals,
    p_values,
    parts,
    patient_outcomes,
    patient_times,
    percentages,
    repeated,
    shares,
    summaries,
    survival,
    totals,
    treatments,
    units,
    wholes,
)
from engager.audit.rules.rule import Rule

__all__ = ["RULES", "Rule", "find"]

RULES: tuple[Rule, ...] = (
    *percentages.RULES,
    *shares.RULES,
    *wholes.RULES,
    *parts.RULES,
    *identifiers.RULES,
    *patient_times.RULES,
    *patient_outcomes.RULES,
    *survival.RULES,
    *repeated.RULES,
    *all_or_none.RULES,
    *totals.RULES,
    *treatments.RULES,
    *summaries.RULES,
    *intervals.RULES,
    *p_values.RULES,
    *grades.RULES,
    *units.RULES,
    *durations.RULES,
)
"""Every rule, in the order of the reference page."""


def find(
    manuscripts: Sequence[Manuscript], claims: Sequence[Claim], rules: Iterable[Rule] = RULES
) -> tuple[Finding, ...]:
    """Return what the rules find in the files of one manuscript: the surest first, then in the order of the document.

    A table that stands in two files, such as a text and its CSV, is told once, from the file that is less damaged.
    """
    evidence = gather(manuscripts, claims)
    files = {manuscript.file: index for index, manuscript in enumerate(manuscripts)}
    found = [finding for rule in rules for finding in rule.find(evidence)]
    found.sort(key=lambda finding: (bool(finding.artefact), finding.certainty.rank))
    told: dict[tuple[str, ...], Finding] = {}
    for finding in found:
        told.setdefault(_same(finding), finding)
    return tuple(sorted(told.values(), key=lambda finding: _order(finding, files)))


def _same(finding: Finding) -> tuple[str, ...]:
    at = finding.position
    where = (at.table, at.row_label) if at.table and at.row else (str(at), str(finding.claims[0].start), at.file)
    return finding.rule, finding.message, *where


def _order(finding: Finding, files: dict[str, int]) -> tuple[int, int, int, int, int, int]:
    at = finding.position
    return finding.certainty.rank, files.get(at.file, 0), at.block, at.row, at.column, finding.claims[0].start
