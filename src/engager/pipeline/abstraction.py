"""Two abstractions of the same records: compared, and made into one study by decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engager.errors import InputError, Issue
from engager.readers.adjudication import read_decisions
from engager.readers.two_abstractions import read_abstractions
from engager.reconciliation import Reconciled, reconcile
from engager.reconciliation.consensus import consensus_tables, decided_values, without_patient
from engager.report.abstractions import abstraction_lines
from engager.report.methods_abstraction import abstraction_methods
from engager.writers.adjudication import check_workbook_target, write_adjudication
from engager.writers.consensus import write_consensus
from engager.writers.staging import check_new_folder


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two abstractions compared: what was found, in lines for a person, and warnings about the two."""

    found: Reconciled
    lines: tuple[str, ...]
    issues: Sequence[Issue]

    def to_dict(self) -> dict[str, object]:
        """Return the comparison as plain values, for JSON."""
        return {
            "pair": self.found.fingerprint,
            "agreement": self.found.agreement.to_dicts(),
            "disagreements": self.found.items.to_dicts(),
            "not_compared": {table: list(names) for table, names in self.found.uncompared.items()},
            "issues": [issue.to_dict() for issue in self.issues],
        }


def reconcile_studies(a: Path | str, b: Path | str, workbook: Path | str | None = None) -> Comparison:
    """Return the comparison of two study folders that hold two abstractions of the same records.

    With `workbook`, a file that does not exist yet, the disagreements are written there to be decided on. Raises
    InputError where the two cannot be compared, OutputError where the workbook cannot be written.
    """
    studies = Path(a), Path(b)
    one, two, issues = read_abstractions(*studies)
    if workbook is not None:
        check_workbook_target(Path(workbook), studies)
    found = reconcile(one[1], two[1], one[0].reconciliation)
    if workbook is not None:
        write_adjudication(found, studies, Path(workbook))
    return Comparison(found, tuple(abstraction_lines(found, [str(study) for study in studies])), issues)


def adjudicate(a: Path | str, b: Path | str, decisions: Path | str, out: Path | str) -> str:
    """Write the consensus of two study folders by the decisions of a filled workbook; return the methods in words.

    Raises InputError with every cell that is undecided or changed, OutputError where `out` has content.
    """
    check_new_folder(Path(out))
    (plan, one), (other_plan, two), _ = read_abstractions(Path(a), Path(b))
    found = reconcile(one, two, plan.reconciliation)
    decided, issues = read_decisions(Path(decisions), found.items, found.fingerprint, plan.input)
    commas = "comma" in (plan.input.decimal, other_plan.input.decimal)
    tables = {} if issues else consensus_tables(one, two, found, decided, commas=commas)
    if issues := [*issues, *without_patient(tables, Path(decisions).name)]:
        raise InputError(issues)
    write_consensus(tables, decided_values(found, decided), found.agreement, Path(a), Path(out))
    return abstraction_methods(found.agreement)
