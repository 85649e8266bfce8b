"""The whole chain on one screen: study folder -> cohort -> datasets -> results -> document -> report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from engager.analyses import analyse
from engager.checks import Accepted, check_accepting
from engager.cohort import Cohort
from engager.endpoints import Datasets, derive_endpoints
from engager.errors import DataError, InputError, Issue, Severity
from engager.plan import AnalysisPlan, read_plan, read_usable_plan
from engager.readers import read_cohort
from engager.readers.adjudication import read_decisions
from engager.readers.as_entered import tables_as_entered
from engager.readers.exceptions import read_exceptions
from engager.readers.folder import no_folder
from engager.readers.logo import Logo, read_logo
from engager.readers.published import read_published
from engager.readers.redcap import read_records
from engager.readers.redcap_dictionary import read_dictionary
from engager.readers.redcap_draft import PROPOSED, propose
from engager.readers.redcap_mapping import read_mapping
from engager.readers.sentences import read_sentences
from engager.readers.two_abstractions import read_abstractions
from engager.reconciliation import Reconciled, reconcile
from engager.reconciliation.consensus import consensus_tables, decided_values, without_patient
from engager.report.abstractions import abstraction_lines
from engager.report.compose import compose_report
from engager.report.document import Document
from engager.report.methods_abstraction import abstraction_methods
from engager.report.sentences import plain
from engager.results import Results
from engager.snapshot import Change, difference, is_snapshot, read_snapshot
from engager.snapshot.plans import plan_changes
from engager.writers.adjudication import check_workbook_target, write_adjudication
from engager.writers.bundle import DEFAULT_FORMATS, read_formats, write_report
from engager.writers.consensus import check_new_folder, write_consensus
from engager.writers.convert import write_converted
from engager.writers.marked_workbook import check_marked_target, write_marked
from engager.writers.new_study import update_study, write_new_study
from engager.writers.redcap_mapping import write_mapping_draft
from engager.writers.redcap_study import write_entries
from engager.writers.snapshot import check_snapshot_target, write_snapshot

Progress = Callable[[str], None]
Done = Callable[[int, int], None]


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
    read = _read_study(Path(folder), cutoff)
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
    read = _examine(Path(folder), None, progress=progress)
    if marked is not None:
        write_marked(Path(folder), read.cohort, read.issues, read.accepted, Path(marked))
    _refuse_structural(read.issues)
    return Examination(sum(frame.height for frame in read.cohort.tables.values()), read.issues, read.accepted)


@dataclass(frozen=True, slots=True)
class _Read:
    """What stands in a study folder."""

    plan: AnalysisPlan
    cohort: Cohort
    issues: list[Issue]
    published: pl.DataFrame | None
    sentences: list[tuple[int, str]]
    logo: Logo | None
    accepted: Sequence[Accepted]


def _read_study(folder: Path, cutoff: str | None, privacy: str | None = None) -> _Read:
    """Return all that a study folder holds, and every issue of it; raises InputError where it cannot be used."""
    read = _examine(folder, cutoff, privacy)
    _refuse_structural(read.issues)
    return read


def _refuse_structural(issues: Sequence[Issue]) -> None:
    if any(issue.structural for issue in issues):
        raise InputError(issues)


def _examine(folder: Path, cutoff: str | None, privacy: str | None = None, progress: Done = lambda *_: None) -> _Read:
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
    return _Read(plan.with_privacy(privacy), cohort, issues, published, sentences, logo, checked.accepted)


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
    read = _read_study(Path(folder), cutoff, privacy)
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


def freeze_study(folder: Path | str, out: Path | str) -> dict[str, Any]:
    """Freeze a study folder, its data and its plan, into the new folder `out`, and return the manifest.

    The same input gives the same bytes. A report is written from a snapshot as from the study. Raises DataError where
    the data have errors, OutputError where `out` has content.
    """
    check_snapshot_target(Path(out))
    read = _read_study(Path(folder), None)
    if any(issue.severity is Severity.ERROR for issue in read.issues):
        raise DataError(read.issues)
    return write_snapshot(read.cohort, read.plan, Path(folder), Path(out))


def diff_studies(old: Path | str, new: Path | str) -> list[Change]:
    """Return what changed from one state of a study to another, in clinical words; each a snapshot or a study folder.

    Raises InputError where one of them cannot be used.
    """
    one, two = _read_study(Path(old), None), _read_study(Path(new), None)
    return [*plan_changes(one.plan, two.plan), *difference(one.cohort, two.cohort)]


def new_study(folder: Path | str, plan: Path | str | None = None, *, update: bool = False) -> list[Path]:
    """Write a new study folder, a plan and an empty workbook, and return the files; refuses a folder with content.

    `plan` is a `study.toml`, or a folder with one, to take over. With `update` the folder is a study already: its
    workbook is written anew with what was entered, and the folder as it was is kept as `NAME.before`.
    """
    write = update_study if update else write_new_study
    return write(Path(folder), None if plan is None else Path(plan))


def convert_study(folder: Path | str, out: Path | str, to: str) -> Path:
    """Write a study folder in another form (csv, xlsx or parquet) into a new folder, and return it.

    Every text stays as it was entered, in its row; what was written is read back and compared. Raises InputError
    where the study cannot be read, OutputError where the form cannot hold a text.
    """
    source = Path(folder)
    tables = tables_as_entered(source)
    return write_converted(source, tables, read_plan(source), Path(out), to)


def draft_redcap_mapping(dictionary: Path | str, out: Path | str) -> dict[str, int]:
    """Write a draft of the mapping of a REDCap project, and return how many fields it has and proposes a column for."""
    source, fields = Path(dictionary), read_dictionary(Path(dictionary))
    proposals = propose(fields)
    write_mapping_draft(Path(out), source.name, fields, proposals)
    return {"fields": len(fields) - 1, "proposed": sum(proposal.confidence >= PROPOSED for proposal in proposals)}


def read_redcap(records: Path | str, mapping: Path | str, out: Path | str) -> tuple[list[Path], Sequence[Issue]]:
    """Write the study folders that REDCap's records give by a finished mapping; return them, and the warnings.

    Records entered twice (`ID--1`, `ID--2`) give two studies, `OUT-1` and `OUT-2`. Raises InputError, with every row
    and field that cannot be read, before anything is written.
    """
    read = read_records(Path(records), read_mapping(Path(mapping)))
    return write_entries(read.studies, Path(records).stem, Path(out)), read.issues


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


def example(name: str) -> Path:
    """Return the folder of an example study that travels with engager; KeyError names those there are."""
    inside, beside = Path(__file__).parent / "examples", Path(__file__).parents[2] / "examples"
    folder = next(path for path in (inside, beside) if path.is_dir())
    if not (folder / name).is_dir():
        raise KeyError(f"no example {name}; there are: {', '.join(sorted(path.name for path in folder.iterdir()))}")
    return folder / name
