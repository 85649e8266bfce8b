"""What an answer says of a quantity on a scale without an upper end: the bounds between which it lies.

`<x` lies from 0 up to x, `>x` above x; `not detected` lies below the limit of detection, else of quantification, and
`positive, not quantifiable` below the limit of quantification, where these are given. A limit that a source does not
give stays unknown (null), as does the upper bound of `>x`.
"""

from __future__ import annotations

import polars as pl

from engager.terms.units import units

DIGITS = 12  # significant digits of a bound, so that 0.3 x10^9/L and 300/uL are one number


def factors(quantity: str) -> dict[str, float]:
    """Return the units of a quantity with their factors to its reference unit."""
    return {code: unit.factor for code, unit in units().items() if unit.quantity == quantity}


def scaled(column: str, factor: str = "factor") -> pl.Expr:
    """Return a column in the reference unit, without the noise that the factor brings."""
    return (pl.col(column) * pl.col(factor)).round_sig_figs(DIGITS)


def bounds(value: pl.Expr, lod: pl.Expr, loq: pl.Expr) -> list[pl.Expr]:
    """Return `low`, `high` and `strict` of measurements: what is `strict` differs from its bounds.

    Examples:
        >>> rows = {"value": [5.0, 2.44], "comparator": ["=", "<"], "result": ["quantified"] * 2, "limit": [None] * 2}
        >>> frame = pl.DataFrame(rows, schema_overrides={"limit": pl.Float64})
        >>> frame.select(bounds(pl.col("value"), pl.col("limit"), pl.col("limit"))).rows()
        [(5.0, 5.0, False), (0.0, 2.44, True)]
    """
    sign, result = pl.col("comparator").cast(pl.String), pl.col("result").cast(pl.String)
    unseen, faint = result == "not detected", result == "positive, not quantifiable"
    high = (
        pl.when(unseen).then(pl.coalesce(lod, loq)).when(faint).then(loq).when(sign.is_in(["=", "<", "<="])).then(value)
    )
    low = pl.when(~unseen & ~faint & sign.is_in(["=", ">", ">="])).then(value).otherwise(0.0)
    strict = unseen | faint | sign.is_in(["<", ">"])
    return [low.alias("low"), high.alias("high"), strict.fill_null(value=False).alias("strict")]
