"""A hundred mistakes of twenty kinds in a thousand patients: which are found, which cannot be, and no false alarm."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from tests.checks.study_of_a_thousand import MISTAKES, UNSEEN, clean_study, planted, write
from tests.readers.study_files import read

from engager.checks import check_batches
from engager.cohort import Cohort
from engager.errors import Issue
from engager.plan import AnalysisPlan

EACH = 5


def blamed(cohort: Cohort, issue: Issue) -> str:
    """Return the patient of an issue's row; the pseudonym itself where it is of nobody."""
    frame = cohort[issue.place.file.removesuffix(".csv")]
    found = frame.filter(frame["row"] == issue.place.row)["patient"]
    return str(found[0]) if found.len() else ""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, list[str]], set[str]]:
    """The patients spoilt by each mistake, and those that an issue points at."""
    study, spoilt = planted(clean_study(), EACH)
    cohort, issues = read(write(study, tmp_path_factory.mktemp("planted")))
    return spoilt, {blamed(cohort, issue) for issue in issues}


def test_no_alarm_on_the_clean_study(tmp_path: Path) -> None:
    """A thousand patients, some fifty thousand cells, and nothing to tell."""
    assert [str(issue) for issue in read(write(clean_study(), tmp_path))[1]] == []


def test_there_are_a_hundred_of_twenty_kinds() -> None:
    """As a guard of what is claimed."""
    assert len(MISTAKES) >= 20
    assert len(MISTAKES) * EACH >= 100
    assert set(UNSEEN) < set(MISTAKES)


@pytest.mark.parametrize("mistake", [name for name in MISTAKES if name not in UNSEEN])
def test_a_mistake_is_found(found: tuple[dict[str, list[str]], set[str]], mistake: str) -> None:
    """An issue stands in a row of the patient, or in the row whose pseudonym is nobody's."""
    spoilt, told = found
    by_name = "P9999" if mistake == "a pseudonym mistyped" else None
    assert [patient for patient in spoilt[mistake] if (by_name or patient) not in told] == []


@pytest.mark.parametrize("mistake", list(UNSEEN))
def test_a_mistake_that_no_check_can_find(found: tuple[dict[str, list[str]], set[str]], mistake: str) -> None:
    """Nothing is told of these patients; `UNSEEN` says why nothing can be."""
    spoilt, told = found
    assert UNSEEN[mistake]
    assert [patient for patient in spoilt[mistake] if patient in told] == []


def test_nobody_else_is_blamed(found: tuple[dict[str, list[str]], set[str]]) -> None:
    """Every issue stands in a row of a patient who was spoilt."""
    spoilt, told = found
    assert told - {patient for patients in spoilt.values() for patient in patients} <= {"P9999", ""}


def test_batches_of_patients_are_told_as_the_whole(tmp_path: Path) -> None:
    """A registry in batches has the issues of the whole one at the same places."""
    study, _ = planted(clean_study(), EACH)
    cohort, issues = read(write(study, tmp_path))
    names = cohort["patients"]["patient"]
    batches = [_of(cohort, names[:400]), _of(cohort, pl.concat([names[400:], pl.Series("patient", ["P9999"])]))]
    told = check_batches(batches, AnalysisPlan(title="A"))
    assert [(issue.rule, issue.place) for issue in told] == [(issue.rule, issue.place) for issue in issues]


def _of(cohort: Cohort, names: pl.Series) -> Cohort:
    tables = {name: frame.filter(pl.col("patient").is_in(names.implode())) for name, frame in cohort.tables.items()}
    return replace(cohort, tables=tables)
