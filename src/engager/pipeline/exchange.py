"""A study folder made new, or brought from one form into another: CSV, workbook, Parquet, and from REDCap."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engager.errors import Issue
from engager.plan import read_plan
from engager.readers.as_entered import tables_as_entered
from engager.readers.redcap import read_records
from engager.readers.redcap_dictionary import read_dictionary
from engager.readers.redcap_draft import PROPOSED, propose
from engager.readers.redcap_mapping import read_mapping
from engager.readers.redcap_server import download_export
from engager.writers.convert import write_converted
from engager.writers.new_study import update_study, write_new_study
from engager.writers.redcap_export import write_export
from engager.writers.redcap_mapping import write_mapping_draft
from engager.writers.redcap_study import write_entries
from engager.writers.staging import check_new_folder


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


def fetch_redcap(url: str, token: str, out: Path | str) -> list[Path]:
    """Write what a REDCap server exports of the project of a token into a new folder, and return the two files.

    They are the dictionary and the records as a person would download them, to draft a mapping of and to read. Raises
    InputError where the server cannot be reached or refuses, OutputError where `out` has content.
    """
    check_new_folder(Path(out))
    return write_export(download_export(url, token), Path(out))


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
