"""Log reduction of the burden by a cycle: a value where both readings are numbers, else a bound.

From 70 % to below 1 % is at least 1.85 log. From below 1 % to 0.001 % is at most 3 log. Where a reading bounds
nothing (not detected at a sensitivity that is not stated), neither does the reduction.
"""

from __future__ import annotations

import polars as pl


def log_reduction() -> list[pl.Expr]:
    """Return the bounds of the log10 reduction, `log_reduction_low` and `_high`, within which the true one lies.

    The lower is minus infinity where the burden before may be 0, the upper infinite where the burden after may be 0;
    both are null where a bound needed is unknown, or the two readings are not compared (`refused`).
    """
    low = (pl.col("before_low") / pl.col("after_high")).log10()
    high = (pl.col("before_high") / pl.col("after_low")).log10()
    return [
        pl.when(~pl.col("refused")).then(bound).alias(f"log_reduction_{name}")
        for name, bound in {"low": low, "high": high}.items()
    ]


def log_reduction_words() -> pl.Expr:
    """Return a log reduction in words: `1.85 log`, `at least 1.85 log`, `at most 3 log`, `1 to 3 log`; null: none."""
    low, high = pl.col("log_reduction_low"), pl.col("log_reduction_high")
    least, most = (_two_decimals(bound) for bound in (low, high))
    return (
        pl.when(low.is_finite() & (low == high))
        .then(pl.format("{} log", least))
        .when(low.is_finite() & high.is_finite())
        .then(pl.format("{} to {} log", least, most))
        .when(low.is_finite())
        .then(pl.format("at least {} log", least))
        .when(high.is_finite())
        .then(pl.format("at most {} log", most))
    )


def _two_decimals(number: pl.Expr) -> pl.Expr:
    return number.round(2).cast(pl.String).str.strip_suffix(".0")
