"""The study folder: which form its tables have (CSV, XLSX, Parquet), and reading them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl

from engager.cohort import Cohort, TableOrigin
from engager.errors import InputError, Issue, Place, Severity
from engager.plan import PLAN_FILE, AnalysisPlan
from engager.provenance import file_hash
from engager.readers.csv_folder import read_csv
from engager.readers.parquet import read_parquet
from engager.readers.raw import RawTable, unreadable
from engager.readers.study_days import place_in_time
from engager.readers.typed import read_table
from engager.readers.workbook import read_workbook
from engager.schema import TABLES

FORMATS: Mapping[str, Callable[[Path, str], RawTable | list[Issue]]] = {".csv": read_csv, ".parquet": read_parquet}


def read_cohort(folder: Path, plan: AnalysisPlan) -> tuple[Cohort, list[Issue]]:
    """Return the cohort of a study folder and the issues of its values.

    Raises InputError, with every issue found in any file, where a table, a column or a file cannot be read.
    """
    raw, issues = _read_raw(folder)
    frames: dict[str, pl.DataFrame] = {}
    extras: dict[str, pl.DataFrame] = {}
    origins: dict[str, TableOrigin] = {}
    for name, table in raw.items():
        frames[name], extras[name], origins[name], found = read_table(table, TABLES[name], plan.input)
        issues += found
    if any(issue.structural for issue in issues):
        raise InputError(issues)
    paths = {folder / PLAN_FILE, *(table.path for table in raw.values())}
    hashes = {path.name: file_hash(path) for path in sorted(paths)}
    return Cohort(place_in_time(frames), origins, extras, hashes), issues


def _read_raw(folder: Path) -> tuple[Mapping[str, RawTable], list[Issue]]:
    """Return the raw tables, whatever their form, and the issues of those that could not be read."""
    books = [path for path in sorted(folder.glob("*.xlsx")) if not path.name.startswith(("~$", "."))]
    books = [path for path in books if not path.name.endswith(".checked.xlsx")]
    files = {name: [path for suffix in FORMATS if (path := folder / f"{name}{suffix}").is_file()] for name in TABLES}
    present = [path for paths in files.values() for path in paths]
    if len(books) > 1 or (books and present):
        names = ", ".join(path.name for path in (*books, *present))
        raise InputError(
            unreadable(
                folder,
                "ambiguous",
                f"the tables more than once: {names}",
                "one workbook, or one file for each table",
                "Move the others away",
            )
        )
    if books:
        return read_workbook(books[0])
    tables: dict[str, RawTable] = {}
    issues: list[Issue] = []
    for name, paths in files.items():
        outcome = _read_file(folder, name, paths)
        if isinstance(outcome, RawTable):
            tables[name] = outcome
        else:
            issues += outcome
    return tables, issues


def _read_file(folder: Path, name: str, paths: list[Path]) -> RawTable | list[Issue]:
    if not paths:
        place = Place(str(folder))
        return [
            Issue(
                Severity.ERROR,
                "file.missing_table",
                place,
                f"no file {name}.csv (or .parquet)",
                "a file for each table, or one workbook (.xlsx)",
                "A table without records keeps its heading row",
                structural=True,
            )
        ]
    if len(paths) > 1:
        found = "the table twice: " + ", ".join(path.name for path in paths)
        return [unreadable(paths[0], "ambiguous", found, "one file for each table", "Move the other away")]
    return FORMATS[paths[0].suffix](paths[0], name)
