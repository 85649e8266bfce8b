"""The whole chain on one screen: study folder -> cohort -> datasets -> results -> document -> report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from engager.analyses import analyse
from engager.checks import check_cohort
from engager.cohort import Cohort
from engager.endpoints import Datasets, derive_endpoints
from engager.errors import DataError, InputError, Issue, Severity
from engager.plan import AnalysisPlan, read_usable_plan
from engager.readers import read_cohort
from engager.readers.folder import no_folder
from engager.readers.published import read_published
from engager.report.compose import compose_report
from engager.report.document import Document
from engager.report.sentences import plain
from engager.results import Results
from engager.writers.bundle import DEFAULT_FORMATS, read_formats, write_report
from engager.writers.new_study import write_new_study

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Study:
    """A study that was read, checked and analysed.

    Examples:
        >>> study = open_study(example("tuebingen-2014"))
        >>> study.results.get("OS", "median").estimate
        398.0
    """

    plan: AnalysisPlan
    cohort: Cohort
    issues: Sequence[Issue]
    datasets: Datasets
    results: Results
    document: Document

    @property
    def lead(self) -> tuple[str, ...]:
        """What the study found, a sentence each."""
        return tuple(plain(paragraph) for paragraph in self.document.lead)


def check_study(folder: Path | str, cutoff: str | None = None) -> tuple[Cohort, list[Issue]]:
    """Return the cohort of a study folder and every issue of its values, errors first.

    Raises InputError, with all problems found, where a file, a table, a column or the plan cannot be used.
    """
    _, cohort, _, issues = _read_study(Path(folder), cutoff)
    return cohort, issues


def _read_study(folder: Path, cutoff: str | None) -> tuple[AnalysisPlan, Cohort, pl.DataFrame | None, list[Issue]]:
    """Return the plan, the cohort, the published numbers and every issue of them, in one go."""
    if not folder.is_dir():
        raise InputError(no_folder(folder))
    plan, issues = read_usable_plan(folder, cutoff)
    published, found = read_published(folder)
    cohort, unread = read_cohort(folder, plan)
    issues = sorted([*issues, *found, *unread, *check_cohort(cohort, plan)], key=Issue.urgency)
    if any(issue.structural for issue in issues):
        raise InputError(issues)
    return plan, cohort, published, issues


def open_study(folder: Path | str, cutoff: str | None = None, progress: Progress = lambda _: None) -> Study:
    """Return a study read, checked and analysed; raises InputError where its input has an error.

    `cutoff` is a study day (`"365"`) or a date (`"2011-12-31"`) and takes the place of the plan's; `progress` is
    called with the name of each stage as it begins.
    """
    progress("reading and checking")
    plan, cohort, published, issues = _read_study(Path(folder), cutoff)
    if any(issue.severity is Severity.ERROR for issue in issues):
        raise DataError(issues)
    progress("deriving endpoints")
    datasets = derive_endpoints(cohort, plan)
    progress("analysing")
    results = analyse(datasets, plan, published)
    progress("composing the report")
    document = compose_report(results, issues, plan, cohort, published)
    return Study(plan, cohort, issues, datasets, results, document)


def run_study(
    folder: Path | str,
    out: Path | str,
    cutoff: str | None = None,
    progress: Progress = lambda _: None,
    formats: str = ",".join(DEFAULT_FORMATS),
) -> Study:
    """Write the report of a study folder into `out`, whole or not at all, and return the study.

    `formats` names, separated by commas, what to write beside the results, the tables as CSV and the figures as SVG
    and PNG: html, docx, pdf, tables-docx, tables-html, tables-tex, figures-pdf, figures-tiff.
    """
    asked = read_formats(formats)
    study = open_study(folder, cutoff, progress)
    write_report(study.document, Path(out), asked, progress=lambda part: progress(f"writing {part}"))
    return study


def new_study(folder: Path | str) -> list[Path]:
    """Write a new study folder, a plan and an empty workbook, and return the files; refuses a folder with content."""
    return write_new_study(Path(folder))


def example(name: str) -> Path:
    """Return the folder of an example study that travels with engager; KeyError names those there are."""
    inside, beside = Path(__file__).parent / "examples", Path(__file__).parents[2] / "examples"
    folder = next(path for path in (inside, beside) if path.is_dir())
    if not (folder / name).is_dir():
        raise KeyError(f"no example {name}; there are: {', '.join(sorted(path.name for path in folder.iterdir()))}")
    return folder / name
