"""Doses other than those of the regimen: stretch by stretch against the step of the same days.

Where no day is recorded, the first stretch of a cycle stands against its first step, the second against the second.
"""

from __future__ import annotations

import polars as pl

from engager.endpoints.exposure.planned_dose import BY_SURFACE, FLAT, chosen, dose_columns, planned_rates, within
from engager.plan import AnalysisPlan, Exposure
from engager.terms.regimens import Restart

_KEYS = ["patient", "cycle"]
_STRETCH = [
    *_KEYS, "row", "source", "position", "from_day", "to_day", "days", "dose", "unit", "kind", "rate_m2", "rate_ug",
    "paused",
]  # fmt: skip
_STEP = [
    *_KEYS, "step", "first_day", "last_day", "infusion_days", "permitted", "basis", "cap", "flat", "body_surface",
    "weight", "by_weight",
]  # fmt: skip


def derive_dose_deviations(stretches: pl.DataFrame, steps: pl.DataFrame, plan: AnalysisPlan) -> pl.DataFrame:
    """Return one row a stretch and step that disagree, with `kind`, `found`, `expected` and `sources`.

    A dose within the plan's tolerance of the planned one is the planned one; so is a restart's after an interruption.
    """
    assert plan.regimen is not None  # noqa: S101 - without one there are no steps
    settings, regimen = plan.exposure, plan.regimen
    planned = steps.select(*_STEP, step_unit="unit")
    pairs = stretches.select(_STRETCH).join(planned, on=_KEYS, how="inner", maintain_order="left_right")
    pairs = (
        pairs.filter(_meet()).with_columns(nominal=chosen(_recorded(), regimen, settings)).with_columns(planned_rates())
    )
    differ = ~_agrees(settings)
    if regimen.restart is not None:
        pairs = _with_restart(pairs, regimen.restart)
        differ &= ~_restarted(regimen.restart, settings)
    rows = pairs.filter(differ.fill_null(value=False)).rechunk()
    kinds = _kind(settings)
    return rows.with_columns(kind=kinds, found=_found(), expected=_expected(), sources=pl.concat_list("source"))


def _meet() -> pl.Expr:
    """Return whether a stretch and a step have a day in common, or the same place where days are unknown."""
    dated = pl.col("to_day").is_not_null()
    overlap = (pl.col("from_day") <= pl.col("last_day")) & (pl.col("to_day") >= pl.col("first_day"))
    beyond = (pl.col("from_day") > pl.col("infusion_days")) & (pl.col("last_day") == pl.col("infusion_days"))
    return (dated & (pl.col("days") > 0) & (overlap | beyond)) | (~dated & (pl.col("position") == pl.col("step")))


def _recorded() -> pl.Expr:
    return pl.when(pl.col("step_unit") == BY_SURFACE).then("rate_m2").otherwise("rate_ug")


def _agrees(settings: Exposure, planned: str = "planned") -> pl.Expr:
    """Return whether the recorded rate is the planned one, in the unit both are known in; null where in none."""
    by_surface = within(pl.col("rate_m2"), pl.col(f"{planned}_m2"), settings)
    return pl.coalesce(by_surface, within(pl.col("rate_ug"), pl.col(f"{planned}_ug"), settings))


def _with_restart(pairs: pl.DataFrame, restart: Restart) -> pl.DataFrame:
    """Return the pairs with the rates of the restart dose."""
    chosen_dose = pairs.with_columns(*dose_columns(restart)).with_columns(
        nominal=pl.lit(restart.dose[0]),
        basis=pl.when(pl.col("flat").is_not_null()).then("by_weight").otherwise(pl.lit(restart.unit)),
    )
    return pairs.with_columns(chosen_dose.select(planned_rates("restart")).get_columns())


def _restarted(restart: Restart, settings: Exposure) -> pl.Expr:
    short = (pl.col("days") <= restart.days).fill_null(value=True)
    return (pl.col("paused") & short & _agrees(settings, "restart")).fill_null(value=False)


def _kind(settings: Exposure) -> pl.Expr:
    """Return what kind of disagreement it is: the wrong basis for the weight, the cap, or another dose."""
    by_surface, flat_given = pl.col("kind") == BY_SURFACE, pl.col("kind") == FLAT
    not_flat = (pl.col("basis") == FLAT) & by_surface & pl.col("flat").is_not_null()
    as_flat = (pl.col("basis") == BY_SURFACE) & flat_given & within(pl.col("rate_ug"), pl.col("flat"), settings)
    capped = within(pl.col("rate_m2"), pl.col("nominal"), settings) & (pl.col("rate_ug") > pl.col("cap"))
    return (
        pl.when(not_flat)
        .then(pl.lit("flat dose not applied"))
        .when(as_flat)
        .then(pl.lit("flat dose below its weight"))
        .when(capped & (pl.col("basis") == BY_SURFACE))
        .then(pl.lit("cap not applied"))
        .otherwise(pl.lit("dose"))
    )


def _text(value: pl.Expr) -> pl.Expr:
    return value.round_sig_figs(4).cast(pl.String).str.strip_suffix(".0")


def _days() -> pl.Expr:
    """Return the days that stretch and step share, in words; empty where they are not known."""
    first = pl.max_horizontal("from_day", "first_day").cast(pl.Int64)
    beyond = pl.col("from_day") > pl.col("infusion_days")
    last = pl.when(beyond).then("to_day").otherwise(pl.min_horizontal("to_day", "last_day")).cast(pl.Int64)
    one = pl.format(" on day {} of infusion", first)
    many = pl.format(" on days {} to {} of infusion", first, last)
    return pl.when(pl.col("to_day").is_null()).then(pl.lit("")).when(first == last).then(one).otherwise(many)


def _found() -> pl.Expr:
    other = pl.when((pl.col("kind") == BY_SURFACE) & pl.col("rate_ug").is_not_null()).then(
        pl.format(" ({} ug/d)", _text(pl.col("rate_ug")))
    ).when((pl.col("kind") == FLAT) & pl.col("rate_m2").is_not_null()).then(
        pl.format(" ({} ug/m2/d)", _text(pl.col("rate_m2")))
    ).otherwise(pl.lit(""))  # fmt: skip
    weight = pl.when(pl.col("by_weight").is_not_null()).then(pl.format(", weight {} kg", _text(pl.col("weight"))))
    given = pl.format("{} {}{}", _text(pl.col("dose")), "unit", other)
    return given + _days() + weight.otherwise(pl.lit(""))


def _expected() -> pl.Expr:
    flat = pl.format("{} ug/d", _text(pl.col("planned_ug")))
    several = pl.col("permitted").list.eval(pl.element().cast(pl.String).str.strip_suffix(".0")).list.join(" or ")
    cap = pl.when(pl.col("cap").is_not_null()).then(pl.format(", at most {} ug/d", _text(pl.col("cap"))))
    by_surface = pl.format("{} {}{}", several, "step_unit", cap.otherwise(pl.lit("")))
    return pl.when(pl.col("basis") == FLAT).then(flat).otherwise(by_surface)
