"""A study folder made or renewed: a plan, and a workbook with a sheet for each table."""

from __future__ import annotations

import shutil
from pathlib import Path

from engager.errors import InputError, Issue, OutputError, Place, Severity
from engager.plan import PLAN_FILE, AnalysisPlan, read_plan
from engager.readers.as_entered import tables_as_entered
from engager.writers.convert import check_same, other_files
from engager.writers.files import write_text
from engager.writers.staging import check_new_folder, staged
from engager.writers.workbook import write_workbook

WORKBOOK = "study.xlsx"
PLAN = """\
schema_version = 1
title = "{title}"
design = "retrospective case series"
drug = "blinatumomab"
# regimen = "label-relapsed-refractory"   # what was planned: one that engager brings, or a file beside this one
# cutoff = 2026-12-31           # the last day whose data count: a date, or a study day
landmarks = [100, 365, 730]     # days at which survival is told

[response]
marrow_limit_percent = 5.0      # a responding cycle ends below it ...
log_reduction = 2.0             # ... with at least this many log fewer blasts
mrd_negative_below = 1e-4

[endpoints.OS]                  # events = ["death"]

[endpoints.EFS]
events = ["death", "marrow_relapse", "extramedullary_relapse", "second_malignancy", "non_response"]
non_response_at = "time 0"      # or "assessment"

[conventions]
preset = "default"              # or "R", "SAS", "Prism"

[report]
template = "house"              # or "compact", "journal"
privacy = "internal"            # or "publication": no pseudonyms, no calendar dates, no rows of the input
"""


def write_new_study(folder: Path, plan_of: Path | None = None) -> list[Path]:
    """Write `study.toml` and `study.xlsx` into a new or empty folder, whole or not at all, and return their paths.

    `plan_of` is a plan to take over, or the study folder that has it; the files that it names come with it. Raises
    OutputError where the folder has content or cannot be made, InputError where the plan cannot be used.
    """
    check_new_folder(folder)
    source = _plan_folder(plan_of) if plan_of is not None else None
    taken = _files_of(read_plan(source), source) if source else []
    with staged(folder.resolve()) as made:
        for path in taken:
            shutil.copy2(path, made / path.name)
        if source is None:
            write_text(made / PLAN_FILE, new_plan(folder.resolve().name))
        write_workbook(made / WORKBOOK, read_plan(made))
    return [*sorted(path for path in folder.iterdir() if path.name != WORKBOOK), folder / WORKBOOK]


def new_plan(title: str) -> str:
    """Return the text of a plan to be filled, under a title."""
    return PLAN.format(title="".join(sign for sign in title if sign.isprintable() and sign not in '\\"') or "untitled")


def update_study(folder: Path, plan_of: Path | None = None) -> list[Path]:
    """Write the workbook of a study folder anew, for this version and its plan, with all that was entered.

    The tables may be CSV or Parquet files before, and are in the workbook afterwards. `plan_of` takes the place of
    the folder's plan. Whole or not at all; the folder as it was is kept beside it, as `NAME.before`. Raises
    InputError where the tables or the plan cannot be read, OutputError where something would be lost.
    """
    folder = folder.resolve()
    before = folder.with_name(f"{folder.name}.before")
    if before.exists():
        raise OutputError(f"{before} exists, from an earlier update; expected room for it. Move it away")
    tables = tables_as_entered(folder)
    source = _plan_folder(plan_of) if plan_of is not None else folder
    plan = read_plan(source)
    with staged(folder) as made:
        for path in other_files(folder):
            shutil.copy2(path, made / path.name)
        if source != folder:
            for path in _files_of(plan, source):
                shutil.copy2(path, made / path.name)
        write_workbook(made / WORKBOOK, plan, tables)
        check_same(tables, made)
        shutil.copytree(folder, before)
    return [folder / WORKBOOK]


def _plan_folder(plan_of: Path) -> Path:
    """Return the folder of a plan that is named by its file or by its folder."""
    folder = plan_of.parent if plan_of.name == PLAN_FILE else plan_of
    if not (folder / PLAN_FILE).is_file():
        expected = f"a {PLAN_FILE}, or a study folder that has one"
        found = "a folder without one" if plan_of.is_dir() else "no such file of that name"
        raise InputError(Issue(Severity.ERROR, "plan.missing", Place(str(plan_of)), found, expected, structural=True))
    return folder.resolve()


def _files_of(plan: AnalysisPlan, source: Path) -> list[Path]:
    """Return the plan's file and those beside it that it names."""
    text = (source / PLAN_FILE).read_text("utf-8-sig")
    named = {PLAN_FILE, plan.laboratory.reference_ranges, plan.report.logo}
    named |= {path.name for path in source.glob("*.toml") if f'"{path.name}"' in text}
    return [
        source / name for name in sorted(filter(None, named)) if Path(name).name == name and (source / name).is_file()
    ]
