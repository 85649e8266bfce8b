"""The study folder: which form its tables have (CSV, XLSX, Parquet), and reading them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from engager.cohort import Cohort, Unread
from engager.errors import InputError, Issue, Place, Severity
from engager.plan import PLAN_FILE, AnalysisPlan
from engager.provenance import file_hash
from engager.readers.adjudication_log import AGREEMENT_FILE, LOG_FILE, read_agreement
from engager.readers.csv_folder import read_csv
from engager.readers.parquet import read_parquet
from engager.readers.raw import RawTable, unreadable
from engager.readers.reference_ranges import read_reference_ranges
from engager.readers.study_days import place_in_time
from engager.readers.table_files import missing_table, no_table, table_files, workbooks
from engager.readers.typed import TypedTable, read_table
from engager.readers.workbook import read_workbook
from engager.schema import TABLES

FORMATS: Mapping[str, Callable[[Path, str], RawTable]] = {".csv": read_csv, ".parquet": read_parquet}

_OTHER_BOOKS = (".xlsm", ".xlsb", ".xls", ".xltm", ".ods")


def read_cohort(folder: Path, plan: AnalysisPlan) -> tuple[Cohort, list[Issue]]:
    """Return the cohort of a study folder, and every issue of its files and values.

    What cannot be read is null or, where it is a whole table, empty; the cohort's `unread` names it, so that what
    can be read is checked all the same. A cohort with a structural issue is for the checks only.
    """
    raw, issues = read_raw(folder)
    tables = {name: read_table(table, TABLES[name], plan.input) for name, table in raw.items()}
    issues += [issue for table in tables.values() for issue in table.issues]
    frames = {name: tables[name].frame if name in tables else schema.create_empty() for name, schema in TABLES.items()}
    ranges, found = read_reference_ranges(folder, plan)
    agreement, of_agreement = read_agreement(folder)
    issues += [*found, *of_agreement]
    extra_files = [plan.laboratory.reference_ranges] if ranges is not None else []
    extra_files += [LOG_FILE, AGREEMENT_FILE] if agreement is not None else []
    cohort = Cohort(
        place_in_time(frames),
        origins={name: table.origin for name, table in tables.items()},
        extras={name: table.extras for name, table in tables.items()},
        hashes=_hashes(folder, raw, extra_files),
        unread=_unread(tables),
        reference_ranges=ranges,
        agreement=agreement,
    )
    return cohort, issues


def no_folder(folder: Path) -> Issue:
    """Return the issue of a study folder that is none."""
    found = "a file" if folder.exists() else "no such folder"
    advice = "Name the folder that holds study.toml; `engager new DIR` makes one"
    return Issue(Severity.ERROR, "folder", Place(str(folder)), found, "a study folder", advice, structural=True)


def _hashes(folder: Path, raw: Mapping[str, RawTable], others: Iterable[str | None]) -> dict[str, str]:
    hashes = {}
    named = {folder / name for name in (PLAN_FILE, *others) if name}
    for path in sorted(named | {table.path for table in raw.values()}):
        with suppress(OSError):  # a plan that is missing or not to be opened is told of by its own reader
            hashes[path.name] = file_hash(path)
    return hashes


def _unread(tables: Mapping[str, TypedTable]) -> Unread:
    absent = {(name, column) for name in TABLES if name not in tables for column in TABLES[name].column_names()}
    suspected = {(name, column) for name, table in tables.items() for column in table.absent}
    cells = {(name, column): rows for name, table in tables.items() for column, rows in table.refused.items()}
    return Unread(frozenset(absent | suspected), cells)


def read_raw(folder: Path) -> tuple[Mapping[str, RawTable], list[Issue]]:
    """Return the raw tables, whatever their form, and the issues of those that could not be read."""
    books = workbooks(folder)
    files = table_files(folder)
    present = [path for paths in files.values() for path in paths]
    if len(books) > 1 or (books and present):
        found = f"the tables more than once: {', '.join(path.name for path in (*books, *present))}"
        expected = "one workbook, or one file for each table"
        return {}, [unreadable(folder, "ambiguous", found, expected, "Move the others away")]
    if books:
        return read_workbook(books[0])
    seen = (path for path in sorted(folder.iterdir()) if path.name[0] not in "~.")
    others = [path for path in seen if path.suffix.lower() in _OTHER_BOOKS]
    if others and not present:
        found, advice = "a workbook of another kind, or with macros", "Save it as a workbook without macros (.xlsx)"
        return {}, [unreadable(others[0], "macros", found, "a workbook (.xlsx)", advice)]
    if not present:
        return {}, [no_table(folder)]
    tables: dict[str, RawTable] = {}
    issues: list[Issue] = []
    for name, paths in files.items():
        try:
            tables[name] = _read_file(folder, name, paths)
        except InputError as error:
            issues += error.issues
    return tables, issues


def _read_file(folder: Path, name: str, paths: Sequence[Path]) -> RawTable:
    if not paths:
        raise InputError(missing_table(folder, name))
    if len(paths) > 1:
        found = "the table twice: " + ", ".join(path.name for path in paths)
        raise InputError(unreadable(paths[0], "ambiguous", found, "one file for each table", "Move the other away"))
    return FORMATS[paths[0].suffix.lower()](paths[0], name)
