"""Cytokines: values with their limit of quantification, peak and area under the curve of each cycle, as bounds.

A value below the limit of quantification, the row's own or the plan's, lies between 0 and the limit. The area under
the curve is the linear trapezoid over the means of the days, from the first to the last sample of the cycle; its
bounds are those areas with every such value at 0 and at the limit.
"""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.immune.bounds import bounds, factors, scaled
from engager.endpoints.immune.sampling import daily_means, place_samples
from engager.endpoints.sources import source
from engager.plan import Immune
from engager.terms.measurands import panel
from engager.terms.units import units

_KEYS = ["patient", "analyte", "cycle"]
_NOT_BLOOD = ("csf", "bone marrow")


def derive_cytokines(cohort: Cohort, cycles: pl.DataFrame, plan: Immune) -> pl.DataFrame:
    """Return one row a value in pg/mL: patient, analyte, time, `low`, `high`, `strict`, `loq`, `above`, sources.

    `above` says that the value lies at or above the limit of quantification; null where no limit is known and the
    value is no number. Cerebrospinal fluid and marrow are left out.
    """
    picogram = units()["pg/mL"].factor
    rows = cohort["measurements"].filter(
        pl.col("test").is_in(panel("cytokine"))
        & (pl.col("result").cast(pl.String) != "not assessed")
        & (pl.col("specimen").is_null() | ~pl.col("specimen").cast(pl.String).is_in(_NOT_BLOOD))
    )
    weights = {code: factor / picogram for code, factor in factors("mass concentration").items()}
    known = rows.with_columns(
        pl.col("timepoint").cast(pl.String),
        analyte="test",
        factor=pl.col("unit").replace_strict(weights, default=None, return_dtype=pl.Float64),
        sources=pl.concat_list(source("measurements")),
    ).with_columns(loq=pl.coalesce(scaled("loq"), pl.lit(plan.cytokine_loq, pl.Float64)))
    read = known.with_columns(bounds(scaled("value"), scaled("lod"), pl.col("loq")))
    # A number below the limit is no better known than `<limit`; a bound that the row itself gives stands.
    under = ((pl.col("low") == pl.col("high")) & (pl.col("high") < pl.col("loq"))).fill_null(value=False)
    read = read.with_columns(
        low=pl.when(under).then(0.0).otherwise("low"),
        high=pl.when(under).then("loq").otherwise("high"),
        strict=pl.col("strict") | under,
    )
    columns = ["patient", "analyte", "cycle", "day", "cycle_day", "time", "timepoint", "low", "high", "strict",
               "loq", "above", "row", "sources"]  # fmt: skip
    above = pl.when(pl.col("low") > 0).then(pl.lit(value=True)).when(pl.col("high").is_not_null()).then(
        pl.col("low") == pl.col("high")
    )  # fmt: skip
    placed = place_samples(read, cycles).with_columns(above=above)
    return placed.select(columns).sort("patient", "analyte", "time", "row", nulls_last=True)


def derive_cytokine_courses(values: pl.DataFrame) -> pl.DataFrame:
    """Return one row a patient, analyte and cycle: values, how many above the limit, peak and day, area as bounds.

    Days are days of the cycle, samples from its first day on. The area, in pg/mL times days, needs two days with a
    sample; it has no upper bound where a value has none.
    """
    rows = values.filter(pl.col("cycle").is_not_null() & (pl.col("cycle_day").is_null() | (pl.col("cycle_day") >= 1)))
    low, high, day = pl.col("low"), pl.col("high"), pl.col("cycle_day")
    ordered = rows.sort(*_KEYS, "cycle_day", "low", "high", nulls_last=True)
    peaks = ordered.group_by(_KEYS, maintain_order=True).agg(
        values=pl.len(),
        above=pl.col("above").sum(),
        peak_low=low.max(),
        peak_high=pl.when(high.null_count() == 0).then(high.max()),
        peak_day=day.filter((low == low.max()) & (low.max() > 0)).first(),
        strict=pl.col("strict").filter(low == low.max()).any(),
        loq=pl.col("loq").max(),
        sources=pl.col("sources").explode().unique().sort(),
    )
    return peaks.join(_areas(rows), on=_KEYS, how="left", maintain_order="left")


def _areas(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the linear trapezoid of each course over its days."""
    daily = daily_means(rows.filter(pl.col("cycle_day").is_not_null()), [*_KEYS, "cycle_day"])
    daily = daily.sort(*_KEYS, "cycle_day")
    same = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in _KEYS).fill_null(value=False)
    width = pl.when(same).then(pl.col("cycle_day") - pl.col("cycle_day").shift(1))
    pieces = daily.select(
        *_KEYS, "cycle_day", "high",
        low_piece=width * (pl.col("low") + pl.col("low").shift(1)) / 2,
        high_piece=width * (pl.col("high") + pl.col("high").shift(1)) / 2,
    )  # fmt: skip
    bounded = (pl.len() > 1) & (pl.col("high").null_count() == 0)
    return pieces.group_by(_KEYS, maintain_order=True).agg(
        auc_low=pl.when(pl.len() > 1).then(pl.col("low_piece").sum().round_sig_figs(12)),
        auc_high=pl.when(bounded).then(pl.col("high_piece").sum().round_sig_figs(12)),
        first_day=pl.col("cycle_day").min(),
        last_day=pl.col("cycle_day").max(),
    )
