"""What is compared between cycles: T cells, blasts and their ratio before each cycle, by the class of the cycle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from engager.analyses.bounded import bound_fields
from engager.analyses.rows import LISTED
from engager.endpoints import Datasets
from engager.endpoints.immune.cell_counts import BLOOD
from engager.endpoints.immune.effector_target import DEFINITIONS, RECORDED
from engager.results import AnalysisResult

T_CELLS, BLASTS, RATIO = "t_cells", "blasts", "ratio"
CELL_UNIT, SHARE, RATIO_UNIT = "/uL", "1", "{ratio}"
_COLUMNS = ["patient", "cycle", "class", "measure", "low", "high", "strict", "sources"]


def measures() -> Mapping[str, tuple[str, str]]:
    """Return the measures with their unit and their words, in the order of the report."""
    found = {
        T_CELLS: (CELL_UNIT, "CD3 cells per uL of blood at the start of the cycle"),
        f"{BLASTS}, share": (SHARE, "leukaemic cells of the marrow before the cycle"),
    }
    for definition in DEFINITIONS:
        if definition != RECORDED:
            words = f"leukaemic cells of the marrow per uL: their share times {definition} per uL"
            found[f"{BLASTS}, {definition}"] = (CELL_UNIT, words)
    return found | {f"{RATIO}, {definition}": (RATIO_UNIT, words) for definition, words in DEFINITIONS.items()}


def cycle_measures(datasets: Datasets) -> pl.DataFrame:
    """Return one row a cycle and measure that has a value, as bounds, with the class of the cycle."""
    response, immune = datasets.cycle_response, datasets.immune
    starts = immune.cell_starts.filter((pl.col("population") == "cd3") & (pl.col("compartment") == BLOOD))
    t_cells = response.select("patient", "cycle", "class").join(starts, on=["patient", "cycle"], how="inner")
    share = response.filter(pl.col("before_low").is_not_null()).with_columns(
        measure=pl.lit(f"{BLASTS}, share"), low="before_low", high="before_high", strict="before_strict",
        sources="before_sources",
    )  # fmt: skip
    ratios = immune.effector_target.with_columns(pl.col("definition").cast(pl.String))
    ratio = ratios.filter(pl.col("low").is_not_null()).with_columns(measure=pl.format("ratio, {}", "definition"))
    blasts = ratios.filter(pl.col("blasts_low").is_not_null()).with_columns(
        measure=pl.format("blasts, {}", "definition"), low="blasts_low", high="blasts_high"
    )
    frames = [t_cells.with_columns(measure=pl.lit(T_CELLS)), share, blasts, ratio]
    text = pl.col("class").cast(pl.String)
    order = pl.Enum(list(measures()))
    joined = pl.concat([frame.with_columns(text).select(_COLUMNS) for frame in frames])
    return joined.with_columns(pl.col("measure").cast(order)).sort("measure", "patient", "cycle")


def analyse_cycle_measures(datasets: Datasets) -> Iterator[AnalysisResult]:
    """Yield each value of each cycle, and for the ratio why a cycle has none."""
    known = cycle_measures(datasets)
    units = measures()
    if known.filter(pl.col("measure").cast(pl.String) != f"{BLASTS}, share").is_empty():
        return
    listed = datasets.cycle_response.select("patient", "cycle").head(LISTED)
    for row in known.join(listed, on=["patient", "cycle"], how="semi", maintain_order="left").iter_rows(named=True):
        unit, words = units[row["measure"]]
        yield AnalysisResult(
            analysis="cycle_measures", name=row["measure"], group=f"patient {row['patient']}",
            at=f"cycle {row['cycle']}", **bound_fields(row["low"], row["high"]), unit=unit, method=words,
            patients=(row["patient"],), sources=tuple(row["sources"]),
        )  # fmt: skip
    yield from _without_ratio(datasets, listed)


def _without_ratio(datasets: Datasets, listed: pl.DataFrame) -> Iterator[AnalysisResult]:
    """Yield the cycles without a derived ratio with the reason; one row for all where no cycle has one."""
    ratios = datasets.immune.effector_target.with_columns(pl.col("definition").cast(pl.String))
    lost = ratios.filter(pl.col("low").is_null() & pl.col("reason").is_not_null())
    for (definition,), rows in lost.partition_by("definition", as_dict=True, maintain_order=True).items():
        row: dict[str, Any] = {
            "analysis": "cycle_measures", "name": f"{RATIO}, {definition}", "unit": RATIO_UNIT,
            "method": DEFINITIONS[str(definition)],
        }  # fmt: skip
        if rows.height == ratios.filter(pl.col("definition") == definition).height:
            reasons = rows["reason"].value_counts(sort=True).sort("count", "reason", descending=[True, False])
            words = "; ".join(f"{count} cycles: {reason}" for reason, count in reasons.head(3).iter_rows())
            yield AnalysisResult(**row, n=0, N=rows.height, warning=f"computed for no cycle: {words}")
            continue
        some = rows.join(listed, on=["patient", "cycle"], how="semi", maintain_order="left")
        for one in some.iter_rows(named=True):
            yield AnalysisResult(
                **row, group=f"patient {one['patient']}", at=f"cycle {one['cycle']}", warning=one["reason"],
                patients=(one["patient"],), sources=tuple(one["sources"]),
            )  # fmt: skip
