"""A consensus study as a folder: its tables, A's plan and other files, the log of decisions, the agreement before."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from engager.readers.adjudication_log import AGREEMENT_FILE, LOG_FILE
from engager.writers.convert import other_files
from engager.writers.staging import check_new_folder, staged


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
        for path in other_files(plan_of):
            if path.name not in (LOG_FILE, AGREEMENT_FILE):  # those of an earlier consensus
                shutil.copy2(path, folder / path.name)
        for name, frame in tables.items():
            frame.write_csv(folder / f"{name}.csv")
        log.write_csv(folder / LOG_FILE)
        agreement.write_csv(folder / AGREEMENT_FILE)
    return target
