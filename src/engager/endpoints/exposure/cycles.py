"""The exposure of each cycle: days, doses and interruptions as recorded, beside what the regimen planned.

Nothing is added up over what is not recorded: a cycle with a stretch of unknown length has no days and no dose.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from engager.endpoints.exposure.planned_dose import block_of, derive_planned_steps, regimen_steps
from engager.endpoints.exposure.stretches import with_places
from engager.endpoints.sources import gathered
from engager.plan import AnalysisPlan, Exposure

COMPLETED, ENDED_EARLY, ONGOING = "completed", "ended early", "ongoing at the cut-off"
_STOPPED = ["adverse event", "progression", "death", "physician decision", "patient decision", "other"]
_KEYS = ["patient", "cycle"]
_SAME = 1e-9  # doses that differ by less are the same
_PLANNED = {
    "planned_days": pl.Float64,
    "least_days_off": pl.Int32,
    "most_days_off": pl.Int32,
    "planned_ug": pl.Float64,
    "planned_m2": pl.Float64,
    "planned_steps": pl.UInt32,
}


@dataclass(frozen=True, slots=True)
class RecordedExposure:
    """The stretches with their days, the cycles, and the steps planned for each cycle (None without a regimen)."""

    stretches: pl.DataFrame
    cycles: pl.DataFrame
    steps: pl.DataFrame | None


def derive_cycle_exposure(
    stretches: pl.DataFrame, cycle_response: pl.DataFrame, plan: AnalysisPlan, limits: pl.DataFrame | None
) -> RecordedExposure:
    """Return one row a patient and cycle, with the stretches and the planned steps it comes from.

    `days` infused and the `span` from the first to the last, `interruptions` with `gap_days` and `reasons`, `dose_ug`
    and `dose_m2`, `increases` and `reductions` of the dose, `escalated` (begun above the dose that the cycle before
    ended with), `days_off` before it; `planned_days`, `planned_ug`, `planned_m2`; `relative_dose` (dose given over
    dose planned) and `relative_dose_intensity` (the same, each over its time); `status`; `why` says what is not
    computable, and `assumed` that the days are the regimen's.
    """
    rows = _days_of_regimen(stretches, plan)
    cycles = _recorded(rows, plan.exposure)
    classes = cycle_response.select(*_KEYS, "class")
    cycles = cycles.join(classes, on=_KEYS, how="left", maintain_order="left")
    steps = derive_planned_steps(cycles, plan.regimen, plan.exposure) if plan.regimen else None
    cycles = cycles.join(_planned(steps), on=_KEYS, how="left", maintain_order="left")
    cycles = cycles.with_columns(_relative()).with_columns(
        relative_dose_intensity=pl.when(pl.col("span") > 0).then(
            pl.col("relative_dose") * pl.col("planned_days") / pl.col("span")
        )
    )
    cycles = _with_status(cycles, limits).with_columns(_why(plan))
    return RecordedExposure(rows, cycles, steps)


def _days_of_regimen(stretches: pl.DataFrame, plan: AnalysisPlan) -> pl.DataFrame:
    """Return the stretches with the regimen's days, if the plan says so, for the cycles of which no day is recorded.

    Only where the stretches are as many as the steps, and nothing says that the infusion was stopped or interrupted.
    """
    marked = stretches.with_columns(assumed=pl.lit(value=False))
    if plan.regimen is None or not plan.exposure.days_from_regimen:
        return marked
    dated = pl.any_horizontal(pl.col("start_day", "end_day").is_not_null()).any()
    words = pl.col("end_reason").cast(pl.String)
    as_planned = (words.is_null() | words.is_in(["completed", "dose change"])).all()
    whole = (~dated & as_planned).over(_KEYS) & (pl.len().over(_KEYS) == pl.col("steps"))
    steps = regimen_steps(plan.regimen)
    planned = steps.select("block", "steps", position="step", step_days=pl.col("last_day") - pl.col("first_day") + 1)
    placed = marked.with_columns(block=block_of(pl.col("cycle"), plan.regimen))
    joined = placed.join(planned, on=["block", "position"], how="left", maintain_order="left")
    filled = joined.with_columns(
        days=pl.when(whole).then(pl.col("step_days").cast(pl.Float64)).otherwise("days"),
        assumed=whole.fill_null(value=False),
    )
    doses = {"dose_m2": pl.col("days") * pl.col("rate_m2"), "dose_ug": pl.col("days") * pl.col("rate_ug")}
    return with_places(filled.with_columns(**doses)).select(*marked.columns)


def _whole_sum(name: str) -> pl.Expr:
    """Return a sum that is null where any of its parts is."""
    return pl.when(pl.col(name).null_count() == 0).then(pl.col(name).sum()).alias(name)


def _recorded(rows: pl.DataFrame, settings: Exposure) -> pl.DataFrame:
    """Return what the record says of each cycle."""
    before = {name: pl.when("same").then(pl.col(name).shift(1)) for name in ("rate_m2", "rate_ug")}
    rows = rows.with_columns(
        change=pl.coalesce(pl.col("rate_m2") - before["rate_m2"], pl.col("rate_ug") - before["rate_ug"]),
        reason=pl.when("paused").then(pl.col("end_reason").cast(pl.String).shift(1).fill_null("reason not recorded")),
    )
    unended = pl.col("end_reason").cast(pl.String).last() == "interruption"
    cycles = rows.group_by(_KEYS, maintain_order=True).agg(
        pl.col("weight", "body_surface").first(),
        doses=pl.col("dose"),
        unit=pl.col("unit").drop_nulls().first(),
        stretches=pl.len(),
        different_doses=pl.coalesce(pl.col("rate_m2"), pl.col("rate_ug")).drop_nulls().round(6).n_unique(),
        first_m2=pl.col("rate_m2").first(),
        first_ug=pl.col("rate_ug").first(),
        last_m2=pl.col("rate_m2").last(),
        last_ug=pl.col("rate_ug").last(),
        start_day=pl.col("start_day").first(),
        end_day=pl.when(pl.col("end_day").null_count() == 0).then(pl.col("end_day").max()),
        end_reason=pl.col("end_reason").cast(pl.String).last(),
        interruptions=pl.col("paused").sum() + unended.fill_null(value=False).cast(pl.UInt32),
        restarts=pl.col("paused").sum(),
        gap_days=pl.when((pl.col("gap").is_null() & pl.col("same")).sum() == 0).then(pl.col("gap").sum()),
        dated=(pl.col("days").is_not_null() & ~pl.col("assumed")).all(),
        longest_gap=pl.col("gap").max(),
        reasons=pl.col("reason").drop_nulls(),
        increases=(pl.col("change") > _SAME).sum(),
        reductions=(pl.col("change") < -_SAME).sum(),
        undosed=(pl.col("rate_m2").is_null() & pl.col("rate_ug").is_null()).any(),
        assumed=pl.col("assumed").all(),
        sources=gathered(),
        **{name: _whole_sum(name) for name in ("days", "dose_m2", "dose_ug")},
    )  # fmt: skip
    # Without days a pause leaves no trace, unless the record names it: then nothing is known, and that is not "none".
    known = pl.col("dated") | (pl.col("interruptions") > 0)
    cycles = cycles.with_columns(pl.when(known).then(pl.col("interruptions", "restarts")))
    cycles = cycles.with_columns(gap_days=pl.when("dated").then("gap_days"))
    return cycles.with_columns(_follows()).with_columns(
        span=pl.when("assumed").then("days").otherwise(_span(settings)),
        days_off=pl.col("start_day") - pl.col("end_before") - settings.last_day_counts,
        escalated=_above(),
    )


def _follows() -> list[pl.Expr]:
    """Return what the patient's cycle before ended with."""
    same = (pl.col("patient") == pl.col("patient").shift(1)).fill_null(value=False)
    ended = {"end_before": "end_day", "m2_before": "last_m2", "ug_before": "last_ug"}
    return [pl.when(same).then(pl.col(name).shift(1)).alias(alias) for alias, name in ended.items()]


def _span(settings: Exposure) -> pl.Expr:
    return (pl.col("end_day") - pl.col("start_day") + settings.last_day_counts).cast(pl.Float64)


def _above() -> pl.Expr:
    """Return whether a cycle begins above the dose that the one before ended with; null where there is none."""
    rise = pl.coalesce(pl.col("first_m2") - pl.col("m2_before"), pl.col("first_ug") - pl.col("ug_before"))
    return rise > _SAME


def _planned(steps: pl.DataFrame | None) -> pl.DataFrame:
    """Return what was planned for each cycle as a whole."""
    if steps is None:
        return pl.DataFrame(schema={"patient": pl.String, "cycle": pl.Int32, **_PLANNED})
    length = pl.col("last_day") - pl.col("first_day") + 1
    doses = steps.with_columns(planned_ug=length * pl.col("planned_ug"), planned_m2=length * pl.col("planned_m2"))
    return doses.group_by(_KEYS, maintain_order=True).agg(
        planned_days=pl.col("infusion_days").first().cast(pl.Float64),
        least_days_off=pl.col("least_days_off").first(),
        most_days_off=pl.col("most_days_off").first(),
        planned_ug=_whole_sum("planned_ug"),
        planned_m2=_whole_sum("planned_m2"),
        planned_steps=pl.len(),
    )


def _relative() -> pl.Expr:
    """Return dose given over dose planned, in the unit that both are known in."""
    by_surface = pl.col("dose_m2") / pl.col("planned_m2")
    return pl.coalesce(by_surface, pl.col("dose_ug") / pl.col("planned_ug")).alias("relative_dose")


def _with_status(cycles: pl.DataFrame, limits: pl.DataFrame | None) -> pl.DataFrame:
    """Return the cycles with `status`, null where neither days nor words say how the cycle went."""
    if limits is None:
        cycles = cycles.with_columns(limit=pl.lit(None, dtype=pl.Int32))
    else:
        cycles = cycles.join(limits, on="patient", how="left", maintain_order="left")
    word, short = pl.col("end_reason"), pl.col("days") < pl.col("planned_days")
    status = (
        pl.when(pl.col("days") >= pl.col("planned_days"))
        .then(pl.lit(COMPLETED))
        .when((pl.col("end_day") >= pl.col("limit")) & word.is_null())
        .then(pl.lit(ONGOING))
        .when(short)
        .then(pl.lit(ENDED_EARLY))
        .when(word == "completed")
        .then(pl.lit(COMPLETED))
        .when(word.is_in(_STOPPED))
        .then(pl.lit(ENDED_EARLY))
    )
    return cycles.with_columns(status=status).drop("limit")


NO_DAYS = "days of infusion not recorded"
NO_DOSE = "dose or unit not recorded"
NO_REGIMEN = "the plan names no regimen"
BEYOND = "beyond the last cycle of the regimen"
NO_WEIGHT = "weight not recorded, so flat or by body surface is not known"
NO_UG = "body surface not known, so no dose in ug"
NO_M2 = "body surface not known, so no dose per m2"


def _why(plan: AnalysisPlan) -> pl.Expr:
    """Return the list of what keeps numbers of a cycle from being computed, empty where nothing does."""
    planned, dosed = pl.lit(plan.regimen is not None), ~pl.col("undosed")
    weighed = plan.regimen is not None and plan.regimen.flat_from_kg is not None
    reasons = {
        NO_DAYS: pl.col("days").is_null(),
        NO_DOSE: pl.col("undosed"),
        NO_REGIMEN: ~planned,
        BEYOND: planned & pl.col("planned_days").is_null(),
        NO_WEIGHT: pl.col("weight").is_null() & pl.lit(weighed),
        NO_UG: dosed & pl.col("first_ug").is_null(),
        NO_M2: dosed & pl.col("first_m2").is_null(),
    }
    found = [pl.when(where).then(pl.lit(words)) for words, where in reasons.items()]
    return pl.concat_list(found).list.drop_nulls().alias("why")
