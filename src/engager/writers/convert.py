"""A study in another form: CSV files, Parquet files or one workbook, every text and every row as it was."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from engager.errors import InputError, OutputError
from engager.plan import AnalysisPlan
from engager.readers.as_entered import tables_as_entered
from engager.readers.raw import RawTable
from engager.readers.table_files import SUFFIXES
from engager.schema import TABLES
from engager.writers.staging import check_new_folder, staged
from engager.writers.text_tables import write_csv_table, write_parquet_table
from engager.writers.workbook import write_workbook

_BOOK = "study.xlsx"
_FILES: Mapping[str, Callable[[RawTable, Path], Path]] = MappingProxyType(
    {"csv": write_csv_table, "parquet": write_parquet_table}
)
FORMS = ("csv", "xlsx", "parquet")


def write_converted(folder: Path, tables: Mapping[str, RawTable], plan: AnalysisPlan, out: Path, form: str) -> Path:
    """Write the study of `folder`, whose tables these are, into a new folder in the form named, and return it.

    Every other file of the folder is copied. What was written is read back and compared before the folder stands:
    raises OutputError where a text or a row would be lost, or the folder has content.
    """
    if form not in FORMS:
        raise OutputError(f"{form}: expected one of {', '.join(FORMS)}")
    check_new_folder(out)
    if folder.resolve() in out.resolve().parents:
        raise OutputError(f"{out} lies within the study; expected a place outside of it. Choose another folder")
    with staged(out.resolve()) as made:
        for path in other_files(folder):
            shutil.copy2(path, made / path.name)
        write_tables(tables, plan, made, form)
        check_same(tables, made)
    return out


def write_tables(tables: Mapping[str, RawTable], plan: AnalysisPlan, folder: Path, form: str) -> None:
    """Write the tables into a folder, as one workbook or as a file each."""
    if form == "xlsx":
        write_workbook(folder / _BOOK, plan, tables)
        return
    for name, table in tables.items():
        _FILES[form](table, folder / f"{name}.{form}")


def other_files(folder: Path) -> list[Path]:
    """Return the files of a study folder that hold none of its tables: the plan, the logo, a log, exceptions."""
    return sorted(path for path in folder.iterdir() if path.is_file() and not _is_table(path))


def _is_table(path: Path) -> bool:
    """Tell whether a file holds tables, or is what a program left behind."""
    kind = path.suffix.lower()
    kept = kind != ".xlsx" and not (kind in SUFFIXES and path.stem.lower() in TABLES)
    return not kept or path.name.startswith((".", "~$"))


def check_same(tables: Mapping[str, RawTable], folder: Path) -> None:
    """Read the tables of a folder and compare: OutputError names the first cell that is not what it was."""
    try:
        written = tables_as_entered(folder)
    except InputError as error:
        raise OutputError(f"the study cannot be written in this form: {error.issues[0]}") from None
    for name, table in tables.items():
        _check_table(table, written[name])


def _check_table(table: RawTable, written: RawTable) -> None:
    place, form = table.path.name, written.path.suffix.removeprefix(".")
    if not table.rows.equals(written.rows):
        raise OutputError(f"{place}, {table.name}: expected its rows in {form} as they are, found others")
    for column in table.frame.columns:
        texts = table.frame[column]
        blank = column not in written.frame.columns  # a column without a cell and without a place in the schema
        same = texts.is_null() if blank else texts.eq_missing(written.frame[column])
        if not same.all():
            row = table.rows.filter(~same)[0]
            raise OutputError(
                f"{place} row {row}, column {column}: expected a text that {form} can hold, found one that it changes. "
                "Take unusual characters out, or choose another form"
            )
