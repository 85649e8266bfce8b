"""The assessment of a cycle: of the readings that stand before or after it, the one that counts.

Two MRD assays see different things (cells by phenotype, clonal DNA, transcripts) and so are not compared unless the
plan allows it. Where the readings that count are of two assays, the readings of an assay that was done both times take
their place; where there is none, the two are not compared, and that is said.
"""

from __future__ import annotations

import polars as pl

from engager.endpoints.disease.burden import below, latest
from engager.plan import Response

KEYS = ["patient", "cycle"]
ROLES = {"before": ("before",), "after": ("after", "best")}
_READING = ("low", "high", "strict", "test", "method")


def derive_assessments(cycles: pl.DataFrame, burden: pl.DataFrame, criteria: Response) -> pl.DataFrame:
    """Return one row a cycle with the readings that count, `before_` and `after_`: bounds, test, method, day, sources.

    `after_under` says that all readings after lie below the marrow limit; `refused` that MRD before and after was
    measured by two assays, which the plan does not allow to be compared.
    """
    placed = {when: _counting(burden, roles) for when, roles in ROLES.items()}
    frame = cycles.select(*KEYS, exposure_sources="sources")
    for when, readings in placed.items():
        chosen = _named(_chosen(readings, KEYS, criteria), when)
        frame = frame.join(chosen, on=KEYS, how="left", maintain_order="left")
    return _same_assay(frame, placed, criteria)


def _counting(burden: pl.DataFrame, roles: tuple[str, ...]) -> pl.DataFrame:
    return latest(burden.filter(pl.col("role").is_in(roles) & pl.col("cycle").is_not_null()), KEYS)


def _chosen(readings: pl.DataFrame, keys: list[str], criteria: Response) -> pl.DataFrame:
    """Return one row for each of the keys: MRD goes before blasts, a positive reading before a negative one."""
    under = below(criteria.marrow_limit_percent / 100, inclusive=criteria.marrow_limit_inclusive)
    ordered = readings.sort(
        pl.col("test") == "mrd", "low", pl.col("high"), pl.col("method").cast(pl.String),
        descending=[True, True, False, False], nulls_last=True, maintain_order=True,
    )  # fmt: skip
    picked = [name for name in _READING if name not in keys]
    return ordered.group_by(keys, maintain_order=True).agg(
        pl.col(picked).first(), day=pl.col("day").max(), under=under.all(), sources=pl.col("source")
    )


def _named(frame: pl.DataFrame, when: str) -> pl.DataFrame:
    return frame.rename({name: f"{when}_{name}" for name in frame.columns if name not in KEYS})


def _same_assay(frame: pl.DataFrame, placed: dict[str, pl.DataFrame], criteria: Response) -> pl.DataFrame:
    """Return the cycles with readings of one assay in the place of those of two, and whether none was found."""
    if criteria.mrd.compare_assays:
        return frame.with_columns(refused=pl.lit(value=False))
    mrd = (pl.col("before_test") == "mrd") & (pl.col("after_test") == "mrd")
    clash = (mrd & (pl.col("before_method") != pl.col("after_method"))).fill_null(value=False)
    frame = frame.with_columns(clash=clash)
    of_clash = frame.filter("clash").select(KEYS)
    pairs = _pairs(of_clash, placed, criteria)
    frame = frame.join(pairs, on=KEYS, how="left", maintain_order="left").with_columns(
        refused=pl.col("clash") & pl.col("pair_before_low").is_null()
    )
    columns = [f"{when}_{name}" for when in ROLES for name in _READING]
    replaced = [pl.when(pl.col("pair_before_low").is_not_null()).then(f"pair_{name}").otherwise(name).alias(name)
                for name in columns]  # fmt: skip
    return frame.with_columns(replaced).drop("clash", *(f"pair_{name}" for name in columns))


def _pairs(cycles: pl.DataFrame, placed: dict[str, pl.DataFrame], criteria: Response) -> pl.DataFrame:
    """Return, for cycles whose assays differ, the readings of one assay done both times: of several, the worst."""
    keys = [*KEYS, "method"]
    sides = {
        when: _chosen(readings.join(cycles, on=KEYS, how="semi").filter(pl.col("test") == "mrd"), keys, criteria)
        .select(*KEYS, "method", *(pl.col(name).alias(f"pair_{when}_{name}") for name in _READING))
        for when, readings in placed.items()
    }  # fmt: skip
    both = sides["before"].join(sides["after"], on=keys, how="inner")
    worst = both.sort(
        "pair_after_low", "pair_after_high", pl.col("method").cast(pl.String), descending=[True, True, False]
    )
    return worst.unique(KEYS, keep="first", maintain_order=True).drop("method")
