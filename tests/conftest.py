"""Specs as tiny tables: a study written in the test, derived like any other, compared with a table of answers.

A table is text with columns between vertical bars. Columns that a test does not name are empty; so are tables, and
the patients table lists whom the others mention.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import polars as pl
import pytest
from hypothesis import settings
from tests.command import Run, runner

from engager.cohort import Cohort
from engager.endpoints import Datasets, derive_endpoints
from engager.plan import AnalysisPlan
from engager.readers import read_cohort
from engager.schema import TABLES

# The same cases in every run: a run that is red once is red again. `make laws` looks for new ones, for longer.
settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=20)
settings.register_profile("searching", deadline=None, max_examples=500)
settings.load_profile(os.environ.get("ENGAGER_LAWS", "repeatable"))

TOGETHER = ("tests/browser", "tests/simulator")
"""Folders whose tests share what is dear: a browser, compiled kernels."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Return what deals the tests out: those of a file to one worker, so that what they share is made once."""
    from xdist.scheduler import LoadScopeScheduling

    dealt = LoadScopeScheduling(config, log)
    dealt._split_scope = _shared
    return dealt


def _shared(test: str) -> str:
    file = test.partition("::")[0]
    folder = file.rpartition("/")[0]
    return folder if folder in TOGETHER else file


Cells = list[list[str]]


def cells(text: str) -> Cells:
    """Return the cells of a table in text, heading first."""
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


def frame_as_text(frame: pl.DataFrame, columns: list[str]) -> Cells:
    """Return columns of a frame as the cells of a table in text."""
    return [columns, *([_text(value) for value in row] for row in frame.select(columns).iter_rows())]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.12g}"
    return ", ".join(map(_text, value)) if isinstance(value, list) else str(value)


def _write(folder: Path, tables: Mapping[str, str]) -> None:
    given = {name: cells(text) for name, text in tables.items()}
    mentioned = dict.fromkeys(row[0] for rows in given.values() for row in rows[1:])
    given.setdefault("patients", [["patient"], *([patient] for patient in mentioned)])
    for name, schema in TABLES.items():
        required = [column for column, declared in schema.columns().items() if not declared.nullable]
        empty = [["patient", *(column for column in required if column not in ("row", "patient"))]]
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(given.get(name, empty))


class CohortOf(Protocol):
    """Tables in text to a cohort."""

    def __call__(self, **tables: str) -> Cohort:
        """Return the cohort."""


class Derive(Protocol):
    """Tables in text, and keys of the plan, to the analysis datasets."""

    def __call__(self, plan: Mapping[str, Any] | None = None, **tables: str) -> Datasets:
        """Return the datasets."""


Shows = Callable[[pl.DataFrame, str], None]


@pytest.fixture
def cohort_of(tmp_path: Path) -> CohortOf:
    """Return a function that reads tables in text as a study folder is read."""

    def read(**tables: str) -> Cohort:
        (tmp_path / "study.toml").write_text('title = "spec"\n', "utf-8")
        _write(tmp_path, tables)
        cohort, issues = read_cohort(tmp_path, AnalysisPlan(title="spec"))
        assert issues == []
        return cohort

    return read


@pytest.fixture
def derive(cohort_of: CohortOf) -> Derive:
    """Return a function that derives every dataset of tables in text."""

    def run(plan: Mapping[str, Any] | None = None, **tables: str) -> Datasets:
        settings = AnalysisPlan.model_validate({"title": "spec", **(plan or {})})
        return derive_endpoints(cohort_of(**tables), settings)

    return run


@pytest.fixture
def shows() -> Shows:
    """Return a function that compares a frame, in the columns named, with a table in text."""

    def compare(frame: pl.DataFrame, expected: str) -> None:
        wanted = cells(expected)
        assert frame_as_text(frame, wanted[0]) == wanted

    return compare


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs a command as the shell would: `run("check", folder)`."""
    return runner(capsys)
