"""A consensus study as a folder: its tables, A's plan and other files, the log of decisions, the agreement before."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from engager.plan import PLAN_FILE
from engager.readers.adjudication_log import AGREEMENT_FILE, LOG_FILE
from engager.schema import TABLES
from engager.writers.staging import check_new_folder, staged

_TABLE_FILES = (".csv", ".parquet", ".xlsx")


def write_consensus(
    tables: Mapping[str, pl.DataFrame], log: pl.DataFrame, agreement: pl.DataFrame, plan_of: Path, target: Path
) -> Path:
    """Write the folder, whole or not at all, and return it.

    The plan and every other file beside it are copied from the folder `plan_of`: whatever the plan names has to be
    there. Raises OutputError where the target has content or cannot be written.
    """
    target = target.resolve()
    check_new_folder(target)
    with staged(target) as folder:
        for path in sorted(plan_of.iterdir()):
            if path.is_file() and not _is_table(path):
                shutil.copy2(path, folder / path.name)
        for name, frame in tables.items():
            frame.write_csv(folder / f"{name}.csv")
        log.write_csv(folder / LOG_FILE)
        agreement.write_csv(folder / AGREEMENT_FILE)
    return target


def _is_table(path: Path) -> bool:
    """Tell whether a file holds tables, a log of an earlier consensus, or what a program left behind."""
    if path.name == PLAN_FILE:
        return False
    hidden = path.name.startswith((".", "~$"))
    return hidden or path.suffix == ".xlsx" or (path.suffix in _TABLE_FILES and path.stem in TABLES) or path.name in (
        LOG_FILE, AGREEMENT_FILE)  # fmt: skip
