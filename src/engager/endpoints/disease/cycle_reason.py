"""Why a cycle has its class, in words: the burden before and after, what it proves, and whose class counts."""

from __future__ import annotations

import polars as pl

from engager.endpoints.disease.burden import reaches
from engager.endpoints.disease.log_reduction import log_reduction_words
from engager.plan import Response

NO_CLASS = "fits no class"


def cycle_reason(criteria: Response) -> pl.Expr:
    """Return the reason for the class of a cycle, as `97 % before, 0.0001 % after (5.99 log): responding`."""
    by_team = (pl.col("class") != pl.col("derived")).fill_null(pl.col("class").is_not_null())
    team = pl.when(by_team).then(pl.lit("; class as the treating team states it"))
    return pl.concat_str(_readings(), _finding(criteria), _elsewhere(criteria), team, ignore_nulls=True).alias("reason")


def _readings() -> pl.Expr:
    no_before, no_after = pl.col("before_low").is_null(), pl.col("after_low").is_null()
    previous = pl.format("no burden recorded before, {} at the end of the previous cycle", _range("previous_"))
    after = pl.format("{} after", _range("after_"))
    before = pl.format("{} before", _range("before_"))
    return (
        pl.when(no_before & no_after)
        .then(pl.lit("no burden recorded before or after"))
        .when("carried")
        .then(pl.format("{}, {}", previous, after))
        .when(no_before)
        .then(pl.format("no burden recorded before, {}", after))
        .when(no_after)
        .then(pl.format("{}, no burden recorded after", before))
        .otherwise(pl.format("{}, {}", before, after))
    )


def _finding(criteria: Response) -> pl.Expr:
    """Return what the readings prove: the reduction and the class, or why they prove none."""
    both = pl.col("before_low").is_not_null() & pl.col("after_low").is_not_null()
    words = log_reduction_words()
    reduction = pl.when(pl.col("log_reduction_low") > 0).then(pl.format(" ({})", words)).otherwise(pl.lit(""))
    refused = pl.format(
        ": MRD by {} and by {}, which the plan does not compare",
        *(pl.col(f"{when}_method").cast(pl.String) for when in ("before", "after")),
    )
    return (
        pl.when(pl.col("derived").is_null() & both & pl.col("refused"))
        .then(refused)
        .when(pl.col("derived").is_null() & both)
        .then(pl.format("{}: the bounds do not decide", reduction))
        .when(pl.col("derived") == NO_CLASS)
        .then(pl.format(": {}", _neither(criteria)))
        .when(pl.col("derived").is_not_null())
        .then(pl.format("{}: {}", reduction, "derived"))
    )


def _neither(criteria: Response) -> pl.Expr:
    """Return how a reduction misses the criteria: not below the limit, not by the logs, or neither."""
    limit = f"{'at or ' if criteria.marrow_limit_inclusive else ''}below {criteria.marrow_limit_percent:g} %"
    asked = f"{criteria.log_reduction:g} log"
    missed = reaches(criteria.marrow_limit_percent / 100, above=criteria.marrow_limit_inclusive, of="after_")
    few = pl.col("log_reduction_high") < criteria.log_reduction
    words = (
        pl.when(missed & few)
        .then(pl.lit(f"but neither {limit} nor by {asked}"))
        .when(missed)
        .then(pl.lit(f"but not {limit}"))
        .otherwise(pl.lit(f"but not by {asked}"))
    )
    return pl.format(f"a reduction by {{}}, {{}}: {NO_CLASS}", log_reduction_words(), words)


def _elsewhere(criteria: Response) -> pl.Expr:
    """Return the best response of which the record names no cycle, for a cycle that no reading closes."""
    limit = criteria.marrow_limit_percent / 100
    over = reaches(limit, above=criteria.marrow_limit_inclusive, of="best_")
    fell = (pl.col("best_high") < pl.col("before_low")).fill_null(value=False)
    few = (pl.col("before_high") / pl.col("best_low")).log10() < criteria.log_reduction
    missed = f"neither below {criteria.marrow_limit_percent:g} % nor by {criteria.log_reduction:g} log"
    verdict = (
        pl.when(over & fell & few)
        .then(pl.lit(f", a reduction, but {missed}"))
        .when(over)
        .then(pl.lit(f", not below {criteria.marrow_limit_percent:g} %"))
        .otherwise(pl.lit(""))
    )  # fmt: skip
    told = pl.format("; best response of this patient, the cycle not recorded: {}{}", _range("best_"), verdict)
    return pl.when(pl.col("after_low").is_null() & pl.col("best_low").is_not_null()).then(told)


def _range(of: str) -> pl.Expr:
    """Return a burden in words, as percent of cells."""
    low, high = (
        pl.format("{} %", (pl.col(f"{of}{name}") * 100).round_sig_figs(3).cast(pl.String).str.strip_suffix(".0"))
        for name in ("low", "high")
    )
    return (
        pl.when(pl.col(f"{of}high").is_null())
        .then(pl.lit("below a limit that is not recorded"))
        .when(pl.col(f"{of}low") == pl.col(f"{of}high"))
        .then(low)
        .when(pl.col(f"{of}low") == 0)
        .then(pl.format("{} {}", pl.when(f"{of}strict").then(pl.lit("below")).otherwise(pl.lit("at most")), high))
        .otherwise(pl.format("above {}", low))
    )
