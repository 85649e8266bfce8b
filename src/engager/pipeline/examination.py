"""The checks of a study folder, with the cells marked where it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engager.checks import Accepted
from engager.cohort import Cohort
from engager.errors import Issue
from engager.pipeline.progress import Done
from engager.pipeline.study_input import read_input, read_usable, refuse_structural
from engager.writers.marked_workbook import check_marked_target, write_marked


def check_study(folder: Path | str, cutoff: str | None = None) -> tuple[Cohort, list[Issue]]:
    """Return the cohort of a study folder and every issue of its values, errors first.

    Raises InputError, with all problems found, where a file, a table, a column or the plan cannot be used.
    """
    read = read_usable(Path(folder), cutoff)
    return read.cohort, read.issues


@dataclass(frozen=True, slots=True)
class Examination:
    """What the checks of a study found: how many rows, the issues that stand, and those that the study accepted."""

    rows: int
    issues: Sequence[Issue]
    accepted: Sequence[Accepted]

    def to_dict(self) -> dict[str, object]:
        """Return the examination as plain values, for JSON."""
        told = {"issues": [issue.to_dict() for issue in self.issues]}
        return {"rows": self.rows, **told, "accepted": [each.to_dict() for each in self.accepted]}


def examine_study(
    folder: Path | str, marked: Path | str | None = None, progress: Done = lambda *_: None
) -> Examination:
    """Return what the checks of a study folder found; with `marked`, a workbook (.xlsx) with the cells marked.

    Raises InputError where the study cannot be used, after the marked copy was written; OutputError where that cannot
    be.
    """
    if marked is not None:
        check_marked_target(Path(folder), Path(marked))
    read = read_input(Path(folder), None, progress=progress)
    if marked is not None:
        write_marked(Path(folder), read.cohort, read.issues, read.accepted, Path(marked))
    refuse_structural(read.issues)
    return Examination(sum(frame.height for frame in read.cohort.tables.values()), read.issues, read.accepted)
