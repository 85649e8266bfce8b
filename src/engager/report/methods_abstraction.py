"""How the data were abstracted: the agreement of two abstractions, in a sentence for the methods."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from engager.tables.formatting import percent, rounded


def abstraction_methods(agreement: pl.DataFrame) -> str:
    """Return the sentences on two abstractions and their consensus, from the agreement counted before it.

    `agreement` has the columns of a study's `agreement.csv`; kappa is told of the coded columns for which it could be
    estimated, by its median and range, since a kappa over several columns has no meaning.
    """
    return " ".join(_sentences(agreement))


def _sentences(agreement: pl.DataFrame) -> Iterator[str]:
    whole = agreement.filter(pl.col("table") == "all").row(0, named=True)
    yield (
        f"Two abstractors: their tables were aligned row by row without identifiers; {whole['rows_both']} rows were "
        f"found by both, {whole['rows_only_a']} by the first alone, {whole['rows_only_b']} by the second alone."
    )
    if whole["compared"]:
        share = percent(whole["agreed"], whole["compared"], 1)
        gave = f", {percent(whole['agreed'], whole['both'], 1)} % of those that both gave" if whole["both"] else ""
        yield (
            f"In the rows of both, {whole['agreed']} of {whole['compared']} values agreed ({share} % agreement{gave}); "
            f"{_kappas(agreement['kappa'].drop_nulls().sort().to_list())}."
        )
    decided = whole["rows_only_a"] + whole["rows_only_b"] + whole["compared"] - whole["agreed"]
    if decided:
        plural = "The one disagreement was" if decided == 1 else f"All {decided} disagreements were"
        yield f"{plural} adjudicated; each decision is in the log."
    else:
        yield "There was no disagreement to adjudicate."


def _kappas(kappas: list[float]) -> str:
    if not kappas:
        return "Cohen's kappa cannot be estimated for any coded column"
    if len(kappas) == 1:
        return f"Cohen's kappa {rounded(kappas[0], 2)}, of one coded column"
    middle = len(kappas) // 2
    median = kappas[middle] if len(kappas) % 2 else (kappas[middle - 1] + kappas[middle]) / 2
    low, high = rounded(kappas[0], 2), rounded(kappas[-1], 2)
    return f"Cohen's kappa by coded column: median {rounded(median, 2)}, range {low} to {high} ({len(kappas)} columns)"
