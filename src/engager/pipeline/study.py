"""A study from its folder to its report: cohort -> datasets -> results -> document -> files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engager.analyses import analyse
from engager.cohort import Cohort
from engager.endpoints import Datasets, derive_endpoints
from engager.errors import DataError, Issue, Severity
from engager.pipeline.progress import Progress
from engager.pipeline.study_input import read_usable
from engager.plan import AnalysisPlan
from engager.report.compose import compose_report
from engager.report.document import Document
from engager.report.sentences import plain
from engager.results import Results
from engager.writers.bundle import DEFAULT_FORMATS, read_formats, write_report


@dataclass(frozen=True, slots=True)
class Study:
    """A study that was read, checked and analysed.

    Examples:
        >>> from engager.pipeline.examples import example
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


def open_study(
    folder: Path | str,
    cutoff: str | None = None,
    progress: Progress = lambda _: None,
    privacy: str | None = None,
) -> Study:
    """Return a study read, checked and analysed; raises InputError where its input has an error.

    `cutoff` is a study day (`"365"`) or a date (`"2011-12-31"`) and takes the place of the plan's, as `privacy`
    (`"internal"` or `"publication"`) does, which changes the document alone; `progress` is called with the name of
    each stage as it begins.
    """
    progress("reading and checking")
    read = read_usable(Path(folder), cutoff, privacy)
    plan, cohort, issues = read.plan, read.cohort, read.issues
    if any(issue.severity is Severity.ERROR for issue in issues):
        raise DataError(issues)
    issues = [*issues, *(each.as_note() for each in read.accepted)]
    progress("deriving endpoints")
    datasets = derive_endpoints(cohort, plan)
    progress("analysing")
    results = analyse(datasets, plan, read.published, read.issues, read.accepted)
    progress("composing the report")
    document = compose_report(results, issues, plan, cohort, read.published, read.sentences, read.logo)
    return Study(plan, cohort, issues, datasets, results, document)


def run_study(
    folder: Path | str,
    out: Path | str,
    cutoff: str | None = None,
    progress: Progress = lambda _: None,
    formats: str = ",".join(DEFAULT_FORMATS),
    privacy: str | None = None,
) -> Study:
    """Write the report of a study folder into `out`, whole or not at all, and return the study.

    `formats` names, separated by commas, what to write beside the results, the tables as CSV and the figures as SVG
    and PNG: html, docx, pdf, tables-docx, tables-html, tables-tex, figures-pdf, figures-tiff. `privacy` takes the
    place of the plan's: under `publication` nothing that is written holds a pseudonym or a calendar date.
    """
    asked = read_formats(formats)
    study = open_study(folder, cutoff, progress, privacy)
    write_report(study.document, Path(out), asked, progress=lambda part: progress(f"writing {part}"))
    return study
