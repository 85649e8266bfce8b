"""Complete remission after each cycle: CR, CRh or CRi, none, or not evaluable with what is missing.

CR: an M1 marrow, neutrophils above 1.0 and platelets above 100 (10*9/L), and no disease outside the marrow. CRh: counts
above 0.5 and 50 alone. CRi: an M1 marrow with less recovery than that. The limits are the plan's. Counts are those
nearest to the marrow, within the plan's days; where the marrow has no day, those of the same cycle's end. What the
counts prove without the missing one is said; the rest is not evaluable.
"""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.disease.extramedullary import derive_extramedullary
from engager.endpoints.sources import gathered, merged, source
from engager.plan import Response
from engager.terms.units import units

CR, CRH, CRI, NO_REMISSION, NOT_EVALUABLE = "CR", "CRh", "CRi", "no remission", "not evaluable"
CATEGORIES = (CR, CRH, CRI, NO_REMISSION, NOT_EVALUABLE)
COUNTS = ("neutrophils", "platelets")
_END = ("end of cycle", "best response")
_CELLS_PER_GIGA = 1000.0  # 10*9/L in the reference unit of counts, cells per microlitre


def derive_remission(cohort: Cohort, marrow_status: pl.DataFrame, criteria: Response) -> pl.DataFrame:
    """Return one row a marrow after treatment: patient, cycle, `remission` (one of `CATEGORIES`), reason, sources."""
    after = marrow_status.filter((pl.col("time") == "after") & pl.col("status").is_not_null())
    frame = after.select("patient", "cycle", "status", "day", marrow_sources="sources")
    for name in COUNTS:
        frame = _with_count(frame, cohort, name, criteria)
    frame = frame.join(derive_extramedullary(cohort), on="patient", how="left", maintain_order="left")
    frame = frame.with_columns(outside=_outside(criteria)).with_columns(remission=_category(criteria))
    return frame.select(
        "patient",
        "cycle",
        "day",
        "remission",
        reason=_reason(criteria),
        sources=merged("marrow_sources", *(f"{name}_sources" for name in COUNTS), "outside_sources"),
    )


def derive_best_remission(remission: pl.DataFrame) -> pl.DataFrame:
    """Return one row a patient with a marrow after treatment: the best remission reached, and its sources."""
    ranked = remission.with_columns(pl.col("remission").cast(pl.Enum(CATEGORIES)))
    best = ranked.sort("remission", "cycle", nulls_last=True, maintain_order=True)
    first = best.unique("patient", keep="first", maintain_order=True).with_columns(pl.col("remission").cast(pl.String))
    return first.sort("patient")


def _with_count(frame: pl.DataFrame, cohort: Cohort, name: str, criteria: Response) -> pl.DataFrame:
    """Return the marrows with the bounds of the count nearest in time, `NAME_low` and `NAME_high` in 10*9/L."""
    counts = _counts(cohort, name)
    dated = counts.filter(pl.col("day").is_not_null())
    daily = dated.group_by("patient", "day").agg(pl.col("low", "high").min(), found=gathered()).sort("day")
    rows = frame.with_row_index("_order").sort("day", nulls_last=True)
    near = rows.filter(pl.col("day").is_not_null()).join_asof(
        daily.with_columns(count_day="day"), on="day", by="patient", strategy="nearest",
        tolerance=criteria.remission.counts_within_days, check_sortedness=False,
    )  # fmt: skip
    ends = counts.filter(pl.col("timepoint").is_in(_END) & pl.col("cycle").is_not_null() & pl.col("day").is_null())
    closing = ends.group_by("patient", "cycle").agg(pl.col("low", "high").min(), found=gathered())
    same = rows.filter(pl.col("day").is_null()).join(closing, on=["patient", "cycle"], how="left")
    named = {"low": f"{name}_low", "high": f"{name}_high", "found": f"{name}_sources"}
    joined = pl.concat([near.drop("count_day"), same]).sort("_order").drop("_order")
    return joined.rename(named)


def _counts(cohort: Cohort, name: str) -> pl.DataFrame:
    """Return the blood counts of a test as bounds in 10*9/L."""
    factors = {code: unit.factor / _CELLS_PER_GIGA for code, unit in units().items() if unit.quantity == "count"}
    specimen = pl.col("specimen").is_null() | (pl.col("specimen") == "blood")
    number = pl.col("value") * pl.col("unit").replace_strict(factors, default=None, return_dtype=pl.Float64)
    rows = cohort["measurements"].filter((pl.col("test") == name) & specimen & pl.col("value").is_not_null())
    numbers = rows.rechunk().with_columns(source("measurements"), number=number.round_sig_figs(12))
    return numbers.filter(pl.col("number").is_not_null()).with_columns(
        low=_least(),
        high=pl.when(pl.col("comparator").is_in(["=", "<", "<="])).then("number").otherwise(float("inf")),
    )


def _least() -> pl.Expr:
    """Return the least that a count can be; `>x` is just above x, so that it proves a count above x."""
    just_above = pl.col("number") * (1 + 1e-9)
    return (
        pl.when(pl.col("comparator") == ">")
        .then(just_above)
        .when(pl.col("comparator").is_in(["=", ">="]))
        .then("number")
        .otherwise(0.0)
    )


def _above(name: str, limit: float) -> pl.Expr:
    """Return whether a count is above a limit: yes, no, or null where it is missing or a bound that leaves it open."""
    low, high = pl.col(f"{name}_low"), pl.col(f"{name}_high")
    return pl.when(low > limit).then(True).when(high <= limit).then(False)


def _outside(criteria: Response) -> pl.Expr:
    """Return whether disease outside the marrow is recorded at the time: yes, no, or null (before, and not cleared)."""
    by_day = pl.col("outside_day") <= pl.col("day") + criteria.remission.counts_within_days
    by_cycle = pl.col("outside_cycle") <= pl.col("cycle")
    relapsed = by_day.fill_null(value=False) | by_cycle.fill_null(value=False)
    cleared = (pl.col("cleared_day") <= pl.col("day") + criteria.remission.counts_within_days).fill_null(value=False)
    involved = pl.col("outside_before").fill_null(value=False)
    return pl.when(relapsed).then(True).when(~involved | cleared).then(False)


def _limits(criteria: Response) -> tuple[pl.Expr, pl.Expr]:
    limits = criteria.remission
    full = _above("neutrophils", limits.neutrophils_above) & _above("platelets", limits.platelets_above)
    partial = _above("neutrophils", limits.partial_neutrophils_above) & _above(
        "platelets", limits.partial_platelets_above
    )
    return full, partial


def _category(criteria: Response) -> pl.Expr:
    full, partial = _limits(criteria)
    return (
        pl.when((pl.col("status") != "M1") | pl.col("outside"))
        .then(pl.lit(NO_REMISSION))
        .when(pl.col("outside").is_null())
        .then(pl.lit(NOT_EVALUABLE))
        .when(full)
        .then(pl.lit(CR))
        .when(~full & partial)
        .then(pl.lit(CRH))
        .when(~partial)
        .then(pl.lit(CRI))
        .otherwise(pl.lit(NOT_EVALUABLE))
    )


def _reason(criteria: Response) -> pl.Expr:
    """Return the reason in words; of what is not evaluable, what is missing."""
    days = criteria.remission.counts_within_days
    missing = pl.concat_str(
        *(pl.when(pl.col(f"{name}_low").is_null()).then(pl.lit(name)) for name in COUNTS),
        separator=" and ", ignore_nulls=True,
    )  # fmt: skip
    within = f"not recorded within {days} days of the marrow"
    lacking = pl.when(missing != "").then(pl.format("{} {}", missing, pl.lit(within))).otherwise(
        pl.lit("a count is a bound that does not decide")
    )  # fmt: skip
    cleared = pl.lit("disease outside the marrow before treatment, its clearance not recorded")
    evaluable = pl.col("remission") != NOT_EVALUABLE
    return (
        pl.when(pl.col("status") != "M1")
        .then(pl.format("{} marrow", pl.col("status")))
        .when("outside")
        .then(pl.lit("disease outside the marrow"))
        .when(evaluable)
        .then(pl.format("M1 marrow, {}", _counts_words()))
        .when(pl.col("outside").is_null())
        .then(pl.format("M1 marrow, {}", cleared))
        .otherwise(pl.format("M1 marrow, {}", lacking))
    )


def _counts_words() -> pl.Expr:
    parts = [
        pl.when(pl.col(f"{name}_low").is_not_null())
        .then(pl.format(f"{name} {{}}", _count_words(name)))
        .otherwise(pl.lit(f"{name} not recorded"))
        for name in COUNTS
    ]
    return pl.concat_str(*parts, separator=", ")


def _count_words(name: str) -> pl.Expr:
    low, high = (pl.col(f"{name}_{bound}") for bound in ("low", "high"))
    shown = [bound.round_sig_figs(3).cast(pl.String).str.strip_suffix(".0") for bound in (low, high)]
    return (
        pl.when(low == high)
        .then(pl.format("{} x 10^9/L", shown[0]))
        .when(low == 0)
        .then(pl.format("at most {} x 10^9/L", shown[1]))
        .otherwise(pl.format("at least {} x 10^9/L", shown[0]))
    )
