"""What stands in a study folder or a snapshot: read and checked in one go, every issue at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from engager.checks import Accepted, check_accepting
from engager.cohort import Cohort
from engager.errors import InputError, Issue
from engager.pipeline.progress import Done
from engager.plan import AnalysisPlan, read_usable_plan
from engager.readers import read_cohort
from engager.readers.exceptions import read_exceptions
from engager.readers.folder import no_folder
from engager.readers.logo import Logo, read_logo
from engager.readers.published import read_published
from engager.readers.sentences import read_sentences
from engager.snapshot import is_snapshot, read_snapshot


@dataclass(frozen=True, slots=True)
class StudyInput:
    """What stands in a study folder."""

    plan: AnalysisPlan
    cohort: Cohort
    issues: list[Issue]
    published: pl.DataFrame | None
    sentences: list[tuple[int, str]]
    logo: Logo | None
    accepted: Sequence[Accepted]


def read_usable(folder: Path, cutoff: str | None, privacy: str | None = None) -> StudyInput:
    """Return all that a study folder holds, and every issue of it; raises InputError where it cannot be used."""
    read = read_input(folder, cutoff, privacy)
    refuse_structural(read.issues)
    return read


def refuse_structural(issues: Sequence[Issue]) -> None:
    """Raise InputError where an issue is of the files themselves; the values of the others can be told beside them."""
    if any(issue.structural for issue in issues):
        raise InputError(issues)


def read_input(
    folder: Path, cutoff: str | None, privacy: str | None = None, progress: Done = lambda *_: None
) -> StudyInput:
    """Return all that a study folder or a snapshot holds, and every issue of it, in one go."""
    if not folder.is_dir():
        raise InputError(no_folder(folder))
    plan, of_plan = read_usable_plan(folder, cutoff)
    published, of_published = read_published(folder)
    sentences, of_sentences = read_sentences(folder)
    logo, of_logo = read_logo(folder, plan.report.logo)
    exceptions, of_exceptions = read_exceptions(folder)
    cohort, unread = (read_snapshot if is_snapshot(folder) else read_cohort)(folder, plan)
    checked = check_accepting(cohort, plan, exceptions, progress)
    found = (*of_plan, *of_published, *of_sentences, *of_logo, *of_exceptions, *unread, *checked.issues)
    issues = sorted(found, key=Issue.urgency)
    return StudyInput(plan.with_privacy(privacy), cohort, issues, published, sentences, logo, checked.accepted)
