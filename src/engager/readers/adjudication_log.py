"""What a consensus study says of its making: the log of decisions, and how far the two abstractions agreed before."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from engager.errors import InputError, Issue, Place, Severity
from engager.readers.csv_folder import read_csv

LOG_FILE = "adjudication.csv"
AGREEMENT_FILE = "agreement.csv"
_COUNTS = ("rows_both", "rows_only_a", "rows_only_b", "compared", "agreed", "both")


def read_agreement(folder: Path) -> tuple[pl.DataFrame | None, list[Issue]]:
    """Return the agreement of the abstractions behind a study, and the issues of its files.

    None stands for a study without a log of decisions, or with files that do not fit each other. Columns: `table`,
    `field`, `of`, the counts, and `kappa`.
    """
    if not (folder / LOG_FILE).is_file():
        return None, []
    if not (folder / AGREEMENT_FILE).is_file():
        return None, [_issue(AGREEMENT_FILE, "no such file", f"the agreement beside {LOG_FILE}")]
    try:
        log, table = read_csv(folder / LOG_FILE, "adjudication"), read_csv(folder / AGREEMENT_FILE, "agreement")
    except InputError as error:
        return None, list(error.issues)
    return _agreement(table.frame, log.frame.height)


def _agreement(table: pl.DataFrame, decided: int) -> tuple[pl.DataFrame | None, list[Issue]]:
    """Return the agreement as numbers, if it has as many disagreements as were decided."""
    wanted = ("table", "field", "of", *_COUNTS, "kappa")
    if missing := [name for name in wanted if name not in table.columns]:
        return None, [_issue(AGREEMENT_FILE, f"no column `{missing[0]}`", "the columns " + ", ".join(wanted))]
    counts = [pl.col(name).cast(pl.Int64, strict=False) for name in _COUNTS]
    frame = table.select("table", "field", "of", *counts, pl.col("kappa").cast(pl.Float64, strict=False))
    whole = frame.filter(pl.col("table") == "all").select(pl.col(_COUNTS)).drop_nulls()
    if whole.height != 1:
        return None, [_issue(AGREEMENT_FILE, "no row `all` with its counts", "the agreement of all tables")]
    counted = whole.row(0, named=True)
    decisions = counted["rows_only_a"] + counted["rows_only_b"] + counted["compared"] - counted["agreed"]
    if decided != decisions:
        found = f"{decided} decisions, where {AGREEMENT_FILE} counts {decisions} disagreements"
        return None, [_issue(LOG_FILE, found, "a decision for each disagreement")]
    return frame, []


def _issue(file: str, found: str, expected: str) -> Issue:
    advice = "Take both files as `engager adjudicate` wrote them, or take both away"
    return Issue(Severity.ERROR, "adjudication.log", Place(file), found, expected, advice, structural=True)
