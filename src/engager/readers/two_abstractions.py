"""Two study folders that hold two abstractions of the same records, read together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engager.cohort import Cohort
from engager.errors import InputError, Issue, Place, Severity
from engager.plan import PLAN_FILE, AnalysisPlan, read_usable_plan
from engager.readers.folder import no_folder, read_cohort

Abstraction = tuple[AnalysisPlan, Cohort]


def read_abstractions(a: Path, b: Path) -> tuple[Abstraction, Abstraction, list[Issue]]:
    """Return plan and cohort of two studies, and warnings about them.

    Raises InputError with every problem of both where one cannot be read to its last cell, where they are one and the
    same folder, have no patient in common, or plan their comparison differently: a cell that cannot be read cannot be
    compared. The edit checks are not asked; two abstractions may differ in an error.
    """
    if problems := [no_folder(folder) for folder in (a, b) if not folder.is_dir()]:
        raise InputError(problems)
    if a.resolve() == b.resolve():
        raise InputError(_issue(a, "the same folder twice", "two abstractions, each in a folder of its own"))
    one, of_a = _read(a)
    two, of_b = _read(b)
    issues = [*_told_of(of_a, a), *_told_of(of_b, b)]
    issues = issues or [*_not_comparable(a, b, one, two)]
    if issues:
        raise InputError(issues)
    return one, two, _copied(a, b, one[1], two[1])


def _read(folder: Path) -> tuple[Abstraction, list[Issue]]:
    plan, issues = read_usable_plan(folder)
    cohort, unread = read_cohort(folder, plan)
    return (plan, cohort), [issue for issue in (*issues, *unread) if issue.severity is Severity.ERROR]


def _told_of(issues: Sequence[Issue], folder: Path) -> list[Issue]:
    """Return issues with the folder before the name of the file, since both studies have the same names."""
    return [replace(issue, place=replace(issue.place, file=str(folder / issue.place.file))) for issue in issues]


def _not_comparable(a: Path, b: Path, one: Abstraction, two: Abstraction) -> list[Issue]:
    found = []
    if not set(one[1].patients) & set(two[1].patients):
        patients = [", ".join(cohort.patients[:5]) or "none" for _, cohort in (one, two)]
        told = f"no patient in common with {a} (there: {patients[0]}; here: {patients[1]})"
        advice = "Do both use the same pseudonyms, written alike?"
        found.append(_issue(b / "patients", told, "the same patients in both", advice))
    if one[0].reconciliation != two[0].reconciliation:
        told = f"another `[reconciliation]` than that of {a}"
        place = b / PLAN_FILE
        found.append(_issue(place, told, "the same in both: what counts as agreement is agreed beforehand"))
    return found


def _copied(a: Path, b: Path, one: Cohort, two: Cohort) -> list[Issue]:
    """Return a warning where the tables of both are the same to the last byte."""
    tables = [{digest for name, digest in cohort.hashes.items() if name != PLAN_FILE} for cohort in (one, two)]
    if tables[0] != tables[1]:
        return []
    found = f"the tables of {a}, the same to the last byte"
    advice = "A copy agrees with itself and says nothing of the abstraction"
    return [Issue(Severity.WARNING, "reconciliation.copy", Place(str(b)), found, "a second abstraction", advice)]


def _issue(path: Path, found: str, expected: str, advice: str = "") -> Issue:
    return Issue(Severity.ERROR, "reconciliation", Place(str(path)), found, expected, advice, structural=True)
