"""The study folders that an export of REDCap gives: one, or one for each entry of records entered twice."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import polars as pl

from engager.plan import PLAN_FILE
from engager.writers.files import write_text
from engager.writers.new_study import new_plan
from engager.writers.staging import check_new_folder, staged


def write_entries(studies: Mapping[str, Mapping[str, pl.DataFrame]], title: str, out: Path) -> list[Path]:
    """Write a folder for each entry, `OUT`, `OUT-1`, `OUT-2`, and return them; all or none are made.

    Raises OutputError where a folder has content or cannot be made.
    """
    folders = {entry: out.with_name(f"{out.name}-{entry}") if entry else out for entry in studies}
    for folder in folders.values():
        check_new_folder(folder)
    with ExitStack() as stack:
        for entry, tables in studies.items():
            made = stack.enter_context(staged(folders[entry].resolve()))
            write_text(made / PLAN_FILE, new_plan(f"{title}, entry {entry}" if entry else title))
            for name, table in tables.items():
                table.write_csv(made / f"{name}.csv", quote_style="necessary")
    return list(folders.values())
