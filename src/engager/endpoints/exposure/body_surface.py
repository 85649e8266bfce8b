"""The body surface of each patient at the first dose, by the formula that the plan names."""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.sources import source
from engager.plan import Exposure
from engager.terms.body_surface import FORMULAS


def derive_body_surface(cohort: Cohort, settings: Exposure) -> pl.DataFrame:
    """Return one row a patient: weight (kg), body surface (m2) as the plan computes and rounds it, why there is none.

    Without weight or height there is none; no other patient's value and no growth curve takes their place.
    """
    patients = cohort["patients"].filter(pl.col("patient").is_not_null()).rechunk().with_columns(source("patients"))
    formula = FORMULAS[settings.body_surface]
    area = formula.constant * pl.col("height").pow(formula.height) * pl.col("weight").pow(formula.weight)
    if settings.body_surface_decimals is not None:
        area = area.round(settings.body_surface_decimals)
    absent = pl.concat_str(
        pl.when(pl.col("weight").is_null()).then(pl.lit("weight")),
        pl.when(pl.col("height").is_null()).then(pl.lit("height")),
        separator=" and ", ignore_nulls=True,
    )  # fmt: skip
    return patients.select(
        "patient",
        "weight",
        body_surface=area,
        why=pl.when(absent != "").then(pl.format("{} not recorded", absent)),
        sources=pl.concat_list("source"),
    )
