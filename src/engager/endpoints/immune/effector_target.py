"""The T-cell-to-blast ratio at the start of each cycle: T cells of the blood over blasts of the marrow.

T cells are CD3 cells per microlitre of blood. Blasts per microlitre are the share of leukaemic cells in the marrow
before the cycle times a leukocyte count, of the marrow itself or of the blood: two definitions that give different
numbers, and papers do not say which is theirs. A ratio that was recorded as such stands beside them.
"""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.immune.bounds import bounds, factors, scaled
from engager.endpoints.immune.cell_counts import BLOOD, MARROW
from engager.endpoints.immune.sampling import derive_starts, place_samples
from engager.endpoints.sources import merged, source
from engager.plan import Immune

OF_MARROW, OF_BLOOD, RECORDED = "marrow leukocytes", "blood leukocytes", "as recorded"
DEFINITIONS = {
    OF_MARROW: "CD3 cells per uL of blood over marrow blasts per uL (share of blasts times marrow leukocytes per uL)",
    OF_BLOOD: "CD3 cells per uL of blood over marrow blasts per uL (share of blasts times blood leukocytes per uL)",
    RECORDED: "the ratio as the study recorded it",
}
_KEYS = ["patient", "cycle"]


def derive_effector_target(
    cohort: Cohort, starts: pl.DataFrame, cycle_response: pl.DataFrame, cycles: pl.DataFrame, plan: Immune
) -> pl.DataFrame:
    """Return one row a cycle and definition: T cells, blasts and ratio as bounds, the class, or why there is none.

    `starts` are the counts at the start of each cycle. The share of blasts is the burden before the cycle by which its
    response is judged. A ratio with a denominator that may be 0 has no upper bound. Recorded ratios have a row only
    where there is one.
    """
    burden = cycle_response.select(
        *_KEYS,
        "class",
        "before_sources",
        share_low="before_low",
        share_high="before_high",
        share_strict="before_strict",
    )
    frame = _joined(burden, starts, "cd3", BLOOD, "t_cells")
    derived = []
    for definition, compartment in ((OF_MARROW, MARROW), (OF_BLOOD, BLOOD)):
        with_cells = _joined(frame, starts, "leukocytes", compartment, "cells")
        derived.append(_ratio(with_cells.with_columns(definition=pl.lit(definition)), compartment))
    recorded = _recorded(cohort, cycles, plan).join(burden.select(*_KEYS, "class"), on=_KEYS, how="left")
    order = pl.Enum(list(DEFINITIONS))
    everything = pl.concat([*derived, recorded.select(derived[0].columns)])
    return everything.with_columns(pl.col("definition").cast(order)).sort(*_KEYS, "definition")


def _joined(frame: pl.DataFrame, starts: pl.DataFrame, population: str, compartment: str, name: str) -> pl.DataFrame:
    """Return the frame with the start value of a population as NAME_low, NAME_high, NAME_strict, NAME_sources."""
    chosen = starts.filter((pl.col("population") == population) & (pl.col("compartment") == compartment))
    named = chosen.select(
        *_KEYS, *(pl.col(part).alias(f"{name}_{part}") for part in ("low", "high", "strict", "sources"))
    )
    return frame.join(named, on=_KEYS, how="left", maintain_order="left")


def _ratio(frame: pl.DataFrame, compartment: str) -> pl.DataFrame:
    def product(end: str) -> pl.Expr:
        return (pl.col(f"share_{end}") * pl.col(f"cells_{end}")).round_sig_figs(12)

    absent = [
        ("t_cells_low", "no count of CD3 cells of blood"),
        ("share_low", "no share of blasts in the marrow"),
        ("cells_low", f"no count of leukocytes of {'the marrow' if compartment == MARROW else 'blood'}"),
    ]
    missing = [pl.when(pl.col(column).is_null()).then(pl.lit(words)) for column, words in absent]
    words = pl.concat_str(missing, separator=", ", ignore_nulls=True)
    blasts = frame.with_columns(blasts_low=product("low"), blasts_high=product("high"), missing=words)
    reason = pl.when(pl.col("missing") != "").then(pl.format("{} at the start of the cycle", "missing"))
    low = pl.when(pl.col("blasts_high") > 0).then(pl.col("t_cells_low") / pl.col("blasts_high"))
    # Without an upper bound of the blasts the ratio may be as small as one likes.
    unbounded = (
        pl.col("blasts_high").is_null() & pl.col("blasts_low").is_not_null() & pl.col("t_cells_low").is_not_null()
    )
    high = pl.when(pl.col("blasts_low") > 0).then(pl.col("t_cells_high") / pl.col("blasts_low"))
    strict = pl.any_horizontal(pl.col("t_cells_strict", "share_strict", "cells_strict").fill_null(value=False))
    return blasts.select(
        *_KEYS, "definition", "class", "t_cells_low", "t_cells_high", "share_low", "share_high", "blasts_low",
        "blasts_high",
        pl.when(unbounded).then(0.0).otherwise(low).round_sig_figs(12).alias("low"),
        high.round_sig_figs(12).alias("high"),
        strict.alias("strict"), reason.alias("reason"),
        merged("t_cells_sources", "before_sources", "cells_sources"),
    )  # fmt: skip


def _recorded(cohort: Cohort, cycles: pl.DataFrame, plan: Immune) -> pl.DataFrame:
    """Return the ratios that the study recorded at the start of cycles, in the columns of the derived ones."""
    rows = cohort["measurements"].filter(
        (pl.col("test") == "t_cell_to_blast_ratio") & (pl.col("result").cast(pl.String) != "not assessed")
    )
    ratio = rows.with_columns(
        pl.col("timepoint").cast(pl.String),
        factor=pl.col("unit").replace_strict(factors("ratio"), default=None, return_dtype=pl.Float64),
        sources=pl.concat_list(source("measurements")),
    ).with_columns(bounds(scaled("value"), scaled("lod"), scaled("loq")))
    starts = derive_starts(place_samples(ratio, cycles), cycles, [], plan.start_within_days)
    unknown = ("t_cells_low", "t_cells_high", "share_low", "share_high", "blasts_low", "blasts_high")
    return starts.with_columns(
        *(pl.lit(None, pl.Float64).alias(name) for name in unknown),
        definition=pl.lit(RECORDED), reason=pl.lit(None, pl.String),
    )  # fmt: skip
