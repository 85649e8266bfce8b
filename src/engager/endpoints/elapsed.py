"""Days counted without the gap between day -1 and day 1."""

from __future__ import annotations

import polars as pl


def elapsed(day: pl.Expr) -> pl.Expr:
    """Return the days from the first dose to a study day: 0 on day 1, -1 on day -1.

    Examples:
        >>> pl.DataFrame({"day": [-1, 1, 2]}).select(elapsed(pl.col("day")))["day"].to_list()
        [-1, 0, 1]
    """
    return day - (day > 0).cast(pl.Int32)
