"""Relapse by definition, derived from the marrows measured, beside the relapses that the record states.

Ponte di Legno 2022 (Blood 139:1785), after a complete remission alone: a marrow with 25 % blasts or more; 5 to below
25 % with one other test of 1 % or more; 1 to below 5 % with two such tests; or disease of the central nervous system or
another site. Tests are those of one day; the way over a second marrow is not derived. The other definition asks for
marrow blasts above a limit, 5 % in Schlegel 2014. Remission is a marrow with less than 5 % blasts, or less than 1 % by
an MRD assay, and no reading of that day at 5 % or above. What was never in remission does not relapse, and what has no
day cannot be placed after one.
"""

from __future__ import annotations

import polars as pl

from engager.cohort import Cohort
from engager.endpoints.disease.burden import below
from engager.endpoints.disease.extramedullary import OUTSIDE_SITES
from engager.endpoints.sources import gathered, merged, source
from engager.plan import Response

PONTE_DI_LEGNO, MARROW_ABOVE = "ponte di legno 2022", "marrow blasts above"
BOTH, RECORDED_ONLY, DERIVED_ONLY = "derived and recorded", "recorded only", "derived only"
_M1, _MRD_LIMIT, _M3, _ONE_PERCENT = 0.05, 0.01, 0.25, 0.01
_JUST = 1e-12
_OUTSIDE_ONLY = ("cns", "extramedullary")


def derive_relapse(cohort: Cohort, readings: pl.DataFrame, criteria: Response) -> pl.DataFrame:
    """Return one row a definition and patient with a relapse, derived or recorded: days, reason, agreement, sources.

    `derived_day` is the first day after the first dose on which the definition is met by a patient who was in
    remission before; `recorded_day` the first recorded relapse (of the marrow, for the definition by marrow blasts),
    null where it has no day. `agreement` tells which of the two there is.
    """
    marrows = _marrows(readings)
    sources = readings.select("patient", "day", "source")
    parts = [
        _of_definition(name, marrows, sources, cohort, criteria) for name in dict.fromkeys(criteria.relapse.definitions)
    ]
    return pl.concat(parts) if parts else _of_definition(PONTE_DI_LEGNO, marrows, sources, cohort, criteria).clear()


def _marrows(readings: pl.DataFrame) -> pl.DataFrame:
    """Return one row a patient and day: the highest reading, how many other tests see 1 %, whether in remission."""
    blasts = pl.col("test") == "marrow_blasts"
    in_remission = pl.when(blasts).then(below(_M1)).otherwise(below(_MRD_LIMIT))
    # `>5 %` is more than 5 %, whatever it is.
    least = pl.col("low") + pl.when("over").then(_JUST).otherwise(0.0)
    known = readings.filter(pl.col("day").is_not_null() & pl.col("low").is_not_null())
    tests = (
        known.select("patient", "day", "test", "method", low=least, good=in_remission.fill_null(value=False))
        .group_by("patient", "day", "test", "method")
        .agg(pl.col("low").max(), pl.col("good").all())
        .with_columns(blasts=pl.when(blasts).then("low"), seen=pl.col("low") >= _ONE_PERCENT, bad=pl.col("low") >= _M1)
    )
    daily = tests.group_by("patient", "day").agg(
        pl.col("seen").sum(),
        pl.col("good", "bad").any(),
        highest=pl.col("low").max(),
        highest_blasts=pl.col("blasts").max(),
    )
    others = (pl.col("seen").cast(pl.Int32) - 1).clip(lower_bound=0)
    marked = daily.with_columns(others=others, remission=pl.col("good") & ~pl.col("bad"))
    return marked.sort("patient", "day")


def _of_definition(
    name: str, marrows: pl.DataFrame, readings: pl.DataFrame, cohort: Cohort, criteria: Response
) -> pl.DataFrame:
    derived = _derived(name, marrows, readings, cohort, criteria)
    recorded = _recorded(cohort, marrow_alone=name == MARROW_ABOVE)
    both = derived.join(recorded, on="patient", how="full", coalesce=True, maintain_order="left_right")
    agreement = (
        pl.when(pl.col("recorded_sources").is_null())
        .then(pl.lit(DERIVED_ONLY))
        .when(pl.col("derived_day").is_null())
        .then(pl.lit(RECORDED_ONLY))
        .otherwise(pl.lit(BOTH))
    )
    return both.select(
        "patient",
        "derived_day",
        "recorded_day",
        definition=pl.lit(name),
        agreement=agreement,
        reason=pl.col("reason").fill_null("no marrow of a known day meets the definition after a remission"),
        sources=merged("derived_sources", "recorded_sources"),
    ).sort("patient")


def _derived(
    name: str, marrows: pl.DataFrame, readings: pl.DataFrame, cohort: Cohort, criteria: Response
) -> pl.DataFrame:
    """Return one row a patient: the first day on which a definition is met after remission, why, and its sources."""
    met = {PONTE_DI_LEGNO: _ponte_di_legno(), MARROW_ABOVE: _marrow_above(criteria)}[name]
    state = pl.when(met).then(pl.lit("relapse")).when("remission").then(pl.lit("remission"))
    states = marrows.with_columns(state=state)
    earlier = pl.col("state").forward_fill().shift(1).over("patient")
    onset = (pl.col("state") == "relapse") & (pl.col("day") >= 1) & (earlier == "remission")
    found = states.filter(onset).rechunk().select("patient", "day", reason=_reason(name))
    found = found.unique("patient", keep="first", maintain_order=True).join(readings, on=["patient", "day"], how="left")
    found = found.group_by("patient", "day", "reason").agg(sources=pl.col("source").sort())
    if name == PONTE_DI_LEGNO:
        found = pl.concat([found, _outside(marrows, cohort).select(found.columns)])
    first = found.sort("patient", "day", "reason").unique("patient", keep="first", maintain_order=True)
    return first.select("patient", "reason", derived_day="day", derived_sources="sources")


def _ponte_di_legno() -> pl.Expr:
    highest, others = pl.col("highest"), pl.col("others")
    return (highest >= _M3) | ((highest >= _M1) & (others >= 1)) | ((highest >= _ONE_PERCENT) & (others >= 2))


def _marrow_above(criteria: Response) -> pl.Expr:
    limit = round(criteria.relapse.marrow_above_percent / 100, 12)
    return pl.col("highest_blasts") > limit


def _reason(name: str) -> pl.Expr:
    column = "highest" if name == PONTE_DI_LEGNO else "highest_blasts"
    percent = (pl.col(column) * 100).round_sig_figs(3).cast(pl.String).str.strip_suffix(".0")
    if name == MARROW_ABOVE:
        return pl.format("marrow blasts {} %", percent)
    tests = pl.when(pl.col("others") == 1).then(pl.lit("test")).otherwise(pl.lit("tests"))
    return pl.format("marrow {} %, {} other {} of that day with 1 % or more", percent, pl.col("others"), tests)


def _relapses(cohort: Cohort) -> pl.DataFrame:
    later = (pl.col("day") >= 1) | pl.col("day").is_null()
    rows = cohort["follow_up"].filter((pl.col("event") == "relapse") & later)
    return rows.rechunk().with_columns(source("follow_up"), pl.col("site").cast(pl.String))


def _outside(marrows: pl.DataFrame, cohort: Cohort) -> pl.DataFrame:
    """Return the dated relapses outside the marrow of patients whose marrow was in remission by then."""
    first = marrows.filter("remission").group_by("patient").agg(remission_day=pl.col("day").min())
    rows = _relapses(cohort).filter(pl.col("site").is_in(OUTSIDE_SITES) & pl.col("day").is_not_null())
    later = rows.join(first, on="patient", how="inner").filter(pl.col("day") >= pl.col("remission_day")).rechunk()
    return later.select(
        "patient", "day", sources=pl.concat_list("source"), reason=pl.format("relapse of the site: {}", "site")
    )


def _recorded(cohort: Cohort, *, marrow_alone: bool) -> pl.DataFrame:
    rows = _relapses(cohort)
    if marrow_alone:
        rows = rows.filter(~pl.col("site").is_in(_OUTSIDE_ONLY).fill_null(value=False))
    return rows.group_by("patient").agg(recorded_day=pl.col("day").min(), recorded_sources=gathered())
