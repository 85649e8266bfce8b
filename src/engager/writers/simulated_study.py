"""A simulated cohort as a study folder: plan, six tables, and the truth beside them in a folder of its own.

The tables are as readers expect them. Nothing under `truth/` is a table of the study, so that no analysis reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from engager.schema import TABLES
from engager.schema.columns import Kind, kind_of
from engager.writers.files import write_text
from engager.writers.staging import check_new_folder, staged

TRUTH = "truth"
README = """\
# SIMULATED

Nobody in these files is real. They were made by `engager simulate`: virtual patients of a mechanistic model, treated
by rules and looked at as a clinic looks. `study.toml` and the six tables are a study for `engager report`; `{truth}/`
holds what no clinic sees, and what no analysis reads:

| file | one row is |
|---|---|
| `{truth}/parameters.csv` | a patient: covariates and parameters of the model |
| `{truth}/states.csv` | a sample: the states of the model, time in days from the first dose |
| `{truth}/events.csv` | an infusion, in the manner of NONMEM (below) |
| `{truth}/failed.csv` | a patient of whom no solver found the course to its end |

TIME is days from the first dose. AMT is ug where CMT is 1 (the drug), days of chemotherapy where it is 2, mg/m2 of
dexamethasone where it is 3; RATE is AMT a day.

Made with: {made_with}
"""


def write_simulated(
    tables: Mapping[str, pl.LazyFrame], truth: Mapping[str, pl.LazyFrame], files: Mapping[str, str], made_with: str,
    target: Path,
) -> Path:  # fmt: skip
    """Write the folder, whole or not at all, and return it; memory does not grow with the tables.

    Args:
        tables: the six tables, typed.
        truth: what stands beside them, a file each.
        files: the plan and what it names, as text by file name.
        made_with: what the README says that made it.
        target: a new or empty folder.

    Raises:
        OutputError: the target has content or cannot be written.
    """
    target = target.resolve()
    check_new_folder(target)
    with staged(target) as folder:
        for name, text in {**files, "README.md": README.format(truth=TRUTH, made_with=made_with)}.items():
            write_text(folder / name, text)
        for name, frame in tables.items():
            entered(name, frame).sink_csv(folder / f"{name}.csv")
        (folder / TRUTH).mkdir()
        for name, frame in truth.items():
            frame.sink_csv(folder / TRUTH / f"{name}.csv")
    return target


def entered(name: str, frame: pl.LazyFrame) -> pl.LazyFrame:
    """Return a typed table as it would be entered: without what a reader derives, and without columns that are empty.

    A column that has to stand in the file stays, empty or not.
    """
    declared = TABLES[name].columns()
    shown = [column for column, kind in declared.items() if kind_of(kind) is not Kind.INTERNAL]
    if "value_text" in declared:
        frame = frame.with_columns(value=pl.col("value_text"))
    flags = [column for column in shown if kind_of(declared[column]) is Kind.YES_NO]
    frame = frame.with_columns(
        pl.when(pl.col(column)).then(pl.lit("yes")).when(~pl.col(column)).then(pl.lit("no")).alias(column)
        for column in flags
    )
    filled = frame.select(pl.col(shown).is_not_null().any()).collect().row(0)
    kept = [column for column, any_ in zip(shown, filled, strict=True) if any_ or not declared[column].nullable]
    return frame.select(list(dict.fromkeys(["patient", *kept])))
