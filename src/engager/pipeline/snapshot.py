"""A study frozen as an analysis is made of it, and what changed from one state to another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from engager.errors import DataError, InputError, Severity
from engager.pipeline.study_input import StudyInput, read_usable
from engager.snapshot import Change, difference
from engager.snapshot.plans import plan_changes
from engager.writers.snapshot import check_snapshot_target, write_snapshot


def freeze_study(folder: Path | str, out: Path | str) -> dict[str, Any]:
    """Freeze a study folder, its data and its plan, into the new folder `out`, and return the manifest.

    The same input gives the same bytes. A report is written from a snapshot as from the study. Raises DataError where
    the data have errors, OutputError where `out` has content.
    """
    check_snapshot_target(Path(out))
    read = read_usable(Path(folder), None)
    if any(issue.severity is Severity.ERROR for issue in read.issues):
        raise DataError(read.issues)
    return write_snapshot(read.cohort, read.plan, Path(folder), Path(out))


def diff_studies(old: Path | str, new: Path | str) -> list[Change]:
    """Return what changed from one state of a study to another, in clinical words; each a snapshot or a study folder.

    Raises InputError where one of them cannot be used, or has a cell that cannot be read: it would be told as emptied.
    """
    one, two = _read_to_the_last_cell(Path(old)), _read_to_the_last_cell(Path(new))
    return [*plan_changes(one.plan, two.plan), *difference(one.cohort, two.cohort)]


def _read_to_the_last_cell(folder: Path) -> StudyInput:
    read = read_usable(folder, None)
    if unread := [issue for issue in read.issues if issue.rule == "values.unreadable"]:
        raise InputError(
            [replace(issue, place=replace(issue.place, file=str(folder / issue.place.file))) for issue in unread]
        )
    return read
