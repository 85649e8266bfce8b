"""The datasets of immunity of tables in text, without those of other topics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
from tests.conftest import CohortOf, cells

from engager.endpoints.exposure.datasets import derive_cycles
from engager.endpoints.immune.datasets import ImmuneDatasets, derive_immune
from engager.endpoints.phases import derive_phases
from engager.plan import Immune

_NUMBERS = ("low", "high")


def immune_of(
    cohort_of: CohortOf, plan: Mapping[str, Any] | None = None, *, response: str = "", **tables: str
) -> ImmuneDatasets:
    """Return the datasets of tables in text under the keys of `[immune]`.

    `response` is a table of patient, cycle, class, and the burden before the cycle: low, high, strict.
    """
    cohort = derive_phases(cohort_of(**tables))
    return derive_immune(cohort, derive_cycles(cohort), _response(response), Immune.model_validate(plan or {}))


def _response(table: str) -> pl.DataFrame:
    names, *rows = cells(table or "patient | cycle | class | low | high | strict")
    frame = pl.DataFrame([[cell or None for cell in row] for row in rows], schema=dict.fromkeys(names, pl.String),
                         orient="row")  # fmt: skip
    return frame.select(
        "patient",
        pl.col("cycle").cast(pl.Int32),
        "class",
        *(pl.col(name).cast(pl.Float64).alias(f"before_{name}") for name in _NUMBERS),
        before_strict=pl.col("strict") == "yes",
        before_sources=pl.concat_list(pl.format("burden:{}", pl.int_range(pl.len()) + 1)),
    )
